//! One file per command.

pub(crate) mod account;
mod administrator;
pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod env;
pub(crate) mod keys;
pub(crate) mod table;
pub(crate) mod why;
