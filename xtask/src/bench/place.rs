use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
};

use crate::failure::{Context, Outcome};

/// Where programs are found and servers keep their data.
pub(crate) struct Place {
    /// Kurodo's and the yardstick's binaries.
    pub(crate) built: PathBuf,
    peers: PathBuf,
    scratch: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new(built: PathBuf, peers: PathBuf) -> Outcome<Self> {
        let scratch = tempfile::Builder::new()
            .prefix("kurodo-bench-")
            .tempdir()
            .context(|| "a scratch folder".into())?;
        Ok(Self { built, peers, scratch })
    }

    /// A peer's program, where it is installed.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        ["venv/bin", "node_modules/.bin", "bin"]
            .into_iter()
            .map(|folder| self.peers.join(folder).join(name))
            .find(|path| path.exists())
    }

    /// A new folder of this name.
    pub(crate) fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.scratch().join(name);
        fs::create_dir_all(&folder).context(|| folder.display().to_string())?;
        Ok(folder)
    }

    pub(crate) fn scratch(&self) -> &Path {
        self.scratch.path()
    }
}

/// A port of the loopback interface that nobody listens on.
pub(crate) fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context(|| "no free port".into())?;
    Ok(listener.local_addr().context(|| "no free port".into())?.port())
}
