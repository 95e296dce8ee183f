//! The pinned botocore package, fetched from PyPI into target/ and never committed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::services::Service;
use crate::{
    failure::{Context, Failure, Outcome},
    files::{execute, root, shown},
};

/// The package and version that facts are taken from.
pub(crate) const PIN: &str = "botocore 1.44.5";

const VERSION: &str = "1.44.5";
const WHEEL_SHA256: &str = "8f16a56d1dff125dd65322ae021efa7ba5195a6db5102b96862566055b748921";
const SDIST_SHA256: &str = "a988f39e3a4484def0b8010f41128f71157da0515a4804fccce4739aa8f216da";

/// The unpacked wheel.
#[derive(Debug)]
pub(crate) struct Wheel(PathBuf);

/// Fetches and unpacks the wheel, unless that is done.
pub(crate) fn wheel() -> Outcome<Wheel> {
    let folder = home().join("wheel");
    if !folder.join("botocore/data").is_dir() {
        let archive = download("--only-binary", WHEEL_SHA256, "py3-none-any.whl")?;
        unpack("zipfile", &archive, &folder)?;
    }
    Ok(Wheel(folder))
}

/// Fetches and unpacks the source distribution, unless that is done: it holds the protocol vectors.
pub(crate) fn source_distribution() -> Outcome<PathBuf> {
    let folder = home().join("sdist");
    let unpacked = folder.join(format!("botocore-{VERSION}"));
    if !unpacked.join("tests/unit/protocols").is_dir() {
        let archive = download("--no-binary", SDIST_SHA256, "tar.gz")?;
        unpack("tarfile", &archive, &folder)?;
    }
    Ok(unpacked)
}

impl Wheel {
    /// The description of a service's API, as JSON text.
    pub(crate) fn description(&self, service: &Service) -> Outcome<String> {
        let packed = self.0.join("botocore/data").join(service.botocore).join("service-2.json.gz");
        let output = Command::new("gzip")
            .arg("-dc")
            .arg(&packed)
            .output()
            .context(|| "cannot start gzip".to_owned())?;
        if !output.status.success() {
            return Err(Failure::new(format!("cannot unpack {}", shown(&packed))));
        }
        String::from_utf8(output.stdout).context(|| shown(&packed))
    }
}

fn home() -> PathBuf {
    root().join("target").join(format!("botocore-{VERSION}"))
}

fn download(kind: &str, sha256: &str, ending: &str) -> Outcome<PathBuf> {
    let folder = home().join("archives");
    fs::create_dir_all(&folder).context(|| shown(&folder))?;
    let requirement = folder.join(format!("{ending}.txt"));
    fs::write(&requirement, format!("botocore=={VERSION} --hash=sha256:{sha256}\n"))
        .context(|| shown(&requirement))?;
    let arguments = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
    let mut pip = Command::new("python3");
    pip.args(arguments).args([kind, ":all:", "--require-hashes", "--dest"]);
    execute(pip.arg(&folder).arg("--requirement").arg(&requirement))?;
    let archive = if ending == "tar.gz" {
        format!("botocore-{VERSION}.{ending}")
    } else {
        format!("botocore-{VERSION}-{ending}")
    };
    Ok(folder.join(archive))
}

fn unpack(module: &str, archive: &Path, folder: &Path) -> Outcome {
    fs::create_dir_all(folder).context(|| shown(folder))?;
    execute(Command::new("python3").args(["-m", module, "-e"]).arg(archive).arg(folder))
}
