//! The organizations service

pub mod model;
