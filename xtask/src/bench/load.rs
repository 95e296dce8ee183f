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
        .args(["--threads=1", "--timeout=20s", "--script"])
        .args([&script])
        .arg(endpoint.url())
        .arg("--")
        .arg(folder)
        .arg(requests.len().to_string());
    let output = command.output().context(|| "wrk".into())?;
    let text = String::from_utf8_lossy(&output.stdout);
    seen(&text).ok_or_else(|| Failure::new(format!("{}: wrk saw errors:\n{text}", work.name())))
}

/// Reads the line that load.lua prints; none where any request failed.
fn seen(text: &str) -> Option<Seen> {
    let line = text.lines().find_map(|line| line.strip_prefix("measured "))?;
    let numbers: Vec<u64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [requests, duration, median, p99, refused, broken] = numbers.try_into().ok()?;
    let micros = Duration::from_micros;
    let whole = requests > 0 && refused == 0 && broken == 0;
    whole.then(|| Seen { requests, duration: micros(duration), median: micros(median), p99: micros(p99) })
}
