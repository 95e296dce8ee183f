//! Durable encrypted storage: records, log and blobs

pub mod blobs;
pub mod log;
