//! Keys that services keep for accounts: made by the first request that needs one.

use std::sync::Arc;

use kurodo_authz::{Action, Permit};

use super::changed;
use crate::{
    Error, Kms,
    alias::Alias,
    key::Key as Stored,
    resources::{Key, ManagedKey},
};

impl Kms {
    /// The key that was decided on, made first where a service is to make it.
    pub(super) async fn made<A>(
        &self,
        key: &Key,
        stored: &Arc<Stored>,
        permit: &Option<Permit<'_, A>>,
        now: i64,
    ) -> Result<Arc<Stored>, Error>
    where
        A: Action<Access = kurodo_authz::Write, Resource = ManagedKey>,
    {
        let Some(permit) = permit else { return Ok(Arc::clone(stored)) };
        let mut stored = Stored::clone(stored);
        self.renew(key.account, &mut stored, now, false).await?;
        let alias = Alias { key: stored.id.clone(), created: now, updated: now };
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_absent([]).put([], stored.record()?);
        transaction.in_annex(permit).expect_absent([]).put([], alias.record()?);
        changed(transaction.commit().await)?;
        Ok(Arc::new(stored))
    }
}
