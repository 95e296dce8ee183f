//! The iam service
