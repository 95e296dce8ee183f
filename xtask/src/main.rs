//! The one tool of the house.

mod bench;
mod codegen;
mod docs;
mod failure;
mod files;
mod fuzz;
mod models;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::Parser;

/// The one tool of the house.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Distil AWS's API facts from the pinned botocore package into models/
    Models(models::Args),
    /// Write services/*/src/model/ from models/ for the operations that the tables serve
    Codegen(codegen::Args),
    /// Check the house rules
    Tidy(tidy::Args),
    /// Set up what the tests need and run them all
    Test(test::Args),
    /// Throw bytes at every parser, for so many seconds each
    Fuzz(fuzz::Args),
    /// Run the benchmarks
    Bench(bench::Args),
    /// Write the generated part of docs/
    Docs(docs::Args),
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Models(args) => models::run(&args),
        Command::Codegen(args) => codegen::run(&args),
        Command::Tidy(args) => tidy::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Docs(args) => docs::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
