use serde::{Deserialize, Serialize};

use super::{Mode, Retention};

/// Whether a bucket keeps older versions of its objects.
///
/// Source: S3 User Guide, "Retaining multiple versions of objects with S3 Versioning".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Versioning {
    pub(crate) state: VersioningState,
    /// Whether versions are deleted only by the root user, with a one-time code.
    #[serde(default)]
    pub(crate) mfa_delete: Option<bool>,
}

/// The three states. No bucket goes back to the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) enum VersioningState {
    /// It was never switched on.
    #[default]
    Never,
    Enabled,
    Suspended,
}

impl Versioning {
    /// Whether it was ever switched on, so that there may be older versions.
    pub(crate) fn was_on(&self) -> bool {
        self.state != VersioningState::Never
    }

    pub(crate) fn is_on(&self) -> bool {
        self.state == VersioningState::Enabled
    }

    /// Whether versions are deleted only with a one-time code.
    pub(crate) fn needs_code(&self) -> bool {
        self.mfa_delete == Some(true)
    }
}

/// That versions in a bucket can be locked, and how new ones are without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct ObjectLock {
    pub(crate) default: Option<(Mode, Period)>,
}

/// How long a new version is retained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Period {
    Days(i32),
    Years(i32),
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl ObjectLock {
    /// The retention of a version that is put now.
    pub(crate) fn retention(&self, now_ms: i64) -> Option<Retention> {
        let (mode, period) = self.default?;
        let days = match period {
            Period::Days(days) => days.into(),
            Period::Years(years) => i64::from(years).saturating_mul(365),
        };
        Some(Retention { mode, until_ms: now_ms.saturating_add(days.saturating_mul(DAY_MS)) })
    }
}
