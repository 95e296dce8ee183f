//! The iam service

pub mod model;
