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
    let wanted = read(&root().join("tests/requirements.txt"))?
        .context(|| "tests/requirements.txt is missing".into())?;
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

/// A folder whose `node_modules` hold what tests/javascript/package.json names.
pub(crate) fn javascript() -> Outcome<PathBuf> {
    let folder = root().join("target/javascript");
    let package = root().join("tests/javascript/package.json");
    let wanted = read(&package)?.context(|| "tests/javascript/package.json is missing".into())?;
    if !is_current(&folder, &wanted)? {
        fs::create_dir_all(&folder).context(|| shown(&folder))?;
        fs::copy(&package, folder.join("package.json")).context(|| shown(&package))?;
        let install = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"];
        execute(Command::new("npm").args(install).current_dir(&folder))?;
        mark(&folder, &wanted)?;
    }
    Ok(folder)
}

const MARK: &str = ".installed";

fn is_current(folder: &Path, wanted: &str) -> Outcome<bool> {
    Ok(read(&folder.join(MARK))?.as_deref() == Some(wanted))
}

fn mark(folder: &Path, wanted: &str) -> Outcome {
    fs::write(folder.join(MARK), wanted).context(|| shown(folder))
}
