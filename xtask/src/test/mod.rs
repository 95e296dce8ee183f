//! `cargo xtask test`: not there yet.

use crate::failure::{Failure, Outcome};

/// Arguments of `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the subcommand.
pub(crate) fn run(_args: &Args) -> Outcome {
    Err(Failure::new("`cargo xtask test` does not exist yet"))
}
