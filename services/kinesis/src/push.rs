//! Records that are pushed to consumers as they are put.
//!
//! A subscription lasts five minutes; whoever is to be pushed more subscribes anew. A consumer has one subscription to a
//! shard: a later one ends it, but not within its first five seconds.
//!
//! Source: Kinesis API Reference, SubscribeToShard and SubscribeToShardEvent.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_core::Stream;
use futures_util::stream;
use kurodo_store::{Place, Standing, Version};
use kurodo_wire::{Shape as _, ShapeError, Value, Valued, union_value};
use tokio::{sync::watch, time::sleep_until};

use crate::{
    Error,
    definition::Definition,
    encryption::Listener,
    facts,
    figures::{Figures, Given, OfShard},
    meter::Pace,
    model::SubscribeToShardEvent,
    names::StreamName,
    read::{Measure, Page},
    sequence::Sequence,
    shard::{Shard, ShardId},
    view,
};

/// How long a subscription lasts.
pub(crate) const LASTING: Duration = Duration::from_secs(5 * 60);
/// How long nobody takes it over.
const PROTECTED: Duration = Duration::from_secs(5);
/// How often a consumer hears of a shard that has nothing new.
const PULSE: Duration = Duration::from_secs(5);
/// The most records of an event.
const MOST: usize = 10_000;
/// The most bytes of an event, but for one record that is larger.
const BYTES: usize = 1 << 20;

/// Who is pushed what.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions(Mutex<HashMap<(String, u32), Begun>>);

#[derive(Debug)]
struct Begun {
    at: Instant,
    taken: watch::Sender<bool>,
}

impl Subscriptions {
    /// The subscription of the consumer of this ARN to a shard begins.
    pub(crate) fn begin(&self, consumer: String, shard: u32) -> Result<Turn, Error> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, begun| begun.at.elapsed() < PROTECTED || begun.taken.receiver_count() > 0);
        if let Some(begun) = all.get(&(consumer.clone(), shard)) {
            if begun.at.elapsed() < PROTECTED {
                let id = ShardId(shard);
                return Err(Error::InUse(format!(
                    "Another active subscription exists for this consumer: {consumer}, shard {id}."
                )));
            }
            begun.taken.send_replace(true);
        }
        let (taken, turn) = watch::channel(false);
        all.insert((consumer.clone(), shard), Begun { at: Instant::now(), taken });
        Ok(Turn { consumer, taken: turn })
    }

    /// The consumer of this ARN is gone.
    pub(crate) fn end(&self, consumer: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(arn, _), _| arn != consumer);
    }
}

/// A subscription, until another one takes its place.
#[derive(Debug)]
pub(crate) struct Turn {
    consumer: String,
    taken: watch::Receiver<bool>,
}

impl Turn {
    /// Why it is over, once it is.
    fn over(&self) -> Option<Error> {
        let Self { consumer, taken } = self;
        if *taken.borrow() {
            let message = format!("Another subscription was established for this consumer: {consumer}.");
            return Some(Error::InUse(message));
        }
        let gone = taken.has_changed().is_err();
        gone.then(|| Error::NotFound(format!("Consumer {consumer} not found.")))
    }
}

/// A shard's records on their way to a consumer.
pub(crate) struct Push {
    pub(crate) turn: Turn,
    /// Who is pushed them.
    pub(crate) listener: Listener,
    pub(crate) bell: watch::Receiver<()>,
    /// Reads what the stream holds.
    pub(crate) contents: Standing,
    /// Reads the stream's definition.
    pub(crate) definition: Standing,
    /// Who is told what it is pushed.
    pub(crate) figures: Figures,
    /// The consumer's name.
    pub(crate) consumer: String,
    pub(crate) name: StreamName,
    /// What the stream's records are called by.
    pub(crate) number: u64,
    pub(crate) shard: Shard,
    pub(crate) at: Place,
    /// When it began, in milliseconds since 1970.
    pub(crate) began: i64,
}

impl Push {
    /// The events, until the subscription is over.
    pub(crate) fn events(self) -> impl Stream<Item = Result<Event, Error>> + Send {
        let going =
            Going { push: self, since: Instant::now(), known: None, pulse: None, pace: Pace::default() };
        stream::unfold(Some(going), |going| async {
            let going = going?;
            going.next().await
        })
    }
}

/// A push that goes on.
struct Going {
    push: Push,
    since: Instant,
    /// The stream's definition, and since when it is so.
    known: Option<(Version, Definition)>,
    /// When the consumer is to hear again, whether or not there is something new; at once to begin with.
    pulse: Option<tokio::time::Instant>,
    pace: Pace,
}

type Step = Option<(Result<Event, Error>, Option<Going>)>;

impl Going {
    async fn next(mut self) -> Step {
        loop {
            if let Some(error) = self.push.turn.over() {
                return Some((Err(error), None));
            }
            if let Some(next) = self.pace.next(Instant::now()) {
                self.hold(next.into()).await;
                continue;
            }
            // Before anything is read: what is put meanwhile rings again.
            self.push.bell.borrow_and_update();
            match self.look() {
                Err(error) => return Some((Err(error), None)),
                Ok(Look::Late) => return None,
                Ok(Look::Page { page, over }) => return Some(self.tell(page, over).await),
                Ok(Look::Nothing) => self.wait().await,
            }
        }
    }

    /// In milliseconds since 1970.
    fn now(&self) -> i64 {
        let passed = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.push.began.saturating_add(passed)
    }

    /// Waits until more may be pushed, or until somebody else is to be.
    async fn hold(&mut self, next: tokio::time::Instant) {
        tokio::select! {
            _ = self.push.turn.taken.changed() => {}
            () = sleep_until(next) => {}
        }
    }

    async fn wait(&mut self) {
        let pulse = self.pulse.unwrap_or_else(tokio::time::Instant::now);
        tokio::select! {
            // The bell hangs as long as the service.
            _ = self.push.bell.changed() => {}
            _ = self.push.turn.taken.changed() => {}
            () = sleep_until(pulse) => {}
        }
    }

    /// What there is. The definition is read first: of a shard that it says is closed, all records are there.
    fn look(&mut self) -> Result<Look, Error> {
        let now = self.now();
        if !self.learn()? {
            return Ok(Look::Late);
        }
        let Some((_, definition)) = &self.known else { return Ok(Look::Late) };
        let Some(reader) = self.push.contents.read() else { return Ok(Look::Late) };
        let closed = definition.shard(self.push.shard.number).is_none_or(|shard| !shard.is_open());
        let horizon = now.saturating_sub(definition.kept());
        let measure = Measure { records: MOST, bytes: BYTES, horizon };
        let page = Page::read(&reader, &self.push.shard, self.push.at, measure)?;
        let over = closed && page.left.is_none();
        let due = self.pulse.is_none_or(|pulse| pulse <= tokio::time::Instant::now());
        if page.records.is_empty() && !over && !due {
            return Ok(Look::Nothing);
        }
        Ok(Look::Page { page, over })
    }

    /// Tells what there is. What is sealed is opened by what the consumer may do now; who may not any more is told so,
    /// and nothing else.
    async fn tell(mut self, page: Page, over: bool) -> (Result<Event, Error>, Option<Self>) {
        let given = Given::from(&page);
        match self.event(page, over).await {
            Err(error) => (Err(error), None),
            Ok(event) => {
                self.count(given, event.event.millis_behind_latest);
                let now = Instant::now();
                self.pace.pushed(given.bytes, now);
                self.pulse = Some((now + PULSE).into());
                (Ok(event), (!over).then_some(self))
            }
        }
    }

    /// Tells those who watch of an event.
    fn count(&self, given: Given, behind: i64) {
        let (Push { figures, consumer, name, shard, .. }, Some((_, definition))) = (&self.push, &self.known)
        else {
            return;
        };
        let of = OfShard { stream: name, definition, shard: shard.number };
        figures.pushed(of, consumer, given, behind.unsigned_abs());
    }

    async fn event(&mut self, page: Page, over: bool) -> Result<Event, Error> {
        let (now, Push { listener, name, shard, .. }) = (self.now(), &self.push);
        let behind = page.behind(now);
        let continuation = Sequence::of(shard, before(page.next), now).to_string();
        let sealed = page.records.iter().any(|stored| stored.found.is_sealed());
        let mut opener = listener.opener(name, sealed, now)?;
        let records = view::records(shard, page.records, &mut opener).await?;
        let definition = self.known.as_ref().map(|(_, definition)| definition).filter(|_| over);
        let event = SubscribeToShardEvent {
            continuation_sequence_number: records
                .last()
                .map_or(continuation, |last| last.sequence_number.clone()),
            records,
            millis_behind_latest: behind,
            child_shards: Some(definition.map_or_else(Vec::new, |known| view::children(known, shard.number))),
        };
        self.push.at = page.next;
        Ok(Event { event, over })
    }

    /// Reads the stream's definition, if it is another one; `false` when the time is over.
    fn learn(&mut self) -> Result<bool, Error> {
        let gone = || Error::no_stream(&self.push.name);
        let Some(reader) = self.push.definition.read() else { return Ok(false) };
        let found = reader.get([])?.ok_or_else(gone)?;
        if self.known.as_ref().is_some_and(|(version, _)| *version == found.version) {
            return Ok(true);
        }
        let definition = facts::decode(&found.value, &self.push.name.name)?;
        if definition.deleting || definition.contents != self.push.number {
            return Err(gone());
        }
        self.known = Some((found.version, definition));
        Ok(true)
    }
}

/// The place right before, where it is of the same transaction.
fn before(place: Place) -> Place {
    Place { change: place.change.saturating_sub(1), ..place }
}

/// What a look came to.
enum Look {
    Page { page: Page, over: bool },
    Nothing,
    Late,
}

/// What a consumer is told.
#[derive(Debug)]
pub(crate) struct Event {
    event: SubscribeToShardEvent,
    /// Whether the shard has ended: then there is no number to go on from, though the API facts promise one.
    over: bool,
}

impl Valued for Event {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        SubscribeToShardEvent::from_value(value).map(|event| Self { event, over: false })
    }

    fn into_value(self) -> Value {
        let number = SubscribeToShardEvent::schema().member("ContinuationSequenceNumber");
        let mut value = self.event.into_value();
        if let (Value::Struct(members), Some((at, _)), true) = (&mut value, number, self.over)
            && let Some(member) = members.get_mut(at)
        {
            *member = Value::Null;
        }
        union_value::<1>(0, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consumer_has_one_subscription_to_a_shard() {
        let all = Subscriptions::default();
        let first = all.begin("c".into(), 0).unwrap();
        assert!(first.over().is_none());
        assert!(matches!(all.begin("c".into(), 0), Err(Error::InUse(_))), "within five seconds");
        assert!(all.begin("c".into(), 1).is_ok() && all.begin("d".into(), 0).is_ok());
        let mut map = all.0.lock().unwrap();
        map.get_mut(&("c".to_owned(), 0)).unwrap().at -= PROTECTED;
        drop(map);
        let second = all.begin("c".into(), 0).unwrap();
        assert!(matches!(first.over(), Some(Error::InUse(_))));
        assert!(second.over().is_none());
        all.end("c");
        assert!(matches!(second.over(), Some(Error::NotFound(_))));
    }

    #[test]
    fn the_last_event_has_no_number_to_go_on_from() {
        let event = |over| {
            let event = SubscribeToShardEvent {
                records: Vec::new(),
                continuation_sequence_number: "5".into(),
                millis_behind_latest: 0,
                child_shards: None,
            };
            let Value::Struct(union) = Event { event, over }.into_value() else { panic!("a union") };
            union[0].as_members().unwrap()[1].clone()
        };
        assert_eq!(event(false), Value::String("5".into()));
        assert_eq!(event(true), Value::Null);
    }
}
