use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Named, Resource, Scope};
use kurodo_gateway::{Find, Service};
use kurodo_policy::{Attached, Context, Principal};

use super::{Table, hears};
use crate::{
    DynamoDb, DynamoDbStreams, Error, layout,
    names::TableName,
    streams::{ShardIterator, StreamFacts, StreamName, label},
};

/// The streams of a table, which are made and disabled with the table's definition. The decision is the table's.
pub struct TableStreams {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The table's name.
    pub name: String,
    table: Table,
}

impl TableStreams {
    /// The streams of this table.
    pub(crate) fn of(table: Table) -> Self {
        Self { region: table.region.clone(), account: table.account, name: table.name.clone(), table }
    }

    /// The stream that was made at this time, in milliseconds since 1970.
    pub(crate) fn stream(&self, created: i64) -> StreamName {
        StreamName { region: self.region.clone(), account: self.account, table: self.name.clone(), created }
    }
}

impl Resource for TableStreams {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::table_streams(self.account, &self.region, &self.name)
    }

    fn policy(&self) -> Option<&Attached> {
        self.table.policy()
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        hears(self.account, action, principal)
    }

    fn describe(&self, context: &mut Context) {
        self.table.describe(context);
    }
}

/// A stream's definition, with its policy.
pub type Stream = OfStream<Settings>;
/// A stream's records.
pub type StreamRecords = OfStream<Records>;

/// A part of a stream, whether or not there is one of the name.
pub struct OfStream<P> {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The table's name.
    pub name: String,
    /// The stream's label.
    pub label: String,
    stream: StreamName,
    facts: Option<StreamFacts>,
    /// Where the part lies.
    scope: Scope,
    part: P,
}

/// The part that is a stream's definition.
pub struct Settings;

/// The part that is a stream's records, from where an iterator points to.
pub struct Records(Option<ShardIterator>);

impl<P> OfStream<P> {
    fn find<S: Service>(
        find: &Find<'_, S>,
        stream: StreamName,
        part: P,
        scope: impl FnOnce(&StreamFacts) -> Scope,
    ) -> Result<Self, Error> {
        let facts = StreamFacts::read(&find.stored(), &stream, find.call.now_ms)?;
        Ok(Self::new(stream, facts, part, scope))
    }

    fn new(
        stream: StreamName,
        facts: Option<StreamFacts>,
        part: P,
        scope: impl FnOnce(&StreamFacts) -> Scope,
    ) -> Self {
        let scope = facts.as_ref().map_or_else(layout::nothing, scope);
        let (region, account, name) = (stream.region.clone(), stream.account, stream.table.clone());
        Self { region, account, name, label: label(stream.created), stream, facts, scope, part }
    }

    /// The stream's facts.
    pub(crate) fn existing(&self) -> Result<&StreamFacts, Error> {
        let missing = || {
            let arn = self.stream.arn();
            Error::ResourceNotFound(format!("Requested resource not found: Stream: {arn} not found"))
        };
        self.facts.as_ref().ok_or_else(missing)
    }
}

impl Stream {
    /// The definition of a stream that is known.
    pub(crate) fn known(facts: StreamFacts) -> Self {
        Self::new(facts.name.clone(), Some(facts), Settings, definition)
    }
}

fn definition(StreamFacts { name, .. }: &StreamFacts) -> Scope {
    layout::stream(name.account, &name.region, &name.table, name.created)
}

fn contents(facts: &StreamFacts) -> Scope {
    layout::stream_contents(facts.definition.contents, facts.name.created)
}

impl StreamRecords {
    /// The records of a stream that is known.
    pub(crate) fn known(facts: StreamFacts) -> Self {
        Self::new(facts.name.clone(), Some(facts), Records(None), contents)
    }

    fn of(
        find: &Find<'_, DynamoDbStreams>,
        stream: StreamName,
        iterator: Option<ShardIterator>,
    ) -> Result<Self, Error> {
        Self::find(find, stream, Records(iterator), contents)
    }

    /// The iterator that was asked about, if it was one.
    pub(crate) fn iterator(&self) -> Option<&ShardIterator> {
        self.part.0.as_ref()
    }
}

impl<P: Send + Sync + 'static> Resource for OfStream<P>
where
    Self: Named,
{
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        self.scope.clone()
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        hears(self.account, action, principal)
    }
}

/// The streams of the caller's account, as a whole.
#[derive(Debug)]
pub struct AllStreams {
    account: AccountId,
    region: Region,
}

impl AllStreams {
    /// The stream of this table that was made at this time, in milliseconds since 1970.
    pub(crate) fn stream(&self, table: String, created: i64) -> StreamName {
        StreamName { region: self.region.clone(), account: self.account, table, created }
    }
}

impl Resource for AllStreams {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::streams(self.account, &self.region)
    }
}

/// The streams of the table of this name or ARN.
pub(crate) async fn table_streams(find: &Find<'_, DynamoDb>, name: &str) -> Result<TableStreams, Error> {
    Ok(TableStreams::of(Table::find(find, TableName::parse(find, name)?)?))
}

/// The definition of the stream of this ARN.
pub(crate) fn stream(find: &Find<'_, DynamoDb>, arn: &str) -> Result<Stream, Error> {
    Stream::find(find, StreamName::from_arn(find.region(), arn)?, Settings, definition)
}

/// The records of the stream of this ARN.
pub(crate) async fn records(find: &Find<'_, DynamoDbStreams>, arn: &str) -> Result<StreamRecords, Error> {
    StreamRecords::of(find, StreamName::from_arn(find.region(), arn)?, None)
}

/// The records of the stream that an iterator names.
pub(crate) async fn iterated(find: &Find<'_, DynamoDbStreams>, text: &str) -> Result<StreamRecords, Error> {
    let iterator = ShardIterator::parse(find.region(), text)?;
    StreamRecords::of(find, iterator.stream.clone(), Some(iterator))
}

/// The streams of the caller's account, as a whole.
pub(crate) async fn all_streams(find: &Find<'_, DynamoDbStreams>) -> Result<AllStreams, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    Ok(AllStreams { account, region: find.region().clone() })
}
