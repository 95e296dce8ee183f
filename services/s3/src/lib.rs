//! The s3 service

pub mod model;
