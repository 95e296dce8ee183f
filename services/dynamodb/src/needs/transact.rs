use kurodo_authz::Need;
use kurodo_gateway::Find;

use super::{
    Names, Touched, Values, conditions,
    item::{Draft, Drafted, check_names, check_size, lookup, shows},
    need, projection,
};
use crate::{
    DynamoDb, Error,
    attribute::{Supplied, item},
    model::{
        Get, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactGetItemsInput,
        TransactWriteItem, TransactWriteItemsInput,
    },
    names::TableName,
    plan::Conditions,
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

/// What all kinds of items say.
struct Said<'a> {
    table: &'a str,
    given: std::collections::BTreeMap<String, Supplied>,
    update: Option<&'a str>,
    condition: Option<&'a str>,
    names: Names,
    values: Values,
    shows: Option<ReturnValuesOnConditionCheckFailure>,
}

impl Writing<'_, '_> {
    fn one(&self, one: &mut TransactWriteItem, needs: &mut WriteNeeds) -> Result<(), Error> {
        use std::mem::take;
        match (&mut one.condition_check, &mut one.put, &mut one.update, &mut one.delete) {
            (Some(check), None, None, None) => {
                let said = Said {
                    table: &check.table_name,
                    given: take(&mut check.key),
                    update: None,
                    condition: Some(&check.condition_expression),
                    names: check.expression_attribute_names.take(),
                    values: check.expression_attribute_values.take(),
                    shows: check.return_values_on_condition_check_failure,
                };
                let (table, draft, touched) = self.draft(said, Kind::Check)?;
                needs.0.push(need(self.find, table, None, touched, |facts| draft.plan(facts))?);
            }
            (None, Some(put), None, None) => {
                let said = Said {
                    table: &put.table_name,
                    given: take(&mut put.item),
                    update: None,
                    condition: put.condition_expression.as_deref(),
                    names: put.expression_attribute_names.take(),
                    values: put.expression_attribute_values.take(),
                    shows: put.return_values_on_condition_check_failure,
                };
                let (table, draft, touched) = self.draft(said, Kind::Put)?;
                needs.1.push(need(self.find, table, None, touched, |facts| draft.plan(facts))?);
            }
            (None, None, Some(update), None) => {
                let said = Said {
                    table: &update.table_name,
                    given: take(&mut update.key),
                    update: Some(&update.update_expression),
                    condition: update.condition_expression.as_deref(),
                    names: update.expression_attribute_names.take(),
                    values: update.expression_attribute_values.take(),
                    shows: update.return_values_on_condition_check_failure,
                };
                let (table, draft, touched) = self.draft(said, Kind::Update)?;
                needs.2.push(need(self.find, table, None, touched, |facts| draft.plan(facts))?);
            }
            (None, None, None, Some(delete)) => {
                let said = Said {
                    table: &delete.table_name,
                    given: take(&mut delete.key),
                    update: None,
                    condition: delete.condition_expression.as_deref(),
                    names: delete.expression_attribute_names.take(),
                    values: delete.expression_attribute_values.take(),
                    shows: delete.return_values_on_condition_check_failure,
                };
                let (table, draft, touched) = self.draft(said, Kind::Delete)?;
                needs.3.push(need(self.find, table, None, touched, |facts| draft.plan(facts))?);
            }
            _ => {
                return Err(Error::validation(
                    "TransactItems can only contain one of Check, Put, Update or Delete",
                ));
            }
        }
        Ok(())
    }

    fn draft(&self, said: Said<'_>, kind: Kind) -> Result<(TableName, Draft, Touched), Error> {
        let table = TableName::parse(self.find, said.table)?;
        let given = item(said.given)?;
        let Conditions { condition, update } =
            conditions(said.update, said.condition, said.names, said.values)?;
        let act = match kind {
            Kind::Check => Drafted::Check,
            Kind::Put => {
                check_names(&given)?;
                check_size(&given)?;
                Drafted::Put
            }
            Kind::Update => Drafted::Update(update.unwrap_or_default()),
            Kind::Delete => Drafted::Delete,
        };
        let shows_on_failure = shows(said.shows);
        let draft = Draft { given, act, condition, returns: ReturnValue::None, shows_on_failure };
        let mut touched = Touched::new(self.capacity).within("TransactWriteItems");
        draft.touch(&mut touched);
        Ok((table, draft, touched))
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Check,
    Put,
    Update,
    Delete,
}
