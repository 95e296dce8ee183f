//! Where each record of CloudWatch lies.
//!
//! | key | record |
//! |---|---|
//! | `38` account region namespace `m` name metric unit | that there is such a metric, and when it was last put |
//! | `38` account region namespace `i` place | data as they were put, until they are merged |
//! | `38` account region namespace `d` metric unit tier time | what was put of a metric within a second, minute, .. |
//! | `39` account region name | an alarm: its definition and its state |
//! | `40` account region name place | something that happened to an alarm |
//! | `41` account name | a dashboard |
//!
//! A metric is known by a hash of its name and its dimensions. Data are appended, so that nobody who puts has to wait
//! for anybody; a chore merges them into what was put before. Whoever reads takes both from one state of the store.

use kurodo_arn::{AccountId, Region};
use kurodo_authz::Scope;
use kurodo_store::{Key, KeyBuilder, KeyParser};

use crate::data::{MetricId, Tier};

/// The namespace of metrics.
pub(crate) const METRICS: u8 = 38;
/// The namespace of alarms.
pub(crate) const ALARMS: u8 = 39;
const HISTORY: u8 = 40;
const DASHBOARDS: u8 = 41;

const METRIC: u8 = b'm';
const INBOX: u8 = b'i';
const DATA: u8 = b'd';

fn place(first: u8, account: AccountId, region: &Region) -> KeyBuilder {
    KeyBuilder::new(first).number(account.value()).part(region.as_str())
}

/// All metrics of an account.
pub(crate) fn all_metrics(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(METRICS).number(account.value()).build())
}

/// All metrics of an account in a region.
pub(crate) fn metrics(account: AccountId, region: &Region) -> Scope {
    Scope::new(place(METRICS, account, region).build())
}

/// The metrics of a namespace.
pub(crate) fn namespace(account: AccountId, region: &Region, name: &str) -> Scope {
    Scope::new(place(METRICS, account, region).part(name).build())
}

/// The prefix of a namespace, below all metrics of a region.
pub(crate) fn within(namespace: &str) -> Key {
    KeyBuilder::relative().part(namespace).build()
}

/// The prefix of the metrics that a namespace has.
pub(crate) fn names() -> Key {
    KeyBuilder::relative().byte(METRIC).build()
}

/// The prefix of the metrics of this name.
pub(crate) fn named(name: &str) -> Key {
    KeyBuilder::relative().byte(METRIC).part(name).build()
}

/// That a metric was put with a unit.
pub(crate) fn metric(name: &str, metric: MetricId, unit: u8) -> Key {
    bytes(KeyBuilder::relative().byte(METRIC).part(name), &metric).byte(unit).build()
}

/// The name, the metric and the unit of such a key.
pub(crate) fn parse_metric(key: &[u8]) -> Option<(String, MetricId, u8)> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok().filter(|kind| *kind == METRIC)?;
    let name = parser.text().ok()?.into_owned();
    let mut id = MetricId::default();
    for byte in &mut id {
        *byte = parser.byte().ok()?;
    }
    Some((name, id, parser.byte().ok()?))
}

/// The prefix of what was not merged yet.
pub(crate) fn inbox() -> Key {
    KeyBuilder::relative().byte(INBOX).build()
}

/// The prefix of all data.
pub(crate) fn data() -> Key {
    KeyBuilder::relative().byte(DATA).build()
}

/// The prefix of the data of a metric with a unit, in one tier.
pub(crate) fn tier(metric: MetricId, unit: u8, tier: Tier) -> Key {
    series(metric, unit, tier).build()
}

/// The data of a metric with a unit, in one tier, from this second on.
pub(crate) fn bucket(metric: MetricId, unit: u8, tier: Tier, time: i64) -> Key {
    series(metric, unit, tier).number(time.unsigned_abs()).build()
}

fn series(metric: MetricId, unit: u8, tier: Tier) -> KeyBuilder {
    bytes(KeyBuilder::relative().byte(DATA), &metric).byte(unit).byte(tier.byte())
}

/// The metric, the unit, the tier and the time of the key of a bucket.
pub(crate) fn parse_bucket(key: &[u8]) -> Option<(MetricId, u8, Tier, i64)> {
    let (kind, rest) = key.split_first()?;
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let ([unit, tier], rest) = rest.split_first_chunk::<2>()?;
    let time = u64::from_be_bytes(*rest.first_chunk()?);
    (*kind == DATA).then_some(())?;
    Some((*id, *unit, Tier::of_byte(*tier)?, i64::try_from(time).ok()?))
}

fn bytes(builder: KeyBuilder, bytes: &[u8]) -> KeyBuilder {
    bytes.iter().copied().fold(builder, KeyBuilder::byte)
}

/// The region and the namespace of a key below all metrics of an account.
pub(crate) fn parse_namespace(key: &[u8]) -> Option<(Region, String)> {
    let mut parser = KeyParser::new(key);
    let region = parser.text().ok()?.parse().ok()?;
    Some((region, parser.text().ok()?.into_owned()))
}

/// The prefix of a namespace, below all metrics of an account.
pub(crate) fn namespace_of(region: &Region, namespace: &str) -> Key {
    KeyBuilder::relative().part(region.as_str()).part(namespace).build()
}

/// All alarms of an account.
pub(crate) fn all_alarms(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(ALARMS).number(account.value()).build())
}

/// All alarms of an account in a region.
pub(crate) fn alarms(account: AccountId, region: &Region) -> Scope {
    Scope::new(place(ALARMS, account, region).build())
}

/// One alarm.
pub(crate) fn alarm(account: AccountId, region: &Region, name: &str) -> Scope {
    Scope::new(place(ALARMS, account, region).part(name).build())
}

/// The region and the name of an alarm's key, below all alarms of an account.
pub(crate) fn parse_alarm(key: &[u8]) -> Option<(Region, String)> {
    parse_namespace(key)
}

/// The histories of all alarms of an account.
pub(crate) fn all_histories(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(HISTORY).number(account.value()).build())
}

/// The histories of all alarms of an account in a region.
pub(crate) fn histories(account: AccountId, region: &Region) -> Scope {
    Scope::new(place(HISTORY, account, region).build())
}

/// The history of one alarm.
pub(crate) fn history(account: AccountId, region: &Region, name: &str) -> Scope {
    Scope::new(place(HISTORY, account, region).part(name).build())
}

/// All dashboards of an account.
pub(crate) fn dashboards(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(DASHBOARDS).number(account.value()).build())
}

/// One dashboard.
pub(crate) fn dashboard(account: AccountId, name: &str) -> Scope {
    Scope::new(KeyBuilder::new(DASHBOARDS).number(account.value()).part(name).build())
}

/// The key of a thing of this name, below all of its kind.
pub(crate) fn name(name: &str) -> Key {
    KeyBuilder::relative().part(name).build()
}

/// The prefix of the names that begin so.
pub(crate) fn beginning(prefix: &str) -> Key {
    KeyBuilder::relative().beginning(prefix)
}

/// The key of a thing that has its scope for itself.
pub(crate) const ITSELF: [u8; 0] = [];

/// A bucket: of which metric and unit, how coarse, from when on.
pub(crate) type Bucket = (MetricId, u8, Tier, i64);
