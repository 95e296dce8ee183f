use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::cli::Place;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The data directory and what lies in it.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    directory: PathBuf,
    seal_key: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
}

impl Home {
    /// The directory that the place names, or the user's own.
    pub(crate) fn find(place: &Place) -> Result<Self, Fault> {
        let directory = match &place.data_dir {
            // What `kurodo env` prints must hold in any folder.
            Some(directory) => std::path::absolute(directory)?,
            None => default_directory()?,
        };
        Ok(Self {
            directory,
            seal_key: place.seal_key.clone(),
            passphrase_file: place.passphrase_file.clone(),
        })
    }

    /// The same settings for another directory.
    pub(crate) fn at(&self, directory: &Path) -> Self {
        Self { directory: directory.to_owned(), ..self.clone() }
    }

    /// The directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Makes the directory, for its owner only.
    pub(crate) fn create(&self) -> Result<(), Fault> {
        self.create_folder(&self.directory)
    }

    /// Makes a folder, for its owner only.
    pub(crate) fn create_folder(&self, folder: &Path) -> Result<(), Fault> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| format!("{} cannot be made: {error}", folder.display()).into())
    }

    /// The root key, sealed.
    pub(crate) fn root_key(&self) -> PathBuf {
        self.directory.join("root.key")
    }

    /// The key that seals the root key.
    pub(crate) fn seal_key(&self) -> PathBuf {
        self.seal_key.clone().unwrap_or_else(|| self.directory.join("seal.key"))
    }

    /// The file with the passphrase, where one was named.
    pub(crate) fn passphrase_file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }

    /// The same directory under another seal.
    pub(crate) fn sealed_by(&self, seal_key: Option<PathBuf>, passphrase_file: Option<PathBuf>) -> Self {
        Self { directory: self.directory.clone(), seal_key, passphrase_file }
    }

    /// The server's own key, wrapped by the root key.
    pub(crate) fn server_key(&self) -> PathBuf {
        self.directory.join("server.key")
    }

    /// The encrypted contents of objects.
    pub(crate) fn blobs(&self) -> PathBuf {
        self.directory.join("blobs")
    }

    /// The encrypted records.
    pub(crate) fn records(&self) -> PathBuf {
        self.directory.join("records")
    }

    /// The audit trail.
    pub(crate) fn audit(&self) -> PathBuf {
        self.directory.join("audit")
    }

    /// The certificate authority, for clients to trust.
    pub(crate) fn ca(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// The first account's root credentials, in the form of `~/.aws/credentials`.
    pub(crate) fn credentials(&self) -> PathBuf {
        self.directory.join("credentials")
    }

    /// The folder of the credentials of other accounts.
    pub(crate) fn accounts(&self) -> PathBuf {
        self.directory.join("accounts")
    }

    /// The credentials of another account, by its id: first a line with the account's name, then the form of
    /// `~/.aws/credentials`.
    pub(crate) fn account(&self, id: &str) -> PathBuf {
        self.accounts().join(id)
    }

    /// The running server's endpoint and region.
    pub(crate) fn endpoint(&self) -> PathBuf {
        self.directory.join("endpoint")
    }

    /// Writes a file for its owner only, whole or not at all.
    pub(crate) fn write(&self, path: &Path, text: &str) -> Result<(), Fault> {
        let draft = path.with_extension("tmp");
        let write = || -> std::io::Result<()> {
            let mut file =
                fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, path)?;
            fs::File::open(path.parent().unwrap_or(&self.directory))?.sync_all()
        };
        write().map_err(|error| format!("{} cannot be written: {error}", path.display()).into())
    }

    /// The command that prints the environment, as a person at another terminal can call it.
    pub(crate) fn env_command(&self) -> String {
        let name = Path::new("kurodo");
        let on_path = std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
        let program = std::env::current_exe().ok().filter(|_| !on_path);
        let program = program.as_deref().unwrap_or(name).display();
        match default_directory().is_ok_and(|default| default == self.directory) {
            true => format!("{program} env"),
            false => format!("{program} env --data-dir {}", self.directory.display()),
        }
    }
}

/// `$XDG_DATA_HOME/kurodo`, or `~/.local/share/kurodo`.
fn default_directory() -> Result<PathBuf, Fault> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map(|data| data.join("kurodo"))
        .ok_or_else(|| "neither HOME nor XDG_DATA_HOME is set: name a directory with --data-dir".into())
}
