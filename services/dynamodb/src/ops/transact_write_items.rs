use std::collections::{BTreeMap, BTreeSet};

use kurodo_authz::{Grant, Permit};
use kurodo_gateway::Handler;
use kurodo_store::{Reader, Transaction, Writer};

use super::{
    Answer, Asked,
    transact_get_items::{cancelled, view},
};
use crate::{
    DynamoDb, Error,
    error::Reason,
    facts::TableFacts,
    items::{ATTEMPTS, Consumed, Digest, Occasion, Tokens, Written, collection, get, stage},
    model::{
        ItemCollectionMetrics, ReturnItemCollectionMetrics, TransactWriteItemsInput,
        TransactWriteItemsOutput, op,
    },
    plan::{Act, Change},
    resources,
    table::action,
};

impl Handler<op::TransactWriteItems> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::TransactWriteItems>) -> Answer<op::TransactWriteItems> {
        let input = asked.input;
        let parts = Parts::new(asked.permits, &input);
        let plans = cancelled(parts.0.iter().map(Part::plan).collect())?;
        check_once(&plans)?;
        let tokens = match (&input.client_request_token, asked.call.account()) {
            (Some(token), Some(account)) => {
                let digest = Digest::of(&format!("{:?}", describe(&plans)));
                Some(Tokens { account, token, digest, now: asked.call.now_ms })
            }
            _ => None,
        };
        let (occasion, mut done) = (Occasion::call(asked.call.now_ms), None);
        for _ in 0..ATTEMPTS {
            if let Some(found) = self.attempt(&parts, &plans, tokens.as_ref(), occasion).await? {
                done = Some(found);
                break;
            }
        }
        let written = done.ok_or(Error::TransactionConflict)?;
        let mut consumed: BTreeMap<String, Consumed> = BTreeMap::new();
        for ((_, facts), written) in plans.iter().zip(&written) {
            let units = Consumed::written(facts, written).times(2.0);
            consumed.entry(facts.name.clone()).or_default().add(&units);
        }
        Ok(TransactWriteItemsOutput {
            consumed_capacity: view(consumed, input.return_consumed_capacity, true),
            item_collection_metrics: self.metrics(&parts, &plans, input.return_item_collection_metrics)?,
        }
        .into())
    }
}

/// A permit of the transaction, whichever it is.
enum Part<'r> {
    Check(Permit<'r, action::ConditionCheckItem>),
    Put(Permit<'r, action::PutItem>),
    Update(Permit<'r, action::UpdateItem>),
    Delete(Permit<'r, action::DeleteItem>),
}

/// What is planned with one item of which table.
type Plan<'p> = (&'p Change, &'p TableFacts);

impl Part<'_> {
    fn resource(&self) -> &resources::Change {
        match self {
            Self::Check(permit) => permit.resource(),
            Self::Put(permit) => permit.resource(),
            Self::Update(permit) => permit.resource(),
            Self::Delete(permit) => permit.resource(),
        }
    }

    fn plan(&self) -> Result<Plan<'_>, Error> {
        self.resource().plan()
    }

    fn reader<'p>(&'p self, service: &'p DynamoDb) -> Reader<'p> {
        match self {
            Self::Check(permit) => service.store.read(permit),
            Self::Put(permit) => service.store.read(permit),
            Self::Update(permit) => service.store.read(permit),
            Self::Delete(permit) => service.store.read(permit),
        }
    }

    fn beside<'p>(&'p self, state: &Reader<'_>) -> Reader<'p> {
        fn of<'p, G: Grant>(state: &Reader<'_>, permit: &'p G) -> Reader<'p> {
            state.beside(permit)
        }
        match self {
            Self::Check(permit) => of(state, permit),
            Self::Put(permit) => of(state, permit),
            Self::Update(permit) => of(state, permit),
            Self::Delete(permit) => of(state, permit),
        }
    }

    /// A door to write, where the permit opens one.
    fn writer<'p>(&'p self, service: &'p DynamoDb) -> Option<Writer<'p>> {
        match self {
            Self::Check(_) => None,
            Self::Put(permit) => Some(service.store.write(permit)),
            Self::Update(permit) => Some(service.store.write(permit)),
            Self::Delete(permit) => Some(service.store.write(permit)),
        }
    }
}

/// The permits in the order of the request.
struct Parts<'r>(Vec<Part<'r>>);

type Permits<'r> = (
    Vec<Permit<'r, action::ConditionCheckItem>>,
    Vec<Permit<'r, action::PutItem>>,
    Vec<Permit<'r, action::UpdateItem>>,
    Vec<Permit<'r, action::DeleteItem>>,
);

impl<'r> Parts<'r> {
    fn new((checks, puts, updates, deletes): Permits<'r>, input: &TransactWriteItemsInput) -> Self {
        let (mut checks, mut puts) = (checks.into_iter(), puts.into_iter());
        let (mut updates, mut deletes) = (updates.into_iter(), deletes.into_iter());
        let parts = input.transact_items.iter().filter_map(|item| match item {
            item if item.condition_check.is_some() => checks.next().map(Part::Check),
            item if item.put.is_some() => puts.next().map(Part::Put),
            item if item.update.is_some() => updates.next().map(Part::Update),
            _ => deletes.next().map(Part::Delete),
        });
        Self(parts.collect())
    }
}

/// That no item is there twice.
fn check_once(plans: &[Plan<'_>]) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    let once =
        plans.iter().all(|(change, facts)| seen.insert((facts.definition.contents, &change.key.stored[..])));
    if once {
        return Ok(());
    }
    Err(Error::validation("Transaction request cannot include multiple operations on one item"))
}

/// What the transaction is to do, in full.
fn describe<'p>(plans: &'p [Plan<'p>]) -> Vec<(String, &'p Change)> {
    plans.iter().map(|(change, facts)| (facts.arn(), *change)).collect()
}

impl DynamoDb {
    /// Tries the transaction; `None` where something was changed meanwhile. What was done before is not done again.
    async fn attempt(
        &self,
        parts: &Parts<'_>,
        plans: &[Plan<'_>],
        tokens: Option<&Tokens<'_>>,
        occasion: Occasion,
    ) -> Result<Option<Vec<Written>>, Error> {
        let writers: Vec<Option<Writer<'_>>> = parts.0.iter().map(|part| part.writer(self)).collect();
        let first = writers.iter().flatten().next();
        let Some(state) = parts.0.first().map(|part| part.reader(self)) else { return Ok(None) };
        if let (Some(tokens), Some(first)) = (tokens, first)
            && tokens.is_done(first)?
        {
            let unchanged = parts.0.iter().zip(plans).map(|(part, (change, _))| {
                let item = get(&part.beside(&state), &change.key.stored)?.map(|(item, _)| item);
                Ok(Written { old: item.clone(), new: item })
            });
            return unchanged.collect::<Result<Vec<_>, Error>>().map(Some);
        }
        let looked = look(parts, plans, &state)?;
        let Some(first) = first else { return Ok(Some(looked.into_iter().map(|one| one.written).collect())) };
        let mut transaction = first.transaction();
        for (one, (_, facts)) in looked.iter().zip(plans) {
            transaction.expect_fact(&facts.current).expect_fact(&one.fact);
        }
        for ((writer, one), plan) in writers.iter().zip(&looked).zip(plans) {
            if let Some(writer) = writer {
                transaction.join(staged(writer, *plan, &one.written, occasion)?);
            }
        }
        if let Some(tokens) = tokens {
            tokens.remember(first, &mut transaction)?;
        }
        match changed_facts(transaction, plans.len()).await? {
            true => Ok(Some(looked.into_iter().map(|one| one.written).collect())),
            false => Ok(None),
        }
    }

    fn metrics(
        &self,
        parts: &Parts<'_>,
        plans: &[Plan<'_>],
        asked: Option<ReturnItemCollectionMetrics>,
    ) -> Result<Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>, Error> {
        let mut all: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (part, (change, facts)) in parts.0.iter().zip(plans) {
            if let Some(found) = collection(&part.reader(self), facts, &change.key.values, asked)? {
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
}

/// Finds every item and what becomes of it; or why the transaction is cancelled.
fn look(parts: &Parts<'_>, plans: &[Plan<'_>], state: &Reader<'_>) -> Result<Vec<Looked>, Error> {
    let (mut looked, mut reasons) = (Vec::new(), Vec::new());
    for (part, (change, facts)) in parts.0.iter().zip(plans) {
        let (record, fact) = part.beside(state).fact(&change.key.stored)?;
        let old = record.map(|record| crate::attribute::decode(&record.value)).transpose()?;
        match change.outcome(facts, old.as_ref()) {
            Ok(new) => {
                looked.push(Looked { written: Written { old, new }, fact });
                reasons.push(Reason::NONE);
            }
            Err(error) => reasons.push(reason(error)?),
        }
    }
    if looked.len() < plans.len() { Err(Error::TransactionCanceled(reasons)) } else { Ok(looked) }
}

fn reason(error: Error) -> Result<Reason, Error> {
    let message = Some(error.to_string());
    match error {
        Error::ConditionalCheckFailed(item) => Ok(Reason { code: "ConditionalCheckFailed", message, item }),
        Error::Validation(_) => Ok(Reason { code: "ValidationError", message, item: None }),
        other => Err(other),
    }
}

fn staged<'w>(
    writer: &'w Writer<'_>,
    (change, facts): Plan<'_>,
    written: &Written,
    occasion: Occasion,
) -> Result<Transaction<'w>, Error> {
    let mut transaction = writer.transaction();
    if !matches!(change.act, Act::Check) {
        stage(&mut transaction, writer, facts, &change.key.stored, written, occasion)?;
    }
    Ok(transaction)
}

/// Commits; `false` where an item was changed meanwhile. Facts of tables and of items alternate.
async fn changed_facts(transaction: Transaction<'_>, items: usize) -> Result<bool, Error> {
    match transaction.commit().await {
        Err(error) => match error.conflict() {
            Some(conflict) if conflict.which < items * 2 && conflict.which.is_multiple_of(2) => {
                Err(Error::TableChanged)
            }
            Some(_) => Ok(false),
            None => Err(error.into()),
        },
        Ok(_) => Ok(true),
    }
}
