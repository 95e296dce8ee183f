use std::{path::PathBuf, time::Duration};

use super::{client::Endpoint, measure::Sample, process::Process, work::Work};

/// What a server promises of acknowledged writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// They are on disk, or at least in files.
    Durable,
    /// They are in memory only.
    Memory,
    /// Nothing: it answers the same bytes to everybody.
    Nothing,
}

/// A service that loads ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    S3,
    Sts,
    Iam,
    DynamoDb,
    Kinesis,
}

/// A running server with what was measured of it.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) keeps: Keeps,
    pub(crate) serves: Vec<Service>,
    pub(crate) endpoint: Endpoint,
    pub(crate) process: Process,
    pub(crate) log: PathBuf,
    /// From its start to its first answer to a signed request.
    pub(crate) start: Duration,
    /// Resident memory before the first load, in KiB.
    pub(crate) idle: u64,
    pub(crate) samples: Vec<(Work, Sample)>,
    /// Loads whose objects and tables it has already.
    pub(crate) prepared: Vec<Work>,
}

impl Server {
    /// Whether the load makes sense for this server.
    pub(crate) fn takes(&self, work: Work) -> bool {
        match self.keeps {
            Keeps::Nothing => work == Work::Get4K,
            _ => self.serves.contains(&work.service()),
        }
    }

    /// What was measured under this load.
    pub(crate) fn samples(&self, work: Work) -> impl Iterator<Item = &Sample> {
        self.samples.iter().filter(move |(of, _)| *of == work).map(|(_, sample)| sample)
    }
}
