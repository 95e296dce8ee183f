use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_policy::{Attached, Kind, Policy};
use kurodo_store::{Fact, KeyParser, Reader, Record, Scan};

use super::{StreamDefinition, StreamName, label};
use crate::{Error, error::DamagedTable, layout};

/// What decisions and operations need to know of a stream.
pub(crate) struct StreamFacts {
    pub(crate) name: StreamName,
    pub(crate) definition: StreamDefinition,
    /// That the definition is this one.
    pub(crate) current: Fact,
    /// The stream's policy, compiled.
    pub(crate) policy: Option<Attached>,
}

impl StreamFacts {
    /// The facts of this stream; `None` where there is none, or none any more.
    pub(crate) fn read(stored: &Reader<'_>, name: &StreamName, now: i64) -> Result<Option<Self>, Error> {
        Ok(Self::find(stored, name)?.filter(|facts| !facts.definition.is_gone(now)))
    }

    /// The same, also of one that nobody sees any more.
    fn find(stored: &Reader<'_>, name: &StreamName) -> Result<Option<Self>, Error> {
        let key = layout::stream(name.account, &name.region, &name.table, name.created);
        let (Some(found), current) = stored.fact(key.prefix())? else { return Ok(None) };
        let definition = decode(&found.value, name)?;
        let policy = definition.policy.as_ref().map(|policy| compile(name, policy.deciding())).transpose()?;
        Ok(Some(Self { name: name.clone(), definition, current, policy }))
    }
}

/// All streams of an account, also those that nobody sees any more.
pub(crate) fn all(stored: &Reader<'_>, account: AccountId) -> Result<Vec<StreamFacts>, Error> {
    let mut all = Vec::new();
    for record in stored.cursor(&Scan::within(layout::all_streams(account).prefix()))? {
        let name = named(account, &record?).ok_or_else(|| DamagedTable("of no name".to_owned()))?;
        all.extend(StreamFacts::find(stored, &name)?);
    }
    Ok(all)
}

/// The stream that a record defines.
fn named(account: AccountId, record: &Record) -> Option<StreamName> {
    let mut key = KeyParser::new(&record.key);
    key.byte().ok()?;
    key.number().ok()?;
    let region = key.text().ok()?.parse().ok()?;
    let table = key.text().ok()?.into_owned();
    Some(StreamName { region, account, table, created: key.number().ok()?.cast_signed() })
}

/// A stream's definition, from its record.
pub(super) fn decode(record: &[u8], name: &StreamName) -> Result<StreamDefinition, Error> {
    Ok(serde_json::from_slice(record).map_err(|_| damaged(name))?)
}

/// The record of a stream's definition.
pub(crate) fn encode(definition: &StreamDefinition, table: &str) -> Result<Vec<u8>, Error> {
    Ok(serde_json::to_vec(definition).map_err(|_| DamagedTable(table.to_owned()))?)
}

fn damaged(name: &StreamName) -> DamagedTable {
    DamagedTable(format!("{}/stream/{}", name.table, label(name.created)))
}

fn compile(name: &StreamName, text: &str) -> Result<Attached, Error> {
    let policy = Policy::parse(text, Kind::Resource).map_err(|_| damaged(name))?;
    let attached = format!("resource-policy:table/{}/stream/{}", name.table, label(name.created));
    Ok(Attached { name: attached, policy: Arc::new(policy) })
}
