//! `cargo xtask models`: API facts, distilled from a pinned botocore.

mod botocore;
pub(crate) mod facts;
mod render;
pub(crate) mod services;

pub(crate) use botocore::source_distribution;

use crate::{
    failure::{Context, Outcome},
    files::Generated,
};
use facts::Facts;
use services::{SERVICES, Service};

/// Arguments of `cargo xtask models`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; fail if models/ is not what would be written
    #[arg(long)]
    check: bool,
    /// Only fetch and unpack the source distribution, whose protocol vectors the tests read, and print its folder
    #[arg(long)]
    vectors: bool,
}

/// Runs the subcommand.
pub(crate) fn run(args: &Args) -> Outcome {
    if args.vectors {
        println!("{}", source_distribution()?.display());
        return Ok(());
    }
    let wheel = botocore::wheel()?;
    let mut files = Generated::default();
    for service in SERVICES {
        let facts = distil(&wheel, service)?;
        files.add(service.model_path(), render::render(&facts)?);
    }
    files.settle(args.check, "cargo xtask models")
}

fn distil(wheel: &botocore::Wheel, service: &Service) -> Outcome<Facts> {
    let text = wheel.description(service)?;
    let mut facts: Facts = serde_json::from_str(&text).context(|| format!("facts of {}", service.name))?;
    facts.distil().context(|| format!("facts of {}", service.name))?;
    facts.source = Some(botocore::PIN.to_owned());
    Ok(facts)
}
