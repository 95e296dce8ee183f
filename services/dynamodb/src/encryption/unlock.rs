use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kurodo_authz::Caller;
use kurodo_envelope::{EncryptionContext, EnvelopeError, Kms, Opener, seal};
use kurodo_gateway::Call;
use kurodo_keys::SecretKey;
use zeroize::Zeroizing;

use super::{Protection, TableKey};
use crate::{DynamoDb, Error, error::invalid_values, facts::TableFacts, names::TableName};

/// The host name of DynamoDB, as policies see it in `aws:CalledVia`.
const VIA: &str = "dynamodb.amazonaws.com";

/// Those of the tables of one request that are under keys of KMS, each once.
#[derive(Default)]
pub(crate) struct Locked<'f>(Vec<(&'f Protection, &'f TableFacts)>);

impl<'f> FromIterator<&'f TableFacts> for Locked<'f> {
    fn from_iter<I: IntoIterator<Item = &'f TableFacts>>(tables: I) -> Self {
        let mut locked = Self::default();
        for facts in tables {
            let Some(protection) = &facts.definition.protection else { continue };
            if locked.0.iter().all(|(_, known)| known.definition.contents != facts.definition.contents) {
                locked.0.push((protection, facts));
            }
        }
        locked
    }
}

/// The opened keys of the tables of one request.
#[derive(Default)]
pub(crate) struct Keys(Vec<(u64, TableKey)>);

impl Keys {
    /// That of this table.
    pub(crate) fn of<'k>(&'k self, facts: &TableFacts) -> Result<&'k TableKey, Error> {
        let opened = self.0.iter().find(|(contents, _)| *contents == facts.definition.contents);
        opened.map_or_else(|| TableKey::plain(facts), |(_, key)| Ok(key))
    }
}

/// The tables whose keys KMS would not use when it was last asked, and since when, in milliseconds since 1970.
#[derive(Default)]
pub(crate) struct Inaccessible(Mutex<HashMap<u64, i64>>);

impl Inaccessible {
    /// Since when it is so of a table with these contents.
    pub(crate) fn since(&self, contents: u64) -> Option<i64> {
        self.lock().get(&contents).copied()
    }

    fn note(&self, contents: u64, now: i64) {
        self.lock().entry(contents).or_insert(now);
    }

    fn forget(&self, contents: u64) {
        self.lock().remove(&contents);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DynamoDb {
    /// Opens the keys of these tables that are under keys of KMS, in the name of who calls.
    ///
    /// # Errors
    /// Nobody lets the caller use one of them, or it cannot be used.
    pub(crate) async fn unlock(&self, tables: Locked<'_>, call: &Call) -> Result<Keys, Error> {
        let mut keys = Keys::default();
        for (protection, facts) in tables.0 {
            let opened = Box::pin(self.open(protection, facts, call)).await?;
            keys.0.push((facts.definition.contents, TableKey::opened(&opened)));
        }
        Ok(keys)
    }

    async fn open(
        &self,
        protection: &Protection,
        facts: &TableFacts,
        call: &Call,
    ) -> Result<SecretKey, Error> {
        let place = facts.place();
        let mut opener = Opener::new(self.kms(&call.caller, &place), context(&place));
        let contents = facts.definition.contents;
        let opened = match opener.open(&protection.sealed).await {
            Err(error) => {
                if matches!(error, EnvelopeError::Refused { .. }) {
                    self.inaccessible.note(contents, call.now_ms);
                }
                return Err(refused(error));
            }
            Ok(opened) => Zeroizing::new(opened),
        };
        self.inaccessible.forget(contents);
        let bytes: Zeroizing<[u8; SecretKey::LEN]> = opened
            .as_slice()
            .try_into()
            .map(Zeroizing::new)
            .map_err(|_| Error::Relayed(EnvelopeError::Damaged.to_string()))?;
        Ok(SecretKey::from_bytes(*bytes))
    }

    /// Puts a new table under this key of KMS, an id, ARN or alias.
    ///
    /// # Errors
    /// Nobody lets the caller make data keys under it, it cannot be used, or is another account's.
    pub(crate) async fn protect(
        &self,
        key: &str,
        table: &TableName,
        call: &Call,
    ) -> Result<Protection, Error> {
        let table_key = SecretKey::generate().map_err(|_| Error::Random)?;
        Box::pin(self.wrap(&table_key, key, table, call)).await
    }

    /// Puts a table under another key of KMS. Its table key stays, so that its items do.
    ///
    /// # Errors
    /// As [`Self::unlock`] and [`Self::protect`]; it is under this key already.
    pub(crate) async fn protect_anew(
        &self,
        (known, facts): (&Protection, &TableFacts),
        key: &str,
        call: &Call,
    ) -> Result<Protection, Error> {
        let table_key = Box::pin(self.open(known, facts, call)).await?;
        let new = Box::pin(self.wrap(&table_key, key, &facts.place(), call)).await?;
        if new.arn == known.arn {
            return Err(invalid_values("Table is already encrypted by given KMSMasterKey"));
        }
        Ok(new)
    }

    async fn wrap(
        &self,
        table_key: &SecretKey,
        key: &str,
        table: &TableName,
        call: &Call,
    ) -> Result<Protection, Error> {
        let made = self.kms(&call.caller, table).generate(key, &context(table)).await;
        let made = made.map_err(|error| match error {
            EnvelopeError::Refused { message, .. } => invalid_values(message),
            other => refused(other),
        })?;
        if made.arn.split(':').nth(4) != Some(table.account.to_string().as_str()) {
            return Err(invalid_values(format!(
                "KMS key {} belongs to another account than the table",
                made.arn
            )));
        }
        let arn = made.arn.clone();
        Ok(Protection { arn, sealed: seal(&made.into(), table_key.expose()).map_err(refused)? })
    }

    fn kms(&self, caller: &Arc<Caller>, table: &TableName) -> Kms<'_> {
        Kms { relay: &self.relay, via: VIA, caller: Arc::clone(caller), region: table.region.clone() }
    }
}

/// What the data key of a table is bound to.
///
/// Source: DynamoDB Developer Guide, "DynamoDB encryption at rest: How it works", encryption context.
fn context(table: &TableName) -> EncryptionContext {
    [
        ("aws:dynamodb:tableName".to_owned(), table.name.clone()),
        ("aws:dynamodb:subscriberId".to_owned(), table.account.to_string()),
    ]
    .into()
}

/// What is said where the key of a table cannot be used.
fn refused(error: EnvelopeError) -> Error {
    match error {
        EnvelopeError::Denied(message) => Error::KeyDenied(message),
        EnvelopeError::Refused { message, .. } => {
            Error::KeyDenied(format!("KMS key access denied error: {message}"))
        }
        other => Error::Relayed(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_inaccessible_from_the_first_refusal_to_the_next_use() {
        let all = Inaccessible::default();
        assert_eq!(all.since(1), None);
        all.note(1, 10);
        all.note(1, 20);
        assert_eq!((all.since(1), all.since(2)), (Some(10), None));
        all.forget(1);
        assert_eq!(all.since(1), None);
    }
}
