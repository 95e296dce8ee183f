use serde::{Deserialize, Serialize};

use super::codec::{Damaged, In, Out};
use crate::model::{ObjectLockMode, ObjectLockRetentionMode};

/// What keeps a version from being deleted.
///
/// Source: S3 User Guide, "Locking objects with Object Lock".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Lock {
    pub(crate) retention: Option<Retention>,
    /// Whether there is a legal hold; `None` where none was ever put or lifted.
    pub(crate) hold: Option<bool>,
}

/// A version is retained until some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Retention {
    pub(crate) mode: Mode,
    /// In milliseconds since 1970.
    pub(crate) until_ms: i64,
}

/// Who can shorten a retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mode {
    /// Whoever may bypass it, and says so.
    Governance,
    /// Nobody.
    Compliance,
}

impl Lock {
    pub(super) fn write(&self, out: &mut Out) {
        match self.retention {
            Some(Retention { mode: Mode::Governance, until_ms }) => out.u8(1).i64(until_ms),
            Some(Retention { mode: Mode::Compliance, until_ms }) => out.u8(2).i64(until_ms),
            None => out.u8(0),
        };
        out.u8(match self.hold {
            None => 0,
            Some(true) => 1,
            Some(false) => 2,
        });
    }

    pub(super) fn read(input: &mut In<'_>) -> Result<Self, Damaged> {
        let mode = match input.u8()? {
            0 => None,
            1 => Some(Mode::Governance),
            2 => Some(Mode::Compliance),
            _ => return Err(input.damaged()),
        };
        let retention =
            mode.map(|mode| input.i64().map(|until_ms| Retention { mode, until_ms })).transpose()?;
        let hold = match input.u8()? {
            0 => None,
            1 => Some(true),
            2 => Some(false),
            _ => return Err(input.damaged()),
        };
        Ok(Self { retention, hold })
    }

    /// Whether the version must stay. Who `bypasses` governance is not kept by it.
    pub(crate) fn holds(&self, now_ms: i64, bypasses: bool) -> bool {
        let retained = self.retention.is_some_and(|retention| {
            retention.is_active(now_ms) && !(bypasses && retention.mode == Mode::Governance)
        });
        retained || self.hold == Some(true)
    }
}

impl Retention {
    /// Whether it is not over yet.
    pub(crate) fn is_active(&self, now_ms: i64) -> bool {
        self.until_ms > now_ms
    }
}

impl From<ObjectLockMode> for Mode {
    fn from(word: ObjectLockMode) -> Self {
        match word {
            ObjectLockMode::Governance => Self::Governance,
            ObjectLockMode::Compliance => Self::Compliance,
        }
    }
}

impl From<ObjectLockRetentionMode> for Mode {
    fn from(word: ObjectLockRetentionMode) -> Self {
        match word {
            ObjectLockRetentionMode::Governance => Self::Governance,
            ObjectLockRetentionMode::Compliance => Self::Compliance,
        }
    }
}

impl From<Mode> for ObjectLockMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Governance => Self::Governance,
            Mode::Compliance => Self::Compliance,
        }
    }
}

impl From<Mode> for ObjectLockRetentionMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Governance => Self::Governance,
            Mode::Compliance => Self::Compliance,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retained(mode: Mode, until_ms: i64) -> Lock {
        Lock { retention: Some(Retention { mode, until_ms }), hold: None }
    }

    #[test]
    fn a_retention_ends_and_a_hold_does_not() {
        assert!(retained(Mode::Compliance, 100).holds(99, true));
        assert!(!retained(Mode::Compliance, 100).holds(100, false));
        assert!(Lock { hold: Some(true), ..Lock::default() }.holds(i64::MAX, true));
        assert!(!Lock { hold: Some(false), ..Lock::default() }.holds(0, false));
    }

    #[test]
    fn governance_gives_way_to_who_bypasses_it() {
        assert!(retained(Mode::Governance, 100).holds(99, false));
        assert!(!retained(Mode::Governance, 100).holds(99, true));
        let held = Lock { hold: Some(true), ..retained(Mode::Governance, 100) };
        assert!(held.holds(99, true));
    }
}
