//! `cargo xtask codegen`: shapes and operations in Rust, for the operations that the tables serve.

mod model;
mod modules;
mod names;
mod operations;
mod patterns;
mod schemas;
mod table;
mod types;

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use crate::{
    failure::{Context, Failure, Outcome},
    files::{Generated, read, root},
    models::{
        facts::Facts,
        services::{SERVICES, Service},
    },
};
use model::Model;

/// Arguments of `cargo xtask codegen`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; fail if the generated files are not what would be written
    #[arg(long)]
    check: bool,
}

/// Runs the subcommand.
pub(crate) fn run(args: &Args) -> Outcome {
    let mut files = Generated::default();
    for service in SERVICES.iter().filter(|service| root().join(service.sources().0).is_dir()) {
        generate(service, &mut files).context(|| service.name.to_owned())?;
    }
    files.settle(args.check, "cargo xtask codegen")
}

fn generate(service: &Service, files: &mut Generated) -> Outcome {
    let text = read(&root().join(service.model_path()))?
        .context(|| format!("{} is missing: run `cargo xtask models`", service.model_path().display()))?;
    let facts: Facts = serde_json::from_str(&text).context(|| "facts".to_owned())?;
    let (sources, folder) = service.sources();
    let selection = table::select(&root().join(sources).join("table.rs"), &facts)?;
    let model = Model::new(service, &facts, &selection)?;
    for (name, content) in modules::modules(&model)? {
        files.add(folder.join(name).with_extension("rs"), format_rust(&content)?);
    }
    Ok(())
}

fn format_rust(code: &str) -> Outcome<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root().join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context(|| "cannot start rustfmt".to_owned())?;
    let mut stdin = child.stdin.take().context(|| "rustfmt takes no input".to_owned())?;
    let text = code.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().context(|| "rustfmt".to_owned())?;
    writer.join().map_err(|_| Failure::new("rustfmt's input"))?.context(|| "rustfmt's input".to_owned())?;
    if !output.status.success() {
        return Err(Failure::new("rustfmt refused the generated code: a defect of the generator"));
    }
    String::from_utf8(output.stdout).context(|| "rustfmt's output".to_owned())
}
