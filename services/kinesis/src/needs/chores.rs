//! What there is to do that nobody waits for: shards to be closed and opened, streams to be emptied, records to be
//! trimmed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use kurodo_arn::AccountId;
use kurodo_authz::Need;
use kurodo_gateway::Find;
use kurodo_store::{Reader, Scan};

use crate::{
    Error, Kinesis,
    definition::Definition,
    entry::Part,
    facts::{self, StreamFacts},
    layout,
    names::StreamName,
    resources::{Records, Stream},
    shard::Shard,
    table::action,
};

/// A kind of work that only a change of a definition begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Work {
    Reshape,
    Empty,
}

/// In which generation of the streams there was nothing to do: looking again is no use before something changed.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<HashMap<(Work, AccountId), u64>>);

impl Watch {
    fn is_idle(&self, work: Work, account: AccountId, generation: u64) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(work, account)) == Some(&generation)
    }

    fn note(&self, work: Work, account: AccountId, generation: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((work, account), generation);
    }
}

/// The streams of the account that this is true of. Definitions that cannot be read are left to who asks for them.
fn streams(
    find: &Find<'_, Kinesis>,
    is: impl Fn(&Reader<'_>, &Definition) -> Result<bool, Error>,
) -> Result<Vec<Arc<StreamFacts>>, Error> {
    let Some(account) = find.account() else { return Ok(Vec::new()) };
    let (stored, mut found) = (find.stored(), Vec::new());
    for record in stored.cursor(&Scan::within(layout::all_streams(account).prefix()))? {
        let record = record?;
        let Some((region, name)) = layout::parse_stream(&record.key) else { continue };
        let Ok(definition) = facts::decode(&record.value, &name) else { continue };
        if is(&stored, &definition)? {
            found.extend(facts::read(&stored, &StreamName { region, account, name })?.map(Arc::new));
        }
    }
    Ok(found)
}

/// The first stream that there is this work with.
fn first(
    find: &Find<'_, Kinesis>,
    work: Work,
    has: impl Fn(&Definition) -> bool,
    is_due: impl Fn(&Definition) -> bool,
) -> Result<Option<Arc<StreamFacts>>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let generation = find.service.store.generation(layout::STREAMS);
    if find.service.watch.is_idle(work, account, generation) {
        return Ok(None);
    }
    let found = streams(find, |_, definition| Ok(has(definition)))?;
    if found.is_empty() {
        find.service.watch.note(work, account, generation);
    }
    Ok(found.into_iter().find(|facts| is_due(&facts.definition)))
}

/// A stream whose shards are to be changed.
pub(crate) async fn unshaped(find: &Find<'_, Kinesis>) -> Result<Option<Need<action::ReshapeStream>>, Error> {
    let now = find.call.now_ms;
    let has = |definition: &Definition| definition.reshape.is_some() && !definition.deleting;
    let is_due = |definition: &Definition| definition.reshape.as_ref().is_some_and(|(_, at)| *at <= now);
    Ok(first(find, Work::Reshape, has, is_due)?.map(|facts| Need::new(Stream::known(facts))))
}

/// A stream on demand with shards that refuse what others could take.
pub(crate) async fn overheated(
    find: &Find<'_, Kinesis>,
) -> Result<Option<Need<action::ReshapeStream>>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let Some(name) = find.service.heat.due(account, Instant::now()) else { return Ok(None) };
    let facts = facts::read(&find.stored(), &name)?.filter(|facts| facts.definition.on_demand);
    Ok(facts.map(|facts| Need::new(Stream::known(Arc::new(facts)))))
}

type Unemptied = (Need<action::DeleteStream>, Need<action::DeleteRecords>);

/// A stream that is deleted, and not yet gone.
pub(crate) async fn unemptied(find: &Find<'_, Kinesis>) -> Result<Option<Unemptied>, Error> {
    let found = first(find, Work::Empty, |definition| definition.deleting, |_| true)?;
    Ok(found.map(|facts| (Need::new(Stream::known(Arc::clone(&facts))), Need::new(Records::known(facts)))))
}

/// Streams with records that nobody sees any more.
pub(crate) async fn old_records(
    find: &Find<'_, Kinesis>,
) -> Result<Option<Vec<Need<action::TrimRecords>>>, Error> {
    let now = find.call.now_ms;
    let found = streams(find, |stored, definition| has_old_records(stored, definition, now))?;
    let due: Vec<_> = found.into_iter().map(|facts| Need::new(Records::known(facts))).collect();
    Ok(Some(due).filter(|due| !due.is_empty()))
}

fn has_old_records(stored: &Reader<'_>, definition: &Definition, now: i64) -> Result<bool, Error> {
    let scope = layout::contents(definition.contents);
    let horizon = now.saturating_sub(definition.kept());
    for Shard { number, .. } in &definition.shards {
        let within = Scan::within([scope.prefix(), &*layout::records(*number)].concat());
        let Some(record) = stored.cursor(&within)?.next().transpose()? else { continue };
        let first = Part::new(record.value);
        if first.is_continued() || first.time()? <= horizon {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Streams with closed shards that nobody sees any more.
pub(crate) async fn old_shards(
    find: &Find<'_, Kinesis>,
) -> Result<Option<Vec<Need<action::TrimShards>>>, Error> {
    let now = find.call.now_ms;
    let is_old = |definition: &Definition| {
        let kept = definition.kept();
        definition.reshape.is_none() && definition.shards.iter().any(|shard| !shard.is_kept(kept, now))
    };
    let found = streams(find, |_, definition| Ok(!definition.deleting && is_old(definition)))?;
    let due: Vec<_> = found.into_iter().map(|facts| Need::new(Stream::known(facts))).collect();
    Ok(Some(due).filter(|due| !due.is_empty()))
}
