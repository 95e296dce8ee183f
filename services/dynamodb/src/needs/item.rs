use kurodo_authz::Need;
use kurodo_gateway::Find;

use super::{Names, Touched, Values, conditions, need, projection};
use crate::{
    DynamoDb, Error,
    attribute::{Item, item, item_size},
    error::invalid_values,
    expression::{Condition, Path, Projection},
    facts::TableFacts,
    legacy,
    model::{
        DeleteItemInput, GetItemInput, PutItemInput, ReturnValue, ReturnValuesOnConditionCheckFailure,
        UpdateItemInput,
    },
    names::TableName,
    plan::{self, Act, Change, Conditions, Lookup, Refusal},
    table::action,
};

/// The most bytes of an item.
///
/// Source: DynamoDB Developer Guide, "Quotas", item size.
pub(crate) const ITEM: usize = 400 << 10;

/// The item of this key: its attributes, or those that are asked for.
pub(crate) async fn get_item(
    find: &Find<'_, DynamoDb>,
    input: &mut GetItemInput,
) -> Result<Need<action::GetItem>, Error> {
    let table = TableName::parse(find, &input.table_name)?;
    let names = input.expression_attribute_names.take();
    legacy::apart(
        &[("ProjectionExpression", input.projection_expression.is_some())],
        &[("AttributesToGet", input.attributes_to_get.is_some())],
        (names.is_some(), false),
    )?;
    let key = item(std::mem::take(&mut input.key))?;
    let listed = legacy::attributes_to_get(input.attributes_to_get.take())?;
    let projection = projection(input.projection_expression.as_deref(), names)?.or(listed);
    let mut touched = Touched::new(input.return_consumed_capacity);
    touched.item(&key);
    touched.projection(projection.as_ref());
    let consistent = input.consistent_read.unwrap_or(false);
    need(find, table, None, touched, |facts| lookup(facts, key, projection, consistent))
}

/// The plan of a lookup.
pub(super) fn lookup(
    facts: &TableFacts,
    key: Item,
    projection: Option<Projection>,
    consistent: bool,
) -> Result<Lookup, Refusal> {
    let key = plan::key(&facts.definition.key, key)?;
    if let Some(projection) = &projection {
        plan::check_key_paths(&facts.definition, &projection.paths)?;
    }
    Ok(Lookup { key, projection, consistent })
}

/// What a request says of one item, before the table is known.
pub(super) struct Draft {
    /// The item or key that it supplies.
    pub(super) given: Item,
    pub(super) act: Drafted,
    pub(super) condition: Option<Condition>,
    pub(super) returns: ReturnValue,
    pub(super) shows_on_failure: bool,
}

/// What is to be done with the item.
pub(super) enum Drafted {
    Put,
    Update(crate::expression::Update),
    Delete,
    Check,
}

impl Draft {
    /// Everything that it touches.
    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.item(&self.given);
        touched.condition(self.condition.as_ref());
        if let Drafted::Update(update) = &self.act {
            touched.update(update);
        }
        touched.returns(self.returns, self.shows_on_failure);
    }

    /// The plan, for this table.
    pub(super) fn plan(self, facts: &TableFacts) -> Result<Change, Refusal> {
        let definition = &facts.definition;
        let (key, act) = match self.act {
            Drafted::Put => {
                let key = plan::key_of_item(&definition.key, &self.given)?;
                plan::check_item(definition, &self.given)?;
                (key, Act::Put(self.given))
            }
            Drafted::Update(update) => {
                let key = plan::key(&definition.key, self.given)?;
                plan::check_update(definition, &update)?;
                (key, Act::Update(update))
            }
            Drafted::Delete => (plan::key(&definition.key, self.given)?, Act::Delete),
            Drafted::Check => (plan::key(&definition.key, self.given)?, Act::Check),
        };
        if let Some(condition) = &self.condition {
            let mut paths: Vec<&Path> = Vec::new();
            condition.paths(&mut |path| paths.push(path));
            plan::check_key_paths(definition, paths)?;
        }
        let (condition, returns, shows_on_failure) = (self.condition, self.returns, self.shows_on_failure);
        Ok(Change { key, act, condition, returns, shows_on_failure })
    }
}

/// Whether a failed condition is to return the item.
pub(super) fn shows(asked: Option<ReturnValuesOnConditionCheckFailure>) -> bool {
    asked == Some(ReturnValuesOnConditionCheckFailure::AllOld)
}

/// That an item is not larger than items may be.
pub(super) fn check_size(item: &Item) -> Result<(), Error> {
    if item_size(item) > ITEM {
        return Err(Error::validation("Item size has exceeded the maximum allowed size"));
    }
    Ok(())
}

/// What is returned, of what can be: only an update has new values to return.
fn old_values(asked: Option<ReturnValue>) -> Result<ReturnValue, Error> {
    match asked.unwrap_or(ReturnValue::None) {
        known @ (ReturnValue::None | ReturnValue::AllOld) => Ok(known),
        _ => Err(Error::validation("ReturnValues can only be ALL_OLD or NONE")),
    }
}

/// The item in place of the one with its key, if the condition holds.
pub(crate) async fn put_item(
    find: &Find<'_, DynamoDb>,
    input: &mut PutItemInput,
) -> Result<Need<action::PutItem>, Error> {
    let table = TableName::parse(find, &input.table_name)?;
    let (names, values) = (input.expression_attribute_names.take(), input.expression_attribute_values.take());
    legacy::apart(
        &[("ConditionExpression", input.condition_expression.is_some())],
        &[
            ("Expected", input.expected.is_some()),
            ("ConditionalOperator", input.conditional_operator.is_some()),
        ],
        (names.is_some(), values.is_some()),
    )?;
    let given = item(std::mem::take(&mut input.item))?;
    check_names(&given)?;
    check_size(&given)?;
    let returns = old_values(input.return_values)?;
    let legacy = legacy::expected(input.expected.take(), input.conditional_operator)?;
    let condition = condition(input.condition_expression.as_deref(), names, values)?.or(legacy);
    let shows_on_failure = shows(input.return_values_on_condition_check_failure);
    let draft = Draft { given, act: Drafted::Put, condition, returns, shows_on_failure };
    let mut touched = Touched::new(input.return_consumed_capacity);
    draft.touch(&mut touched);
    need(find, table, None, touched, |facts| draft.plan(facts))
}

/// That no attribute has an empty name.
pub(super) fn check_names(item: &Item) -> Result<(), Error> {
    if item.contains_key("") {
        return Err(invalid_values("Attribute name can not be empty"));
    }
    Ok(())
}

/// What a request's condition expression says.
pub(super) fn condition(
    text: Option<&str>,
    names: Names,
    values: Values,
) -> Result<Option<Condition>, Error> {
    conditions(None, text, names, values).map(|conditions| conditions.condition)
}

/// The item of this key, updated or made, if the condition holds.
pub(crate) async fn update_item(
    find: &Find<'_, DynamoDb>,
    input: &mut UpdateItemInput,
) -> Result<Need<action::UpdateItem>, Error> {
    let table = TableName::parse(find, &input.table_name)?;
    let (names, values) = (input.expression_attribute_names.take(), input.expression_attribute_values.take());
    legacy::apart(
        &[
            ("UpdateExpression", input.update_expression.is_some()),
            ("ConditionExpression", input.condition_expression.is_some()),
        ],
        &[
            ("AttributeUpdates", input.attribute_updates.is_some()),
            ("Expected", input.expected.is_some()),
            ("ConditionalOperator", input.conditional_operator.is_some()),
        ],
        (names.is_some(), values.is_some()),
    )?;
    let given = item(std::mem::take(&mut input.key))?;
    let updates = input.attribute_updates.take().map(legacy::updates).transpose()?;
    let expected = legacy::expected(input.expected.take(), input.conditional_operator)?;
    let (update, condition) = (input.update_expression.as_deref(), input.condition_expression.as_deref());
    let Conditions { condition, update } = conditions(update, condition, names, values)?;
    let draft = Draft {
        given,
        act: Drafted::Update(update.or(updates).unwrap_or_default()),
        condition: condition.or(expected),
        returns: input.return_values.unwrap_or(ReturnValue::None),
        shows_on_failure: shows(input.return_values_on_condition_check_failure),
    };
    let mut touched = Touched::new(input.return_consumed_capacity);
    draft.touch(&mut touched);
    need(find, table, None, touched, |facts| draft.plan(facts))
}

/// The item of this key, if the condition holds.
pub(crate) async fn delete_item(
    find: &Find<'_, DynamoDb>,
    input: &mut DeleteItemInput,
) -> Result<Need<action::DeleteItem>, Error> {
    let table = TableName::parse(find, &input.table_name)?;
    let (names, values) = (input.expression_attribute_names.take(), input.expression_attribute_values.take());
    legacy::apart(
        &[("ConditionExpression", input.condition_expression.is_some())],
        &[
            ("Expected", input.expected.is_some()),
            ("ConditionalOperator", input.conditional_operator.is_some()),
        ],
        (names.is_some(), values.is_some()),
    )?;
    let given = item(std::mem::take(&mut input.key))?;
    let returns = old_values(input.return_values)?;
    let legacy = legacy::expected(input.expected.take(), input.conditional_operator)?;
    let condition = condition(input.condition_expression.as_deref(), names, values)?.or(legacy);
    let shows_on_failure = shows(input.return_values_on_condition_check_failure);
    let draft = Draft { given, act: Drafted::Delete, condition, returns, shows_on_failure };
    let mut touched = Touched::new(input.return_consumed_capacity);
    draft.touch(&mut touched);
    need(find, table, None, touched, |facts| draft.plan(facts))
}
