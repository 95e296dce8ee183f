//! Durable encrypted storage: records, log and blobs
