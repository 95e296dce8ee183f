//! `cargo xtask tidy`: not there yet.

use crate::failure::{Failure, Outcome};

/// Arguments of `cargo xtask tidy`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the subcommand.
pub(crate) fn run(_args: &Args) -> Outcome {
    Err(Failure::new("`cargo xtask tidy` does not exist yet"))
}
