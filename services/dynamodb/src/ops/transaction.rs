//! Transactions that write: all of it, or nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kurodo_authz::{Grant, Write};
use kurodo_gateway::Call;
use kurodo_store::{Reader, Transaction, Writer};

use crate::{
    DynamoDb, Error,
    attribute::{Item, item_size},
    encryption::Keys,
    error::Reason,
    facts::TableFacts,
    history::Known,
    items::{
        ATTEMPTS, Consumed, Digest, Hold, Occasion, Tokens, Written, collection, get, read_units, stage,
    },
    meter::Kind,
    model::{
        Capacity, ConsumedCapacity, ItemCollectionMetrics, ReturnConsumedCapacity,
        ReturnItemCollectionMetrics,
    },
    plan::{Act, Change, EMPTY},
    resources,
};

/// What is planned with one item of which table.
pub(super) type Plan<'p> = (&'p Change, &'p TableFacts);

/// An item of a transaction, with the permit that reaches it.
pub(super) trait Part: Send + Sync {
    fn plan(&self) -> Result<Plan<'_>, Error>;
    fn reader<'p>(&'p self, service: &'p DynamoDb) -> Reader<'p>;
    fn beside<'p>(&'p self, state: &Reader<'_>) -> Reader<'p>;
    /// A door to write, where the permit opens one.
    fn writer<'p>(&'p self, service: &'p DynamoDb) -> Option<Writer<'p>>;
}

/// What a permit of a transaction opens.
struct Reached<G> {
    permit: G,
    door: for<'p> fn(&'p G, &'p DynamoDb) -> Option<Writer<'p>>,
}

/// An item that is only checked.
pub(super) fn checked<'r, G>(permit: G) -> Box<dyn Part + 'r>
where
    G: Grant<Resource = resources::Change> + Send + Sync + 'r,
{
    Box::new(Reached { permit, door: |_, _| None })
}

/// An item that is changed.
pub(super) fn changed<'r, G>(permit: G) -> Box<dyn Part + 'r>
where
    G: Grant<Access = Write, Resource = resources::Change> + Send + Sync + 'r,
{
    Box::new(Reached { permit, door: |permit, service| Some(service.store.write(permit)) })
}

impl<G: Grant<Resource = resources::Change> + Send + Sync> Part for Reached<G> {
    fn plan(&self) -> Result<Plan<'_>, Error> {
        self.permit.resource().plan()
    }

    fn reader<'p>(&'p self, service: &'p DynamoDb) -> Reader<'p> {
        service.store.read(&self.permit)
    }

    fn beside<'p>(&'p self, state: &Reader<'_>) -> Reader<'p> {
        state.beside(&self.permit)
    }

    fn writer<'p>(&'p self, service: &'p DynamoDb) -> Option<Writer<'p>> {
        (self.door)(&self.permit, service)
    }
}

/// The parts of a transaction, and the opened keys of their tables.
type Parts<'p, 'r> = (&'p [Box<dyn Part + 'r>], &'p Keys);

/// What became of the items.
pub(super) struct Done {
    written: Vec<Written>,
    /// Whether it was done before, so that now the items were only read.
    again: bool,
}

impl Done {
    /// What it consumed, by table.
    pub(super) fn consumed(
        &self,
        plans: &[Plan<'_>],
        asked: Option<ReturnConsumedCapacity>,
    ) -> Option<Vec<ConsumedCapacity>> {
        let mut consumed: BTreeMap<String, Consumed> = BTreeMap::new();
        for ((_, facts), written) in plans.iter().zip(&self.written) {
            let units = if self.again {
                Consumed::read(read_units(written.old.as_ref().map_or(0, item_size), true))
            } else {
                Consumed::written(facts, written)
            };
            consumed.entry(facts.name.clone()).or_default().add(&units.times(2.0));
        }
        view(consumed, asked, !self.again)
    }
}

/// That all of it is let through; or else why the transaction is cancelled.
pub(super) fn throttled(admitted: impl Iterator<Item = Result<(), Error>>) -> Result<(), Error> {
    let code = |error: &Error| {
        matches!(error, Error::ThroughputExceeded(_)).then_some("ProvisionedThroughputExceeded")
    };
    cancelled(admitted.collect(), code).map(|_| ())
}

/// What a transaction consumed, by table.
pub(super) fn view(
    consumed: BTreeMap<String, Consumed>,
    asked: Option<ReturnConsumedCapacity>,
    writes: bool,
) -> Option<Vec<ConsumedCapacity>> {
    let each = consumed.into_iter().filter_map(|(table, consumed)| {
        let view = consumed.view(asked, &table)?;
        let of_indexes = |all: Option<BTreeMap<String, Capacity>>| {
            all.map(|all| all.into_iter().map(|(name, units)| (name, named(units, writes))).collect())
        };
        let units = named(Capacity { capacity_units: view.capacity_units, ..Capacity::default() }, writes);
        Some(ConsumedCapacity {
            read_capacity_units: units.read_capacity_units,
            write_capacity_units: units.write_capacity_units,
            table: view.table.map(|units| named(units, writes)),
            local_secondary_indexes: of_indexes(view.local_secondary_indexes),
            global_secondary_indexes: of_indexes(view.global_secondary_indexes),
            ..view
        })
    });
    Some(each.collect::<Vec<_>>()).filter(|all| !all.is_empty())
}

/// Units that say whether they are of reads or of writes, as those of transactions do.
fn named(units: Capacity, writes: bool) -> Capacity {
    let all = units.capacity_units;
    if writes {
        Capacity { write_capacity_units: all, ..units }
    } else {
        Capacity { read_capacity_units: all, ..units }
    }
}

/// Why plans cannot be done, as the answer tells it.
pub(super) struct Refused;

impl Refused {
    /// The code of a reason; `None` for what fails the request rather than cancels the transaction: as in AWS, an empty
    /// value of a key among others.
    pub(super) fn code(error: &Error) -> Option<&'static str> {
        match error {
            Error::Validation(message) if message.contains(EMPTY) => None,
            Error::Validation(_) => Some("ValidationError"),
            _ => None,
        }
    }

    /// The same for statements, whose tables may be missing.
    pub(super) fn statement_code(error: &Error) -> Option<&'static str> {
        match error {
            Error::ResourceNotFound(_) => Some("ResourceNotFound"),
            other => Self::code(other),
        }
    }
}

/// The plans, if all can be done; or else why the transaction is cancelled.
pub(super) fn cancelled<T>(
    plans: Vec<Result<T, Error>>,
    code: fn(&Error) -> Option<&'static str>,
) -> Result<Vec<T>, Error> {
    let reason = |plan: &Result<T, Error>| {
        let error = plan.as_ref().err()?;
        Some(Reason { code: code(error)?, message: Some(error.to_string()), item: None })
    };
    if plans.iter().any(|plan| reason(plan).is_some()) {
        let reasons = plans.iter().map(|plan| reason(plan).unwrap_or(Reason::NONE));
        return Err(Error::TransactionCanceled(reasons.collect()));
    }
    plans.into_iter().collect()
}

/// That no item is there twice.
pub(super) fn once<P: Ord>(mut places: impl Iterator<Item = P>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    if places.all(|place| seen.insert(place)) {
        return Ok(());
    }
    Err(Error::validation("Transaction request cannot include multiple operations on one item"))
}

/// What the transaction is to do, in full.
fn describe<'p>(plans: &'p [Plan<'p>]) -> Vec<(String, &'p Change)> {
    plans.iter().map(|(change, facts)| (facts.arn(), *change)).collect()
}

impl DynamoDb {
    /// Does the transaction. One that has the token of another is not done again.
    pub(super) async fn transact(
        &self,
        (parts, keys): Parts<'_, '_>,
        plans: &[Plan<'_>],
        token: Option<&str>,
        call: &Call,
    ) -> Result<Done, Error> {
        once(plans.iter().map(|(change, facts)| (facts.definition.contents, &change.key.stored[..])))?;
        let tokens = match (token, call.account()) {
            (Some(token), Some(account)) => {
                let digest = Digest::of(&format!("{:?}", describe(plans)));
                Some(Tokens { account, token, digest, now: call.now_ms })
            }
            _ => None,
        };
        throttled(plans.iter().map(|(_, facts)| self.meter.admit_write(facts)))?;
        let occasion = Occasion::call(call.now_ms);
        for _ in 0..ATTEMPTS {
            if let Some(done) = self.attempt((parts, keys), plans, tokens.as_ref(), occasion).await? {
                for ((_, facts), written) in plans.iter().zip(&done.written) {
                    self.meter.charge(facts, Kind::Write, &Consumed::written(facts, written).times(2.0));
                }
                return Ok(done);
            }
        }
        plans.iter().for_each(|(_, facts)| self.meter.conflict(facts));
        Err(Error::TransactionCanceled(plans.iter().map(|_| conflict()).collect()))
    }

    /// Tries the transaction; `None` where something was changed meanwhile. What was done before is not done again.
    async fn attempt(
        &self,
        (parts, keys): Parts<'_, '_>,
        plans: &[Plan<'_>],
        tokens: Option<&Tokens<'_>>,
        occasion: Occasion,
    ) -> Result<Option<Done>, Error> {
        let writers: Vec<Option<Writer<'_>>> = parts.iter().map(|part| part.writer(self)).collect();
        let first = writers.iter().flatten().next();
        let Some(state) = parts.first().map(|part| part.reader(self)) else { return Ok(None) };
        let time = self.clock.tick(occasion.now);
        if let (Some(tokens), Some(first)) = (tokens, first)
            && tokens.is_done(first)?
        {
            let unchanged = parts.iter().zip(plans).map(|(part, (change, facts))| {
                let (item, version) = get(&part.beside(&state), keys.of(facts)?, &change.key.stored)?.unzip();
                Ok(Written { old: item.clone(), version, new: item })
            });
            let written = unchanged.collect::<Result<Vec<_>, Error>>()?;
            return Ok(Some(Done { written, again: true }));
        }
        let looked = look(self, (parts, keys), plans, &state)?;
        let Some(first) = first else { return Ok(Some(done(looked))) };
        let mut transaction = first.transaction();
        let mut hold = self.collections.hold();
        check_room(self, (parts, keys), plans, &looked, &mut hold)?;
        for (one, (_, facts)) in looked.iter().zip(plans) {
            transaction.expect_fact(&facts.current).expect_fact(&one.fact);
            one.past.expect(&mut transaction);
        }
        for ((writer, one), plan) in writers.iter().zip(&looked).zip(plans) {
            if let Some(writer) = writer {
                transaction.join(staged(writer, (*plan, keys), one, (occasion, time))?);
            }
        }
        if let Some(tokens) = tokens {
            tokens.remember(first, &mut transaction)?;
        }
        hold.sent();
        match changed_facts(transaction, plans.len()).await? {
            true => {
                hold.done();
                Ok(Some(done(looked)))
            }
            false => {
                hold.undone();
                Ok(None)
            }
        }
    }

    pub(super) fn metrics(
        &self,
        (parts, keys): Parts<'_, '_>,
        plans: &[Plan<'_>],
        asked: Option<ReturnItemCollectionMetrics>,
    ) -> Result<Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>, Error> {
        let mut all: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (part, (change, facts)) in parts.iter().zip(plans) {
            if let Some(found) =
                collection(&part.reader(self), (facts, keys.of(facts)?), &change.key.values, asked)?
            {
                all.entry(facts.name.clone()).or_default().push(found);
            }
        }
        Ok(Some(all).filter(|all| !all.is_empty()))
    }
}

/// An item of the transaction, before and after, and that it was so before.
struct Looked {
    written: Written,
    fact: kurodo_store::Fact,
    /// What of the table's past is kept.
    past: Arc<Known>,
}

fn done(looked: Vec<Looked>) -> Done {
    Done { written: looked.into_iter().map(|one| one.written).collect(), again: false }
}

/// The most bytes of all items of a transaction.
///
/// Source: DynamoDB API Reference, TransactWriteItems and TransactGetItems.
const TOGETHER: usize = 4 << 20;

/// That items of so many bytes may be in one transaction.
pub(super) fn check_size(bytes: usize) -> Result<(), Error> {
    if bytes > TOGETHER {
        return Err(Error::validation("The aggregate size of the items in the transaction exceeded 4 MBs"));
    }
    Ok(())
}

/// Finds every item and what becomes of it; or why the transaction is cancelled.
fn look(
    service: &DynamoDb,
    (parts, keys): Parts<'_, '_>,
    plans: &[Plan<'_>],
    state: &Reader<'_>,
) -> Result<Vec<Looked>, Error> {
    let (mut looked, mut reasons, mut bytes) = (Vec::new(), Vec::new(), 0);
    for (part, (change, facts)) in parts.iter().zip(plans) {
        let reader = part.beside(state);
        let (record, fact) = reader.fact(&change.key.stored)?;
        let past = facts.past.now(&service.store, || part.reader(service))?;
        let version = record.as_ref().map(|record| record.version);
        let table = keys.of(facts)?;
        let old = record.map(|record| table.open(&change.key.stored, &record.value)).transpose()?;
        match change.outcome(facts, old.as_ref()) {
            Ok(new) => {
                let size = |item: &Option<Item>| item.as_ref().map_or(0, item_size);
                bytes += size(&old).max(size(&new));
                looked.push(Looked { written: Written { old, version, new }, fact, past });
                reasons.push(Reason::NONE);
            }
            Err(error) => reasons.push(reason(error)?),
        }
    }
    if looked.len() < plans.len() {
        return Err(Error::TransactionCanceled(reasons));
    }
    check_size(bytes)?;
    Ok(looked)
}

/// That the collections of all items have room for them; or why the transaction is cancelled.
fn check_room(
    service: &DynamoDb,
    (parts, keys): Parts<'_, '_>,
    plans: &[Plan<'_>],
    looked: &[Looked],
    hold: &mut Hold<'_>,
) -> Result<(), Error> {
    let mut reasons = Vec::with_capacity(plans.len());
    for ((part, (_, facts)), one) in parts.iter().zip(plans).zip(looked) {
        reasons.push(match hold.admit((facts, keys.of(facts)?), &one.written, || part.reader(service)) {
            Ok(()) => Reason::NONE,
            Err(error) => reason(error)?,
        });
    }
    match reasons.iter().all(|reason| *reason == Reason::NONE) {
        true => Ok(()),
        false => Err(Error::TransactionCanceled(reasons)),
    }
}

/// Why a transaction is cancelled that others come before again and again.
fn conflict() -> Reason {
    Reason { code: "TransactionConflict", message: Some(Error::TransactionConflict.to_string()), item: None }
}

fn reason(error: Error) -> Result<Reason, Error> {
    let message = Some(error.to_string());
    match error {
        Error::ConditionalCheckFailed(item) => Ok(Reason { code: "ConditionalCheckFailed", message, item }),
        Error::DuplicateItem => Ok(Reason { code: "DuplicateItem", message, item: None }),
        Error::CollectionTooLarge => {
            Ok(Reason { code: "ItemCollectionSizeLimitExceeded", message, item: None })
        }
        Error::Validation(_) => Ok(Reason { code: "ValidationError", message, item: None }),
        other => Err(other),
    }
}

fn staged<'w>(
    writer: &'w Writer<'_>,
    ((change, facts), keys): (Plan<'_>, &Keys),
    looked: &Looked,
    (occasion, time): (Occasion, u64),
) -> Result<Transaction<'w>, Error> {
    let (mut transaction, past) = (writer.transaction(), (looked.past.noting(), time));
    if !matches!(change.act, Act::Check) {
        let table = (facts, keys.of(facts)?);
        stage(&mut transaction, writer, table, &change.key.stored, &looked.written, occasion, past)?;
    }
    Ok(transaction)
}

/// Commits; `false` where an item was changed meanwhile. Of each three expectations the first is of the table.
async fn changed_facts(transaction: Transaction<'_>, items: usize) -> Result<bool, Error> {
    match transaction.commit().await {
        Err(error) => match error.conflict() {
            Some(conflict) if conflict.which < items * 3 && conflict.which.is_multiple_of(3) => {
                Err(Error::TableChanged)
            }
            Some(_) => Ok(false),
            None => Err(error.into()),
        },
        Ok(_) => Ok(true),
    }
}
