use std::collections::{BTreeMap, BTreeSet};

use kurodo_authz::Need;
use kurodo_gateway::Find;

use super::{
    Touched,
    item::{Draft, Drafted, check_names, check_size, lookup},
    need, projection,
};
use crate::{
    DynamoDb, Error,
    attribute::{Item, item},
    expression::Projection,
    facts::TableFacts,
    legacy,
    model::{BatchGetItemInput, BatchWriteItemInput, KeysAndAttributes, ReturnValue, WriteRequest},
    names::TableName,
    plan::{Changes, Lookups, Refusal},
    table::action,
};

/// The most items that a batch reads.
const GETS: usize = 100;
/// The most items that a batch writes.
const WRITES: usize = 25;

const DUPLICATES: &str = "Provided list of item keys contains duplicates";

/// For each table, the items of these keys.
pub(crate) async fn batch_get_item(
    find: &Find<'_, DynamoDb>,
    input: &mut BatchGetItemInput,
) -> Result<Vec<Need<action::BatchGetItem>>, Error> {
    let names = table_names(find, input.request_items.keys())?;
    let drafts = input.request_items.values_mut().map(read_keys).collect::<Result<Vec<_>, _>>()?;
    if drafts.iter().map(|draft| draft.keys.len()).sum::<usize>() > GETS {
        return Err(Error::validation("Too many items requested for the BatchGetItem call"));
    }
    let mut needs = Vec::new();
    for (table, draft) in names.into_iter().zip(drafts) {
        let mut touched = Touched::new(input.return_consumed_capacity);
        draft.keys.iter().for_each(|key| touched.item(key));
        touched.projection(draft.projection.as_ref());
        needs.push(need(find, table, None, touched, |facts| draft.plan(facts))?);
    }
    Ok(needs)
}

/// The tables that a request names, each once.
fn table_names<'n>(
    find: &Find<'_, DynamoDb>,
    names: impl Iterator<Item = &'n String>,
) -> Result<Vec<TableName>, Error> {
    let tables = names.map(|name| TableName::parse(find, name)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = BTreeSet::new();
    if !tables.iter().all(|table| seen.insert((table.account, table.name.as_str()))) {
        return Err(Error::validation("One table is named twice, by its name and by its ARN"));
    }
    Ok(tables)
}

struct GetDraft {
    keys: Vec<Item>,
    projection: Option<Projection>,
    consistent: bool,
}

/// Takes the keys out of a request; the rest stays, for keys that are not processed.
fn read_keys(request: &mut KeysAndAttributes) -> Result<GetDraft, Error> {
    let names = request.expression_attribute_names.clone();
    legacy::apart(
        &[("ProjectionExpression", request.projection_expression.is_some())],
        &[("AttributesToGet", request.attributes_to_get.is_some())],
        (names.is_some(), false),
    )?;
    let keys = std::mem::take(&mut request.keys).into_iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let listed = legacy::attributes_to_get(request.attributes_to_get.clone())?;
    let projection = projection(request.projection_expression.as_deref(), names)?.or(listed);
    let twice = |(at, key): (usize, &Item)| keys.iter().take(at).any(|earlier| earlier == key);
    if keys.iter().enumerate().any(twice) {
        return Err(Error::validation(DUPLICATES));
    }
    Ok(GetDraft { keys, projection, consistent: request.consistent_read.unwrap_or(false) })
}

impl GetDraft {
    fn plan(self, facts: &TableFacts) -> Result<Lookups, Refusal> {
        let (projection, consistent) = (self.projection, self.consistent);
        let one = |key| lookup(facts, key, projection.clone(), consistent).map(|lookup| lookup.key);
        let keys = self.keys.into_iter().map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(Lookups { keys, projection, consistent })
    }
}

/// For each table, the items that are put and deleted.
pub(crate) async fn batch_write_item(
    find: &Find<'_, DynamoDb>,
    input: &mut BatchWriteItemInput,
) -> Result<Vec<Need<action::BatchWriteItem>>, Error> {
    let requests: BTreeMap<String, Vec<WriteRequest>> = std::mem::take(&mut input.request_items);
    let names = table_names(find, requests.keys())?;
    if requests.values().map(Vec::len).sum::<usize>() > WRITES {
        return Err(Error::validation("Too many items requested for the BatchWriteItem call"));
    }
    let drafts = requests
        .into_values()
        .map(|writes| writes.into_iter().map(one_write).collect::<Result<Vec<_>, _>>())
        .collect::<Result<Vec<_>, _>>()?;
    let mut needs = Vec::new();
    for (table, drafts) in names.into_iter().zip(drafts) {
        let mut touched = Touched::new(input.return_consumed_capacity);
        drafts.iter().for_each(|draft| draft.touch(&mut touched));
        needs.push(need(find, table, None, touched, |facts| plan_writes(drafts, facts))?);
    }
    Ok(needs)
}

fn one_write(request: WriteRequest) -> Result<Draft, Error> {
    let (given, act) = match (request.put_request, request.delete_request) {
        (Some(put), None) => (put.item, Drafted::Put),
        (None, Some(delete)) => (delete.key, Drafted::Delete),
        _ => {
            return Err(Error::validation(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
            ));
        }
    };
    let given = item(given)?;
    if matches!(act, Drafted::Put) {
        check_names(&given)?;
        check_size(&given)?;
    }
    Ok(Draft { given, act, condition: None, returns: ReturnValue::None, shows_on_failure: false })
}

fn plan_writes(drafts: Vec<Draft>, facts: &TableFacts) -> Result<Changes, Refusal> {
    let plan = |draft: Draft| {
        // Unlike a put of its own, one in a batch is told of its key alone.
        if matches!(draft.act, Drafted::Put) {
            crate::plan::key(&facts.definition.key, facts.definition.key.of(&draft.given))?;
        }
        draft.plan(facts)
    };
    let changes = drafts.into_iter().map(plan).collect::<Result<Vec<_>, _>>()?;
    let mut keys: Vec<&[u8]> = changes.iter().map(|change| &change.key.stored[..]).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(Refusal::Validation(DUPLICATES.to_owned()));
    }
    Ok(Changes(changes))
}
