//! What is counted of all requests that this server answers, until it is published as metrics.
//!
//! Counting waits for nobody: every thread has a shelf of its own, which another touches once a minute.
//!
//! Sources: S3 User Guide, "Metrics and dimensions"; DynamoDB Developer Guide, "DynamoDB metrics and dimensions"; Kinesis Data
//! Streams Developer Guide, "Monitor the service with CloudWatch"; CloudWatch Logs User Guide, "Monitoring with CloudWatch
//! metrics".

mod answers;
mod dynamodb;
mod kinesis;
mod latencies;
mod logs;
mod publish;
mod tally;
mod usage;

use std::{
    cell::Cell,
    collections::{HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use kurodo_arn::{AccountId, Region};
use kurodo_gateway::{Measured, Observer, Seen, Watcher};

use answers::Answers;
pub(crate) use publish::Figure;
use tally::{Spread, Tally};

/// More shelves than there are threads on most machines.
const SHELVES: usize = 32;
/// The most things that a shelf counts apart; of further ones nothing is counted by name.
const MOST: usize = 4096;
/// The most figures that services measure of their things, which are all things that there are.
const MOST_MEASURES: usize = 1 << 15;

/// What requests are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Subject {
    account: Option<AccountId>,
    region: Region,
    service: &'static str,
    operation: &'static str,
    /// A bucket or a table; empty for all else.
    resource: Box<str>,
}

/// Why requests were not let in: a denial and the policy that it comes from, or the code of a bad signature.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Refusal {
    Denied(&'static str, &'static str),
    Unsigned(Box<str>),
}

/// What is counted of the requests of one kind.
#[derive(Debug)]
struct Counted {
    subject: Subject,
    tally: Tally,
    /// Counts their answers when they end, where that is of interest.
    answers: Option<Arc<Answers>>,
}

#[derive(Debug, Default)]
struct Shelf {
    /// By a hash of the subject, so that looking up allocates nothing.
    tallies: HashMap<u64, Counted>,
    refusals: HashMap<(Option<AccountId>, Region, Refusal), u64>,
    /// By a hash likewise.
    measures: HashMap<u64, (Thing, Spread)>,
}

/// What services measure by: one of their things.
#[derive(Debug, Clone)]
struct Thing {
    account: AccountId,
    region: Region,
    service: &'static str,
    resource: Box<str>,
    dimension: Option<(&'static str, Box<str>)>,
    metric: &'static str,
}

/// What is counted of all requests.
#[derive(Debug, Default)]
pub struct Figures {
    shelves: [Mutex<Shelf>; SHELVES],
    hash: RandomState,
    /// The buckets and tables that requests succeeded on: names that strangers make up are none.
    known: Mutex<HashSet<(&'static str, Box<str>)>>,
    /// Who runs the server: what belongs to no account is shown there.
    operator: OnceLock<AccountId>,
}

thread_local! {
    static SHELF: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The place of this thread's shelf.
fn own_shelf() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    SHELF.with(|shelf| {
        let own = shelf.get().unwrap_or_else(|| NEXT.fetch_add(1, Ordering::Relaxed) % SHELVES);
        shelf.set(Some(own));
        own
    })
}

impl Figures {
    /// What belongs to no account is shown to this one.
    pub fn belong_to(&self, operator: AccountId) {
        self.operator.get_or_init(|| operator);
    }

    fn known(&self) -> MutexGuard<'_, HashSet<(&'static str, Box<str>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the bucket or the table is one that there is.
    fn is_known(&self, subject: &Subject) -> bool {
        self.known().contains(&(subject.service, subject.resource.clone()))
    }

    /// Takes what was counted of an account out of all shelves.
    fn drain(&self, account: AccountId) -> Shelf {
        let operator = self.operator.get() == Some(&account);
        let is_own = |found: Option<AccountId>| found == Some(account) || (found.is_none() && operator);
        let mut all = Shelf::default();
        for shelf in &self.shelves {
            let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
            let own: Vec<_> =
                shelf.tallies.extract_if(|_, counted| is_own(counted.subject.account)).collect();
            for (hash, mut counted) in own {
                // Before it is taken: what ends between the two is counted the next time.
                let awaited = counted.is_awaited();
                let Counted { subject, tally, .. } = counted.taken();
                if tally.has_success() && !subject.resource.is_empty() {
                    self.known().insert((subject.service, subject.resource.clone()));
                }
                all.tallies.entry(hash).or_insert_with(|| Counted::new(subject)).tally.add(&tally);
                if awaited {
                    shelf.tallies.insert(hash, counted);
                }
            }
            for (hash, (thing, spread)) in shelf.measures.extract_if(|_, (thing, _)| thing.account == account)
            {
                all.measures.entry(hash).or_insert_with(|| (thing, Spread::default())).1.add(&spread);
            }
            for (refusal, count) in shelf.refusals.extract_if(|(account, ..), _| is_own(*account)) {
                *all.refusals.entry(refusal).or_default() += count;
            }
        }
        all
    }
}

impl Counted {
    fn new(subject: Subject) -> Self {
        Self { subject, tally: Tally::default(), answers: None }
    }

    /// Takes what was counted.
    fn taken(&mut self) -> Self {
        let mut tally = std::mem::take(&mut self.tally);
        if let Some(answers) = &self.answers {
            tally.ended.add(&answers.take());
        }
        Self { tally, ..Self::new(self.subject.clone()) }
    }

    /// Whether there are answers that have not ended.
    fn is_awaited(&mut self) -> bool {
        self.answers.as_mut().is_some_and(|answers| Arc::get_mut(answers).is_none())
    }

    /// Counts a request, and gives who counts its answer.
    fn count(&mut self, seen: &Seen<'_>) -> Option<Arc<dyn Watcher>> {
        self.tally.count(seen);
        if seen.service != "s3" || seen.resource.is_none() {
            return None;
        }
        let answers: Arc<Answers> = Arc::clone(self.answers.get_or_insert_default());
        Some(answers)
    }
}

impl Observer for Figures {
    fn seen(&self, seen: &Seen<'_>) -> Option<Arc<dyn Watcher>> {
        let shelf = self.shelves.get(own_shelf())?;
        let resource = seen.resource.map_or("", |arn| container(seen.service, arn));
        let hash = self.hash.hash_one((seen.account, seen.region, seen.service, seen.operation, resource));
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let room = shelf.tallies.len() < MOST;
        let watcher = match shelf.tallies.get_mut(&hash) {
            Some(counted) => counted.count(seen),
            None if room => {
                let subject = Subject {
                    account: seen.account,
                    region: seen.region.clone(),
                    service: seen.service,
                    operation: seen.operation,
                    resource: resource.into(),
                };
                shelf.tallies.entry(hash).or_insert_with(|| Counted::new(subject)).count(seen)
            }
            None => None,
        };
        if let Some(refusal) = refusal(seen) {
            *shelf.refusals.entry((seen.account, seen.region.clone(), refusal)).or_default() += 1;
        }
        watcher
    }

    fn measured(&self, measured: &Measured<'_>) {
        let Some(shelf) = self.shelves.get(own_shelf()) else { return };
        let Measured { service, account, region, resource, dimension, metric, value } = *measured;
        let hash = self.hash.hash_one((account, region, service, resource, dimension, metric));
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let room = shelf.measures.len() < MOST_MEASURES;
        match shelf.measures.get_mut(&hash) {
            Some((_, spread)) => spread.add(&Spread::of(value)),
            None if room => _ = shelf.measures.insert(hash, (Thing::of(measured), Spread::of(value))),
            None => {}
        }
    }
}

impl Thing {
    fn of(measured: &Measured<'_>) -> Self {
        Self {
            account: measured.account,
            region: measured.region.clone(),
            service: measured.service,
            resource: measured.resource.into(),
            dimension: measured.dimension.map(|(name, value)| (name, value.into())),
            metric: measured.metric,
        }
    }
}

/// The bucket or the table that an ARN names or is in; of a table's stream the table with the stream's label.
fn container<'a>(service: &str, arn: &'a str) -> &'a str {
    let after = match service {
        "s3" => arn.strip_prefix("arn:aws:s3:::"),
        "dynamodb" => arn.split_once(":table/").map(|(_, rest)| rest),
        "kinesis" => arn.split_once(":stream/").map(|(_, rest)| rest),
        "dynamodbstreams" => return arn.split_once(":table/").map(|(_, rest)| rest).unwrap_or_default(),
        "logs" => {
            let group = arn.split_once(":log-group:").and_then(|(_, rest)| rest.split(':').next());
            // Names of groups have slashes.
            return group.unwrap_or_default();
        }
        _ => None,
    };
    after.and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// Why a request was not let in, where it was not.
fn refusal(seen: &Seen<'_>) -> Option<Refusal> {
    if let Some((kind, policy)) = seen.denial {
        return Some(Refusal::Denied(kind, policy));
    }
    let code = seen.code.filter(|code| seen.decisions == 0 && SIGNATURE.contains(code))?;
    Some(Refusal::Unsigned(code.into()))
}

/// Codes of signatures and credentials that are not what they must be.
const SIGNATURE: [&str; 18] = [
    "AuthFailure",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidSignatureVersion",
    "InvalidToken",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "XAmzContentSHA256Mismatch",
    "InvalidSignature",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_within_buckets_and_tables() {
        for (service, arn, name) in [
            ("s3", "arn:aws:s3:::b", "b"),
            ("s3", "arn:aws:s3:::b/k/x", "b"),
            ("dynamodb", "arn:aws:dynamodb:r:1:table/t", "t"),
            ("dynamodb", "arn:aws:dynamodb:r:1:table/t/index/i", "t"),
            ("dynamodb", "*", ""),
            (
                "dynamodbstreams",
                "arn:aws:dynamodb:r:1:table/t/stream/2026-01-01T00:00:00.000",
                "t/stream/2026-01-01T00:00:00.000",
            ),
            ("dynamodbstreams", "*", ""),
            ("kinesis", "arn:aws:kinesis:r:1:stream/s", "s"),
            ("kinesis", "arn:aws:kinesis:r:1:stream/s/consumer/c:1", "s"),
            ("logs", "arn:aws:logs:r:1:log-group:/a/b:log-stream:c", "/a/b"),
            ("logs", "arn:aws:logs:r:1:log-group:/a/b:*", "/a/b"),
            ("iam", "arn:aws:iam::1:user/u", ""),
        ] {
            assert_eq!(container(service, arn), name, "{arn}");
        }
    }

    /// A request of account 1 for an object of a bucket; with an error's code, it failed.
    fn request<'a>(region: &'a Region, arn: &'a str, code: Option<&'a str>) -> Seen<'a> {
        Seen {
            service: "s3",
            operation: "GetObject",
            account: AccountId::new(1),
            region,
            resource: Some(arn),
            decisions: 1,
            denial: None,
            status: if code.is_some() { 404 } else { 200 },
            code,
            measures: &[],
            bytes_in: 0,
            duration: std::time::Duration::from_millis(20),
            thought: std::time::Duration::from_millis(2),
        }
    }

    fn names(found: &[(Region, &'static str, Vec<Figure>)], namespace: &str) -> usize {
        found.iter().filter(|(_, name, _)| *name == namespace).map(|(.., figures)| figures.len()).sum()
    }

    #[test]
    fn requests_of_all_threads_are_counted_once() {
        let (figures, region) = (Figures::default(), "us-east-1".parse::<Region>().unwrap());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let watcher = figures.seen(&request(&region, "arn:aws:s3:::b/k", None)).unwrap();
                        watcher.sent(10, std::time::Duration::from_millis(2));
                    }
                });
            }
        });
        assert!(figures.take(AccountId::new(2).unwrap()).is_empty());
        let found = figures.take(AccountId::new(1).unwrap());
        let own = found.iter().find(|(_, namespace, _)| *namespace == "AWS/S3").unwrap();
        let told: Vec<_> = own.2.iter().map(|figure| figure.datum(0).0.samples.sum).collect();
        // Without errors: all, 4xx, 5xx, bytes, both latencies, gets.
        assert_eq!((told.len(), told.iter().filter(|sum| **sum == 400.0).count()), (7, 2));
        assert!(figures.take(AccountId::new(1).unwrap()).is_empty());
    }

    /// Samples and sum of a metric of account 1.
    fn taken(figures: &Figures, name: &str) -> (f64, f64) {
        let found = figures.take(AccountId::new(1).unwrap());
        let mut all = found.iter().flat_map(|(.., figures)| figures);
        let samples = all.find(|figure| figure.name() == name).map(|figure| figure.datum(0).0.samples);
        samples.map_or((0.0, 0.0), |samples| (samples.count, samples.sum))
    }

    #[test]
    fn answers_that_take_long_are_counted_when_they_end() {
        let (figures, region) = (Figures::default(), "us-east-1".parse::<Region>().unwrap());
        let begin = || figures.seen(&request(&region, "arn:aws:s3:::b/k", None)).unwrap();
        let (slow, slower) = (begin(), begin());
        assert_eq!(taken(&figures, "AllRequests"), (2.0, 2.0));
        slow.sent(7, std::time::Duration::from_secs(70));
        drop(slow);
        assert_eq!(taken(&figures, "TotalRequestLatency"), (1.0, 70_000.0));
        slower.sent(3, std::time::Duration::from_secs(140));
        drop(slower);
        assert_eq!(taken(&figures, "BytesDownloaded"), (1.0, 3.0));
        // Nothing is waited for any longer, and nothing is kept.
        assert!(figures.take(AccountId::new(1).unwrap()).is_empty());
        assert!(figures.shelves.iter().all(|shelf| shelf.lock().unwrap().tallies.is_empty()));
    }

    #[test]
    fn what_streams_and_groups_took_is_told() {
        let (figures, region) = (Figures::default(), "us-east-1".parse::<Region>().unwrap());
        let account = AccountId::new(1).unwrap();
        let put = Seen {
            service: "kinesis",
            operation: "PutRecords",
            measures: &[("Total", 4.0), ("Records", 3.0), ("Throttled", 1.0), ("Bytes", 30.0)],
            ..request(&region, "arn:aws:kinesis:us-east-1:1:stream/s", None)
        };
        figures.seen(&put);
        figures.seen(&put);
        figures.seen(&Seen {
            service: "logs",
            operation: "PutLogEvents",
            measures: &[("Bytes", 7.0), ("Events", 2.0)],
            ..request(&region, "arn:aws:logs:us-east-1:1:log-group:/g:log-stream:s", None)
        });
        let found = figures.take(account);
        let sum = |namespace: &str, name: &str| {
            let figures =
                found.iter().filter(|(_, own, _)| *own == namespace).flat_map(|(.., figures)| figures);
            figures
                .filter(|figure| figure.name() == name)
                .map(|figure| figure.datum(0).0.samples.sum)
                .sum::<f64>()
        };
        for (name, expected) in [
            ("IncomingBytes", 60.0),
            ("IncomingRecords", 6.0),
            ("PutRecords.TotalRecords", 8.0),
            ("PutRecords.ThrottledRecords", 2.0),
            ("PutRecords.Success", 2.0),
        ] {
            assert_eq!(sum("AWS/Kinesis", name), expected, "{name}");
        }
        assert_eq!((sum("AWS/Logs", "CallCount"), sum("AWS/Usage", "CallCount")), (1.0, 1.0));
        // Of the group, and of all groups.
        assert_eq!((sum("AWS/Logs", "IncomingBytes"), sum("AWS/Logs", "IncomingLogEvents")), (14.0, 4.0));
    }

    #[test]
    fn made_up_names_are_no_metrics() {
        let (figures, region) = (Figures::default(), "us-east-1".parse::<Region>().unwrap());
        let account = AccountId::new(1).unwrap();
        figures.seen(&request(&region, "arn:aws:s3:::made-up/k", Some("NoSuchBucket")));
        assert_eq!(names(&figures.take(account), "AWS/S3"), 0);
        figures.seen(&request(&region, "arn:aws:s3:::b/k", None));
        figures.take(account);
        figures.seen(&request(&region, "arn:aws:s3:::b/k", Some("NoSuchKey")));
        assert!(names(&figures.take(account), "AWS/S3") > 0);
    }

    #[test]
    fn refusals_are_counted_by_reason() {
        let (figures, region) = (Figures::default(), "us-east-1".parse::<Region>().unwrap());
        let operator = AccountId::new(9).unwrap();
        figures.belong_to(operator);
        let nobody = Seen {
            account: None,
            resource: None,
            decisions: 0,
            ..request(&region, "", Some("SignatureDoesNotMatch"))
        };
        figures.seen(&nobody);
        let denial = Some(("ImplicitDeny", "identity-based policy"));
        figures.seen(&Seen { denial, ..request(&region, "arn:aws:s3:::b", Some("AccessDenied")) });
        // Requests and the bad signature; requests, decisions and the denial.
        assert_eq!(names(&figures.take(operator), "Kurodo"), 2);
        assert_eq!(names(&figures.take(AccountId::new(1).unwrap()), "Kurodo"), 3);
    }

    #[test]
    fn a_thread_has_one_shelf() {
        assert_eq!(own_shelf(), own_shelf());
    }
}
