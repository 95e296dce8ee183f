//! A server's process: what it used of processor and memory, and its end.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::failure::{Context, Failure, Outcome};

/// A process that ends with this value.
pub(crate) struct Process {
    child: Child,
    pub(crate) started: Instant,
}

impl Process {
    /// Starts the program; what it says goes into the file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Outcome<Self> {
        let file = fs::File::create(log).context(|| log.display().to_string())?;
        let copy = file.try_clone().context(|| log.display().to_string())?;
        let started = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(copy)
            .spawn()
            .context(|| format!("{command:?}"))?;
        Ok(Self { child, started })
    }

    /// Fails if the process has ended.
    pub(crate) fn alive(&mut self, log: &Path) -> Outcome {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            _ => {
                let said = fs::read_to_string(log).unwrap_or_default();
                Err(Failure::new(format!("the server ended; it said:\n{said}")))
            }
        }
    }

    /// Processor time of the process and its descendants so far, in user and system mode.
    pub(crate) fn busy(&self) -> Duration {
        let ticks: u64 = family(self.child.id()).iter().map(|stat| stat.ticks).sum();
        Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND)
    }

    /// Resident memory of the process and its descendants, in KiB.
    pub(crate) fn resident(&self) -> u64 {
        family(self.child.id()).iter().map(|stat| stat.pages * PAGE_KIB).sum()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let descendants = family(self.child.id());
        for stat in descendants.iter().rev().filter(|stat| stat.pid != self.child.id()) {
            let _ = Command::new("kill").arg(stat.pid.to_string()).stderr(Stdio::null()).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time so far of this process and of its children that have ended, which load generators have.
pub(crate) fn own_busy() -> Duration {
    let line = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = line.rsplit_once(')').map_or("", |(_, fields)| fields);
    // User and system time, its own and its children's: from the fourteenth field on, where the third comes first.
    let ticks = fields.split_whitespace().skip(11).take(4).filter_map(|field| field.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 1000 / TICKS_PER_SECOND)
}

/// `USER_HZ` of every Linux that Kurodo runs on.
const TICKS_PER_SECOND: u64 = 100;
const PAGE_KIB: u64 = 4;

/// One line of `/proc/PID/stat`. Source: proc(5).
struct Stat {
    pid: u32,
    parent: u32,
    ticks: u64,
    pages: u64,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The program's name may hold spaces: fields are counted from its closing bracket, where the third begins.
        let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |place: usize| fields.get(place - 3)?.parse::<u64>().ok();
        let parent = u32::try_from(number(4)?).ok()?;
        Some(Self { pid, parent, ticks: number(14)? + number(15)?, pages: number(24)? })
    }
}

/// The process and its descendants, parents first.
fn family(pid: u32) -> Vec<Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut all: Vec<Stat> = pids.filter_map(Stat::read).collect();
    let mut found: Vec<Stat> = Vec::new();
    loop {
        let belongs = |stat: &Stat| stat.pid == pid || found.iter().any(|f| f.pid == stat.parent);
        let (new, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(belongs);
        if new.is_empty() {
            return found;
        }
        found.extend(new);
        all = rest;
    }
}
