//! What DynamoDB does with a table under a key of KMS while nobody asks: it expires items, fills indexes and restored
//! tables, and imports. For that it holds a grant on the key, which whoever makes the table lets it have. The grant lets it
//! open the key of that table alone, and holds as long as nobody revokes it.
//!
//! Source: DynamoDB Developer Guide, "DynamoDB encryption at rest usage notes", "Using grants to authorize DynamoDB".

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kurodo_authz::Caller;
use kurodo_envelope::EnvelopeError;
use kurodo_gateway::Call;

use super::{
    Protection, TableKey, Vault,
    vault::{Place, context, refused},
};
use crate::{Error, definition::Definition, facts::TableFacts, names::TableName};

/// What the grant lets DynamoDB do. It gives up the grant once the table is gone.
const OPERATIONS: [&str; 2] = ["Decrypt", "RetireGrant"];
/// For how long KMS is not asked again about a table whose key it did not open, in milliseconds.
const REST: i64 = 30_000;

/// The tables, by where their items lie, whose keys KMS did not open for DynamoDB, and until when it is not asked again, in
/// milliseconds since 1970.
#[derive(Default)]
pub(super) struct Rests(Mutex<HashMap<u64, i64>>);

impl Rests {
    fn rests(&self, contents: u64, now: i64) -> bool {
        self.lock().get(&contents).is_some_and(|until| now < *until)
    }

    fn note(&self, contents: u64, now: i64) {
        let mut all = self.lock();
        all.retain(|_, until| now < *until);
        all.insert(contents, now.saturating_add(REST));
    }

    fn forget(&self, contents: u64) {
        self.lock().remove(&contents);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault {
    /// Whether KMS did not open the key of the table with these items a short while ago, for what nobody asked for.
    pub(crate) fn rests(&self, contents: u64, now: i64) -> bool {
        self.rests.rests(contents, now)
    }

    /// Opens the key of a table by DynamoDB's grant; nothing where KMS does not let it, or did not a short while ago: then
    /// what is to be done waits.
    ///
    /// # Errors
    /// KMS does not answer, or what is stored is damaged.
    pub(crate) async fn unlock_own(&self, facts: &TableFacts, now: i64) -> Result<Option<TableKey>, Error> {
        let Definition { protection, contents, crossing, .. } = &facts.definition;
        let opened = self.open_own((protection.as_ref(), &facts.place()), *contents, now).await?;
        Ok(opened.map(|key| key.within(*crossing)))
    }

    /// The same of what is kept for the table of this name; without a key of KMS there is nothing to open.
    ///
    /// # Errors
    /// As [`Self::unlock_own`].
    pub(crate) async fn open_own(
        &self,
        (protection, table): (Option<&Protection>, &TableName),
        contents: u64,
        now: i64,
    ) -> Result<Option<TableKey>, Error> {
        let Some(protection) = protection else { return Ok(Some(TableKey::nothing())) };
        if self.rests(contents, now) {
            return Ok(None);
        }
        let place = Place { protection, table: table.clone() };
        match Box::pin(self.ask(place, (&own(table), now))).await {
            Ok(opened) => Ok(Some(TableKey::opened(&opened))),
            Err(EnvelopeError::Denied(_) | EnvelopeError::Refused { .. }) => {
                self.rests.note(contents, now);
                Ok(None)
            }
            Err(other) => Err(refused(other)),
        }
    }

    /// Sees to it that DynamoDB can open the key of a table by itself. Where its grant is gone, or there never was one, it
    /// gets another one in the caller's name: then the table is protected by what this answers.
    ///
    /// # Errors
    /// Nobody lets the caller give the grant, or the key cannot be used.
    pub(crate) async fn stand(&self, facts: &TableFacts, call: &Call) -> Result<Option<Protection>, Error> {
        let Some(known) = &facts.definition.protection else { return Ok(None) };
        let (table, now) = (facts.place(), call.now_ms);
        let opens = async || Box::pin(self.ask(Place::table(known, facts), (&own(&table), now))).await;
        match opens().await {
            Ok(_) => {
                self.rests.forget(facts.definition.contents);
                return Ok(None);
            }
            Err(EnvelopeError::Denied(_)) => {}
            Err(other) => return Err(refused(other)),
        }
        let grant = self.grant(&known.arn, &table, call).await.map_err(refused)?;
        let new = Protection { grant: Some(grant), ..known.clone() };
        if let Err(denied) = opens().await {
            self.give_up(&new, &table).await?;
            return Err(refused(denied));
        }
        self.rests.forget(facts.definition.contents);
        Ok(Some(new))
    }

    /// That DynamoDB can open the key of a new table by itself, where it has to: else it gives up its grant, and the table is
    /// not made.
    ///
    /// # Errors
    /// KMS does not let it, be it that the key's policy denies it.
    pub(crate) async fn standing(
        &self,
        protection: Protection,
        table: &TableName,
        now: i64,
    ) -> Result<Protection, Error> {
        let place = Place { protection: &protection, table: table.clone() };
        let opened = Box::pin(self.ask(place, (&own(table), now))).await;
        self.kept(Some(&protection), table, opened.map_err(refused)).await?;
        Ok(protection)
    }

    /// Lets DynamoDB open the key of a table by itself, in the name of who calls.
    pub(super) async fn grant(
        &self,
        key: &str,
        table: &TableName,
        call: &Call,
    ) -> Result<String, EnvelopeError> {
        let kms = self.kms(&call.caller, table);
        kms.grant(key, &host(table), &OPERATIONS, &context(table)).await
    }

    /// Gives up the grant of a table that is gone, or that went to another key. One that is gone already is all the same.
    ///
    /// # Errors
    /// KMS does not answer.
    pub(crate) async fn give_up(&self, protection: &Protection, table: &TableName) -> Result<(), Error> {
        let Some(grant) = &protection.grant else { return Ok(()) };
        match self.kms(&own(table), table).retire(&protection.arn, grant).await {
            Ok(()) | Err(EnvelopeError::Denied(_) | EnvelopeError::Refused { .. }) => Ok(()),
            Err(other) => Err(refused(other)),
        }
    }

    /// What came of an attempt to store what a table is protected by. Where nothing did, the new grant is given up.
    pub(crate) async fn kept<T>(
        &self,
        protection: Option<&Protection>,
        table: &TableName,
        done: Result<T, Error>,
    ) -> Result<T, Error> {
        if let (Err(_), Some(protection)) = (&done, protection) {
            // What failed is told; a grant that is left over opens nothing that is stored.
            _ = Box::pin(self.give_up(protection, table)).await;
        }
        done
    }
}

/// DynamoDB's name in the region.
fn host(table: &TableName) -> String {
    format!("dynamodb.{}.amazonaws.com", table.region)
}

/// DynamoDB, as it acts by itself for a table.
fn own(table: &TableName) -> Arc<Caller> {
    Arc::new(Caller::service(&host(table), &table.arn(), table.account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_did_not_open_rests_a_while() {
        let rests = Rests::default();
        assert!(!rests.rests(1, 0));
        rests.note(1, 1000);
        assert!(rests.rests(1, 1000) && rests.rests(1, 1000 + REST - 1));
        assert!(!rests.rests(2, 1000) && !rests.rests(1, 1000 + REST));
        rests.note(2, 1000 + REST);
        assert_eq!(rests.lock().len(), 1, "what is over is forgotten");
        rests.forget(2);
        assert!(!rests.rests(2, 1000 + REST));
    }
}
