use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kurodo_arn::Region;
use kurodo_store::StoreError;

use super::StoredDirectory;
use crate::{
    KeyUse, RoleUse, WriteRecords, id,
    keys::{self, usage_scope},
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
