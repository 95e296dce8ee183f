//! `cargo xtask docs`: the generated part of docs/services, one page for each table.
//!
//! What stands above the mark is written by hand and stays; what stands below it comes from the table.

mod page;

use std::process::Command;

use crate::{
    failure::{Context, Outcome},
    files::{Generated, read, root},
};

/// Arguments of `cargo xtask docs`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a page is not up to date
    #[arg(long)]
    check: bool,
}

/// Runs the subcommand.
pub(crate) fn run(args: &Args) -> Outcome {
    let mut pages = Generated::default();
    for table in tables()? {
        let path = format!("docs/services/{}.md", table.service);
        let before = read(&root().join(&path))?;
        pages.add(&path, page::render(&table, before.as_deref()));
    }
    pages.settle(args.check, "cargo xtask docs")
}

/// The tables, as the binary itself prints them.
fn tables() -> Outcome<Vec<page::Table>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--package", "kurodo", "--", "table", "--json"])
        .current_dir(root())
        .stderr(std::process::Stdio::inherit())
        .output()
        .context(|| "cargo run".into())?;
    serde_json::from_slice(&output.stdout).context(|| "kurodo table --json".into())
}
