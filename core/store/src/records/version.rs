/// When a record was last written: the number of the transaction that wrote it. Numbers only grow, and no two
/// transactions share one, so the same version means the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub(crate) u64);

impl Version {
    /// The number, for an opaque token or for a log.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The version of this number, as [`Version::number`] gave it.
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// A value and the version that it was written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// When it was written.
    pub version: Version,
    /// What was written.
    pub value: T,
}

/// A transaction that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// The version of every record that the transaction wrote.
    pub version: Version,
}
