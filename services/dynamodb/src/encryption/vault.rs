use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kurodo_authz::Caller;
use kurodo_envelope::{EncryptionContext, EnvelopeError, Kms, Opener, seal};
use kurodo_gateway::{Call, Relay};
use kurodo_keys::SecretKey;
use zeroize::Zeroizing;

use super::{Protection, TableKey};
use crate::{
    Error,
    error::invalid_values,
    exports::Export,
    facts::TableFacts,
    names::TableName,
    streams::{StreamFacts, StreamName},
};

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

/// The keys, by their ARNs, that KMS would not use when it was last asked, and since when, in milliseconds since 1970.
#[derive(Default)]
struct Inaccessible(Mutex<HashMap<String, i64>>);

impl Inaccessible {
    /// Since when it is so of this key.
    fn since(&self, arn: &str) -> Option<i64> {
        self.lock().get(arn).copied()
    }

    fn note(&self, arn: &str, now: i64) {
        self.lock().entry(arn.to_owned()).or_insert(now);
    }

    fn forget(&self, arn: &str) {
        self.lock().remove(arn);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the keys of tables are made and opened: by KMS, in the name of who calls.
pub(crate) struct Vault {
    relay: Relay,
    inaccessible: Inaccessible,
}

/// What a table key is opened for.
struct Place<'p> {
    protection: &'p Protection,
    table: TableName,
}

impl<'p> Place<'p> {
    fn table(protection: &'p Protection, facts: &TableFacts) -> Self {
        Self { protection, table: facts.place() }
    }

    fn stream(protection: &'p Protection, facts: &StreamFacts) -> Self {
        let StreamName { region, account, table, .. } = &facts.name;
        let table = TableName { region: region.clone(), account: *account, name: table.clone() };
        Self { protection, table }
    }
}

impl Vault {
    /// One that reaches KMS on this way.
    pub(crate) fn new(relay: Relay) -> Self {
        Self { relay, inaccessible: Inaccessible::default() }
    }

    /// Since when KMS does not use the key, in milliseconds since 1970, if it would not when it was last asked.
    pub(crate) fn inaccessible(&self, protection: &Protection) -> Option<i64> {
        self.inaccessible.since(&protection.arn)
    }

    /// Opens the keys of these tables that are under keys of KMS, in the name of who calls.
    ///
    /// # Errors
    /// Nobody lets the caller use one of them, or it cannot be used.
    pub(crate) async fn unlock(&self, tables: Locked<'_>, call: &Call) -> Result<Keys, Error> {
        let mut keys = Keys::default();
        for (protection, facts) in tables.0 {
            let opened =
                Box::pin(self.open(Place::table(protection, facts), (&call.caller, call.now_ms))).await?;
            keys.0.push((facts.definition.contents, TableKey::opened(&opened)));
        }
        Ok(keys)
    }

    /// The same for a stream, which has the key of its table.
    ///
    /// # Errors
    /// As [`Self::unlock`].
    pub(crate) async fn unlock_stream(&self, facts: &StreamFacts, call: &Call) -> Result<TableKey, Error> {
        let Some(protection) = &facts.definition.protection else { return Ok(TableKey::nothing()) };
        let opened =
            Box::pin(self.open(Place::stream(protection, facts), (&call.caller, call.now_ms))).await?;
        Ok(TableKey::opened(&opened))
    }

    /// The same for an export, in the name of whoever asked for it.
    ///
    /// # Errors
    /// As [`Self::unlock`].
    pub(crate) async fn unlock_export(
        &self,
        export: (&Export, &TableName),
        asker: (&Arc<Caller>, i64),
    ) -> Result<TableKey, Error> {
        let (Export { protection: Some(protection), .. }, table) = export else {
            return Ok(TableKey::nothing());
        };
        let place = Place { protection, table: table.clone() };
        Ok(TableKey::opened(&Box::pin(self.open(place, asker)).await?))
    }

    async fn open(&self, place: Place<'_>, (caller, now): (&Arc<Caller>, i64)) -> Result<SecretKey, Error> {
        let mut opener = Opener::new(self.kms(caller, &place.table), context(&place.table));
        let opened = opener.open(&place.protection.sealed).await.map(Zeroizing::new);
        match &opened {
            Err(EnvelopeError::Refused { .. }) => self.inaccessible.note(&place.protection.arn, now),
            Err(_) => {}
            Ok(_) => self.inaccessible.forget(&place.protection.arn),
        }
        let opened = opened.map_err(refused)?;
        let bytes: Result<[u8; SecretKey::LEN], _> = opened.as_slice().try_into();
        let bytes = Zeroizing::new(bytes.map_err(|_| refused(EnvelopeError::Damaged))?);
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

    /// Puts a table that is made of what another one was under this key of KMS. The table key is the other's, so that its
    /// items are copied as they are.
    ///
    /// # Errors
    /// As [`Self::unlock`] and [`Self::protect`].
    pub(crate) async fn protect_copy(
        &self,
        (known, source): (&Protection, TableName),
        key: &str,
        table: &TableName,
        call: &Call,
    ) -> Result<Protection, Error> {
        let place = Place { protection: known, table: source };
        let table_key = Box::pin(self.open(place, (&call.caller, call.now_ms))).await?;
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
        let table_key = Box::pin(self.open(Place::table(known, facts), (&call.caller, call.now_ms))).await?;
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
    fn a_key_is_inaccessible_from_the_first_refusal_to_the_next_use() {
        let all = Inaccessible::default();
        assert_eq!(all.since("a"), None);
        all.note("a", 10);
        all.note("a", 20);
        assert_eq!((all.since("a"), all.since("b")), (Some(10), None));
        all.forget("a");
        assert_eq!(all.since("a"), None);
    }
}
