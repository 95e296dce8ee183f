//! The key hierarchy, envelope encryption and the root of trust
