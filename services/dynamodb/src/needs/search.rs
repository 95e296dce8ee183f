use std::collections::BTreeMap;

use kurodo_authz::Need;
use kurodo_gateway::Find;

use super::{Names, Touched, Values, need, parse};
use crate::{
    DynamoDb, Error,
    attribute::{Item, Supplied, item},
    expression::{Condition, KeyConditionFault, Part, Placeholders, Projection},
    facts::TableFacts,
    legacy,
    model::{self, ConditionalOperator, QueryInput, ReturnConsumedCapacity, ScanInput, Select},
    names::{self, TableName},
    plan::{Refusal, SearchDraft},
    table::action,
};

/// What queries and scans have in common, before the table is known.
struct Asked {
    filter: Option<Condition>,
    filter_parameter: &'static str,
    projection: Option<Projection>,
    /// The parameter that the projection is in.
    projected_by: Option<&'static str>,
    select: Option<Select>,
    index: Option<String>,
    start: Option<Item>,
    page: Page,
}

impl Asked {
    /// Everything that it touches.
    fn touched(&self, capacity: Option<ReturnConsumedCapacity>) -> Result<Touched, Error> {
        check_select(self.select, self.projected_by, self.index.is_some()).map_err(Error::counted)?;
        let mut touched = Touched::new(capacity);
        touched.condition(self.filter.as_ref());
        touched.projection(self.projection.as_ref());
        if let Some(start) = &self.start {
            touched.item(start);
        }
        let usual = match (&self.projection, &self.index) {
            (Some(_), _) => Select::SpecificAttributes,
            (None, Some(_)) => Select::AllProjectedAttributes,
            (None, None) => Select::AllAttributes,
        };
        touched.select(self.select.unwrap_or(usual).as_str());
        Ok(touched)
    }

    fn draft(self, facts: &TableFacts) -> Result<SearchDraft, Refusal> {
        let draft = SearchDraft::new(facts, self.index.as_deref(), self.page.consistent)?;
        Ok(SearchDraft {
            filter: self.filter,
            filter_parameter: self.filter_parameter,
            projection: self.projection,
            select: self.select,
            start: self.start,
            limit: self.page.limit.and_then(|limit| usize::try_from(limit).ok()),
            forward: self.page.forward,
            ..draft
        })
    }
}

/// That what is selected and what is projected agree.
fn check_select(select: Option<Select>, projected: Option<&str>, index: bool) -> Result<(), Error> {
    match (select, projected) {
        (Some(Select::AllProjectedAttributes), _) if !index => Err(Error::validation(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        )),
        (Some(Select::SpecificAttributes), None) => Err(Error::validation(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        )),
        (Some(select), Some(parameter)) if select != Select::SpecificAttributes => {
            let what = if select == Select::Count { "only the Count" } else { select.as_str() };
            Err(Error::Validation(format!("Cannot specify the {parameter} when choosing to get {what}")))
        }
        _ => Ok(()),
    }
}

fn start(supplied: Option<BTreeMap<String, Supplied>>) -> Result<Option<Item>, Error> {
    supplied.map(item).transpose().map_err(|invalid| {
        let text = invalid.to_string();
        let bare = [
            "contains duplicates",
            "number set",
            "numeric value",
            "significant digits",
            "number with magnitude",
        ];
        if bare.iter().any(|part| text.contains(part)) {
            return Error::Validation(text);
        }
        Error::Validation(format!("The provided starting key is invalid: {text}"))
    })
}

fn check_index(name: Option<&str>) -> Result<(), Error> {
    name.map_or(Ok(()), |name| names::check("indexName", name))
}

/// What a request's filter and projection expressions say.
fn parts(
    placeholders: &Placeholders,
    filter: Option<&str>,
    projection: Option<&str>,
) -> Result<(Option<Condition>, Option<Projection>), Error> {
    let filter = filter.map(|text| parse(Part::Filter, text, placeholders, Condition::parse)).transpose()?;
    let projection =
        projection.map(|text| parse(Part::Projection, text, placeholders, Projection::parse)).transpose()?;
    Ok((filter, projection))
}

/// How a search goes through what it finds.
struct Page {
    limit: Option<i32>,
    forward: bool,
    consistent: bool,
}

/// What queries and scans say, as it was written.
struct Written<'a> {
    table: &'a str,
    index: Option<String>,
    names: Names,
    values: Values,
    keys: Option<&'a str>,
    filter: Option<&'a str>,
    projection: Option<&'a str>,
    /// What expressions replaced, with the name of the parameter that the filter is in.
    old_filter: (&'static str, Option<BTreeMap<String, model::Condition>>),
    operator: Option<ConditionalOperator>,
    listed: Option<Vec<String>>,
    start: Option<BTreeMap<String, Supplied>>,
    select: Option<Select>,
    page: Page,
}

/// What the inputs of both have in common, taken out of one of them.
macro_rules! written {
    ($input:ident, $parameter:literal = $filter:ident, $keys:expr, $forward:expr) => {
        Written {
            table: &$input.table_name,
            index: $input.index_name.take(),
            names: $input.expression_attribute_names.take(),
            values: $input.expression_attribute_values.take(),
            keys: $keys,
            filter: $input.filter_expression.as_deref(),
            projection: $input.projection_expression.as_deref(),
            old_filter: ($parameter, $input.$filter.take()),
            operator: $input.conditional_operator,
            listed: $input.attributes_to_get.take(),
            start: $input.exclusive_start_key.take(),
            select: $input.select,
            page: Page {
                limit: $input.limit,
                forward: $forward,
                consistent: $input.consistent_read.unwrap_or(false),
            },
        }
    };
}

impl Written<'_> {
    /// That expressions and what they replaced are not mixed. Only queries have conditions on keys: two forms of them.
    fn check_apart(&self, old_keys: Option<bool>) -> Result<(), Error> {
        let mut expressions = vec![
            ("ProjectionExpression", self.projection.is_some()),
            ("FilterExpression", self.filter.is_some()),
        ];
        let (parameter, filter) = &self.old_filter;
        let mut others = vec![
            ("AttributesToGet", self.listed.is_some()),
            (*parameter, filter.is_some()),
            ("ConditionalOperator", self.operator.is_some()),
        ];
        if let Some(given) = old_keys {
            expressions.push(("KeyConditionExpression", self.keys.is_some()));
            others.push(("KeyConditions", given && self.keys.is_some()));
        }
        legacy::apart(&expressions, &others, (self.names.is_some(), self.values.is_some()))
    }

    /// What it means: what is asked for, and the condition on keys. Whatever else the request has to do right is
    /// looked at before expressions are.
    fn read<T>(
        self,
        others: impl FnOnce() -> Result<T, Error>,
    ) -> Result<(Asked, Option<Condition>, T), Error> {
        let (parameter, filter) = self.old_filter;
        let filter = legacy::filter(parameter, filter, self.operator)?;
        let listed = legacy::attributes_to_get(self.listed)?;
        let start = start(self.start)?;
        let others = others()?;
        let placeholders = Placeholders::new(self.names, self.values)?;
        let keys = |text: &str| parse(Part::KeyCondition, text, &placeholders, Condition::parse);
        let keys = self.keys.map(keys).transpose()?;
        let (filtered, projection) = parts(&placeholders, self.filter, self.projection)?;
        placeholders.finish()?;
        let projected_by = match (&projection, &listed) {
            (Some(_), _) => Some("ProjectionExpression"),
            (None, Some(_)) => Some("AttributesToGet"),
            (None, None) => None,
        };
        let filter_parameter = if filter.is_some() { parameter } else { "Filter Expression" };
        let asked = Asked {
            filter: filtered.or(filter),
            filter_parameter,
            projection: projection.or(listed),
            projected_by,
            select: self.select,
            index: self.index,
            start,
            page: self.page,
        };
        Ok((asked, keys, others))
    }
}

/// The items of one partition, of a table or an index.
pub(crate) async fn query(
    find: &Find<'_, DynamoDb>,
    input: &mut QueryInput,
) -> Result<Need<action::Query>, Error> {
    let old = input.key_conditions.take();
    let forward = input.scan_index_forward.unwrap_or(true);
    let written =
        written!(input, "QueryFilter" = query_filter, input.key_condition_expression.as_deref(), forward);
    let table = TableName::parse(find, written.table)?;
    check_index(written.index.as_deref())?;
    written.check_apart(Some(old.is_some()))?;
    let none = || {
        Error::validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
        )
    };
    let given = old.is_some() || written.keys.is_some();
    let (asked, keys, ()) = written.read(|| if given { Ok(()) } else { Err(none()) })?;
    let tests = match (keys, old) {
        (Some(keys), _) => keys.into_key_tests()?,
        (None, Some(conditions)) => legacy::key_conditions(conditions)?,
        (None, None) => return Err(none()),
    };
    let mut touched = asked.touched(input.return_consumed_capacity)?;
    touched.names(tests.iter().map(|(name, _)| name));
    let index = asked.index.clone();
    // Only an index may have keys of more attributes.
    if index.is_none() && tests.len() > 2 {
        return Err(KeyConditionFault::Count.into());
    }
    need(find, table, index.as_deref(), touched, |facts| asked.draft(facts)?.query(facts, &tests))
}

/// All items of a table or an index, or a segment of them.
pub(crate) async fn scan(
    find: &Find<'_, DynamoDb>,
    input: &mut ScanInput,
) -> Result<Need<action::Scan>, Error> {
    let written = written!(input, "ScanFilter" = scan_filter, None, true);
    let table = TableName::parse(find, written.table)?;
    check_index(written.index.as_deref())?;
    written.check_apart(None)?;
    // Scans look at the list before the filter, queries behind it.
    written.listed.as_deref().map_or(Ok(()), legacy::check_once)?;
    let (asked, _, segment) = written.read(|| segment(input.segment, input.total_segments))?;
    let mut touched = asked.touched(input.return_consumed_capacity)?;
    touched.scan();
    let index = asked.index.clone();
    need(find, table, index.as_deref(), touched, |facts| asked.draft(facts)?.scan(facts, segment))
}

/// Which segment of how many.
pub(super) type Segment = Option<(u32, u32)>;

fn segment(segment: Option<i32>, total: Option<i32>) -> Result<Segment, Error> {
    let number = |given: i32| u32::try_from(given).unwrap_or_default();
    match (segment, total) {
        (Some(segment), Some(total)) if segment >= total => Err(Error::Validation(format!(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: \
             Segment: {segment} is not less than TotalSegments: {total}"
        ))),
        (Some(segment), Some(total)) => Ok(Some((number(segment), number(total)))),
        (Some(_), None) => Err(Error::validation(
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
        )),
        (None, Some(_)) => Err(Error::validation(
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
        )),
        (None, None) => Ok(None),
    }
}
