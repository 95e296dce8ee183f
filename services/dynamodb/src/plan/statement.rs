//! What a statement asks for, checked against the table's definition.

use super::{
    Act, Change, Refusal, SearchDraft, Select, check_item, check_key_paths, check_update, key, key_of_item,
    select,
};
use crate::{
    attribute::{Item, item_size},
    definition::KeySchema,
    expression::{Condition, Path, Projection, joined},
    facts::TableFacts,
    model::ReturnValue,
    needs::ITEM,
    partiql,
};

/// Where a statement stands: each place has limits of its own, and words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// Alone.
    Alone,
    Batch,
    Transaction,
}

fn refuse<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Statement(message.into()))
}

const NO_KEY: &str = "Where clause does not contain a mandatory equality on all key attributes";

/// What a `SELECT` reads.
pub(crate) fn read(
    facts: &TableFacts,
    asked: &partiql::Select,
    surface: Surface,
    (consistent, limit): (bool, Option<usize>),
) -> Result<Select, Refusal> {
    check_index(facts, asked, surface, consistent)?;
    let draft = || {
        let draft = SearchDraft::new(facts, asked.from.index.as_deref(), consistent)?;
        let (filter, projection) = (asked.condition.clone(), asked.columns.clone().map(Projection::columns));
        Ok(SearchDraft { filter, projection, limit, ..draft })
    };
    let found = select::select(facts, asked, draft)?;
    if surface != Surface::Alone {
        let schema = &facts.definition.key;
        let only = select::only_key(asked.condition.as_ref(), schema).filter(|_| asked.from.index.is_none());
        let operation =
            if surface == Surface::Batch { "BatchExecuteStatement" } else { "ExecuteTransaction" };
        let Some(only) = only else {
            return refuse(format!(
                "Select statements within {operation} must specify the primary key in the where clause."
            ));
        };
        key(schema, only)?;
    }
    Ok(found)
}

fn check_index(
    facts: &TableFacts,
    asked: &partiql::Select,
    surface: Surface,
    consistent: bool,
) -> Result<(), Refusal> {
    let Some(name) = &asked.from.index else { return Ok(()) };
    match facts.definition.index(name) {
        _ if surface == Surface::Transaction => {
            refuse("Reads on indices are not supported within transactions.")
        }
        None => refuse("The table does not have the specified index"),
        Some(index) if index.global && consistent => {
            refuse("Strongly consistent read is not supported on Global Secondary Indexes")
        }
        Some(_) => Ok(()),
    }
}

/// The item that an `INSERT` makes.
pub(crate) fn insert(facts: &TableFacts, item: Item) -> Result<Change, Refusal> {
    if item.contains_key("") {
        return Err(Refusal::invalid_values("Attribute name can not be empty"));
    }
    if item_size(&item) > ITEM {
        return Err(Refusal::Validation("Item size has exceeded the maximum allowed size".to_owned()));
    }
    let key = key_of_item(&facts.definition.key, &item)?;
    check_item(&facts.definition, &item)?;
    Ok(plain(key, Act::Insert(item)))
}

fn plain(key: super::ItemKey, act: Act) -> Change {
    Change { key, act, condition: None, returns: ReturnValue::None, shows_on_failure: false }
}

/// The item that an `UPDATE` or `DELETE` is about. What is updated must be there; what is deleted need not.
pub(crate) fn change(
    facts: &TableFacts,
    asked: partiql::Change,
    surface: Surface,
    shows_on_failure: bool,
) -> Result<Change, Refusal> {
    let schema = &facts.definition.key;
    if surface == Surface::Transaction && asked.returns != ReturnValue::None {
        return refuse("RETURNING clause is not supported in ExecuteTransaction.");
    }
    let found = keyed(schema, asked.condition, false);
    let (values, rest) = match found {
        Err(_) if surface == Surface::Transaction => return Err(super::check::mismatch()),
        found => found?,
    };
    let item_key = key(schema, values)?;
    check_paths(facts, rest.as_ref())?;
    let hash = Path::top(&schema.hash.name);
    let (act, condition) = match asked.update {
        Some(update) => {
            check_update(&facts.definition, &update)?;
            (Act::Update(update), Some(Condition::Exists(hash).and(rest)))
        }
        None => {
            let absent = |rest| Condition::Or(Box::new(Condition::NotExists(hash)), Box::new(rest));
            (Act::Delete, rest.map(absent))
        }
    };
    Ok(Change { condition, returns: asked.returns, shows_on_failure, ..plain(item_key, act) })
}

/// The item that an `EXISTS` looks for.
pub(crate) fn check(
    facts: &TableFacts,
    asked: partiql::Select,
    shows_on_failure: bool,
) -> Result<Change, Refusal> {
    const NO_ITEM: &str = "EXISTS() must contain a single item read with additional condition";
    let schema = &facts.definition.key;
    if asked.from.index.is_some() {
        return refuse("Operations on indices are not supported in transactions");
    }
    let (Ok((values, Some(rest))), false) = (keyed(schema, asked.condition, true), !asked.order.is_empty())
    else {
        return refuse(NO_ITEM);
    };
    let item_key = key(schema, values)?;
    check_paths(facts, Some(&rest))?;
    let condition = Condition::Exists(Path::top(&schema.hash.name)).and(Some(rest));
    Ok(Change { condition: Some(condition), shows_on_failure, ..plain(item_key, Act::Check) })
}

fn check_paths(facts: &TableFacts, condition: Option<&Condition>) -> Result<(), Refusal> {
    let mut paths: Vec<&Path> = Vec::new();
    if let Some(condition) = condition {
        condition.paths(&mut |path| paths.push(path));
    }
    check_key_paths(&facts.definition, paths)
}

/// The key that a condition names, and what it asks beside it. Where it names two, the first is taken or neither.
fn keyed(
    schema: &KeySchema,
    condition: Option<Condition>,
    first: bool,
) -> Result<(Item, Option<Condition>), Refusal> {
    let (mut values, mut rest) = (Item::new(), Vec::new());
    let Some(condition) = condition else { return refuse(NO_KEY) };
    for part in select::parts(&condition) {
        match select::equal(part).filter(|(name, _)| schema.has(name)) {
            Some((name, value)) => match values.get(name) {
                None => _ = values.insert(name.to_owned(), value.clone()),
                Some(known) if known.equals(value) => {}
                Some(_) if first => rest.push(part.clone()),
                Some(_) => {
                    return refuse(format!(
                        "Multiple conditions on same key {name}. Only single item Update/Insert/Delete are supported"
                    ));
                }
            },
            None => rest.push(part.clone()),
        }
    }
    if values.len() < schema.attributes().count() {
        return refuse(NO_KEY);
    }
    Ok((values, joined(rest, Condition::And)))
}
