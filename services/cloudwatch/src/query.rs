//! What `GetMetricData` and alarms on metric math ask for: metrics and expressions, by id.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use crate::{
    Error, Statistic,
    data::{LISTED, Listed, MetricName, Range, View, list},
    math::{Candidate, Expression, Fault, Origin, Search, Series, Slots, Source, Value},
    model::{MetricDataQuery, MetricStat, StandardUnit},
};

/// The most queries of a request.
const MOST: usize = 500;
/// How many expressions may hang on each other.
const DEPTH: usize = 24;
/// The most datapoints that a request is about: those of its metrics, and those that its expressions make on the way.
const DATAPOINTS: usize = 5_000_000;
/// The most time series that a search finds.
const FOUND: usize = 500;

/// A metric with a statistic of it.
#[derive(Debug, Clone)]
pub(crate) struct Stat {
    pub(crate) namespace: String,
    pub(crate) metric: MetricName,
    pub(crate) statistic: Statistic,
    pub(crate) text: String,
    pub(crate) period: i64,
    pub(crate) unit: Option<StandardUnit>,
}

/// What an id stands for.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Stat(Stat),
    Math(Expression),
}

/// One of the queries of a request.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) label: Option<String>,
    pub(crate) returns: bool,
    /// The period of an expression.
    period: Option<i64>,
}

/// All queries of a request.
#[derive(Debug, Clone)]
pub(crate) struct Plan(pub(crate) Vec<Query>);

/// Seconds that a period can be.
///
/// Source: CloudWatch API Reference, MetricStat.
pub(crate) fn is_period(period: i64) -> bool {
    matches!(period, 1 | 5 | 10 | 20 | 30) || (period > 0 && period % 60 == 0)
}

impl Plan {
    /// Reads the queries of a parameter of this name.
    pub(crate) fn read(parameter: &str, queries: &[MetricDataQuery]) -> Result<Self, Error> {
        if queries.is_empty() || queries.len() > MOST {
            let message = format!("The collection {parameter} must have a size between 1 and {MOST}.");
            return Err(Error::Validation(message));
        }
        let (mut plan, mut wrong, mut ids) = (Vec::new(), Vec::new(), HashSet::new());
        for (at, query) in queries.iter().enumerate() {
            let place = format!("{parameter}.member.{}", at + 1);
            if !is_id(&query.id) {
                wrong.push(format!("The value {} for parameter {place}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.", query.id));
            } else if !ids.insert(&query.id) {
                wrong.push(format!("The values for parameter Id in {parameter} are not unique."));
            }
            match Query::read(&place, query) {
                Ok(query) => plan.push(query),
                Err(messages) => wrong.extend(messages),
            }
        }
        match wrong.is_empty() {
            true => Self(plan).checked(),
            false => Err(Error::Validation(wrong.join("\n"))),
        }
    }

    /// That all ids stand for something, and nothing for itself.
    fn checked(self) -> Result<Self, Error> {
        let ids: HashSet<&str> = self.0.iter().map(|query| query.id.as_str()).collect();
        for query in &self.0 {
            let Kind::Math(expression) = &query.kind else { continue };
            if let Some(unknown) = expression.references().into_iter().find(|id| !ids.contains(id)) {
                return Err(in_expression(&query.id, &Fault::Reference(unknown.to_owned())));
            }
        }
        let mut known = HashMap::new();
        for query in &self.0 {
            self.depth(&query.id, &mut Vec::new(), &mut known)?;
        }
        Ok(self)
    }

    /// How many expressions hang on each other below this one.
    fn depth<'p>(
        &'p self,
        id: &'p str,
        open: &mut Vec<&'p str>,
        known: &mut HashMap<&'p str, usize>,
    ) -> Result<usize, Error> {
        if let Some(depth) = known.get(id) {
            return Ok(*depth);
        }
        let Some(Kind::Math(expression)) = self.find(id).map(|query| &query.kind) else { return Ok(0) };
        if open.contains(&id) {
            return Err(in_expression(id, &Fault::Circle(id.to_owned())));
        }
        open.push(id);
        let mut deepest = 0;
        for next in expression.references() {
            deepest = deepest.max(self.depth(next, open, known)? + 1);
        }
        open.pop();
        if deepest > DEPTH {
            return Err(in_expression(id, &Fault::Depth));
        }
        known.insert(id, deepest);
        Ok(deepest)
    }

    fn find(&self, id: &str) -> Option<&Query> {
        self.0.iter().find(|query| query.id == id)
    }

    /// The longest period of its metrics.
    pub(crate) fn period(&self) -> Option<i64> {
        let own = self.0.iter().map(|query| match &query.kind {
            Kind::Stat(stat) => Some(stat.period),
            Kind::Math(_) => query.period,
        });
        own.flatten().max()
    }
}

fn is_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What is wrong with an expression, as AWS tells it.
pub(crate) fn in_expression(id: &str, fault: &Fault) -> Error {
    match fault {
        Fault::Refused(_) => Error::Refused(format!("Error in expression '{id}': {fault}.")),
        _ => Error::Validation(format!("Error in expression '{id}': {fault}")),
    }
}

impl Query {
    fn read(place: &str, query: &MetricDataQuery) -> Result<Self, Vec<String>> {
        let period = query.period.map(i64::from);
        if let Some(wrong) = period.filter(|period| !is_period(*period)) {
            return Err(vec![not_a_period(place, wrong)]);
        }
        let kind = match (&query.metric_stat, &query.expression) {
            (Some(stat), None) => Kind::Stat(Stat::read(&format!("{place}.MetricStat"), stat)?),
            (None, Some(text)) => Kind::Math(
                Expression::parse(text)
                    .map_err(|fault| vec![format!("Error in expression '{}': {fault}", query.id)])?,
            ),
            (Some(_), Some(_)) => {
                return Err(vec![format!(
                    "The parameters {place}.Expression and {place}.MetricStat are mutually exclusive and you have specified both."
                )]);
            }
            (None, None) => {
                return Err(vec![format!(
                    "At least one of the parameters {place}.Expression and {place}.MetricStat must be specified."
                )]);
            }
        };
        let returns = query.return_data.unwrap_or(true);
        Ok(Self { id: query.id.clone(), kind, label: query.label.clone(), returns, period })
    }
}

fn not_a_period(place: &str, period: i64) -> String {
    format!(
        "The value {period} for parameter {place}.Period is not a valid period: it must be 1, 5, 10, 20, 30 or a multiple of 60."
    )
}

impl Stat {
    fn read(place: &str, stat: &MetricStat) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let required = |name: &str| format!("The parameter {place}.Metric.{name} is required.");
        if stat.metric.namespace.is_none() {
            wrong.push(required("Namespace"));
        }
        if stat.metric.metric_name.is_none() {
            wrong.push(required("MetricName"));
        }
        let period = i64::from(stat.period);
        if !is_period(period) {
            wrong.push(not_a_period(place, period));
        }
        let statistic = Statistic::parse(&stat.stat);
        if statistic.is_none() {
            wrong.push(format!(
                "The value {} for parameter {place}.Stat is not a valid statistic.",
                stat.stat
            ));
        }
        match (&stat.metric.namespace, &stat.metric.metric_name, statistic) {
            (Some(namespace), Some(name), Some(statistic)) if wrong.is_empty() => Ok(Self {
                namespace: namespace.clone(),
                metric: MetricName::new(name, stat.metric.dimensions.as_deref()),
                statistic,
                text: stat.stat.clone(),
                period,
                unit: stat.unit,
            }),
            _ => Err(wrong),
        }
    }

    /// The values of the statistic, and what they are of.
    pub(crate) fn series(&self, view: &mut View<'_>, start: i64, end: i64) -> Result<Series, Error> {
        let range = Range::new(start, end, self.period, view.now());
        let mut slots = BTreeMap::new();
        for (_, found) in view.read(&self.namespace, &self.metric, self.unit, range)? {
            for (time, samples) in found {
                slots
                    .entry(time)
                    .and_modify(|all: &mut crate::Summary| all.merge(&samples))
                    .or_insert(samples);
            }
        }
        let points = slots.iter().filter_map(|(time, samples)| Some((*time, self.statistic.of(samples)?)));
        let origin = Origin {
            namespace: self.namespace.clone(),
            metric: self.metric.name.clone(),
            dimensions: self.metric.dimensions.clone(),
            stat: self.text.clone(),
        };
        Ok(Series {
            points: points.collect(),
            slots: Slots { start: range.start, end: range.end, period: range.period },
            label: self.metric.name.clone(),
            origin: Some(Rc::new(origin)),
        })
    }
}

/// Evaluates the queries of a plan over a time.
pub(crate) struct Run<'p, 'v, 'r> {
    plan: &'p Plan,
    view: &'v mut View<'r>,
    start: i64,
    end: i64,
    known: HashMap<String, Value>,
    /// What is being evaluated, so that nothing needs itself.
    open: Vec<String>,
    /// How many datapoints there is room for.
    left: usize,
    /// Why the store could not be read.
    failed: Option<Error>,
}

impl<'p, 'v, 'r> Run<'p, 'v, 'r> {
    pub(crate) fn new(plan: &'p Plan, view: &'v mut View<'r>, start: i64, end: i64) -> Self {
        Self {
            plan,
            view,
            start,
            end,
            known: HashMap::new(),
            open: Vec::new(),
            left: DATAPOINTS,
            failed: None,
        }
    }

    /// The time series that a query gives.
    pub(crate) fn query(&mut self, query: &Query) -> Result<Vec<Series>, Error> {
        let value = self.find(&query.id).and_then(|value| value.into_series(self));
        let mut found =
            value.map_err(|fault| self.failed.take().unwrap_or_else(|| in_expression(&query.id, &fault)))?;
        let single = found.len() == 1;
        for series in &mut found {
            // An expression that gives one series is called by its id.
            if matches!(query.kind, Kind::Math(_)) && single && series.origin.is_none() {
                series.label.clone_from(&query.id);
            }
        }
        Ok(found)
    }

    fn kept<T>(&mut self, found: Result<T, Error>) -> Result<T, Fault> {
        found.map_err(|error| {
            self.failed = Some(error);
            Fault::Type("The data cannot be read".to_owned())
        })
    }

    /// What a search finds, in the order of names.
    fn listed(&mut self, search: &Search) -> Result<Vec<Listed>, Error> {
        let (mut found, now) = (Vec::new(), self.view.now());
        list(self.view.reader(), (search.namespace(), None), None, |listed| {
            let metric = Candidate {
                namespace: &listed.namespace,
                metric: &listed.metric.name,
                dimensions: &listed.metric.dimensions,
            };
            if now - listed.seen <= LISTED && search.finds(metric) {
                found.push(listed);
            }
            found.len() < FOUND
        })?;
        found.sort_by(|a, b| (&a.namespace, &a.metric).cmp(&(&b.namespace, &b.metric)));
        Ok(found)
    }
}

impl Source for Run<'_, '_, '_> {
    fn slots(&self) -> Slots {
        let period = self.plan.period().unwrap_or(60);
        let range = Range::new(self.start, self.end, period, self.view.now());
        Slots { start: range.start, end: range.end, period }
    }

    fn spend(&mut self, datapoints: usize) -> Result<(), Fault> {
        let left = self.left.checked_sub(datapoints).ok_or(Fault::Datapoints(DATAPOINTS))?;
        self.left = left;
        Ok(())
    }

    fn find(&mut self, id: &str) -> Result<Value, Fault> {
        if let Some(known) = self.known.get(id) {
            return Ok(known.clone());
        }
        if self.open.iter().any(|open| open == id) {
            return Err(Fault::Circle(id.to_owned()));
        }
        let plan = self.plan;
        let query = plan.find(id).ok_or_else(|| Fault::Reference(id.to_owned()))?;
        self.open.push(id.to_owned());
        let value = match &query.kind {
            Kind::Math(expression) => expression.evaluate(self)?,
            Kind::Stat(stat) => {
                let series = stat.series(self.view, self.start, self.end);
                let series = self.kept(series)?;
                self.spend(series.points.len())?;
                Value::Series(series)
            }
        };
        self.open.pop();
        self.known.insert(id.to_owned(), value.clone());
        Ok(value)
    }

    fn metrics(&mut self, containing: &str) -> Result<Vec<Series>, Fault> {
        let plan = self.plan;
        let stats = plan.0.iter().filter(|query| matches!(query.kind, Kind::Stat(_)));
        let mut found = Vec::new();
        for query in stats.filter(|query| query.id.contains(containing)) {
            found.extend(self.find(&query.id)?.into_series(self)?);
        }
        Ok(found)
    }

    fn search(&mut self, search: &Search, stat: &str, period: Option<i64>) -> Result<Vec<Series>, Fault> {
        let wrong = |what: String| Fault::Type(what);
        let statistic =
            Statistic::parse(stat).ok_or_else(|| wrong(format!("{stat} is not a valid statistic")))?;
        let period = period.unwrap_or_else(|| self.slots().period);
        if !is_period(period) {
            return Err(wrong(format!("{period} is not a valid period")));
        }
        let listed = self.listed(search);
        let listed = self.kept(listed)?;
        let mut found = Vec::new();
        for one in &listed {
            let (namespace, metric) = (one.namespace.clone(), one.metric.clone());
            let stat = Stat { namespace, metric, statistic, text: stat.to_owned(), period, unit: None };
            let series = stat.series(self.view, self.start, self.end);
            let series = self.kept(series)?;
            self.spend(series.points.len())?;
            found.push(Series { label: distinction(one, &listed), ..series });
        }
        Ok(found)
    }
}

/// What tells a metric from the others that were found.
fn distinction(one: &Listed, all: &[Listed]) -> String {
    let mut parts = Vec::new();
    if all.iter().any(|other| other.namespace != one.namespace) {
        parts.push(one.namespace.as_str());
    }
    let differs =
        |dimension: &&(String, String)| all.iter().any(|other| !other.metric.dimensions.contains(dimension));
    parts.extend(one.metric.dimensions.iter().filter(differs).map(|(_, value)| value.as_str()));
    if parts.is_empty() || all.iter().any(|other| other.metric.name != one.metric.name) {
        parts.push(one.metric.name.as_str());
    }
    parts.join(" ")
}
