//! `cargo xtask fuzz`: every fuzz target, for so many seconds each.
//!
//! libFuzzer on the stable compiler: LLVM's coverage instruments are on, and no sanitizer is needed, for there is no
//! unsafe code of ours. Overflows, failed assertions, endless loops and too much memory end a run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    failure::{Context, Failure, Outcome},
    files::{execute, root},
};

/// Arguments of `cargo xtask fuzz`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long each target runs
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Only these targets
    targets: Vec<String>,
}

/// As cargo-fuzz sets them, without its sanitizer. They are for the targets alone: hence `--target` below.
const INSTRUMENTS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Runs the subcommand.
pub(crate) fn run(args: &Args) -> Outcome {
    let fuzz = root().join("fuzz");
    let all = targets(&fuzz)?;
    if let Some(unknown) = args.targets.iter().find(|target| !all.contains(target)) {
        return Err(Failure::new(format!("there is no target {unknown}; there are {}", all.join(", "))));
    }
    let programs = build(&fuzz)?;
    let wanted = if args.targets.is_empty() { &all } else { &args.targets };
    let failed: Vec<_> = wanted
        .iter()
        .filter(|target| attack(&fuzz, &programs, target, args.seconds).inspect_err(tell).is_err())
        .cloned()
        .collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("fell: {}", failed.join(", ")))) }
}

fn tell(failure: &Failure) {
    eprintln!("{failure}");
}

/// The targets, as files in `fuzz_targets/`.
fn targets(fuzz: &Path) -> Outcome<Vec<String>> {
    let folder = fuzz.join("fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).context(|| "fuzz/fuzz_targets".to_owned())? {
        let path = entry.context(|| "fuzz/fuzz_targets".to_owned())?.path();
        names.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Builds them all; gives the folder of the programs.
fn build(fuzz: &Path) -> Outcome<PathBuf> {
    let host = host()?;
    let target = root().join("target/fuzz");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--bins", "--target", &host, "--manifest-path"])
        .arg(fuzz.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", INSTRUMENTS);
    execute(&mut command)?;
    Ok(target.join(host).join("debug"))
}

/// The machine's own target, as the compiler names it. Only with one named are build scripts and macros left alone.
fn host() -> Outcome<String> {
    let told = Command::new("rustc").arg("-vV").output().context(|| "cannot start rustc".to_owned())?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context(|| "`rustc -vV` names no host".to_owned())
}

/// Runs one target. What it finds new is kept under target/, what makes it fall in fuzz/artifacts/.
fn attack(fuzz: &Path, programs: &Path, target: &str, seconds: u64) -> Outcome {
    let corpus = root().join("target/fuzz/corpus").join(target);
    let fallen = fuzz.join("artifacts").join(target);
    for folder in [&corpus, &fallen] {
        fs::create_dir_all(folder).context(|| folder.display().to_string())?;
    }
    println!("== {target}, {seconds} s");
    let mut command = Command::new(programs.join(target));
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/", fallen.display()));
    command.args([
        "-timeout=10",
        "-rss_limit_mb=1024",
        "-max_len=8192",
        "-verbosity=0",
        "-print_final_stats=1",
    ]);
    command.arg(corpus);
    let seeds = fuzz.join("seeds").join(target);
    if seeds.is_dir() {
        command.arg(seeds);
    }
    execute(&mut command)
}
