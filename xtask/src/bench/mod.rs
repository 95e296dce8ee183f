//! `cargo xtask bench`: Kurodo beside its peers, in one run, on one machine.
//!
//! Every server gets the same requests, signed beforehand, from the same load generator. Kurodo is measured as it is
//! delivered: TLS, signatures, authorization, audit, encryption and durability on; peers as they start by default.

mod client;
mod crowd;
mod fleet;
mod kurodo;
mod load;
mod measure;
mod peers;
mod place;
mod process;
mod report;
mod server;
mod work;

use std::{path::PathBuf, process::Command};

use crate::{
    failure::{Context, Outcome},
    files::{execute, root},
};

use self::{fleet::Fleet, place::Place, work::Work};

/// Arguments of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How often each server gets each load; the table shows medians
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each load lasts, in seconds
    #[arg(long, default_value_t = 4)]
    seconds: u32,
    /// Only these servers, by name; Kurodo is always one of them
    #[arg(long, value_delimiter = ',')]
    servers: Vec<String>,
    /// Only these loads, by a part of their names
    #[arg(long, value_delimiter = ',')]
    loads: Vec<String>,
    /// Where peers are installed: a Python environment, node_modules/ and the bin/ of `cargo install --root`
    #[arg(long, default_value = "target/peers")]
    peers: PathBuf,
    /// Use the binaries in this folder, and build nothing
    #[arg(long)]
    built: Option<PathBuf>,
    /// Put the results into docs/benchmarks.md
    #[arg(long)]
    record: bool,
}

/// Runs the subcommand.
pub(crate) fn run(args: &Args) -> Outcome {
    let built = match &args.built {
        Some(folder) => folder.clone(),
        None => build()?,
    };
    let peers = std::path::absolute(&args.peers).context(|| "--peers".into())?;
    let place = Place::new(std::path::absolute(built).context(|| "--built".into())?, peers)?;
    load::installed()?;
    let loads: Vec<Work> = Work::ALL.into_iter().filter(|work| chosen(&args.loads, work.name())).collect();
    let mut fleet = Fleet::start(&place, &args.servers)?;
    fleet.rest();
    for round in 1..=args.rounds {
        for work in &loads {
            eprintln!("round {round} of {}: {}", args.rounds, work.name());
            fleet.load(*work, args.seconds, &place)?;
        }
    }
    let text = report::text(&fleet, &loads, args);
    println!("{text}");
    if args.record { report::record(&text) } else { Ok(()) }
}

/// The servers that are ours, as they are released.
fn build() -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let packages = ["build", "--release", "--package", "kurodo", "--package", "kurodo-bench"];
    execute(Command::new(cargo).args(packages).current_dir(root()))?;
    Ok(root().join("target/release"))
}

/// Whether the name is among those asked for; all are, where none is asked for.
fn chosen(asked: &[String], name: &str) -> bool {
    asked.is_empty() || asked.iter().any(|part| name.contains(part.as_str()))
}
