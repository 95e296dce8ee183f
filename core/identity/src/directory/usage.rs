use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kurodo_arn::{AccountId, Region};
use kurodo_authz::Grant;
use kurodo_store::StoreError;

use super::StoredDirectory;
use crate::{
    KeyUse, ReadRecords, RoleUse, WriteRecords, id, keys,
    keys::{iam_scope, usage_scope},
};

/// How long a use may wait to be written.
const PERIOD: Duration = Duration::from_secs(5);
/// Uses that are remembered after they were written.
const MOST: usize = 8192;

/// The last use of every key that was used, until it is written.
#[derive(Default)]
pub(super) struct Usage(Mutex<HashMap<String, Used>>);

struct Used {
    /// The role's unique id, for a session of a role.
    role: Option<String>,
    at: i64,
    service: &'static str,
    region: Region,
    written: bool,
}

impl Usage {
    /// Notes a use; `subject` gives the user id behind the key, and is asked once.
    pub(super) fn note(
        &self,
        access_key_id: &str,
        service: &'static str,
        region: &Region,
        at: i64,
        subject: impl FnOnce() -> Option<String>,
    ) {
        let mut uses = self.lock();
        if let Some(used) = uses.get_mut(access_key_id) {
            (used.at, used.service, used.written) = (at, service, false);
            used.region.clone_from(region);
            return;
        }
        drop(uses);
        let role = subject().and_then(|id| id.split_once(':').map(|(id, _)| id.to_owned()));
        let used = Used {
            role: role.filter(|id| id.starts_with("AROA")),
            at,
            service,
            region: region.clone(),
            written: false,
        };
        self.lock().insert(access_key_id.to_owned(), used);
    }

    /// The last use of a key that is not forgotten yet.
    fn of_key(&self, access_key_id: &str) -> Option<KeyUse> {
        self.lock().get(access_key_id).map(Used::key)
    }

    fn of_role(&self, id: &str) -> Option<RoleUse> {
        let uses = self.lock();
        let role = uses.values().filter(|used| used.role.as_deref() == Some(id));
        role.max_by_key(|used| used.at).map(Used::role)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Used>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Used {
    fn key(&self) -> KeyUse {
        KeyUse { at: self.at, service: self.service.to_owned(), region: self.region.to_string() }
    }

    fn role(&self) -> RoleUse {
        RoleUse { at: self.at, region: self.region.to_string() }
    }
}

impl StoredDirectory {
    /// Writes uses every few seconds, for ever. Run it beside the server; [`StoredDirectory::record_uses`] at
    /// the end writes the last ones.
    pub async fn keep_recording_uses(&self) {
        loop {
            tokio::time::sleep(PERIOD).await;
            if let Err(error) = self.record_uses().await {
                tracing::warn!(%error, "the last uses of access keys could not be written; trying again");
            }
        }
    }

    /// Writes the uses that are not written yet.
    ///
    /// # Errors
    /// As [`kurodo_store::Transaction::commit`]; they stay to be written.
    pub async fn record_uses(&self) -> Result<(), StoreError> {
        let mut written = Vec::new();
        let writer = self.door.write();
        let mut transaction = writer.transaction();
        for (key, used) in self.usage.lock().iter().filter(|(_, used)| !used.written) {
            let Some(account) = id::account_of(key) else { continue };
            let scope = usage_scope(account);
            match &used.role {
                Some(role) => {
                    transaction.save(&keys::role_uses().exactly(role).below(&scope), &used.role())?
                }
                None if key.starts_with("AKIA") => {
                    transaction.save(&keys::key_uses().exactly(key).below(&scope), &used.key())?
                }
                None => continue,
            };
            written.push((key.clone(), used.at));
        }
        if !written.is_empty() {
            transaction.commit().await?;
        }
        self.forget(&written);
        Ok(())
    }

    /// When an access key was last used, to those who hold a permit on its account's identities.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn key_use(&self, permit: &impl Grant, id: &str) -> Result<Option<KeyUse>, StoreError> {
        let Some(account) = id::account_of(id).filter(|account| reaches(permit, *account)) else {
            return Ok(None);
        };
        if let Some(used) = self.usage.of_key(id) {
            return Ok(Some(used));
        }
        let key = keys::key_uses().exactly(id).below(&usage_scope(account));
        Ok(self.door.read().record(&key)?.map(|found| found.value))
    }

    /// When the role with this unique id was last used, to those who hold a permit on its account's identities.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn role_use(&self, permit: &impl Grant, id: &str) -> Result<Option<RoleUse>, StoreError> {
        let Some(account) = id::account_of(id).filter(|account| reaches(permit, *account)) else {
            return Ok(None);
        };
        if let Some(used) = self.usage.of_role(id) {
            return Ok(Some(used));
        }
        let key = keys::role_uses().exactly(id).below(&usage_scope(account));
        Ok(self.door.read().record(&key)?.map(|found| found.value))
    }

    fn forget(&self, written: &[(String, i64)]) {
        let mut uses = self.usage.lock();
        for (key, at) in written {
            if let Some(used) = uses.get_mut(key).filter(|used| used.at == *at) {
                used.written = true;
            }
        }
        if uses.len() > MOST {
            uses.retain(|_, used| !used.written);
        }
    }
}

/// Whether a permit is for something among an account's identities.
fn reaches(permit: &impl Grant, account: AccountId) -> bool {
    let scope = kurodo_authz::Resource::scope(permit.resource());
    scope.prefix().starts_with(iam_scope(account).prefix())
}
