use std::collections::BTreeMap;

use kurodo_authz::{Action, Need};
use kurodo_gateway::Find;

use super::{Names, Tells, Touched, Values, conditions, need, projection};
use crate::{
    DynamoDb, Error,
    attribute::{Item, Supplied, item, item_size},
    error::invalid_values,
    expression::{Condition, Path, Projection},
    facts::TableFacts,
    legacy,
    model::{
        AttributeValueUpdate, ConditionalOperator, DeleteItemInput, ExpectedAttributeValue, GetItemInput,
        PutItemInput, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
        UpdateItemInput,
    },
    names::TableName,
    plan::{self, Act, Change, Conditions, Lookup, Refusal},
    resources::Data,
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

/// That no attribute has an empty name.
pub(super) fn check_names(item: &Item) -> Result<(), Error> {
    if item.contains_key("") {
        return Err(invalid_values("Attribute name can not be empty"));
    }
    Ok(())
}

/// What a request does with one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Put,
    Update,
    Delete,
    Check,
}

impl Kind {
    /// What is returned, of what can be: only an update has new values to return.
    fn returns(self, asked: Option<ReturnValue>) -> Result<ReturnValue, Error> {
        match asked.unwrap_or(ReturnValue::None) {
            known @ (ReturnValue::None | ReturnValue::AllOld) => Ok(known),
            other if self == Self::Update => Ok(other),
            _ => Err(Error::validation("ReturnValues can only be ALL_OLD or NONE")),
        }
    }
}

/// What a request says of one item, as it was written.
#[derive(Default)]
pub(super) struct Written<'a> {
    pub(super) table: &'a str,
    pub(super) given: BTreeMap<String, Supplied>,
    pub(super) update: Option<&'a str>,
    pub(super) condition: Option<&'a str>,
    pub(super) names: Names,
    pub(super) values: Values,
    pub(super) updates: Option<BTreeMap<String, AttributeValueUpdate>>,
    pub(super) expected: Option<BTreeMap<String, ExpectedAttributeValue>>,
    pub(super) operator: Option<ConditionalOperator>,
    pub(super) returns: Option<ReturnValue>,
    pub(super) shows: Option<ReturnValuesOnConditionCheckFailure>,
    pub(super) tells: Tells,
}

impl Written<'_> {
    /// That expressions and what they replaced are not mixed.
    fn check_apart(&self, kind: Kind) -> Result<(), Error> {
        let mut expressions = vec![("ConditionExpression", self.condition.is_some())];
        let mut others =
            vec![("Expected", self.expected.is_some()), ("ConditionalOperator", self.operator.is_some())];
        if kind == Kind::Update {
            expressions.insert(0, ("UpdateExpression", self.update.is_some()));
            others.insert(0, ("AttributeUpdates", self.updates.is_some()));
        }
        legacy::apart(&expressions, &others, (self.names.is_some(), self.values.is_some()))
            .map_err(|error| self.tells.fault(error))
    }

    /// What it means.
    pub(super) fn draft(self, kind: Kind) -> Result<Draft, Error> {
        let tells = self.tells;
        let given = item(self.given).map_err(|invalid| tells.value(invalid))?;
        if kind == Kind::Put {
            check_names(&given)?;
            check_size(&given)?;
        }
        let returns = kind.returns(self.returns).map_err(|error| tells.fault(error))?;
        let updates = self.updates.map(legacy::updates).transpose()?;
        let expected = legacy::expected(self.expected, self.operator)?;
        let Conditions { condition, update } =
            conditions(self.update, self.condition, (self.names, self.values), tells)?;
        let act = match kind {
            Kind::Put => Drafted::Put,
            Kind::Update => Drafted::Update(update.or(updates).unwrap_or_default()),
            Kind::Delete => Drafted::Delete,
            Kind::Check => Drafted::Check,
        };
        let condition = condition.or(expected);
        Ok(Draft { given, act, condition, returns, shows_on_failure: shows(self.shows) })
    }
}

/// What the inputs of operations on one item have in common, taken out of one of them.
macro_rules! written {
    ($input:ident, $given:ident) => {
        Written {
            table: &$input.table_name,
            given: std::mem::take(&mut $input.$given),
            condition: $input.condition_expression.as_deref(),
            names: $input.expression_attribute_names.take(),
            values: $input.expression_attribute_values.take(),
            expected: $input.expected.take(),
            operator: $input.conditional_operator,
            returns: $input.return_values,
            shows: $input.return_values_on_condition_check_failure,
            tells: Tells::Counted,
            ..Written::default()
        }
    };
}

/// The need of an action on the one item that is written so.
fn one<A: Action<Resource = Data<Change>>>(
    find: &Find<'_, DynamoDb>,
    written: Written<'_>,
    kind: Kind,
    capacity: Option<ReturnConsumedCapacity>,
) -> Result<Need<A>, Error> {
    let table = TableName::parse(find, written.table)?;
    written.check_apart(kind)?;
    let draft = written.draft(kind)?;
    let mut touched = Touched::new(capacity);
    draft.touch(&mut touched);
    need(find, table, None, touched, |facts| draft.plan(facts))
}

/// The item in place of the one with its key, if the condition holds.
pub(crate) async fn put_item(
    find: &Find<'_, DynamoDb>,
    input: &mut PutItemInput,
) -> Result<Need<action::PutItem>, Error> {
    one(find, written!(input, item), Kind::Put, input.return_consumed_capacity)
}

/// The item of this key, updated or made, if the condition holds.
pub(crate) async fn update_item(
    find: &Find<'_, DynamoDb>,
    input: &mut UpdateItemInput,
) -> Result<Need<action::UpdateItem>, Error> {
    let (update, updates) = (input.update_expression.as_deref(), input.attribute_updates.take());
    let written = Written { update, updates, ..written!(input, key) };
    one(find, written, Kind::Update, input.return_consumed_capacity)
}

/// The item of this key, if the condition holds.
pub(crate) async fn delete_item(
    find: &Find<'_, DynamoDb>,
    input: &mut DeleteItemInput,
) -> Result<Need<action::DeleteItem>, Error> {
    one(find, written!(input, key), Kind::Delete, input.return_consumed_capacity)
}
