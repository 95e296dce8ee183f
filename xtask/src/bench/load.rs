//! The load generator: wrk, repeating requests that were signed beforehand.

use std::{fs, path::Path, process::Command, time::Duration};

use super::{client::Endpoint, work::Work};
use crate::failure::{Context, Failure, Outcome};

/// What the load generator saw.
pub(crate) struct Seen {
    pub(crate) requests: u64,
    pub(crate) duration: Duration,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
    /// Requests that were refused, or whose connection broke.
    pub(crate) failed: u64,
}

/// Fails where wrk or curl is missing.
pub(crate) fn installed() -> Outcome {
    for program in ["wrk", "curl"] {
        // Without arguments both print how they are used.
        Command::new(program).output().context(|| format!("{program} is needed: apt install {program}"))?;
    }
    Ok(())
}

/// Writes the load's requests, signed now, and repeats them for so many seconds.
pub(crate) fn run(endpoint: &Endpoint, work: Work, seconds: u32, folder: &Path) -> Outcome<Seen> {
    let requests = work.requests();
    for (number, request) in requests.iter().enumerate() {
        let file = folder.join((number + 1).to_string());
        fs::write(&file, endpoint.wire(request)?).context(|| file.display().to_string())?;
    }
    let script = folder.join("load.lua");
    fs::write(&script, include_str!("load.lua")).context(|| script.display().to_string())?;
    let mut command = Command::new("wrk");
    command
        .arg(format!("--connections={}", work.connections()))
        .arg(format!("--duration={seconds}s"))
        .arg(format!("--threads={}", work.threads()))
        .args(["--timeout=20s", "--script"])
        .args([&script])
        .arg(endpoint.url())
        .arg("--")
        .arg(folder)
        .args([requests.len().to_string(), work.threads().to_string()]);
    let output = command.output().context(|| "wrk".into())?;
    let text = String::from_utf8_lossy(&output.stdout);
    seen(&text).ok_or_else(|| Failure::new(format!("{}: wrk saw too many errors:\n{text}", work.name())))
}

/// Reads the line that load.lua prints; none where a tenth of the requests failed.
fn seen(text: &str) -> Option<Seen> {
    let line = text.lines().find_map(|line| line.strip_prefix("measured "))?;
    let numbers: Vec<u64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [requests, duration, median, p99, refused, broken] = numbers.try_into().ok()?;
    let micros = Duration::from_micros;
    let (median, p99, failed) = (micros(median), micros(p99), refused + broken);
    (requests > failed * 10).then(|| Seen { requests, duration: micros(duration), median, p99, failed })
}
