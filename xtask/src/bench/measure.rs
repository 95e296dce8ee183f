use std::{path::Path, time::Duration};

use super::{crowd, load, process::own_busy, server::Server, work::Work};
use crate::failure::Outcome;

/// One load on one server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Requests per second.
    pub(crate) rate: f64,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
    /// Processor time of the server per request, in microseconds.
    pub(crate) cpu: f64,
    /// Processor time of the load generator per request, in microseconds.
    pub(crate) client: f64,
    /// Resident memory of the server at the end, in KiB.
    pub(crate) resident: u64,
    /// Requests that were not answered as they should be, per request.
    pub(crate) failed: f64,
}

/// Puts the load on the server.
pub(crate) fn measure(server: &mut Server, work: Work, seconds: u32, folder: &Path) -> Outcome {
    for needed in work.after().into_iter().chain([work]) {
        if !server.prepared.contains(&needed) {
            needed.prepare(&server.endpoint, folder)?;
            server.prepared.push(needed);
        }
    }
    let once = work.once();
    if let Some(once) = &once {
        crowd::send(&server.endpoint, &once.before, work.connections(), folder)?;
    } else if server.samples(work).next().is_none() {
        // So that just-in-time compilers, caches and buffers have settled; errors tell later.
        let _ = load::run(&server.endpoint, work, 2, folder);
    }
    let before = (server.process.busy(), own_busy());
    let seen = match once {
        Some(once) => crowd::send(&server.endpoint, &once.requests, work.connections(), folder)?,
        None => load::run(&server.endpoint, work, seconds, folder)?,
    };
    let (busy, client) = (server.process.busy() - before.0, own_busy() - before.1);
    let requests = seen.requests as f64;
    let sample = Sample {
        rate: requests / seen.duration.as_secs_f64(),
        median: seen.median,
        p99: seen.p99,
        cpu: busy.as_secs_f64() * 1e6 / requests,
        client: client.as_secs_f64() * 1e6 / requests,
        resident: server.process.resident(),
        failed: seen.failed as f64 / requests,
    };
    server.samples.push((work, sample));
    Ok(())
}

/// The median; zero of none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
