//! A key as it is stored.

use serde::{Deserialize, Serialize};

use crate::{
    Error,
    model::{KeySpec, KeyState, KeyUsageType, RotationType},
};

/// What there is to know of a key, its secret material included, which is wrapped by the account's keyring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) id: String,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) description: String,
    pub(crate) spec: String,
    pub(crate) enabled: bool,
    /// When the material is destroyed, in milliseconds since 1970, and how many days the key waits for it.
    pub(crate) deletion: Option<(i64, i32)>,
    /// The service that keeps the key for its account, such as `s3`; the account's own keys have none.
    pub(crate) managed_by: Option<String>,
    pub(crate) policy: String,
    /// The policy with the unique ids of those that it names.
    pub(crate) bound_policy: String,
    pub(crate) tags: Vec<(String, String)>,
    /// From the first to the current one.
    pub(crate) materials: Vec<Material>,
    pub(crate) rotation: Option<Rotation>,
}

/// The secret of a key at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Material {
    /// 32 bytes in hexadecimal digits.
    pub(crate) id: String,
    /// Milliseconds since 1970.
    pub(crate) since: i64,
    /// Whether somebody asked for the rotation; the first material came by none.
    on_demand: Option<bool>,
    pub(crate) wrapped: Vec<u8>,
}

/// Rotation by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rotation {
    pub(crate) days: i32,
    /// Milliseconds since 1970.
    pub(crate) next: i64,
}

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

impl Key {
    /// A new key without material.
    pub(crate) fn new(id: String, spec: KeySpec, created: i64) -> Self {
        Self {
            id,
            created,
            description: String::new(),
            spec: spec.as_str().to_owned(),
            enabled: true,
            deletion: None,
            managed_by: None,
            policy: String::new(),
            bound_policy: String::new(),
            tags: Vec::new(),
            materials: Vec::new(),
            rotation: None,
        }
    }

    /// The key of a record.
    pub(crate) fn read(record: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(record).map_err(|_| Error::Damaged)
    }

    /// The record of a key.
    pub(crate) fn record(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| Error::Damaged)
    }

    pub(crate) fn form(&self) -> Result<KeySpec, Error> {
        KeySpec::parse(&self.spec).ok_or(Error::Damaged)
    }

    pub(crate) fn usage(&self) -> Result<KeyUsageType, Error> {
        Ok(usage(self.form()?))
    }

    pub(crate) fn state(&self) -> KeyState {
        match (self.deletion, self.enabled) {
            (Some(_), _) => KeyState::PendingDeletion,
            (None, true) => KeyState::Enabled,
            (None, false) => KeyState::Disabled,
        }
    }

    /// The material in use.
    pub(crate) fn current(&self) -> Result<&Material, Error> {
        self.materials.last().ok_or(Error::Damaged)
    }

    /// Takes other material from now on.
    pub(crate) fn renew(&mut self, id: String, wrapped: Vec<u8>, since: i64, on_demand: bool) {
        let on_demand = (!self.materials.is_empty()).then_some(on_demand);
        self.materials.push(Material { id, since, on_demand, wrapped });
    }

    /// Begins to rotate by itself, or goes on with another period.
    pub(crate) fn rotate_every(&mut self, days: i32, now: i64) {
        self.rotation = Some(Rotation { days, next: now.saturating_add(i64::from(days) * DAY) });
    }
}

impl Material {
    /// How it came to be the key's; `None` for the first.
    pub(crate) fn came_by(&self) -> Option<RotationType> {
        self.on_demand.map(|asked| if asked { RotationType::OnDemand } else { RotationType::Automatic })
    }
}

/// What keys of this form are for.
pub(crate) fn usage(spec: KeySpec) -> KeyUsageType {
    match spec {
        KeySpec::Hmac224 | KeySpec::Hmac256 | KeySpec::Hmac384 | KeySpec::Hmac512 => {
            KeyUsageType::GenerateVerifyMac
        }
        _ => KeyUsageType::EncryptDecrypt,
    }
}
