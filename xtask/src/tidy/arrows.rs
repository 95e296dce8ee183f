//! Which crate may stand on which: core knows no service, services do not know each other, and the pure
//! crates do no I/O.

use super::tree::{File, Tree};

/// Crates without I/O and clock, and what they must not name.
const PURE: [&str; 5] = ["core/arn/", "core/policy/", "core/authz/", "core/sigv4/", "core/wire/"];
const IMPURE: [&str; 6] =
    ["std::fs", "std::net::Tcp", "tokio::", "SystemTime::now", "Instant::now", "std::process::Command"];

pub(crate) fn check(tree: &Tree, complaints: &mut Vec<String>) {
    let services: Vec<String> = tree
        .ending("/Cargo.toml")
        .filter_map(|f| folder(f, "services/"))
        .map(|name| format!("kurodo-{name}"))
        .collect();
    for manifest in tree.ending("/Cargo.toml") {
        let own = folder(manifest, "services/").map(|name| format!("kurodo-{name}"));
        let is_core = manifest.path.starts_with("core/");
        if own.is_none() && !is_core {
            continue;
        }
        for service in services.iter().filter(|service| Some(*service) != own.as_ref()) {
            if names(&manifest.text, service) {
                complaints.push(format!("{}: must not depend on {service}", manifest.path));
            }
        }
    }
    for file in tree.ending(".rs") {
        let source = file.path.contains("/src/");
        if source && PURE.iter().any(|pure| file.path.starts_with(pure)) {
            forbid(file, &IMPURE, "is pure", complaints);
        }
        if source && file.path.starts_with("services/") {
            forbid(
                file,
                &["std::fs", "std::net::Tcp", "tokio::net", "tokio::fs", "SystemTime::now"],
                "has permits, the store and the call's time",
                complaints,
            );
        }
    }
}

fn folder<'f>(file: &'f File, above: &str) -> Option<&'f str> {
    file.path.strip_prefix(above)?.split('/').next()
}

fn names(manifest: &str, dependency: &str) -> bool {
    manifest
        .lines()
        .any(|line| line.strip_prefix(dependency).is_some_and(|rest| rest.starts_with([' ', '.', '='])))
}

fn forbid(file: &File, words: &[&str], why: &str, complaints: &mut Vec<String>) {
    for (number, line) in file.text.lines().enumerate() {
        let code = !line.trim_start().starts_with("//");
        for word in words.iter().filter(|word| code && line.contains(**word)) {
            complaints.push(format!("{}:{}: {word}; this crate {why}", file.path, number + 1));
        }
    }
}
