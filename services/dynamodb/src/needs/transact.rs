use kurodo_authz::{Action, Need};
use kurodo_gateway::Find;

use super::{
    Touched,
    item::{Kind, Written, lookup},
    need, projection,
};
use crate::{
    DynamoDb, Error,
    attribute::item,
    model::{Get, ReturnConsumedCapacity, TransactGetItemsInput, TransactWriteItem, TransactWriteItemsInput},
    names::TableName,
    plan::Change,
    resources::Data,
    table::action,
};

/// The items of these keys, as they are at one moment.
pub(crate) async fn transact_get_items(
    find: &Find<'_, DynamoDb>,
    input: &mut TransactGetItemsInput,
) -> Result<Vec<Need<action::GetItem>>, Error> {
    let items = std::mem::take(&mut input.transact_items);
    items.into_iter().map(|one| get(find, one.get, input.return_consumed_capacity)).collect()
}

fn get(
    find: &Find<'_, DynamoDb>,
    get: Get,
    capacity: Option<ReturnConsumedCapacity>,
) -> Result<Need<action::GetItem>, Error> {
    let table = TableName::parse(find, &get.table_name)?;
    let key = item(get.key)?;
    let projection = projection(get.projection_expression.as_deref(), get.expression_attribute_names)?;
    let mut touched = Touched::new(capacity).within("TransactGetItems");
    touched.item(&key);
    touched.projection(projection.as_ref());
    need(find, table, None, touched, |facts| lookup(facts, key, projection, true))
}

type WriteNeeds = (
    Vec<Need<action::ConditionCheckItem>>,
    Vec<Need<action::PutItem>>,
    Vec<Need<action::UpdateItem>>,
    Vec<Need<action::DeleteItem>>,
);

/// Each item with the action that is done to it. The operation reads from the input which was which.
pub(crate) async fn transact_write_items(
    find: &Find<'_, DynamoDb>,
    input: &mut TransactWriteItemsInput,
) -> Result<WriteNeeds, Error> {
    let mut needs: WriteNeeds = Default::default();
    let writing = Writing { find, capacity: input.return_consumed_capacity };
    for one in &mut input.transact_items {
        writing.one(one, &mut needs)?;
    }
    Ok(needs)
}

struct Writing<'a, 'f> {
    find: &'a Find<'f, DynamoDb>,
    capacity: Option<ReturnConsumedCapacity>,
}

/// What the items of a transaction have in common, taken out of one of them.
macro_rules! written {
    ($one:ident, $given:ident) => {
        Written {
            table: &$one.table_name,
            given: std::mem::take(&mut $one.$given),
            names: $one.expression_attribute_names.take(),
            values: $one.expression_attribute_values.take(),
            shows: $one.return_values_on_condition_check_failure,
            ..Written::default()
        }
    };
}

impl Writing<'_, '_> {
    fn one(&self, one: &mut TransactWriteItem, needs: &mut WriteNeeds) -> Result<(), Error> {
        match (&mut one.condition_check, &mut one.put, &mut one.update, &mut one.delete) {
            (Some(check), None, None, None) => {
                let condition = Some(check.condition_expression.as_str());
                let written = Written { condition, ..written!(check, key) };
                needs.0.push(self.need(written, Kind::Check)?);
            }
            (None, Some(put), None, None) => {
                let condition = put.condition_expression.as_deref();
                let written = Written { condition, ..written!(put, item) };
                needs.1.push(self.need(written, Kind::Put)?);
            }
            (None, None, Some(update), None) => {
                let condition = update.condition_expression.as_deref();
                let update_expression = Some(update.update_expression.as_str());
                let written = Written { condition, update: update_expression, ..written!(update, key) };
                needs.2.push(self.need(written, Kind::Update)?);
            }
            (None, None, None, Some(delete)) => {
                let condition = delete.condition_expression.as_deref();
                let written = Written { condition, ..written!(delete, key) };
                needs.3.push(self.need(written, Kind::Delete)?);
            }
            _ => {
                return Err(Error::validation(
                    "TransactItems can only contain one of Check, Put, Update or Delete",
                ));
            }
        }
        Ok(())
    }

    fn need<A: Action<Resource = Data<Change>>>(
        &self,
        written: Written<'_>,
        kind: Kind,
    ) -> Result<Need<A>, Error> {
        let table = TableName::parse(self.find, written.table)?;
        let draft = written.draft(kind)?;
        let mut touched = Touched::new(self.capacity).within("TransactWriteItems");
        draft.touch(&mut touched);
        need(self.find, table, None, touched, |facts| draft.plan(facts))
    }
}
