//! What the rows of the table name, and what the decision needs to know of it.

use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Named, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Principal};

use crate::{
    Error, Kinesis,
    account::Held,
    definition::Definition,
    facts::{ConsumerFacts, StreamFacts},
    iterator::ShardIterator,
    layout,
    names::{ConsumerName, StreamName},
    policy,
};

/// A stream: its definition, shards, tags and policy.
pub type Stream = OfStream<Settings>;
/// What a stream holds.
pub type Records = OfStream<Content>;
/// The consumers of a stream.
pub type Consumers = OfStream<Registered>;

/// A part of a stream, whether or not there is one of the name.
pub struct OfStream<P> {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    stream: StreamName,
    facts: Option<Arc<StreamFacts>>,
    part: P,
}

/// A part of a stream.
pub trait Lies: Send + Sync + 'static {
    /// Where it lies.
    #[doc(hidden)]
    fn scope(stream: &StreamPlace<'_>) -> Scope;
}

/// What says where parts of a stream lie.
pub struct StreamPlace<'s> {
    name: &'s StreamName,
    facts: Option<&'s StreamFacts>,
}

/// The part that is a stream's definition; with what its account has beside it, where that matters.
pub struct Settings(Option<Held>);
/// The part that is a stream's records, from where an iterator points to.
pub struct Content(Option<ShardIterator>);
/// The part that is a stream's consumers.
pub struct Registered;

impl Lies for Settings {
    fn scope(stream: &StreamPlace<'_>) -> Scope {
        let StreamName { region, account, name } = stream.name;
        layout::stream(*account, region, name)
    }
}

impl Lies for Content {
    fn scope(stream: &StreamPlace<'_>) -> Scope {
        stream.facts.map_or_else(layout::nothing, |facts| layout::contents(facts.definition.contents))
    }
}

impl Lies for Registered {
    fn scope(stream: &StreamPlace<'_>) -> Scope {
        let StreamName { region, account, name } = stream.name;
        layout::consumers(*account, region, name)
    }
}

impl<P: Lies> OfStream<P> {
    fn new(stream: StreamName, facts: Option<Arc<StreamFacts>>, part: P) -> Self {
        let (region, account, name) = (stream.region.clone(), stream.account, stream.name.clone());
        Self { region, account, name, stream, facts, part }
    }

    fn find_part(find: &Find<'_, Kinesis>, stream: StreamName, part: P) -> Result<Self, Error> {
        let facts = Kinesis::stream_facts(find, &stream)?;
        Ok(Self::new(stream, facts, part))
    }

    /// The stream as it was when it was decided on, if there was one.
    pub(crate) fn facts(&self) -> Option<&Arc<StreamFacts>> {
        self.facts.as_ref()
    }

    /// Which stream it is, or would be.
    pub(crate) fn stream(&self) -> &StreamName {
        &self.stream
    }

    /// The stream's facts.
    pub(crate) fn existing(&self) -> Result<&Arc<StreamFacts>, Error> {
        self.facts.as_ref().ok_or_else(|| Error::no_stream(&self.stream))
    }
}

impl Stream {
    /// The stream of this name.
    pub(crate) fn find(find: &Find<'_, Kinesis>, stream: StreamName) -> Result<Self, Error> {
        Self::find_part(find, stream, Settings(None))
    }

    /// The same, with what its account has beside it.
    pub(crate) fn beside(find: &Find<'_, Kinesis>, stream: StreamName) -> Result<Self, Error> {
        let all = layout::streams(stream.account, &stream.region);
        let held = Held::count(&find.stored(), all.prefix())?;
        Self::find_part(find, stream, Settings(Some(held)))
    }

    /// That the account may have so many open shards more.
    pub(crate) fn room(&self, more: u32) -> Result<(), Error> {
        self.part.0.as_ref().map_or(Ok(()), |held| held.room(&self.stream, more))
    }

    /// That the account may have one more stream that scales by itself.
    pub(crate) fn room_on_demand(&self) -> Result<(), Error> {
        self.part.0.as_ref().map_or(Ok(()), |held| held.room_on_demand(&self.stream))
    }

    /// A stream that is known.
    pub(crate) fn known(facts: Arc<StreamFacts>) -> Self {
        Self::new(facts.name.clone(), Some(facts), Settings(None))
    }

    /// A copy of the definition of a stream that is active, to be changed.
    pub(crate) fn active(&self, now: i64) -> Result<Definition, Error> {
        self.existing()?.active(now)
    }
}

impl Records {
    /// What a stream holds that is known.
    pub(crate) fn known(facts: Arc<StreamFacts>) -> Self {
        Self::new(facts.name.clone(), Some(facts), Content(None))
    }

    /// The iterator that was asked about, if it was one.
    pub(crate) fn iterator(&self) -> Option<&ShardIterator> {
        self.part.0.as_ref()
    }
}

impl Consumers {
    /// The consumers of the stream of this name.
    pub(crate) fn find(find: &Find<'_, Kinesis>, stream: StreamName) -> Result<Self, Error> {
        Self::find_part(find, stream, Registered)
    }
}

impl<P: Lies> Resource for OfStream<P>
where
    Self: Named,
{
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        P::scope(&StreamPlace { name: &self.stream, facts: self.facts.as_deref() })
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        policy::hears(self.account, action, principal)
    }

    fn describe(&self, context: &mut Context) {
        for (key, value) in self.facts.iter().flat_map(|facts| &facts.definition.tags) {
            context.set(format!("aws:ResourceTag/{key}"), value.as_str());
        }
    }
}

/// The stream of this name, or of this ARN.
pub(crate) async fn stream(
    find: &Find<'_, Kinesis>,
    name: &Option<String>,
    arn: &Option<String>,
) -> Result<Stream, Error> {
    Stream::find(find, StreamName::parse(find, name, arn)?)
}

/// The same, with what its account has beside it.
pub(crate) async fn scaled(
    find: &Find<'_, Kinesis>,
    name: &Option<String>,
    arn: &Option<String>,
) -> Result<Stream, Error> {
    Stream::beside(find, StreamName::parse(find, name, arn)?)
}

/// The stream of this ARN, with what its account has beside it.
pub(crate) async fn switched(find: &Find<'_, Kinesis>, arn: &str) -> Result<Stream, Error> {
    Stream::beside(find, StreamName::from_arn(find.region(), arn)?)
}

/// What the stream of this name or ARN holds.
pub(crate) async fn records(
    find: &Find<'_, Kinesis>,
    name: &Option<String>,
    arn: &Option<String>,
) -> Result<Records, Error> {
    Records::find_part(find, StreamName::parse(find, name, arn)?, Content(None))
}

/// What the stream holds that an iterator names. The ARN, where it is given, must be that stream's.
pub(crate) async fn iterated(
    find: &Find<'_, Kinesis>,
    text: &str,
    arn: &Option<String>,
) -> Result<Records, Error> {
    let iterator = ShardIterator::parse(find.region(), text)?;
    if arn.as_ref().is_some_and(|arn| *arn != iterator.stream.arn()) {
        return Err(Error::invalid("The ShardIterator is not one of the stream of StreamARN."));
    }
    Records::find_part(find, iterator.stream.clone(), Content(Some(iterator)))
}

/// The consumers of the stream of this name or ARN.
pub(crate) async fn consumers_of(
    find: &Find<'_, Kinesis>,
    name: &Option<String>,
    arn: &Option<String>,
) -> Result<Consumers, Error> {
    Consumers::find(find, StreamName::parse(find, name, arn)?)
}

/// The consumers of the stream of this ARN.
pub(crate) async fn listed_consumers(find: &Find<'_, Kinesis>, arn: &str) -> Result<Consumers, Error> {
    Consumers::find(find, StreamName::from_arn(find.region(), arn)?)
}

/// A consumer, whether or not there is one of the name.
pub struct Consumer {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The stream's name.
    pub name: String,
    /// The consumer's name, and when it was registered, in seconds since 1970.
    pub consumer: String,
    consumer_name: ConsumerName,
    facts: Option<ConsumerFacts>,
}

impl Consumer {
    /// The consumer of this name.
    pub(crate) fn find(find: &Find<'_, Kinesis>, name: ConsumerName) -> Result<Self, Error> {
        let facts = ConsumerFacts::read(&find.stored(), &name)?;
        let stream = &name.stream;
        let (region, account) = (stream.region.clone(), stream.account);
        let (of, consumer) = (stream.name.clone(), called(&name, facts.as_ref()));
        Ok(Self { region, account, name: of, consumer, consumer_name: name, facts })
    }

    /// Which consumer it is, or would be.
    pub(crate) fn consumer_name(&self) -> &ConsumerName {
        &self.consumer_name
    }

    /// The consumer's facts.
    pub(crate) fn existing(&self) -> Result<&ConsumerFacts, Error> {
        self.facts.as_ref().ok_or_else(|| missing(&self.consumer_name))
    }
}

/// How an ARN calls a consumer.
fn called(name: &ConsumerName, facts: Option<&ConsumerFacts>) -> String {
    let known = facts.map(|facts| facts.consumer.created.div_euclid(1000));
    match known.or(name.created) {
        Some(created) => format!("{}:{created}", name.name),
        None => name.name.clone(),
    }
}

fn missing(name: &ConsumerName) -> Error {
    let StreamName { account, name: stream, .. } = &name.stream;
    let consumer = &name.name;
    Error::NotFound(format!("Consumer {consumer}, stream {stream} under account {account} not found."))
}

impl Resource for Consumer {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::consumer(self.account, &self.region, &self.name, &self.consumer_name.name)
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        policy::hears(self.account, action, principal)
    }

    fn describe(&self, context: &mut Context) {
        for (key, value) in self.facts.iter().flat_map(|facts| &facts.consumer.tags) {
            context.set(format!("aws:ResourceTag/{key}"), value.as_str());
        }
    }
}

/// The consumer of this ARN; or of this name, of the stream of this ARN.
pub(crate) async fn consumer(
    find: &Find<'_, Kinesis>,
    stream: &Option<String>,
    name: &Option<String>,
    arn: &Option<String>,
) -> Result<Consumer, Error> {
    Consumer::find(find, ConsumerName::parse(find, stream, name, arn)?)
}

/// What a consumer reads: the records of its stream, and beside them the stream's definition.
pub struct Subscribed {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The stream's name.
    pub name: String,
    /// The consumer's name, and when it was registered, in seconds since 1970.
    pub consumer: String,
    of: Consumer,
    facts: Option<Arc<StreamFacts>>,
}

impl Subscribed {
    /// The consumer, and the facts of its stream.
    pub(crate) fn existing(&self) -> Result<(&ConsumerFacts, &Arc<StreamFacts>), Error> {
        let stream = &self.of.consumer_name.stream;
        let facts = self.facts.as_ref().ok_or_else(|| Error::no_stream(stream))?;
        Ok((self.of.existing()?, facts))
    }

    /// The consumer's name alone.
    pub(crate) fn consumer_name(&self) -> &str {
        &self.of.consumer_name.name
    }
}

impl Resource for Subscribed {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        self.facts.as_ref().map_or_else(layout::nothing, |facts| layout::contents(facts.definition.contents))
    }

    fn policy(&self) -> Option<&Attached> {
        self.of.policy()
    }

    fn describe(&self, context: &mut Context) {
        self.of.describe(context);
    }
}

impl Annexed for Subscribed {
    fn annex(&self) -> Scope {
        layout::stream(self.account, &self.region, &self.name)
    }
}

/// What the consumer of this ARN reads.
pub(crate) async fn subscribed(find: &Find<'_, Kinesis>, arn: &str) -> Result<Subscribed, Error> {
    let of = Consumer::find(find, ConsumerName::from_arn(find.region(), arn)?)?;
    let facts = Kinesis::stream_facts(find, &of.consumer_name.stream)?;
    let (region, account) = (of.region.clone(), of.account);
    let (name, consumer) = (of.name.clone(), of.consumer.clone());
    Ok(Subscribed { region, account, name, consumer, of, facts })
}

/// All streams of the caller's account.
#[derive(Debug)]
pub struct Everything {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

impl Resource for Everything {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::streams(self.account, &self.region)
    }
}

/// All streams of the caller's account.
pub(crate) async fn everything(find: &Find<'_, Kinesis>) -> Result<Everything, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    Ok(Everything { account, region: find.region().clone() })
}
