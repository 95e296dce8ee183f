use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use jiff::Timestamp;
use kurodo_arn::AccountId;
use kurodo_keys::KeyError;

use super::{Keys, Logging};
use crate::{facts::BucketFacts, lifecycle::DAY_MS, records::Salt, times};

/// Lines that wait to be delivered. What a crash finds here is lost: at most what came since the last look.
pub(crate) struct Logs {
    /// A generation of the buckets in which none has logs, so that nothing has to be looked up.
    quiet: AtomicU64,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// By whose they are and where they go; then by the day of the requests.
    gathered: HashMap<Source, BTreeMap<i64, Vec<u8>>>,
    bytes: usize,
    lost: u64,
    /// On their way, by the ARN of the object that they become.
    sent: HashMap<String, Batch>,
}

/// A bucket whose requests are logged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) logging: Logging,
}

/// Lines that become an object.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) source: Source,
    day: i64,
    pub(crate) lines: Bytes,
}

/// So many bytes of lines are held; lines that come when so many wait are lost, which is logged.
const MOST: usize = 64 * 1024 * 1024;

impl Default for Logs {
    fn default() -> Self {
        Self { quiet: AtomicU64::new(u64::MAX), held: Mutex::default() }
    }
}

impl Logs {
    /// Whether it is known that no bucket has logs.
    pub(crate) fn is_quiet(&self, generation: u64) -> bool {
        self.quiet.load(Ordering::Relaxed) == generation
    }

    /// Notes that no bucket had logs in this generation.
    pub(crate) fn quieten(&self, generation: u64) {
        self.quiet.store(generation, Ordering::Relaxed);
    }

    /// Keeps a line.
    pub(super) fn add(&self, facts: &BucketFacts, logging: &Logging, at_ms: i64, line: &str) {
        let source = Source {
            bucket: facts.name.clone(),
            account: facts.account,
            region: facts.region.clone(),
            logging: logging.clone(),
        };
        let mut held = self.held();
        if held.bytes + line.len() > MOST {
            held.lost += 1;
            return;
        }
        held.bytes += line.len();
        let days = held.gathered.entry(source).or_default();
        days.entry(at_ms.div_euclid(DAY_MS)).or_default().extend_from_slice(line.as_bytes());
    }

    /// Takes what waits in an account's buckets.
    pub(crate) fn take(&self, account: AccountId) -> Vec<Batch> {
        let mut held = self.held();
        held.put_back_sent(account);
        if held.lost > 0 {
            tracing::warn!(lines = held.lost, "lines of access logs were lost: too many waited");
            held.lost = 0;
        }
        let (taken, left) =
            std::mem::take(&mut held.gathered).into_iter().partition(|(source, _)| source.account == account);
        held.gathered = left;
        let taken: HashMap<Source, BTreeMap<i64, Vec<u8>>> = taken;
        let batches: Vec<_> = taken.into_iter().flat_map(|(source, days)| batches(&source, days)).collect();
        let bytes: usize = batches.iter().map(|batch| batch.lines.len()).sum();
        held.bytes = held.bytes.saturating_sub(bytes);
        batches
    }

    /// Lays a batch aside until it is known whether it may be delivered as the object with this ARN.
    pub(crate) fn send(&self, arn: String, batch: Batch) {
        self.held().sent.insert(arn, batch);
    }

    /// Gives it out again.
    pub(crate) fn sent(&self, arn: &str) -> Option<Batch> {
        self.held().sent.remove(arn)
    }

    /// Takes a batch back that could not be stored now.
    pub(crate) fn put_back(&self, batch: Batch) {
        self.held().put_back(batch);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn put_back(&mut self, batch: Batch) {
        self.bytes += batch.lines.len();
        let lines = self.gathered.entry(batch.source).or_default().entry(batch.day).or_default();
        let later = std::mem::replace(lines, batch.lines.to_vec());
        lines.extend(later);
    }

    /// Of a look that broke off before anything was delivered.
    fn put_back_sent(&mut self, account: AccountId) {
        let stuck = self.sent.iter().filter(|(_, batch)| batch.source.account == account);
        let stuck: Vec<_> = stuck.map(|(arn, _)| arn.clone()).collect();
        for arn in stuck {
            let batch = self.sent.remove(&arn);
            batch.into_iter().for_each(|batch| self.put_back(batch));
        }
    }
}

/// One for all days; or, where the keys name the day of the requests, one for each.
fn batches(source: &Source, days: BTreeMap<i64, Vec<u8>>) -> Vec<Batch> {
    let batch = |day, lines: Vec<u8>| Batch { source: source.clone(), day, lines: lines.into() };
    if source.logging.keys == Some(Keys::ByEvent) {
        return days.into_iter().map(|(day, lines)| batch(day, lines)).collect();
    }
    let day = days.keys().next().copied().unwrap_or_default();
    vec![batch(day, days.into_values().flatten().collect())]
}

impl Batch {
    /// The key of the object that is delivered now.
    ///
    /// Source: S3 User Guide, "Logging requests with server access logging", "Log object key format".
    pub(crate) fn key(&self, now_ms: i64) -> Result<String, KeyError> {
        let Source { bucket, account, region, logging } = &self.source;
        let prefix = &logging.prefix;
        let unique: String =
            Salt::random()?.bytes().iter().take(8).map(|byte| format!("{byte:02X}")).collect();
        let partitioned = |at: Timestamp, time: &str| {
            let (day, date) = (at.strftime("%Y/%m/%d"), at.strftime("%Y-%m-%d"));
            format!("{prefix}{account}/{region}/{bucket}/{day}/{date}-{time}-{unique}")
        };
        let now = times::shown(now_ms);
        Ok(match logging.keys {
            None | Some(Keys::Simple) => format!("{prefix}{}-{unique}", now.strftime("%Y-%m-%d-%H-%M-%S")),
            Some(Keys::ByDelivery) => partitioned(now, &now.strftime("%H-%M-%S").to_string()),
            Some(Keys::ByEvent) => partitioned(times::shown(self.day * DAY_MS), "00-00-00"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(keys: Option<Keys>) -> Source {
        let logging = Logging { target: "logs".into(), prefix: "p/".into(), grants: Vec::new(), keys };
        Source {
            bucket: "from".into(),
            account: "111122223333".parse().unwrap(),
            region: "r-1".into(),
            logging,
        }
    }

    fn key(keys: Option<Keys>) -> String {
        let batch = Batch { source: source(keys), day: 1, lines: Bytes::new() };
        let key = batch.key(784_111_777_000).unwrap();
        let (front, unique) = key.rsplit_once('-').unwrap();
        assert!(unique.len() == 16 && unique.bytes().all(|b| b"0123456789ABCDEF".contains(&b)), "{unique}");
        front.to_owned()
    }

    #[test]
    fn keys_are_made_as_asked_for() {
        assert_eq!(key(None), "p/1994-11-06-08-49-37");
        assert_eq!(key(Some(Keys::Simple)), "p/1994-11-06-08-49-37");
        let place = "p/111122223333/r-1/from";
        assert_eq!(key(Some(Keys::ByDelivery)), format!("{place}/1994/11/06/1994-11-06-08-49-37"));
        assert_eq!(key(Some(Keys::ByEvent)), format!("{place}/1970/01/02/1970-01-02-00-00-00"));
    }

    #[test]
    fn what_is_put_back_comes_before_what_came_meanwhile() {
        let logs = Logs::default();
        let (source, account) = (source(None), "111122223333".parse().unwrap());
        let batch = |lines: &'static str| Batch { source: source.clone(), day: 3, lines: lines.into() };
        logs.put_back(batch("late\n"));
        logs.put_back(batch("early\n"));
        assert!(logs.take(AccountId::NOBODY).is_empty());
        let taken = logs.take(account);
        assert_eq!((taken.len(), taken[0].lines.as_ref()), (1, b"early\nlate\n".as_slice()));
        assert_eq!(logs.held().bytes, 0);
        assert!(logs.take(account).is_empty());
    }

    #[test]
    fn days_are_delivered_apart_where_keys_name_them() {
        let days = || BTreeMap::from([(1, b"a".to_vec()), (2, b"b".to_vec())]);
        assert_eq!(batches(&source(Some(Keys::ByEvent)), days()).len(), 2);
        let one = batches(&source(Some(Keys::ByDelivery)), days());
        assert_eq!((one.len(), one[0].lines.as_ref()), (1, b"ab".as_slice()));
    }
}
