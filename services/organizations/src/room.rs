//! The organisation's records as operations read and change them.
//!
//! [`Room`] reads what a permit reaches. [`Draft`] reads and changes; whatever it commits rewrites the record of
//! the organisation, so that of two changes at the same time the second is decided anew.

use kurodo_authz::{Grant, Write};
use kurodo_identity::OrgPolicyKind;
use kurodo_identity::{
    Attachments, Organization, ReadRecords, Record, WriteRecords,
    keys::{self, Key, Shelf},
    managed,
};
use kurodo_store::{Reader, Store, Transaction, Writer};

use crate::{Error, Organizations};

/// How often a change is tried when others change the organisation at the same time.
const ATTEMPTS: usize = 64;

/// Looks things up in the organisation.
pub(crate) trait Look {
    /// The organisation.
    fn organization(&self) -> &Organization;

    /// The record of this key.
    fn record<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, Error>;

    /// Every record of a shelf.
    fn all<R: Record>(&self, shelf: &Shelf<R>) -> Result<Vec<R>, Error>;

    /// The ids of the policies that are written down for a root, unit or account, in the order of attaching.
    fn attachments(&self, target: &str) -> Result<Vec<String>, Error> {
        let found = self.record(&keys::attachments().exactly(target))?;
        Ok(found.map(|attachments| attachments.policies).unwrap_or_default())
    }

    /// The ids of the policies of a type that a root, unit or account has.
    fn attached(&self, target: &str, kind: OrgPolicyKind) -> Result<Vec<String>, Error> {
        let everywhere = kind == OrgPolicyKind::Rcp && self.organization().enabled.contains(&kind);
        let mut ids: Vec<String> =
            everywhere.then(|| managed::RCP_FULL_ACCESS.to_owned()).into_iter().collect();
        for id in self.attachments(target)? {
            if self.kind_of(&id)? == kind {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// The type of an attached policy.
    fn kind_of(&self, policy: &str) -> Result<OrgPolicyKind, Error> {
        if let Some(provided) = managed::org_policy(policy) {
            return Ok(provided.kind);
        }
        let found = self.record(&keys::org_policies().exactly(policy))?;
        found.map(|policy| policy.kind).ok_or(Error::Inconsistent("a policy is attached that does not exist"))
    }
}

/// What a permit lets an operation read.
pub(crate) struct Room<'p> {
    reader: Reader<'p>,
    organization: Organization,
}

impl<'p> Room<'p> {
    pub(crate) fn open<G: Grant>(store: &'p Store, permit: &'p G) -> Result<Self, Error> {
        let reader = store.read(permit);
        let organization = reader.record(&keys::organization())?.ok_or(Error::NotInUse)?.value;
        Ok(Self { reader, organization })
    }
}

impl Look for Room<'_> {
    fn organization(&self) -> &Organization {
        &self.organization
    }

    fn record<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, Error> {
        Ok(self.reader.record(key)?.map(|found| found.value))
    }

    fn all<R: Record>(&self, shelf: &Shelf<R>) -> Result<Vec<R>, Error> {
        Ok(ReadRecords::all(&self.reader, shelf)?)
    }
}

/// A change in the making: it reads, and collects what is to be written.
pub(crate) struct Draft<'w> {
    writer: &'w Writer<'w>,
    transaction: Transaction<'w>,
    /// The organisation; what is changed here is written.
    pub(crate) organization: Organization,
}

impl Organizations {
    /// Makes a change that `decide` draws up from what is stored. When something has changed in the meantime,
    /// `decide` is asked again.
    ///
    /// # Errors
    /// What `decide` fails with; [`Error::ConcurrentModification`] when others were always quicker.
    pub(crate) async fn change<G, T>(
        &self,
        permit: &G,
        decide: impl Fn(&mut Draft<'_>) -> Result<T, Error>,
    ) -> Result<T, Error>
    where
        G: Grant<Access = Write>,
    {
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let found = writer.record(&keys::organization())?.ok_or(Error::NotInUse)?;
            let mut draft =
                Draft { writer: &writer, transaction: writer.transaction(), organization: found.value };
            let decided = decide(&mut draft)?;
            let Draft { mut transaction, organization, .. } = draft;
            transaction.replace(&keys::organization(), found.version, &organization)?;
            match transaction.commit().await {
                Ok(_) => return Ok(decided),
                Err(error) if error.conflict().is_some() => tokio::task::yield_now().await,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::ConcurrentModification)
    }
}

impl Draft<'_> {
    /// Writes a record.
    pub(crate) fn put<R: Record>(&mut self, key: &Key<R>, record: &R) -> Result<(), Error> {
        self.transaction.save(key, record)?;
        Ok(())
    }

    /// Deletes a record.
    pub(crate) fn delete<R: Record>(&mut self, key: &Key<R>) {
        self.transaction.delete(key);
    }

    /// Writes down which policies a root, unit or account has.
    pub(crate) fn attach(&mut self, target: &str, policies: Vec<String>) -> Result<(), Error> {
        self.put(&keys::attachments().exactly(target), &Attachments { policies })
    }
}

impl Look for Draft<'_> {
    fn organization(&self) -> &Organization {
        &self.organization
    }

    fn record<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, Error> {
        Ok(self.writer.record(key)?.map(|found| found.value))
    }

    fn all<R: Record>(&self, shelf: &Shelf<R>) -> Result<Vec<R>, Error> {
        Ok(ReadRecords::all(&**self.writer, shelf)?)
    }
}
