//! The sts service

pub mod model;
