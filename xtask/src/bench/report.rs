//! The tables, and their place in docs/benchmarks.md.

use std::{fmt::Write as _, fs, time::Duration};

use super::{
    Args,
    fleet::Fleet,
    measure::{Sample, median},
    server::{Keeps, Server},
    work::Work,
};
use crate::{
    failure::{Context, Outcome},
    files::{read, root},
};

/// All tables, as Markdown.
pub(crate) fn text(fleet: &Fleet, loads: &[Work], args: &Args) -> String {
    let mut text = format!(
        "`cargo xtask bench --rounds {} --seconds {}{}{}`, on {}. Medians.\n",
        args.rounds,
        args.seconds,
        args.built.iter().map(|folder| format!(" --built {}", folder.display())).collect::<String>(),
        if args.servers.is_empty() {
            String::new()
        } else {
            format!(" --servers {}", args.servers.join(","))
        },
        machine()
    );
    if !fleet.missing.is_empty() {
        text.push_str(&format!("\nNot installed, so left out: {}.\n", fleet.missing.join("; ")));
    }
    text.push_str(&starts(fleet));
    for work in loads {
        text.push_str(&load(fleet, *work));
    }
    text
}

/// Processor, kernel and memory.
fn machine() -> String {
    let word = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned())).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = word("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse::<u64>().unwrap_or_default();
    let memory = (memory + (1 << 19)) >> 20;
    format!("{cores} cores ({}), {memory} GiB of memory", word("/proc/cpuinfo", "model name"))
}

fn starts(fleet: &Fleet) -> String {
    let mut text =
        "\n| server | writes are | start to first signed answer | idle memory |\n|---|---|---|---|\n"
            .to_owned();
    for server in &fleet.servers {
        let keeps = match server.keeps {
            Keeps::Durable => "in files",
            Keeps::Memory => "in memory",
            Keeps::Nothing => "-",
        };
        let (start, idle) = (server.start.as_millis(), mib(server.idle));
        let _ = writeln!(text, "| {} | {keeps} | {start} ms | {idle} |", server.name);
    }
    text
}

fn load(fleet: &Fleet, work: Work) -> String {
    let mut text = format!(
        "\n### {}, {} connections\n\n\
         | server | requests/s | p50 | p99 | server CPU per request | client CPU per request | memory | requests/s, of Kurodo's | CPU, of Kurodo's |\n\
         |---|---|---|---|---|---|---|---|---|\n",
        work.name(),
        work.connections()
    );
    let ours = fleet.servers.first().filter(|server| server.samples(work).next().is_some());
    let (our_rate, our_cpu) =
        ours.map_or((0.0, 0.0), |server| (of(server, work, |s| s.rate), of(server, work, |s| s.cpu)));
    for server in fleet.servers.iter().filter(|server| server.samples(work).next().is_some()) {
        let get = |what: fn(&Sample) -> f64| of(server, work, what);
        let (rate, cpu) = (get(|s| s.rate), get(|s| s.cpu));
        let (p50, p99) = (shown(get(|s| s.median.as_secs_f64())), shown(get(|s| s.p99.as_secs_f64())));
        let memory = mib(get(|s| s.resident as f64) as u64);
        let client = get(|s| s.client);
        let (rates, cpus) = (rate / our_rate, cpu / our_cpu);
        let name = server.name;
        let _ = writeln!(
            text,
            "| {name} | {rate:.0} | {p50} | {p99} | {cpu:.0} µs | {client:.0} µs | {memory} | {rates:.2} | {cpus:.2} |"
        );
        let failed = get(|s| s.failed) * 100.0;
        if failed > 0.0 {
            eprintln!("{name}, {}: {failed:.2} % of the requests failed", work.name());
        }
    }
    text
}

fn of(server: &Server, work: Work, what: impl Fn(&Sample) -> f64) -> f64 {
    median(server.samples(work).map(what))
}

fn shown(seconds: f64) -> String {
    format!("{:.2} ms", Duration::from_secs_f64(seconds).as_secs_f64() * 1e3)
}

fn mib(kib: u64) -> String {
    format!("{} MiB", (kib + 512) / 1024)
}

const BEGIN: &str = "<!-- results: written by `cargo xtask bench --record` -->\n";
const END: &str = "<!-- end of results -->\n";

/// Puts the tables between the marks in docs/benchmarks.md.
pub(crate) fn record(text: &str) -> Outcome {
    let path = root().join("docs/benchmarks.md");
    let page = read(&path)?.context(|| "docs/benchmarks.md is missing".into())?;
    let marks = || format!("docs/benchmarks.md needs the lines {BEGIN}and {END}");
    let (before, rest) = page.split_once(BEGIN).context(marks)?;
    let (_, after) = rest.split_once(END).context(marks)?;
    fs::write(&path, format!("{before}{BEGIN}\n{text}\n{END}{after}")).context(|| "docs/benchmarks.md".into())
}
