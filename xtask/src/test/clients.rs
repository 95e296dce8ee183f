//! The clients that nobody here wrote, at pinned versions.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    failure::{Context, Outcome},
    files::{execute, read, root, shown},
};

/// A virtual environment with what tests/requirements.txt names.
pub(crate) fn python() -> Outcome<PathBuf> {
    let folder = root().join("target/python");
    let wanted = read(&root().join("tests/requirements.txt"))?.context(|| "tests/requirements.txt is missing".into())?;
    if !is_current(&folder, &wanted)? {
        execute(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        execute(
            Command::new(folder.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
                .arg(root().join("tests/requirements.txt")),
        )?;
        mark(&folder, &wanted)?;
    }
    Ok(folder)
}

/// The modules that tests/node/package.json names; `None`, with a word about it, on a machine without npm.
pub(crate) fn node() -> Outcome<Option<PathBuf>> {
    let folder = root().join("target/node");
    let manifest = root().join("tests/node/package.json");
    let wanted = read(&manifest)?.context(|| "tests/node/package.json is missing".into())?;
    if Command::new("npm").arg("--version").output().is_err() {
        println!("npm is not installed: the JavaScript SDK is not tested");
        return Ok(None);
    }
    if !is_current(&folder, &wanted)? {
        fs::create_dir_all(&folder).context(|| shown(&folder))?;
        fs::copy(&manifest, folder.join("package.json")).context(|| shown(&manifest))?;
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"];
        execute(Command::new("npm").args(install).current_dir(&folder))?;
        mark(&folder, &wanted)?;
    }
    Ok(Some(folder.join("node_modules")))
}

const MARK: &str = ".installed";

fn is_current(folder: &Path, wanted: &str) -> Outcome<bool> {
    Ok(read(&folder.join(MARK))?.as_deref() == Some(wanted))
}

fn mark(folder: &Path, wanted: &str) -> Outcome {
    fs::write(folder.join(MARK), wanted).context(|| shown(folder))
}
