use kurodo_authz::Need;
use kurodo_gateway::Find;

use super::{Touched, need, parse};
use crate::{
    DynamoDb, Error,
    attribute::{Item, item},
    expression::{Condition, KeyTests, Part, Placeholders, Projection},
    facts::TableFacts,
    legacy,
    model::{QueryInput, ScanInput, Select},
    names::{self, TableName},
    plan::{Refusal, Search, SearchDraft},
    table::action,
};

/// What queries and scans have in common, before the table is known.
struct Asked {
    filter: Option<Condition>,
    filter_parameter: &'static str,
    projection: Option<Projection>,
    select: Option<Select>,
    index: Option<String>,
    start: Option<Item>,
}

impl Asked {
    /// Everything that it touches.
    fn touch(&self, touched: &mut Touched) {
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
    }
}

/// That what is selected and what is projected agree.
fn check_select(select: Option<Select>, projected: bool, index: bool) -> Result<(), Error> {
    match select {
        Some(Select::AllProjectedAttributes) if !index => Err(crate::error::invalid_values(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        )),
        Some(Select::SpecificAttributes) if !projected => Err(Error::validation(
            "SPECIFIC_ATTRIBUTES cannot be used without AttributesToGet or ProjectionExpression",
        )),
        Some(select) if projected && select != Select::SpecificAttributes => Err(Error::Validation(format!(
            "Cannot specify the AttributesToGet when choosing to get {}",
            match select {
                Select::AllAttributes => "ALL_ATTRIBUTES",
                Select::AllProjectedAttributes => "ALL_PROJECTED_ATTRIBUTES",
                _ => "only the Count",
            }
        ))),
        _ => Ok(()),
    }
}

fn start(
    supplied: Option<std::collections::BTreeMap<String, crate::attribute::Supplied>>,
) -> Result<Option<Item>, Error> {
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

/// The items of one partition, of a table or an index.
pub(crate) async fn query(
    find: &Find<'_, DynamoDb>,
    input: &mut QueryInput,
) -> Result<Need<action::Query>, Error> {
    let table = TableName::parse(find, &input.table_name)?;
    check_index(input.index_name.as_deref())?;
    let (names, values) = (input.expression_attribute_names.take(), input.expression_attribute_values.take());
    query_apart(input, names.is_some(), values.is_some())?;
    let filter = legacy::filter("QueryFilter", input.query_filter.take(), input.conditional_operator)?;
    let listed = legacy::attributes_to_get(input.attributes_to_get.take())?;
    let start = start(input.exclusive_start_key.take())?;
    let neither =
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.";
    if input.key_conditions.is_none() && input.key_condition_expression.is_none() {
        return Err(Error::validation(neither));
    }
    let placeholders = Placeholders::new(names, values)?;
    let keys = |text: &str| parse(Part::KeyCondition, text, &placeholders, Condition::parse);
    let keys = input.key_condition_expression.as_deref().map(keys).transpose()?;
    let (filtered, projection) =
        parts(&placeholders, input.filter_expression.as_deref(), input.projection_expression.as_deref())?;
    placeholders.finish()?;
    let tests = match (keys, input.key_conditions.take()) {
        (Some(keys), _) => keys.into_key_tests()?,
        (None, Some(conditions)) => legacy::key_conditions(conditions)?,
        (None, None) => return Err(Error::validation(neither)),
    };
    let filter_parameter = if filter.is_some() { "QueryFilter" } else { "Filter Expression" };
    let asked = Asked {
        filter: filtered.or(filter),
        filter_parameter,
        projection: projection.or(listed),
        select: input.select,
        index: input.index_name.take(),
        start,
    };
    check_select(asked.select, asked.projection.is_some(), asked.index.is_some())?;
    let mut touched = Touched::new(input.return_consumed_capacity);
    asked.touch(&mut touched);
    touched.names(tests.iter().map(|(name, _)| name));
    let index = asked.index.clone();
    let page = Page {
        limit: input.limit,
        forward: input.scan_index_forward.unwrap_or(true),
        consistent: input.consistent_read.unwrap_or(false),
    };
    need(find, table, index.as_deref(), touched, |facts| plan_query(facts, asked, &tests, &page))
}

fn query_apart(input: &QueryInput, names: bool, values: bool) -> Result<(), Error> {
    let by_expression = input.key_condition_expression.is_some();
    legacy::apart(
        &[
            ("ProjectionExpression", input.projection_expression.is_some()),
            ("FilterExpression", input.filter_expression.is_some()),
            ("KeyConditionExpression", by_expression),
        ],
        &[
            ("AttributesToGet", input.attributes_to_get.is_some()),
            ("QueryFilter", input.query_filter.is_some()),
            ("ConditionalOperator", input.conditional_operator.is_some()),
            ("KeyConditions", input.key_conditions.is_some() && by_expression),
        ],
        (names, values),
    )
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

fn draft(facts: &TableFacts, asked: Asked, page: &Page) -> Result<SearchDraft, Refusal> {
    let draft = SearchDraft::new(facts, asked.index.as_deref(), page.consistent)?;
    Ok(SearchDraft {
        filter: asked.filter,
        filter_parameter: asked.filter_parameter,
        projection: asked.projection,
        select: asked.select,
        start: asked.start,
        limit: page.limit.and_then(|limit| usize::try_from(limit).ok()),
        forward: page.forward,
        ..draft
    })
}

fn plan_query(facts: &TableFacts, asked: Asked, tests: &KeyTests, page: &Page) -> Result<Search, Refusal> {
    draft(facts, asked, page)?.query(facts, tests)
}

/// All items of a table or an index, or a segment of them.
pub(crate) async fn scan(
    find: &Find<'_, DynamoDb>,
    input: &mut ScanInput,
) -> Result<Need<action::Scan>, Error> {
    let table = TableName::parse(find, &input.table_name)?;
    check_index(input.index_name.as_deref())?;
    let (names, values) = (input.expression_attribute_names.take(), input.expression_attribute_values.take());
    legacy::apart(
        &[
            ("ProjectionExpression", input.projection_expression.is_some()),
            ("FilterExpression", input.filter_expression.is_some()),
        ],
        &[
            ("AttributesToGet", input.attributes_to_get.is_some()),
            ("ScanFilter", input.scan_filter.is_some()),
            ("ConditionalOperator", input.conditional_operator.is_some()),
        ],
        (names.is_some(), values.is_some()),
    )?;
    let listed = legacy::attributes_to_get(input.attributes_to_get.take())?;
    let filter = legacy::filter("ScanFilter", input.scan_filter.take(), input.conditional_operator)?;
    let start = start(input.exclusive_start_key.take())?;
    let segment = segment(input.segment, input.total_segments)?;
    let placeholders = Placeholders::new(names, values)?;
    let (filtered, projection) =
        parts(&placeholders, input.filter_expression.as_deref(), input.projection_expression.as_deref())?;
    placeholders.finish()?;
    let asked = Asked {
        filter: filtered.or(filter),
        filter_parameter: "",
        projection: projection.or(listed),
        select: input.select,
        index: input.index_name.take(),
        start,
    };
    check_select(asked.select, asked.projection.is_some(), asked.index.is_some())?;
    let mut touched = Touched::new(input.return_consumed_capacity);
    asked.touch(&mut touched);
    touched.scan();
    let index = asked.index.clone();
    let page = Page { limit: input.limit, forward: true, consistent: input.consistent_read.unwrap_or(false) };
    need(find, table, index.as_deref(), touched, |facts| draft(facts, asked, &page)?.scan(facts, segment))
}

/// Which segment of how many.
pub(super) type Segment = Option<(u32, u32)>;

fn segment(segment: Option<i32>, total: Option<i32>) -> Result<Segment, Error> {
    let number = |given: i32| u32::try_from(given).unwrap_or_default();
    match (segment, total) {
        (Some(segment), Some(total)) if segment >= total => Err(Error::Validation(format!(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: {segment} is not less than TotalSegments: {total}"
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
