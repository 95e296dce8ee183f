use std::sync::Arc;

use kurodo_authz::Caller;
use kurodo_envelope::{EncryptionContext, EnvelopeError, Kms, Opener, seal};
use kurodo_gateway::{Call, Relay};
use kurodo_keys::SecretKey;
use zeroize::Zeroizing;

use super::{Access, Protection, TableKey, standing::Rests};
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

/// The opened keys of a stream: that of its table, and those that its table has left.
#[derive(Default)]
pub(crate) struct StreamKeys(Vec<(Protection, TableKey)>);

impl StreamKeys {
    /// One that is opened already.
    #[cfg(test)]
    pub(crate) fn with(protection: Protection, key: TableKey) -> Self {
        Self(vec![(protection, key)])
    }

    /// That of records that are sealed so.
    ///
    /// # Errors
    /// Nobody has opened it.
    pub(crate) fn of(&self, protection: Option<&Protection>) -> Result<&TableKey, Error> {
        let Some(protection) = protection else { return Ok(TableKey::none()) };
        let opened = self.0.iter().find(|(known, _)| known == protection);
        opened.map(|(_, key)| key).ok_or_else(|| Error::Locked(protection.arn.clone()))
    }
}

/// Where the keys of tables are made and opened: by KMS, in the name of who calls.
pub(crate) struct Vault {
    relay: Relay,
    access: Access,
    pub(super) rests: Rests,
}

/// What a table key is opened for.
pub(super) struct Place<'p> {
    pub(super) protection: &'p Protection,
    pub(super) table: TableName,
}

impl<'p> Place<'p> {
    pub(super) fn table(protection: &'p Protection, facts: &TableFacts) -> Self {
        Self { protection, table: facts.place() }
    }

    fn stream(protection: &'p Protection, facts: &StreamFacts) -> Self {
        let StreamName { region, account, table, .. } = &facts.name;
        let table = TableName { region: region.clone(), account: *account, name: table.clone() };
        Self { protection, table }
    }
}

impl Vault {
    /// What is known of whether KMS uses the keys.
    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// One that reaches KMS on this way.
    pub(crate) fn new(relay: Relay) -> Self {
        Self { relay, access: Access::default(), rests: Rests::default() }
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
            let key = TableKey::opened(&opened).within(facts.definition.crossing);
            keys.0.push((facts.definition.contents, key));
        }
        Ok(keys)
    }

    /// The same for a stream, which has the key of its table.
    ///
    /// # Errors
    /// As [`Self::unlock`].
    pub(crate) async fn unlock_stream(&self, facts: &StreamFacts, call: &Call) -> Result<StreamKeys, Error> {
        let mut keys = StreamKeys::default();
        let key = facts.definition.protection.as_ref();
        self.unlock_left(&mut keys, (facts, key.map(std::slice::from_ref).unwrap_or_default()), call).await?;
        Ok(keys)
    }

    /// Opens what records of a stream are sealed with that were written before its table left a key, each once.
    ///
    /// # Errors
    /// As [`Self::unlock`].
    pub(crate) async fn unlock_left(
        &self,
        keys: &mut StreamKeys,
        (facts, left): (&StreamFacts, &[Protection]),
        call: &Call,
    ) -> Result<(), Error> {
        for protection in left {
            if keys.of(Some(protection)).is_err() {
                let place = Place::stream(protection, facts);
                let opened = Box::pin(self.open(place, (&call.caller, call.now_ms))).await?;
                keys.0.push((protection.clone(), TableKey::opened(&opened)));
            }
        }
        Ok(())
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

    async fn open(&self, place: Place<'_>, asker: (&Arc<Caller>, i64)) -> Result<SecretKey, Error> {
        self.ask(place, asker).await.map_err(refused)
    }

    /// Asks KMS to open a table key, and notes whether the key of KMS can be used.
    pub(super) async fn ask(
        &self,
        place: Place<'_>,
        (caller, now): (&Arc<Caller>, i64),
    ) -> Result<SecretKey, EnvelopeError> {
        let mut opener = Opener::new(self.kms(caller, &place.table), context(&place.table));
        let opened = opener.open(&place.protection.sealed).await.map(Zeroizing::new);
        match &opened {
            Err(EnvelopeError::Refused { .. }) => {
                self.access.refused(place.table.account, &place.protection.arn, now);
            }
            Err(_) => {}
            Ok(_) => self.access.used(place.table.account, &place.protection.arn),
        }
        let opened = opened?;
        let bytes: Result<[u8; SecretKey::LEN], _> = opened.as_slice().try_into();
        let bytes = Zeroizing::new(bytes.map_err(|_| EnvelopeError::Damaged)?);
        Ok(SecretKey::from_bytes(*bytes))
    }

    /// Puts a new table under this key of KMS, an id, ARN or alias. One of another account is named by its ARN or that of an
    /// alias; whether it may be used its policy decides, beside those of the caller.
    ///
    /// Source: KMS Developer Guide, "Allowing users in other accounts to use a KMS key".
    ///
    /// # Errors
    /// Nobody lets the caller make data keys under it or give DynamoDB a grant on it, or it cannot be used.
    pub(crate) async fn protect(
        &self,
        key: &str,
        table: &TableName,
        call: &Call,
    ) -> Result<Protection, Error> {
        let table_key = SecretKey::generate().map_err(|_| Error::Random)?;
        Box::pin(self.wrap(&table_key, key, (table, None), call)).await
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
        Box::pin(self.wrap(&table_key, key, (table, None), call)).await
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
        Box::pin(self.wrap(&table_key, key, (&facts.place(), Some(known)), call)).await
    }

    /// Puts a table key under this key of KMS, and lets DynamoDB open it; not under the one that it is under already.
    async fn wrap(
        &self,
        table_key: &SecretKey,
        key: &str,
        (table, known): (&TableName, Option<&Protection>),
        call: &Call,
    ) -> Result<Protection, Error> {
        let unfit = |error| match error {
            EnvelopeError::Refused { message, .. } => invalid_values(message),
            other => refused(other),
        };
        let made = self.kms(&call.caller, table).generate(key, &context(table)).await.map_err(unfit)?;
        if known.is_some_and(|known| known.arn == made.arn) {
            return Err(invalid_values("Table is already encrypted by given KMSMasterKey"));
        }
        let arn = made.arn.clone();
        let sealed = seal(&made.into(), table_key.expose()).map_err(refused)?;
        let grant = Some(self.grant(&arn, table, call).await.map_err(unfit)?);
        Ok(Protection { arn, sealed, grant })
    }

    pub(super) fn kms(&self, caller: &Arc<Caller>, table: &TableName) -> Kms<'_> {
        Kms { relay: &self.relay, via: VIA, caller: Arc::clone(caller), region: table.region.clone() }
    }
}

/// What the data key of a table is bound to.
///
/// Source: DynamoDB Developer Guide, "DynamoDB encryption at rest: How it works", encryption context.
pub(super) fn context(table: &TableName) -> EncryptionContext {
    [
        ("aws:dynamodb:tableName".to_owned(), table.name.clone()),
        ("aws:dynamodb:subscriberId".to_owned(), table.account.to_string()),
    ]
    .into()
}

/// What is said where the key of a table cannot be used.
pub(super) fn refused(error: EnvelopeError) -> Error {
    match error {
        EnvelopeError::Denied(message) => Error::KeyDenied(message),
        EnvelopeError::Refused { message, .. } => {
            Error::KeyDenied(format!("KMS key access denied error: {message}"))
        }
        other => Error::Relayed(other.to_string()),
    }
}
