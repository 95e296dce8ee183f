//! Files that subcommands generate: written, or compared with what is there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::failure::{Context, Failure, Outcome};

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A path as the user sees it: relative to the root.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// A set of generated files.
#[derive(Debug, Default)]
pub(crate) struct Generated(Vec<(PathBuf, String)>);

impl Generated {
    /// Adds a file by its path from the root.
    pub(crate) fn add(&mut self, path: impl AsRef<Path>, content: String) {
        self.0.push((root().join(path), content));
    }

    /// Writes the files that differ, or with `check` fails when any differs.
    pub(crate) fn settle(&self, check: bool, command: &str) -> Outcome {
        let stale: Vec<_> = self.0.iter().filter(|(path, content)| differs(path, content)).collect();
        if check && !stale.is_empty() {
            let names: Vec<_> = stale.iter().map(|(path, _)| shown(path)).collect();
            return Err(Failure::new(format!("not up to date: {}\nrun `{command}`", names.join(", "))));
        }
        for (path, content) in stale {
            write(path, content)?;
            println!("wrote {}", shown(path));
        }
        Ok(())
    }
}

fn differs(path: &Path, content: &str) -> bool {
    fs::read_to_string(path).map_or(true, |found| found != content)
}

fn write(path: &Path, content: &str) -> Outcome {
    let folder = path.parent().context(|| format!("{} has no folder", path.display()))?;
    fs::create_dir_all(folder).context(|| shown(folder))?;
    fs::write(path, content).context(|| shown(path))
}

/// Reads a text file; `None` when there is none.
pub(crate) fn read(path: &Path) -> Outcome<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!("{}: {error}", shown(path)))),
    }
}

/// Runs a program to its end.
pub(crate) fn execute(command: &mut Command) -> Outcome {
    let status = command.status().context(|| format!("cannot start {command:?}"))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{command:?} ended with {status}"))) }
}
