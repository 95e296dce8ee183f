//! Where each record of CloudWatch Logs lies.
//!
//! | key | record |
//! |---|---|
//! | `34` account region `g` name | the definition of a log group |
//! | `34` account region `p` name | a resource policy of the account |
//! | `34` account region `d` id | the definition of a query |
//! | `34` account region `x` id | a task that exports events |
//! | `35` account region group `s` name | the definition of a log stream |
//! | `35` account region group `e` stream `h` time place | the head of a block: the times of its events |
//! | `35` account region group `e` stream `m` place | the messages of a block |
//! | `35` account region group `e` stream `l` | when events were added last |
//! | `36` account region group | that a group is deleted, whose contents may still be there |
//! | `36` account region group stream | the same of a stream |
//! | `37` account region group consumer place | what was put and waits: for filters that make metrics (consumer 0), or for a subscription |
//!
//! Heads sort by the time of their first event, so that a range of time is a range of keys. They lie apart from the
//! messages: what asks only when something happened reads a small part of what is stored.

use kurodo_arn::{AccountId, Region};
use kurodo_authz::Scope;
use kurodo_store::{Key, KeyBuilder, KeyParser, Place, after_prefix};

/// The namespace of groups' definitions.
const GROUPS: u8 = 34;
/// The namespace of what groups hold.
pub(crate) const CONTENTS: u8 = 35;
/// The namespace of what is to be discarded.
const REMAINS: u8 = 36;
/// The namespace of what waits to become metrics, or to be forwarded.
const WAITING: u8 = 37;

const GROUP: u8 = b'g';
const POLICY: u8 = b'p';
const QUERY: u8 = b'd';
const EXPORT: u8 = b'x';
const STREAM: u8 = b's';
const EVENTS: u8 = b'e';
const HEAD: u8 = b'h';
const MESSAGES: u8 = b'm';
const LAST: u8 = b'l';

fn placed(namespace: u8, account: AccountId, region: &Region) -> KeyBuilder {
    KeyBuilder::new(namespace).number(account.value()).part(region.as_str())
}

/// Nothing: what there is not has no records. Namespace 0 belongs to nobody.
pub(crate) fn nothing() -> Scope {
    Scope::new([0])
}

/// The definitions of an account in a region.
pub(crate) fn definitions(account: AccountId, region: &Region) -> Scope {
    Scope::new(placed(GROUPS, account, region).build())
}

/// All definitions of an account.
pub(crate) fn all_definitions(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(GROUPS).number(account.value()).build())
}

/// The definition of a group.
pub(crate) fn group(account: AccountId, region: &Region, name: &str) -> Scope {
    Scope::new(placed(GROUPS, account, region).byte(GROUP).part(name).build())
}

/// The prefix of the groups whose names begin so.
pub(crate) fn groups_beginning(prefix: &str) -> Key {
    KeyBuilder::relative().byte(GROUP).beginning(prefix)
}

/// The key of a group, below the definitions of a place.
pub(crate) fn group_below(name: &str) -> Key {
    KeyBuilder::relative().byte(GROUP).part(name).build()
}

/// The prefix of the policies of the account, below the definitions of a place.
pub(crate) fn policies() -> Key {
    KeyBuilder::relative().byte(POLICY).build()
}

/// The key of a policy, below the definitions of a place.
pub(crate) fn policy(name: &str) -> Key {
    KeyBuilder::relative().byte(POLICY).part(name).build()
}

/// The definitions of queries of an account in a region.
pub(crate) fn query_definitions(account: AccountId, region: &Region) -> Scope {
    Scope::new(placed(GROUPS, account, region).byte(QUERY).build())
}

/// The key of a query's definition, below all of them.
pub(crate) fn query_definition(id: &str) -> Key {
    KeyBuilder::relative().part(id).build()
}

/// The tasks that export events of an account in a region.
pub(crate) fn exports(account: AccountId, region: &Region) -> Scope {
    Scope::new(placed(GROUPS, account, region).byte(EXPORT).build())
}

/// The key of a task, below all of them.
pub(crate) fn export(id: &str) -> Key {
    KeyBuilder::relative().part(id).build()
}

/// Region and id of the whole key of a task.
pub(crate) fn parse_export(key: &[u8]) -> Option<(Region, String)> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok()?;
    parser.number().ok()?;
    let region = parser.text().ok()?.parse().ok()?;
    (parser.byte().ok()? == EXPORT).then_some(())?;
    Some((region, parser.text().ok()?.into_owned()))
}

/// The name that ends the key of a group, a policy or a stream, which begins with its kind.
pub(crate) fn name(key: &[u8]) -> Option<String> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok()?;
    Some(parser.text().ok()?.into_owned())
}

/// Region and name of the whole key of a group's definition.
pub(crate) fn parse_group(key: &[u8]) -> Option<(Region, String)> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok()?;
    parser.number().ok()?;
    let region = parser.text().ok()?.parse().ok()?;
    (parser.byte().ok()? == GROUP).then_some(())?;
    Some((region, parser.text().ok()?.into_owned()))
}

/// What all groups of a place hold.
pub(crate) fn all_contents(account: AccountId, region: &Region) -> Scope {
    Scope::new(placed(CONTENTS, account, region).build())
}

/// What a group holds.
pub(crate) fn contents(account: AccountId, region: &Region, group: u64) -> Scope {
    Scope::new(placed(CONTENTS, account, region).number(group).build())
}

/// The definition of a stream.
pub(crate) fn stream(account: AccountId, region: &Region, group: u64, name: &str) -> Scope {
    Scope::new(placed(CONTENTS, account, region).number(group).byte(STREAM).part(name).build())
}

/// The prefix of all streams, below the contents of a group.
pub(crate) fn streams() -> Key {
    KeyBuilder::relative().byte(STREAM).build()
}

/// The prefix of the streams whose names begin so.
pub(crate) fn streams_beginning(prefix: &str) -> Key {
    KeyBuilder::relative().byte(STREAM).beginning(prefix)
}

/// The key of a stream, below the contents of its group.
pub(crate) fn stream_below(name: &str) -> Key {
    KeyBuilder::relative().byte(STREAM).part(name).build()
}

/// The events of a stream.
pub(crate) fn events(account: AccountId, region: &Region, group: u64, stream: u64) -> Scope {
    Scope::new(placed(CONTENTS, account, region).number(group).byte(EVENTS).number(stream).build())
}

/// The prefix of a stream's events, below the contents of its group.
pub(crate) fn events_below(stream: u64) -> Vec<u8> {
    KeyBuilder::relative().byte(EVENTS).number(stream).build().into()
}

/// The prefix of all events of a group, below all contents of its place.
pub(crate) fn all_events(group: u64) -> Vec<u8> {
    KeyBuilder::relative().number(group).byte(EVENTS).build().into()
}

/// The prefix of heads, below the events of a stream.
pub(crate) fn heads() -> Key {
    KeyBuilder::relative().byte(HEAD).build()
}

/// The prefix of the heads of blocks whose first event was then.
pub(crate) fn heads_at(time: i64) -> Key {
    KeyBuilder::relative().byte(HEAD).number(time.max(0).unsigned_abs()).build()
}

/// Time and place of the key of a head, of which the prefix of the stream is taken away; `None` for other keys.
pub(crate) fn parse_head(key: &[u8]) -> Option<(i64, Place)> {
    let mut parser = KeyParser::new(key);
    (parser.byte().ok()? == HEAD).then_some(())?;
    let time = parser.number().ok()?.try_into().ok()?;
    Some((time, Place::of(key)?))
}

/// Where the next stream's heads begin, for a key below all contents of a place that is no head's.
pub(crate) fn behind_heads(key: &[u8]) -> Option<Vec<u8>> {
    /// The bytes of the group, its kind, and the stream.
    const BEFORE: usize = 8 + 1 + 8;
    let (stream, rest) = key.split_at_checked(BEFORE)?;
    if rest.first() == Some(&HEAD) { None } else { after_prefix(stream) }
}

/// The prefix that messages are appended below.
pub(crate) fn messages() -> Key {
    KeyBuilder::relative().byte(MESSAGES).build()
}

/// The key of the messages of the block whose head has this place: they follow it in its transaction.
pub(crate) fn messages_of(head: Place) -> Vec<u8> {
    let place = Place { change: head.change.saturating_add(1), ..head };
    [&messages()[..], &place.bytes()].concat()
}

/// The key of the head of a block, below the events of its stream.
pub(crate) fn head(time: i64, place: Place) -> Vec<u8> {
    [&heads_at(time)[..], &place.bytes()].concat()
}

/// The key that says when events were added to a stream last.
pub(crate) fn last() -> Key {
    KeyBuilder::relative().byte(LAST).build()
}

/// That a group is deleted.
pub(crate) fn group_remains(account: AccountId, region: &Region, group: u64) -> Scope {
    Scope::new(placed(REMAINS, account, region).number(group).build())
}

/// That a stream is deleted.
pub(crate) fn stream_remains(account: AccountId, region: &Region, group: u64, stream: u64) -> Scope {
    Scope::new(placed(REMAINS, account, region).number(group).number(stream).build())
}

/// All that an account has deleted.
pub(crate) fn all_remains(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(REMAINS).number(account.value()).build())
}

/// The region, the group and the stream of the whole key of what is to be discarded.
pub(crate) fn parse_remains(key: &[u8]) -> Option<(Region, u64, Option<u64>)> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok()?;
    parser.number().ok()?;
    let region = parser.text().ok()?.parse().ok()?;
    let group = parser.number().ok()?;
    Some((region, group, parser.number().ok()))
}

/// What was put into a group and waits.
pub(crate) fn waiting(account: AccountId, region: &Region, group: u64) -> Scope {
    Scope::new(placed(WAITING, account, region).number(group).build())
}

/// The prefix of what waits for a consumer, below all that waits of its group.
pub(crate) fn waiting_for(consumer: u64) -> Key {
    KeyBuilder::relative().number(consumer).build()
}

/// All that waits in an account.
pub(crate) fn all_waiting(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(WAITING).number(account.value()).build())
}

/// The region, the group and the consumer of the whole key of what waits.
pub(crate) fn parse_waiting(key: &[u8]) -> Option<(Region, u64, u64)> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok()?;
    parser.number().ok()?;
    let region = parser.text().ok()?.parse().ok()?;
    Some((region, parser.number().ok()?, parser.number().ok()?))
}
