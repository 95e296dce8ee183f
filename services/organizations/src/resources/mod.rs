//! What the rows of the table name: found in the store, so that ARNs and condition keys are those of the
//! thing itself. What is not there is named as the request names it, and the operation then says so.
//!
//! All of the organisation belongs to the management account. To other accounts' callers it is the resource of
//! another account, which no policy of theirs opens.

mod node;
mod organization;
mod policy;
mod tagged;

pub use node::{Node, node};
pub use organization::{Membership, Organization, membership, organization};
pub(crate) use policy::Known;
pub use policy::{Owner, Policy, policy};
pub use tagged::{Tagged, new, tagged};

use kurodo_gateway::Find;
use kurodo_identity::{
    Organization as Record, ReadRecords, Tags,
    keys::{self, Key, Shelf},
    org_scope,
};
use kurodo_policy::Context;
use kurodo_store::Reader;

use crate::{Error, Organizations, room::Look};

/// What is stored of the organisation, before anything is decided.
struct Stored<'a> {
    reader: Reader<'a>,
    organization: Record,
}

impl<'a> Stored<'a> {
    fn open(find: &Find<'a, Organizations>) -> Result<Self, Error> {
        find.account().ok_or(Error::Unsigned)?;
        let reader = find.stored();
        let found = reader.record(&keys::organization().below(&org_scope()))?;
        Ok(Self { reader, organization: found.ok_or(Error::NotInUse)?.value })
    }
}

impl Look for Stored<'_> {
    fn organization(&self) -> &Record {
        &self.organization
    }

    fn record<R: kurodo_identity::Record>(&self, key: &Key<R>) -> Result<Option<R>, Error> {
        Ok(self.reader.record(&key.below(&org_scope()))?.map(|found| found.value))
    }

    fn all<R: kurodo_identity::Record>(&self, shelf: &Shelf<R>) -> Result<Vec<R>, Error> {
        Ok(ReadRecords::all(&self.reader, &shelf.below(&org_scope()))?)
    }
}

/// The tags as condition keys.
fn describe(tags: &Tags, context: &mut Context) {
    for tag in tags {
        context.set(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
    }
}
