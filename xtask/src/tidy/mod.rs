//! `cargo xtask tidy`: the house rules that no compiler checks.

mod arrows;
mod claims;
mod dependencies;
mod sizes;
mod tree;
mod words;

use crate::failure::{Failure, Outcome};

/// Arguments of `cargo xtask tidy`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the subcommand.
pub(crate) fn run(_args: &Args) -> Outcome {
    let tree = tree::Tree::read()?;
    let mut complaints = Vec::new();
    sizes::check(&tree, &mut complaints);
    arrows::check(&tree, &mut complaints);
    dependencies::check(&tree, &mut complaints);
    claims::check(&tree, &mut complaints);
    words::check(&tree, &mut complaints);
    if complaints.is_empty() {
        println!("tidy: {} files", tree.files().len());
        return Ok(());
    }
    Err(Failure::new(format!("untidy:\n  {}", complaints.join("\n  "))))
}
