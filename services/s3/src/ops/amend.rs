use kurodo_authz::{Grant, Write};

use crate::{Error, S3, records::Change, resources::Object, versions::Place};

impl S3 {
    /// Changes something about a version that stays the same version, if its record is still the one that the decision
    /// saw.
    pub(super) async fn amend<G: Grant<Access = Write, Resource = Object>>(
        &self,
        permit: &G,
        change: Change<'_>,
    ) -> Result<(), Error> {
        let (head, seen) = (Object::granted(permit)?, Object::placed(permit)?);
        let counts = change.is_copied();
        let (key, record) = (seen.place.key(), head.with(change)?);
        let (record, goes) = match counts {
            true => permit.resource().to_be_copied(record)?,
            false => (record, false),
        };
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        if seen.place != Place::Current {
            transaction.in_annex(permit);
        }
        transaction.expect_version(&key, seen.version).put(&key, record);
        transaction.commit().await?;
        self.copy_later(permit.resource(), head.id, goes);
        Ok(())
    }
}
