//! What operations do, by what they are about.

mod aliases;
mod chores;
mod create_key;
mod data_keys;
mod decrypt;
mod describe_key;
mod encrypt;
mod generate_random;
mod grants;
mod key_policy;
mod key_state;
mod list_keys;
mod macs;
mod managed;
mod material;
mod re_encrypt;
mod rotation;
mod tags;

use kurodo_authz::{Action, Permit, Write};
use kurodo_gateway::{Authorized, Reply, wire::Operation};
use kurodo_store::{Expectation, StoreError};

use crate::{Error, Kms, key::Key as Stored, resources::Key};

/// A call that was let through.
type Asked<'r, O> = Authorized<'r, Kms, O>;
/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// What a commit came to. What it relied on are facts, and that there was nothing.
fn changed<T>(committed: Result<T, StoreError>) -> Result<T, Error> {
    committed.map_err(|error| match error.conflict() {
        Some(conflict) if matches!(conflict.expectation, Expectation::Fact | Expectation::Absent) => {
            Error::Changed
        }
        _ => error.into(),
    })
}

/// Nothing is to be done, where that was asked for.
fn wet(dry_run: Option<bool>) -> Result<(), Error> {
    if dry_run == Some(true) { Err(Error::DryRun) } else { Ok(()) }
}

impl Kms {
    /// Puts a key in place of the one that was decided on. Meanwhile nobody else may have changed it.
    async fn redefine<A>(&self, permit: &Permit<'_, A>, key: &Stored) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = Key>,
    {
        let current = permit.resource().existing()?.current.as_ref().ok_or(Error::Changed)?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(current).put([], key.record()?);
        changed(transaction.commit().await).map(drop)
    }
}
