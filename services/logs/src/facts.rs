//! What decisions and operations need to know of a group or of a stream.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use kurodo_policy::{Attached, Kind, Policy};
use kurodo_store::{Fact, Reader, Scan};
use serde_json::{Value, json};

use crate::{
    Error, Logs,
    block::Head,
    definition::{GroupDefinition, ResourcePolicy, StreamDefinition},
    layout,
    names::GroupName,
};

/// A group with its definition.
pub(crate) struct GroupFacts {
    pub(crate) name: GroupName,
    pub(crate) definition: GroupDefinition,
    /// That the definition is this one. A transaction that relies on it fails once it is changed.
    pub(crate) current: Fact,
    /// The policies that hold for the group, the account's among them, as one.
    pub(crate) policy: Option<Attached>,
}

impl GroupFacts {
    /// The facts of this group; `None` where there is none.
    pub(crate) fn read(stored: &Reader<'_>, name: &GroupName) -> Result<Option<Self>, Error> {
        let key = layout::group(name.account, &name.region, &name.name);
        let (Some(found), current) = stored.fact(key.prefix())? else { return Ok(None) };
        let definition = decode(&found.value, &name.name)?;
        let policy = policy(stored, name, &definition)?;
        Ok(Some(Self { name: name.clone(), definition, current, policy }))
    }
}

/// A stream with its definition.
pub(crate) struct StreamFacts {
    pub(crate) definition: StreamDefinition,
    /// That the definition is this one.
    pub(crate) current: Fact,
}

impl StreamFacts {
    /// The facts of this stream; `None` where there is none.
    pub(crate) fn read(stored: &Reader<'_>, group: &GroupFacts, name: &str) -> Result<Option<Self>, Error> {
        let place = &group.name;
        let key = layout::stream(place.account, &place.region, group.definition.id, name);
        let (Some(found), current) = stored.fact(key.prefix())? else { return Ok(None) };
        Ok(Some(Self { definition: decode(&found.value, name)?, current }))
    }
}

/// What was stored as JSON. The name is for who has to look for the damage.
pub(crate) fn decode<T: serde::de::DeserializeOwned>(stored: &[u8], name: &str) -> Result<T, Error> {
    serde_json::from_slice(stored).map_err(|_| Error::DamagedDefinition(name.to_owned()))
}

/// How it is stored as JSON.
pub(crate) fn encode<T: serde::Serialize>(value: &T, name: &str) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|_| Error::DamagedDefinition(name.to_owned()))
}

/// The statements of all policies that may be about a group, as one policy.
fn policy(
    stored: &Reader<'_>,
    name: &GroupName,
    definition: &GroupDefinition,
) -> Result<Option<Attached>, Error> {
    let mut statements = Vec::new();
    let place = layout::definitions(name.account, &name.region);
    for record in stored.cursor(&Scan::within([place.prefix(), &layout::policies()].concat()))? {
        let policy: ResourcePolicy = decode(&record?.value, &name.name)?;
        add(&mut statements, policy.deciding());
    }
    definition.policy.iter().for_each(|policy| add(&mut statements, policy.deciding()));
    if statements.is_empty() {
        return Ok(None);
    }
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let policy = Policy::parse(&text, Kind::Resource);
    let policy = policy.map_err(|_| Error::DamagedDefinition(name.name.clone()))?;
    Ok(Some(Attached { name: format!("resource-policy:log-group/{}", name.name), policy: Arc::new(policy) }))
}

fn add(statements: &mut Vec<Value>, document: &str) {
    let document = serde_json::from_str::<Value>(document).ok().and_then(|document| current(&document));
    let mut more = match document.and_then(|mut all| all.get_mut("Statement").map(Value::take)) {
        Some(Value::Array(more)) => more,
        one => one.into_iter().collect(),
    };
    // Ids are the statement's own within its policy, and may be another's in the next.
    more.iter_mut().filter_map(Value::as_object_mut).for_each(|statement| _ = statement.remove("Sid"));
    statements.append(&mut more);
}

/// The same in the current version of the language: in the former one, `${` begins no variable.
fn current(document: &Value) -> Option<Value> {
    let text = document.to_string();
    let is_current = document.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    serde_json::from_str(&if is_current { text } else { text.replace("${", "${$}{") }).ok()
}

/// How many bytes groups hold, counted from their heads. What was counted is used again while nothing changes, and for
/// a minute while something does.
#[derive(Debug, Default)]
pub(crate) struct Sizes(Mutex<HashMap<u64, Counted>>);

#[derive(Debug, Clone, Copy)]
struct Counted {
    generation: u64,
    /// In milliseconds since 1970.
    at: i64,
    bytes: u64,
}

const FRESH: i64 = 60 * 1000;
/// So many groups are known; then counting begins anew.
const MOST: usize = 100_000;

impl Logs {
    /// The bytes of the messages of a group. The reader reads all contents of its place.
    pub(crate) fn stored_bytes(&self, reader: &Reader<'_>, group: u64, now: i64) -> Result<u64, Error> {
        let generation = self.store.generation(layout::CONTENTS);
        let known = self.sizes.0.lock().unwrap_or_else(PoisonError::into_inner).get(&group).copied();
        if let Some(known) = known.filter(|known| known.generation == generation || now - known.at < FRESH) {
            return Ok(known.bytes);
        }
        let mut bytes = 0;
        let mut cursor = reader.cursor(&Scan::within(layout::all_events(group)))?;
        while let Some(record) = cursor.next().transpose()? {
            match layout::behind_heads(&record.key) {
                None => bytes += Head::decode(0, &record.value)?.bytes,
                Some(next) => cursor.seek(&next)?,
            }
        }
        let mut sizes = self.sizes.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sizes.len() >= MOST {
            sizes.clear();
        }
        sizes.insert(group, Counted { generation, at: now, bytes });
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_is_read_in_its_own_version() {
        let document = |version: &str| {
            let statement = json!({ "Sid": "a", "Effect": "Allow", "Resource": "arn:${aws:username}:*" });
            json!({ "Version": version, "Statement": statement }).to_string()
        };
        let mut statements = Vec::new();
        add(&mut statements, &document("2008-10-17"));
        add(&mut statements, &document("2012-10-17"));
        let resource = |text: &str| json!({ "Effect": "Allow", "Resource": text });
        assert_eq!(statements, [resource("arn:${$}{aws:username}:*"), resource("arn:${aws:username}:*")]);
    }
}
