//! Many different requests, each sent once.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use super::{
    client::{Endpoint, Request},
    load::Seen,
};
use crate::failure::{Context, Failure, Outcome};

/// Requests that one process of curl takes.
const TOGETHER: usize = 5000;

/// Sends every request once, over so many connections, and tells how long they took.
///
/// # Errors
/// One is not answered with a status below 300.
pub(crate) fn send(
    endpoint: &Endpoint,
    requests: &[Request],
    connections: u32,
    folder: &Path,
) -> Outcome<Seen> {
    let (mut times, mut duration) = (Vec::new(), Duration::ZERO);
    for requests in requests.chunks(TOGETHER) {
        let told = folder.join("crowd");
        fs::write(&told, configuration(endpoint, requests, folder)?)
            .context(|| told.display().to_string())?;
        let began = Instant::now();
        let mut command = Command::new("curl");
        command.args(["--parallel", "--parallel-immediate", "--parallel-max", &connections.to_string()]);
        let output = command.arg("--config").arg(&told).output().context(|| "curl".into())?;
        duration += began.elapsed();
        let text = String::from_utf8_lossy(&output.stdout);
        let answered = text.lines().filter_map(answered);
        times.extend(answered.filter(|(status, _)| (200..300).contains(status)).map(|(_, time)| time));
    }
    let lost = requests.len() - times.len();
    if lost > 0 {
        return Err(Failure::new(format!("{lost} of {} requests failed", requests.len())));
    }
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    let (median, p99) = (at(50), at(99));
    Ok(Seen { requests: requests.len() as u64, duration, median, p99, failed: 0 })
}

/// A status and a time in seconds.
fn answered(line: &str) -> Option<(u16, Duration)> {
    let (status, seconds) = line.split_once(' ')?;
    Some((status.parse().ok()?, Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?))
}

/// The requests as curl reads them, signed now.
fn configuration(endpoint: &Endpoint, requests: &[Request], folder: &Path) -> Outcome<String> {
    let mut text = String::new();
    let mut last: Option<(&[u8], String)> = None;
    for (number, request) in requests.iter().enumerate() {
        if number > 0 {
            text.push_str("next\n");
        }
        // Bodies that follow one another are mostly the same.
        let body = match last.take() {
            Some((body, file)) if body == request.body => file,
            _ => {
                let file = folder.join(format!("body-{number}"));
                fs::write(&file, &request.body).context(|| file.display().to_string())?;
                file.display().to_string()
            }
        };
        for (name, value) in &endpoint.sign(request)? {
            let value = value.to_str().context(|| "a header field".into())?;
            let _ = writeln!(text, "header = \"{name}: {value}\"");
        }
        let (url, path, method) = (endpoint.url(), &request.path, &request.method);
        let _ = writeln!(text, "url = \"{url}{path}\"\nrequest = {method}\ndata-binary = \"@{body}\"");
        if let Some(ca) = &endpoint.ca {
            let _ = writeln!(text, "cacert = \"{}\"", ca.display());
        }
        text.push_str(
            "silent\nhttp1.1\nnoproxy = \"*\"\nmax-time = 60\noutput = \"/dev/null\"\n\
             write-out = \"%{http_code} %{time_total}\\n\"\n",
        );
        last = Some((&request.body, body));
    }
    Ok(text)
}
