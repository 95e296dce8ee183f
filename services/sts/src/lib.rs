//! The sts service
