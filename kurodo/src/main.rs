//! Kurodo: an AWS-compatible data cloud whose locks are real.
//!
//! `main` parses the command line and hands over; [`serve`] composes the server, [`registry`] names its
//! services.

mod certificates;
mod cli;
mod client;
mod commands;
mod config;
mod home;
mod keys;
mod platform;
mod registry;
mod say;
mod serve;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What a command ends with when it does not succeed: a sentence for the person at the terminal.
pub(crate) type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let started = std::time::Instant::now();
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match run(cli, &matches, started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kurodo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli, matches: &clap::ArgMatches, started: std::time::Instant) -> Outcome {
    let command = cli.command.unwrap_or_default();
    match command {
        Command::Serve(args) => serve::run(&config::resolve(args, matches)?, started),
        Command::Env { account, place } => commands::env::run(account.as_deref(), &place.home()?),
        Command::Account { command, place } => commands::account::run(&command, &place.home()?),
        Command::Why { request_id, place } => commands::why::run(request_id.as_deref(), &place.home()?),
        Command::Audit { command, place } => commands::audit::run(&command, &place.home()?),
        Command::Keys { command, place } => commands::keys::run(command, &place.home()?),
        Command::Check(place) => commands::check::run(&place.home()?),
        Command::Config(args) => config::show(&config::resolve(args, matches)?),
        Command::Table { json } => commands::table::run(json),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "kurodo", &mut std::io::stdout());
            Ok(())
        }
    }
}
