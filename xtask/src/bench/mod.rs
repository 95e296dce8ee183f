//! `cargo xtask bench`: not there yet.

use crate::failure::{Failure, Outcome};

/// Arguments of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the subcommand.
pub(crate) fn run(_args: &Args) -> Outcome {
    Err(Failure::new("`cargo xtask bench` does not exist yet"))
}
