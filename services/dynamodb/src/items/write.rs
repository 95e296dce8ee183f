//! Writes. Each is one transaction that relies on the table's definition and on what it read: it happens as if
//! nothing else happened meanwhile, or is tried again.

use kurodo_authz::{Grant, Resource, Write};
use kurodo_store::{Expectation, StoreError, Transaction, Version, Writer};

use super::{Occasion, get, looks_back, stage};
use crate::{
    DynamoDb, Error,
    attribute::{DEEPEST, Invalid, Item, item_size},
    encryption::TableKey,
    expression::UpdateFault,
    facts::TableFacts,
    history::Noting,
    needs::ITEM,
    plan::{self, Act, Change},
};

/// How often a write is tried. Each time another one has succeeded.
pub(crate) const ATTEMPTS: usize = 1000;

/// What became of an item.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// The item before; `None` too where the write does not depend on it.
    pub(crate) old: Option<Item>,
    /// The version of the item before.
    pub(crate) version: Option<Version>,
    pub(crate) new: Option<Item>,
}

impl Change {
    /// Whether what is written depends on the item before.
    pub(crate) fn depends(&self, facts: &TableFacts) -> bool {
        let followed = looks_back(&facts.definition);
        let returns = self.returns != crate::model::ReturnValue::None;
        self.condition.is_some()
            || followed
            || returns
            || matches!(self.act, Act::Insert(_) | Act::Update(_) | Act::Check)
    }

    /// The item after.
    pub(crate) fn outcome(&self, facts: &TableFacts, old: Option<&Item>) -> Result<Option<Item>, Error> {
        let nothing = Item::new();
        let holds = self.condition.as_ref().is_none_or(|one| one.holds(old.unwrap_or(&nothing)));
        if !holds {
            return Err(Error::ConditionalCheckFailed(old.filter(|_| self.shows_on_failure).cloned()));
        }
        Ok(match &self.act {
            Act::Insert(_) if old.is_some() => return Err(Error::DuplicateItem),
            Act::Put(item) | Act::Insert(item) => Some(item.clone()),
            Act::Delete => None,
            Act::Check => old.cloned(),
            Act::Update(update) => {
                let new = update.apply(old.unwrap_or(&self.key.values));
                let new = new.map_err(|fault| match fault {
                    UpdateFault::OperandType if update.legacy => {
                        Error::validation("Type mismatch for attribute to update")
                    }
                    fault => Error::Validation(fault.to_string()),
                })?;
                check_updated(facts, &new)?;
                Some(new)
            }
        })
    }
}

fn check_updated(facts: &TableFacts, new: &Item) -> Result<(), Error> {
    if item_size(new) > ITEM {
        return Err(Error::validation("Item size to update has exceeded the maximum allowed size"));
    }
    if new.values().any(|value| value.depth() > DEEPEST) {
        return Err(Invalid::Nesting.into());
    }
    match plan::check_item(&facts.definition, new) {
        Err(plan::Refusal::Validation(message)) if message.contains("Type mismatch for Index Key") => {
            Err(Error::validation(
                "The update expression attempted to update the secondary index key to unsupported type",
            ))
        }
        other => Ok(other?),
    }
}

/// What of a transaction a change is: the item before, where it matters, and the transaction.
fn prepare<'w>(
    service: &DynamoDb,
    writer: &'w Writer<'_>,
    (facts, table): (&TableFacts, &TableKey),
    change: &Change,
    looks: bool,
    occasion: Occasion,
    past: (&Noting, u64),
) -> Result<(Written, Transaction<'w>), Error> {
    let mut transaction = writer.transaction();
    let mut written = Written::default();
    if looks {
        match get(writer, table, &change.key.stored)? {
            Some((item, version)) => {
                transaction.expect_version(&change.key.stored, version);
                (written.old, written.version) = (Some(item), Some(version));
            }
            None => _ = transaction.expect_absent(&change.key.stored),
        }
    }
    written.new = change.outcome(facts, written.old.as_ref()).inspect_err(|error| {
        if matches!(error, Error::ConditionalCheckFailed(_)) {
            service.meter.charge_failed(facts, written.old.as_ref());
        }
    })?;
    if !matches!(change.act, Act::Check) {
        stage(&mut transaction, writer, (facts, table), &change.key.stored, &written, occasion, past)?;
    }
    Ok((written, transaction))
}

/// Changes the items of one permit in one transaction, and tells what became of each.
pub(crate) async fn write<G>(
    service: &DynamoDb,
    permit: &G,
    (facts, table): (&TableFacts, &TableKey),
    changes: &[&Change],
    looks: bool,
    occasion: Occasion,
) -> Result<Vec<Written>, Error>
where
    G: Grant<Access = Write>,
    G::Resource: Resource,
{
    service.meter.admit_write(facts)?;
    for _ in 0..ATTEMPTS {
        let writer = service.store.write(permit);
        let mut all = writer.transaction();
        all.expect_fact(&facts.current);
        let past = facts.past.now(&service.store, || service.store.read(permit))?;
        let (noting, time) = (past.noting(), service.clock.tick(occasion.now));
        past.expect(&mut all);
        let looks = looks || noting.looks();
        let mut written = Vec::with_capacity(changes.len());
        let mut hold = service.collections.hold();
        for change in changes {
            let looks = looks || change.depends(facts);
            let (one, transaction) =
                prepare(service, &writer, (facts, table), change, looks, occasion, (noting, time))?;
            hold.admit((facts, table), &one, || service.store.read(permit))?;
            all.join(transaction);
            written.push(one);
        }
        hold.sent();
        match changed(all.commit().await)? {
            Some(_) => {
                hold.done();
                written.iter().for_each(|one| service.meter.charge_written(facts, one));
                return Ok(written);
            }
            None => hold.undone(),
        }
    }
    service.meter.conflict(facts);
    Err(Error::TransactionConflict)
}

/// What a commit came to; `None` where something that it relied on has changed, and it is to be tried again.
pub(crate) fn changed<T>(committed: Result<T, StoreError>) -> Result<Option<T>, Error> {
    match committed {
        Ok(commit) => Ok(Some(commit)),
        Err(error) => match error.conflict() {
            Some(conflict) if conflict.expectation == Expectation::Fact => Err(Error::TableChanged),
            Some(_) => Ok(None),
            None => Err(error.into()),
        },
    }
}
