//! What nobody waits for.

use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::Scan;

use crate::{Error, Kms, key::Key as Stored, table::chore};

/// What is relied on has changed meanwhile: the next look finds out what is to be done then.
fn unless_changed(done: Result<(), Error>) -> Result<(), Error> {
    match done {
        Err(Error::Changed) => Ok(()),
        other => other,
    }
}

impl Keeper<chore::DestroyKeys> for Kms {
    /// The key goes with its material and its grants. Aliases that name it name nothing from then on.
    async fn keep(&self, errand: Errand<'_, Self, chore::DestroyKeys>) -> Result<Progress, Error> {
        for permit in &errand.permits {
            let current = permit.resource().existing()?.current.as_ref().ok_or(Error::Changed)?;
            let writer = self.store.write(permit);
            let mut transaction = writer.transaction();
            transaction.expect_fact(current).delete([]);
            transaction.in_annex(permit);
            for grant in self.store.read(permit).annex(permit).scan(&Scan::default())? {
                transaction.delete(&grant.key);
            }
            unless_changed(super::changed(transaction.commit().await).map(drop))?;
        }
        Ok(Progress::Done)
    }
}

impl Keeper<chore::RotateKeys> for Kms {
    async fn keep(&self, errand: Errand<'_, Self, chore::RotateKeys>) -> Result<Progress, Error> {
        let now = errand.call.now_ms;
        for permit in &errand.permits {
            let key = permit.resource();
            let mut stored = Stored::clone(&key.existing()?.key);
            let Some(rotation) = stored.rotation else { continue };
            self.renew(key.account, &mut stored, now, false).await?;
            stored.rotate_every(rotation.days, now);
            unless_changed(self.redefine(permit, &stored).await)?;
        }
        Ok(Progress::Done)
    }
}
