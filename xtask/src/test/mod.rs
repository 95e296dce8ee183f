//! `cargo xtask test`: sets up what the tests need under target/, and runs them all.

mod clients;

use std::{path::Path, process::Command};

use crate::{
    failure::Outcome,
    files::{execute, root},
    models,
};

/// Arguments of `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only the tests of the crates
    #[arg(long, conflicts_with = "wire")]
    unit: bool,
    /// Only the real clients against the running server
    #[arg(long)]
    wire: bool,
    /// Passed on to pytest, such as `-k presigned` or `tests/test_crash.py -s`
    #[arg(last = true)]
    pytest: Vec<String>,
}

/// Runs the subcommand.
pub(crate) fn run(args: &Args) -> Outcome {
    if !args.wire {
        crates()?;
    }
    if !args.unit {
        wire(&args.pytest)?;
    }
    Ok(())
}

/// The tests of every crate, with the public protocol vectors.
fn crates() -> Outcome {
    let vectors = models::source_distribution()?;
    let tests = ["test", "--workspace", "--no-fail-fast"];
    execute(cargo().args(tests).env("KURODO_BOTOCORE_SDIST", vectors))
}

/// Stock clients against the built binary.
fn wire(pytest: &[String]) -> Outcome {
    let python = clients::python()?;
    let javascript = clients::javascript()?;
    execute(cargo().args(["build", "--package", "kurodo"]))?;
    let mut command = Command::new(python.join("bin/python"));
    let all = pytest.iter().all(|argument| !argument.starts_with("tests")).then_some("tests");
    command
        .args(["-m", "pytest"])
        .args(all)
        .args(if pytest.is_empty() { side_by_side() } else { pytest.to_vec() })
        .current_dir(root())
        .env("KURODO_JAVASCRIPT", javascript)
        .env("KURODO_BIN", root().join("target/debug/kurodo"))
        .env("PATH", path_with(&python.join("bin")));
    execute(&mut command)
}

/// All files of tests, as many at once as there are processors, up to four; each process has a server of its own.
fn side_by_side() -> Vec<String> {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get().min(4));
    ["-n", &processors.to_string(), "--dist", "loadfile"].map(str::to_owned).to_vec()
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn path_with(first: &Path) -> std::ffi::OsString {
    let mut path = first.as_os_str().to_owned();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    path
}
