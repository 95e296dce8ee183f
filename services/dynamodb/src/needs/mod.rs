//! What a request touches, for the decision: partition keys, attributes, what is selected and what is returned.
//!
//! Every path of a request that can read or write an attribute, or tell something of it, names the attribute here:
//! keys, values, conditions, filters, projections and updates, in expressions or in what they replaced.
//!
//! Source: DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control".

mod batch;
mod capacity;
mod chores;
mod expiry;
mod import;
mod item;
mod keys;
mod partiql;
mod policy;
mod restore;
mod search;
mod table;
mod tells;
mod touched;
mod transact;
mod trim;

use std::collections::BTreeMap;

use kurodo_authz::{Action, Named, Need, Resource};
use kurodo_gateway::Find;

pub(crate) use batch::{batch_get_item, batch_write_item};
pub(crate) use capacity::provisioned;
pub(crate) use chores::{
    Watch, crossing, unemptied, unexported, unfilled, unforgotten, unimported, unindexed, untrimmed,
};
pub(crate) use expiry::expired_items;
pub(crate) use import::import_table;
pub(crate) use item::{ITEM, delete_item, get_item, put_item, update_item};
pub(crate) use keys::unnoted;
pub(crate) use partiql::{batch_execute_statement, execute_statement, execute_transaction};
pub(crate) use policy::{delete_resource_policy, get_resource_policy, put_resource_policy};
pub(crate) use restore::{restore_table_from_backup, restore_table_to_point_in_time};
pub(crate) use search::{query, scan};
pub(crate) use table::create_table;
use tells::Tells;
pub(crate) use touched::Touched;
pub(crate) use transact::{transact_get_items, transact_write_items};
pub(crate) use trim::{forgotten_streams, old_records};

use crate::{
    DynamoDb, Error,
    attribute::Supplied,
    expression::{Condition, Fault, Part, Placeholders, Projection, Update},
    facts::TableFacts,
    names::TableName,
    needs::touched::Leading,
    plan::{Conditions, Refusal},
    resources::Data,
};

/// The need of an action on items of a table, with everything that the plan touches.
fn need<A, P>(
    find: &Find<'_, DynamoDb>,
    table: TableName,
    index: Option<&str>,
    mut touched: Touched,
    plan: impl FnOnce(&TableFacts) -> Result<P, Refusal>,
) -> Result<Need<A>, Error>
where
    A: Action<Resource = Data<P>>,
    P: Leading + Send + Sync + 'static,
    Data<P>: Named + Resource,
{
    let facts = DynamoDb::table_facts(find, table.account, &table.region, &table.name)?;
    let plan = match &facts {
        Some(facts) if facts.definition.is_usable() => plan(facts),
        _ => Err(Refusal::NoTable),
    };
    if let (Ok(plan), Some(facts)) = (&plan, &facts) {
        touched.leading = plan.leading(&facts.definition.key);
        touched.names(&plan.tells(&facts.definition.key));
        if plan.scans() {
            touched.scan();
        }
    }
    Ok(touched.describe(Need::new(Data::new(table, facts, plan).by_index(index))))
}

/// Names that a request's placeholders stand for.
type Names = Option<BTreeMap<String, String>>;
/// Values that a request's placeholders stand for.
type Values = Option<BTreeMap<String, Supplied>>;

/// What an expression says.
fn parse<T>(
    part: Part,
    text: &str,
    placeholders: &Placeholders,
    parse: impl FnOnce(&str, &Placeholders) -> Result<T, Fault>,
) -> Result<T, Error> {
    parse(text, placeholders).map_err(|fault| Error::Validation(format!("Invalid {part}: {fault}")))
}

/// What a request's update and condition expressions say.
fn conditions(
    update: Option<&str>,
    condition: Option<&str>,
    (names, values): (Names, Values),
    tells: Tells,
) -> Result<Conditions, Error> {
    let placeholders = Placeholders::new(names, values).map_err(|fault| tells.placeholder(fault))?;
    let update = update.map(|text| parse(Part::Update, text, &placeholders, Update::parse));
    let update = update.transpose().map_err(|error| tells.fault(error))?;
    let condition = condition.map(|text| parse(Part::Condition, text, &placeholders, Condition::parse));
    let condition = condition.transpose().map_err(|error| tells.fault(error))?;
    placeholders.finish().map_err(|fault| tells.placeholder(fault))?;
    Ok(Conditions { condition, update })
}

/// What a request's projection expression says.
fn projection(text: Option<&str>, names: Names) -> Result<Option<Projection>, Error> {
    let placeholders = Placeholders::new(names, None)?;
    let projection =
        text.map(|text| parse(Part::Projection, text, &placeholders, Projection::parse)).transpose()?;
    placeholders.finish()?;
    Ok(projection)
}
