//! The organizations service
