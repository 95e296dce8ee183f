//! Live tails: events that are pushed to who listens, as they are put.
//!
//! Source: CloudWatch Logs API Reference, StartLiveTail.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use futures_core::Stream;
use futures_util::stream;
use kurodo_arn::AccountId;
use tokio::{
    sync::broadcast::{self, error::TryRecvError},
    time::{Instant, Interval, MissedTickBehavior, interval},
};

use crate::{
    Error,
    model::{
        LiveTailSessionLogEvent, LiveTailSessionMetadata, LiveTailSessionStart, LiveTailSessionUpdate,
        StartLiveTailResponseStream as Event,
    },
    pattern::Pattern,
};

/// How long a session lasts.
const LASTING: Duration = Duration::from_secs(3 * 60 * 60);
/// How often a session hears of events.
const PULSE: Duration = Duration::from_secs(1);
/// The most events of a pulse: of more there is a sample.
const MOST: usize = 500;
/// Batches that wait for a session that does not keep up.
const WAITING: usize = 256;
/// About the most bytes of them, for a group: what comes while so many wait is left out of the sample.
const HELD: usize = 8 << 20;
/// The most sessions of an account.
const SESSIONS: usize = 15;

/// Events that were put into a stream together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) stream: String,
    /// In milliseconds since 1970.
    pub(crate) ingested: i64,
    pub(crate) events: Vec<(i64, String)>,
    /// Whether there were events that are left out.
    pub(crate) sampled: bool,
}

/// Who listens to which group, and how many sessions each account has.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    groups: RwLock<HashMap<u64, broadcast::Sender<Arc<Batch>>>>,
    sessions: Mutex<HashMap<AccountId, Arc<()>>>,
}

impl Tails {
    /// Tells who listens to a group, if anybody does.
    pub(crate) fn tell(&self, group: u64, batch: impl FnOnce() -> Batch) {
        let groups = self.groups.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = groups.get(&group).filter(|sender| sender.receiver_count() > 0) {
            let mut batch = batch();
            let bytes: usize = batch.events.iter().map(|(_, message)| message.len() + 64).sum();
            if bytes.saturating_mul(sender.len() + 1) > HELD {
                (batch.events, batch.sampled) = (Vec::new(), true);
            }
            // Whoever stopped listening meanwhile misses nothing.
            _ = sender.send(Arc::new(batch));
        }
    }

    /// Listens to a group from now on.
    fn listen(&self, group: u64) -> broadcast::Receiver<Arc<Batch>> {
        let mut groups = self.groups.write().unwrap_or_else(PoisonError::into_inner);
        groups.retain(|_, sender| sender.receiver_count() > 0);
        groups.entry(group).or_insert_with(|| broadcast::channel(WAITING).0).subscribe()
    }

    /// A session of this account begins; it ends when what is given out is dropped.
    fn begin(&self, account: AccountId) -> Result<Arc<()>, Error> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| Arc::strong_count(session) > 1);
        let session = sessions.entry(account).or_default();
        if Arc::strong_count(session) > SESSIONS {
            return Err(Error::LimitExceeded);
        }
        Ok(Arc::clone(session))
    }
}

/// Which events of a group are pushed.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) names: Option<Vec<String>>,
    pub(crate) prefixes: Option<Vec<String>>,
    pub(crate) pattern: Pattern,
}

impl Wanted {
    fn has(&self, stream: &str) -> bool {
        let named = self.names.as_ref().is_none_or(|names| names.iter().any(|name| name == stream));
        let begun =
            |prefixes: &Vec<String>| prefixes.iter().any(|prefix| stream.starts_with(prefix.as_str()));
        named && self.prefixes.as_ref().is_none_or(begun)
    }
}

/// A session.
pub(crate) struct Session {
    /// The groups, by the identifiers that events are told with.
    groups: Vec<(String, broadcast::Receiver<Arc<Batch>>)>,
    wanted: Wanted,
    /// What is told before anything else.
    start: Option<LiveTailSessionStart>,
    pulse: Interval,
    until: Instant,
    /// Counts as one of the account's sessions.
    _held: Arc<()>,
}

impl Session {
    /// A session about these groups, which have identifiers and numbers.
    pub(crate) fn begin(
        tails: &Tails,
        account: AccountId,
        groups: Vec<(String, u64)>,
        wanted: Wanted,
        start: LiveTailSessionStart,
    ) -> Result<Self, Error> {
        let held = tails.begin(account)?;
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let groups = groups.into_iter().map(|(name, number)| (name, tails.listen(number))).collect();
        Ok(Self { groups, wanted, start: Some(start), pulse, until: Instant::now() + LASTING, _held: held })
    }

    /// What is told, for as long as the session lasts.
    pub(crate) fn events(self) -> impl Stream<Item = Result<Event, Error>> + Send + 'static {
        stream::unfold(Some(self), |session| async {
            let mut session = session?;
            let told = session.next().await;
            let goes_on = told.is_ok();
            Some((told, goes_on.then_some(session)))
        })
    }

    async fn next(&mut self) -> Result<Event, Error> {
        if let Some(start) = self.start.take() {
            return Ok(Event::SessionStart(start));
        }
        self.pulse.tick().await;
        if Instant::now() >= self.until {
            return Err(Error::SessionTimeout);
        }
        let (events, sampled) = self.heard();
        Ok(Event::SessionUpdate(LiveTailSessionUpdate {
            session_metadata: Some(LiveTailSessionMetadata { sampled: Some(sampled) }),
            session_results: Some(events.into()),
        }))
    }

    /// What was put since the last pulse, and whether that is not all of it.
    fn heard(&mut self) -> (VecDeque<LiveTailSessionLogEvent>, bool) {
        let (mut found, mut sampled) = (VecDeque::new(), false);
        for (group, receiver) in &mut self.groups {
            loop {
                match receiver.try_recv() {
                    Ok(batch) if self.wanted.has(&batch.stream) => {
                        sampled |= batch.sampled;
                        add(&mut found, group, &batch, &self.wanted.pattern);
                    }
                    Ok(_) => {}
                    Err(TryRecvError::Lagged(_)) => sampled = true,
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
        }
        sampled |= found.len() > MOST;
        // The latest ones are the sample.
        let dropped = found.len().saturating_sub(MOST);
        found.drain(..dropped);
        (found, sampled)
    }
}

fn add(found: &mut VecDeque<LiveTailSessionLogEvent>, group: &str, batch: &Batch, pattern: &Pattern) {
    for (time, message) in batch.events.iter().filter(|(_, message)| pattern.matches(message)) {
        found.push_back(LiveTailSessionLogEvent {
            log_stream_name: Some(batch.stream.clone()),
            log_group_identifier: Some(group.to_owned()),
            message: Some(message.clone()),
            timestamp: Some(*time),
            ingestion_time: Some(batch.ingested),
        });
    }
    if found.len() > 2 * MOST {
        // One more than are told, so that it is seen that these are not all.
        let dropped = found.len() - MOST - 1;
        found.drain(..dropped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(stream: &str, messages: &[&str]) -> Batch {
        let events = messages.iter().map(|message| (7, (*message).to_owned())).collect();
        Batch { stream: stream.to_owned(), ingested: 8, events, sampled: false }
    }

    fn session(tails: &Tails, pattern: &str) -> Session {
        let wanted = Wanted {
            names: None,
            prefixes: Some(vec!["a".to_owned()]),
            pattern: Pattern::parse(pattern).unwrap(),
        };
        let (account, groups) = (AccountId::new(1).unwrap(), vec![("arn".to_owned(), 1)]);
        Session::begin(tails, account, groups, wanted, LiveTailSessionStart::default()).unwrap()
    }

    #[tokio::test]
    async fn who_listens_hears_what_he_asked_for() {
        let tails = Tails::default();
        tails.tell(1, || panic!("nobody listens"));
        let mut session = session(&tails, "ERROR");
        assert!(matches!(session.next().await, Ok(Event::SessionStart(_))));
        tails.tell(1, || batch("a1", &["ERROR 1", "fine"]));
        tails.tell(1, || batch("b1", &["ERROR 2"]));
        tails.tell(2, || panic!("nobody listens"));
        let (heard, sampled) = session.heard();
        assert_eq!((heard.len(), sampled), (1, false));
        assert_eq!(heard[0].message.as_deref(), Some("ERROR 1"));
        for _ in 0..3 {
            tails.tell(1, || batch("a1", &["ERROR"; 600]));
        }
        let (heard, sampled) = session.heard();
        assert_eq!((heard.len(), sampled), (MOST, true));
    }

    #[tokio::test]
    async fn an_account_has_so_many_sessions() {
        let tails = Tails::default();
        let held: Vec<_> = (0..SESSIONS).map(|_| session(&tails, "")).collect();
        let account = AccountId::new(1).unwrap();
        assert!(matches!(tails.begin(account), Err(Error::LimitExceeded)));
        drop(held);
        assert!(tails.begin(account).is_ok());
    }
}
