//! What there is to do that nobody waits for: tables to be filled, indexed and emptied, backups to be forgotten.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use kurodo_arn::AccountId;
use kurodo_authz::{Need, OneOf};
use kurodo_gateway::Find;
use kurodo_store::{Reader, Record, Scan};

use super::import::ImportNeeds;
use crate::{
    DynamoDb, Error,
    backup::Backup as Stored,
    definition::Definition,
    exports::Export,
    facts::TableFacts,
    history::Noting,
    imports::Import,
    layout::{self, Past},
    names::{BackupName, ExportName, TableName},
    plan::Whole,
    resources::{Backup, Contents, Exported, Filling, Imported, Kept, Origin, Table, TableStreams, Target},
    table::action,
};

/// How long nothing is looked for again where nothing changed, in milliseconds: what runs out of time is found then.
const IDLE: i64 = 10 * 60 * 1000;

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Work {
    Fill,
    Index,
    Cross,
    Empty,
    Forget,
    Export,
    Import,
    Trim,
}

/// When there was nothing to do: looking again is no use before something changed.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<HashMap<(Work, AccountId), Round>>);

/// The last look.
#[derive(Debug, Clone, Default)]
struct Round {
    /// Of what was looked at, when there was nothing to do, and when that was.
    idle: Option<(u64, i64)>,
    /// What was found last: whatever comes after it has its turn first.
    last: Vec<u8>,
}

impl Watch {
    fn last(&self, work: Work, account: AccountId) -> Round {
        let rounds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rounds.get(&(work, account)).cloned().unwrap_or_default()
    }

    /// Something comes due by itself: not finding anything to do is no reason to look less often.
    fn look_again(&self, work: Work, account: AccountId) {
        let mut rounds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(round) = rounds.get_mut(&(work, account)) {
            round.idle = None;
        }
    }

    fn note(&self, work: Work, account: AccountId, round: Round) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((work, account), round);
    }
}

/// The first record of a namespace of the account that there is this work with.
fn due(
    find: &Find<'_, DynamoDb>,
    work: Work,
    is_due: impl Fn(&Reader<'_>, &Record) -> Result<bool, Error>,
) -> Result<Option<Record>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let (namespace, within) = match work {
        Work::Forget => (layout::BACKUPS, layout::all_backups(account)),
        Work::Import => (layout::IMPORTS, layout::all_imports(account)),
        Work::Export => (layout::EXPORTS, layout::all_exports(account)),
        _ => (layout::TABLES, layout::all_tables(account)),
    };
    let (service, now) = (find.service, find.call.now_ms);
    let generation = service.store.generation(namespace);
    let round = service.watch.last(work, account);
    if work != Work::Trim && round.idle.is_some_and(|(then, at)| then == generation && now - at < IDLE) {
        return Ok(None);
    }
    let (stored, mut first, mut found) = (find.stored(), None, None);
    for record in stored.cursor(&Scan::within(within.prefix()))? {
        let record = record?;
        if !is_due(&stored, &record)? {
            continue;
        }
        if record.key[..] > round.last[..] {
            found = Some(record);
            break;
        }
        first.get_or_insert(record);
    }
    let found = found.or(first);
    let next = match &found {
        Some(record) => Round { idle: None, last: record.key.to_vec() },
        None => Round { idle: Some((generation, now)), last: Vec::new() },
    };
    service.watch.note(work, account, next);
    Ok(found)
}

/// The table that there is this work with. Definitions that cannot be read are left to who asks for them.
fn table(
    find: &Find<'_, DynamoDb>,
    work: Work,
    is_due: impl Fn(&Reader<'_>, &Definition) -> Result<bool, Error>,
) -> Result<Option<Arc<TableFacts>>, Error> {
    let read = |record: &Record| serde_json::from_slice::<Definition>(&record.value).ok();
    let found = due(find, work, |stored, record| match read(record) {
        Some(definition) => is_due(stored, &definition),
        None => Ok(false),
    })?;
    let (Some(record), Some(account)) = (found, find.account()) else { return Ok(None) };
    let Some((region, name, _)) = layout::parse_place(&record.key) else { return Ok(None) };
    DynamoDb::table_facts(find, account, &region, &name)
}

/// Whether there is work with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Never,
    /// Before long: it is looked at again.
    Later,
    Now,
}

impl From<bool> for Due {
    fn from(is_due: bool) -> Self {
        if is_due { Self::Now } else { Self::Never }
    }
}

/// The same, but for those whose keys KMS did not open a short while ago: they are looked at again.
fn openable(
    find: &Find<'_, DynamoDb>,
    work: Work,
    is_due: impl Fn(&Reader<'_>, &Definition) -> Result<Due, Error>,
) -> Result<Option<Arc<TableFacts>>, Error> {
    let (vault, now) = (&find.service.vault, find.call.now_ms);
    let waits = std::cell::Cell::new(false);
    let found = table(find, work, |stored, definition| {
        let due = is_due(stored, definition)?;
        let rests = due == Due::Now && vault.rests(definition.contents, now);
        waits.set(waits.get() || rests || due == Due::Later);
        Ok(due == Due::Now && !rests)
    })?;
    if let (true, Some(account)) = (waits.get(), find.account()) {
        find.service.watch.look_again(work, account);
    }
    Ok(found)
}

fn contents(facts: &Arc<TableFacts>) -> Contents {
    Contents::new(facts.place(), Some(Arc::clone(facts)), Ok(Whole))
}

type Unfilled = (
    Need<action::RestoreByPut>,
    Need<action::RestoreByBatch>,
    OneOf<Need<action::HoldKept>, Need<action::RestoreTableToPointInTime>>,
);

/// A table that is being restored.
pub(crate) async fn unfilled(find: &Find<'_, DynamoDb>) -> Result<Option<Unfilled>, Error> {
    let found = openable(find, Work::Fill, |_, definition| Ok(definition.filling().is_some().into()))?;
    let Some(facts) = found else { return Ok(None) };
    let Some(filling) = facts.definition.filling() else { return Ok(None) };
    let target = Target::of(&facts);
    let source = TableName { name: filling.table.clone(), ..facts.place() };
    let origin = match &filling.backup {
        Some(id) => OneOf::First(Need::new(Kept::find(find, BackupName { table: source, id: id.clone() })?)),
        None => OneOf::Second(Need::new(Origin::of(source, filling.contents))),
    };
    Ok(Some((Need::new(target.clone()), Need::new(Filling::from(&target)), origin)))
}

type Unindexed = (Need<action::UpdateTable>, Need<action::IndexContents>);

/// A table with an index that is being filled, or one that is gone.
pub(crate) async fn unindexed(find: &Find<'_, DynamoDb>) -> Result<Option<Unindexed>, Error> {
    let is_due = |definition: &Definition| definition.is_usable() && definition.is_indexing();
    let Some(facts) = openable(find, Work::Index, |_, one| Ok(is_due(one).into()))? else { return Ok(None) };
    Ok(Some((Need::new(Table::find(find, facts.place())?), Need::new(contents(&facts)))))
}

type Crossing = (Need<action::UpdateTable>, Need<action::IndexContents>, Need<action::SwitchStream>);

/// A table that comes under a key of KMS, or leaves it.
pub(crate) async fn crossing(find: &Find<'_, DynamoDb>) -> Result<Option<Crossing>, Error> {
    let now = find.call.now_ms;
    let is_due = |stored: &Reader<'_>, definition: &Definition| crosses(stored, definition, now);
    let Some(facts) = openable(find, Work::Cross, is_due)? else { return Ok(None) };
    let table = || Table::find(find, facts.place());
    let streams = TableStreams::of(table()?);
    Ok(Some((Need::new(table()?), Need::new(contents(&facts)), Need::new(streams))))
}

/// Whether a table on its way goes on now. It is not written otherwise before those have ended who read what it was.
fn crosses(stored: &Reader<'_>, definition: &Definition, now: i64) -> Result<Due, Error> {
    let Some(crossing) = definition.crossing.filter(|_| definition.is_usable()) else {
        return Ok(Due::Never);
    };
    if !crossing.is_ripe(now)
        || (crossing.next(now).is_some() && read_noting(stored, definition)?.history.is_read())
    {
        return Ok(Due::Later);
    }
    Ok(Due::Now)
}

/// What is kept of a table's past.
fn read_noting(stored: &Reader<'_>, definition: &Definition) -> Result<Noting, Error> {
    let scope = layout::contents(definition.contents);
    Noting::of(stored.get([scope.prefix(), &layout::history()].concat())?)
}

type Unemptied = (Need<action::DeleteTable>, Need<action::DeleteContents>);

/// A table that is deleted, and not yet gone.
pub(crate) async fn unemptied(find: &Find<'_, DynamoDb>) -> Result<Option<Unemptied>, Error> {
    let Some(facts) = table(find, Work::Empty, |_, definition| Ok(definition.deleting))? else {
        return Ok(None);
    };
    Ok(Some((Need::new(Table::find(find, facts.place())?), Need::new(contents(&facts)))))
}

type Unforgotten = (Need<action::DeleteBackup>, Need<action::ReleaseKept>);

/// A backup that is deleted, or whose time is over.
pub(crate) async fn unforgotten(find: &Find<'_, DynamoDb>) -> Result<Option<Unforgotten>, Error> {
    let now = find.call.now_ms;
    let is_due = |record: &Record| Stored::read(&record.value).is_ok_and(|backup| !backup.is_there(now));
    let found = due(find, Work::Forget, |_, record| Ok(is_due(record)))?;
    let (Some(record), Some(account)) = (found, find.account()) else { return Ok(None) };
    let Some((region, name, Some(id))) = layout::parse_place(&record.key) else { return Ok(None) };
    let place = BackupName { table: TableName { region, account, name }, id };
    Ok(Some((Need::new(Backup::find(find, place.clone())?), Need::new(Kept::find(find, place)?))))
}

type Unexported = (Need<action::ExportTableToPointInTime>, Need<action::HoldOrigin>);

/// An export under way whose time has come, or one that nobody has to be told of any more.
pub(crate) async fn unexported(find: &Find<'_, DynamoDb>) -> Result<Option<Unexported>, Error> {
    let now = find.call.now_ms;
    let waits = std::cell::Cell::new(false);
    let is_due = |record: &Record| {
        let Ok(export) = Export::read(&record.value) else { return false };
        waits.set(waits.get() || export.waits(now));
        export.is_due(now)
    };
    let found = due(find, Work::Export, |_, record| Ok(is_due(record)))?;
    if let (true, Some(account)) = (waits.get(), find.account()) {
        find.service.watch.look_again(Work::Export, account);
    }
    let (Some(record), Some(account)) = (found, find.account()) else { return Ok(None) };
    let (export, place) = (Export::read(&record.value)?, layout::parse_place(&record.key));
    let Some((region, name, Some(id))) = place else { return Ok(None) };
    let table = TableName { region, account, name };
    let origin = Origin::of(table.clone(), export.contents);
    Ok(Some((Need::new(Exported::under_way(ExportName { table, id })), Need::new(origin))))
}

/// An import under way, or one that nobody has to be told of any more.
pub(crate) async fn unimported(find: &Find<'_, DynamoDb>) -> Result<Option<ImportNeeds>, Error> {
    let now = find.call.now_ms;
    let is_due = |record: &Record| Import::read(&record.value).is_ok_and(|import| import.is_due(now));
    let found = due(find, Work::Import, |_, record| Ok(is_due(record)))?;
    let (Some(record), Some(account)) = (found, find.account()) else { return Ok(None) };
    let Some((region, name, Some(id))) = layout::parse_place(&record.key) else { return Ok(None) };
    let table = TableName { region, account, name };
    let target = match DynamoDb::table_facts(find, account, &table.region, &table.name)? {
        Some(facts) => Target::of(&facts),
        None => Target::new(find, &table.name)?,
    };
    let filling = Filling::from(&target);
    Ok(Some((Need::new(target), Need::new(filling), Need::new(Imported::new(table, Some(id))))))
}

/// A table of which more is kept than can be recovered.
pub(crate) async fn untrimmed(
    find: &Find<'_, DynamoDb>,
) -> Result<Option<Need<action::UpdateContinuousBackups>>, Error> {
    let now = find.call.now_ms;
    let found = table(find, Work::Trim, |stored, definition| is_old(stored, definition, now))?;
    Ok(found.map(|facts| Need::new(contents(&facts))))
}

fn is_old(stored: &Reader<'_>, definition: &Definition, now: i64) -> Result<bool, Error> {
    let scope = layout::contents(definition.contents);
    let journal = [scope.prefix(), &Past::journal()].concat();
    let Some(record) = stored.scan(&Scan::within(&journal).limit(1))?.pop() else { return Ok(false) };
    let day = record.key.get(scope.prefix().len()..).and_then(Past::day);
    let noting = read_noting(stored, definition)?;
    Ok(day.is_some_and(|day| day < noting.history.first_day(now)))
}
