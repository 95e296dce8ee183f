//! Aliases: names for keys.

use kurodo_arn::{AccountId, Region};
use kurodo_store::{KeyParser, Reader, Record, Scan};
use serde::{Deserialize, Serialize};

use crate::{Error, layout, model::AliasListEntry, names::alias_arn, view::time};

/// An alias as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alias {
    /// The id of the key.
    pub(crate) key: String,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

impl Alias {
    pub(crate) fn read(record: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(record).map_err(|_| Error::Damaged)
    }

    pub(crate) fn record(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| Error::Damaged)
    }

    /// As answers carry it.
    pub(crate) fn view(&self, account: AccountId, region: &Region, name: &str) -> AliasListEntry {
        AliasListEntry {
            alias_name: Some(format!("alias/{name}")),
            alias_arn: Some(alias_arn(account, region, name)),
            target_key_id: Some(self.key.clone()),
            creation_date: Some(time(self.created)),
            last_updated_date: Some(time(self.updated)),
        }
    }
}

/// The name and the alias of a record whose key is relative to the account's aliases.
pub(crate) fn listed(record: &Record) -> Result<(String, Alias), Error> {
    let name = KeyParser::new(&record.key).text().map_err(|_| Error::Damaged)?.into_owned();
    Ok((name, Alias::read(&record.value)?))
}

/// The names of a key's aliases, without `alias/`.
pub(crate) fn of_key(
    stored: &Reader<'_>,
    account: AccountId,
    region: &Region,
    key: &str,
) -> Result<Vec<String>, Error> {
    let scope = layout::aliases(account, region);
    let mut names = Vec::new();
    for record in stored.scan(&Scan::within(scope.prefix()))? {
        let alias = Alias::read(&record.value)?;
        if alias.key == key {
            let name = record.key.get(scope.prefix().len()..).unwrap_or_default();
            names.push(KeyParser::new(name).text().map_err(|_| Error::Damaged)?.into_owned());
        }
    }
    Ok(names)
}
