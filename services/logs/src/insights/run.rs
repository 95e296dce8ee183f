//! What a query makes of events: they come one by one, and only what may still be in the result is kept.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Query,
    aggregate::{Aggregate, Kind, State},
    command::{Command, Named, Order},
    expression::Expression,
    functions::Function,
    row::{Row, Source},
    value::Value,
};
use crate::event::EventId;

/// The most groups that `stats` makes, and rows that are kept where later commands may drop some.
const MANY: usize = 100_000;

/// The most bytes that a query keeps of rows and groups, and that its result has. Tests fill it sooner.
const HELD: usize = if cfg!(test) { 16 << 20 } else { 256 << 20 };
const RESULT: usize = 64 << 20;

/// A query needs more than it may have: groups, or memory for rows, groups or what functions make of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Bytes that are held so far.
struct Held(usize);

impl Held {
    fn take(&mut self, bytes: usize) -> Result<(), TooLarge> {
        self.0 = self.0.saturating_add(bytes);
        if self.0 > HELD { Err(TooLarge) } else { Ok(()) }
    }
}

impl Row {
    /// That functions made no more of it than they may.
    fn fits(&self) -> Result<(), TooLarge> {
        if self.is_swollen() { Err(TooLarge) } else { Ok(()) }
    }
}

/// A result: rows of fields and their values.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) rows: Vec<Vec<(String, String)>>,
    /// How many events came through.
    pub(crate) matched: u64,
}

/// A query that is being done.
pub(crate) struct Run<'q> {
    query: &'q Query,
    /// What is done with each event by itself.
    first: &'q [Command],
    /// What is done with all that was collected.
    rest: &'q [Command],
    collected: Collected<'q>,
    matched: u64,
    limit: usize,
}

/// What was collected of the events so far.
enum Collected<'q> {
    Groups(Groups<'q>),
    Rows(Rows<'q>),
}

impl<'q> Run<'q> {
    /// The result has at most this many rows.
    pub(crate) fn new(query: &'q Query, limit: usize) -> Self {
        let collects = |command: &Command| {
            matches!(
                command,
                Command::Stats { .. } | Command::Sort(_) | Command::Dedup(_) | Command::Limit(_)
            )
        };
        let all = &query.commands[..];
        let at = all.iter().position(collects).unwrap_or(all.len());
        let (first, rest) = all.split_at_checked(at).unwrap_or((all, &[]));
        let (collected, rest) = match rest {
            [Command::Stats { shown, aggregates, by }, rest @ ..] => {
                (Collected::Groups(Groups::new(shown, aggregates, by)), rest)
            }
            [Command::Sort(order), Command::Dedup(dedup), rest @ ..] => rows(order, Some(dedup), rest, limit),
            [Command::Sort(order), rest @ ..] => rows(order, None, rest, limit),
            [Command::Dedup(dedup), rest @ ..] => rows(&[], Some(dedup), rest, limit),
            rest => rows(&[], None, rest, limit),
        };
        Self { query, first, rest, collected, matched: 0, limit }
    }

    /// Whether nothing but the times of events counts; [`Run::count`] takes them then.
    pub(crate) fn counts_only(&self) -> bool {
        self.first.is_empty()
            && matches!(&self.collected, Collected::Groups(groups) if groups.span().is_some())
    }

    /// Whether messages are read.
    pub(crate) fn reads_messages(&self) -> bool {
        let Collected::Groups(groups) = &self.collected else { return true };
        let mut reads = false;
        let mut see = |name: &str| {
            reads |= !matches!(name, "@timestamp" | "@ingestionTime" | "@logStream" | "@log" | "@ptr");
        };
        for command in self.first {
            match command {
                Command::Filter(expression) => expression.fields(&mut see),
                Command::Fields(named) | Command::Display(named) => {
                    named.iter().for_each(|named| named.expression.fields(&mut see));
                }
                _ => see("@message"),
            }
        }
        groups.by.iter().for_each(|named| named.expression.fields(&mut see));
        groups.aggregates.iter().filter_map(|one| one.of.as_ref()).for_each(|of| of.fields(&mut see));
        reads
    }

    /// Takes the times of events.
    pub(crate) fn count(&mut self, times: impl Iterator<Item = i64>) -> Result<(), TooLarge> {
        let Collected::Groups(groups) = &mut self.collected else { return Ok(()) };
        let Some(span) = groups.span() else { return Ok(()) };
        let (mut bin, mut many) = (i64::MIN, 0u64);
        for time in times {
            let this = if span > 0 { time.div_euclid(span) } else { 0 };
            if this != bin {
                groups.counted(bin, many);
                (bin, many) = (this, 0);
            }
            many += 1;
            self.matched += 1;
        }
        groups.counted(bin, many);
        groups.fits()
    }

    /// Takes an event.
    pub(crate) fn see(&mut self, source: Source) -> Result<(), TooLarge> {
        let id = source.id;
        let mut row = Row::of(source);
        let passes = self.first.iter().all(|command| command.apply(&mut row));
        row.fits()?;
        if !passes {
            return Ok(());
        }
        self.matched += 1;
        match &mut self.collected {
            Collected::Groups(groups) => groups.see(&row),
            Collected::Rows(rows) => rows.see(row, id),
        }
    }

    /// The result so far.
    pub(crate) fn finish(self) -> Result<Outcome, TooLarge> {
        let mut rows = match self.collected {
            Collected::Groups(groups) => groups.rows()?,
            Collected::Rows(rows) => rows.rows(),
        };
        for command in self.rest {
            rows = command.apply_all(rows)?;
        }
        rows.truncate(self.limit);
        let columns = columns(self.query);
        let mut bytes = 0;
        let show = |row: Row| {
            let shown = columns.iter().filter_map(|name| Some((name.clone(), row.field(name).show()?)));
            let shown: Vec<_> = shown.inspect(|(name, value)| bytes += name.len() + value.len()).collect();
            if bytes > RESULT { Err(TooLarge) } else { Ok(shown) }
        };
        Ok(Outcome { rows: rows.into_iter().map(show).collect::<Result<_, _>>()?, matched: self.matched })
    }
}

fn rows<'q>(
    order: &'q [(Expression, Order)],
    dedup: Option<&'q Vec<Expression>>,
    rest: &'q [Command],
    limit: usize,
) -> (Collected<'q>, &'q [Command]) {
    let keeps = |command: &Command| {
        matches!(command, Command::Fields(_) | Command::Display(_) | Command::Parse(_) | Command::Limit(_))
    };
    let most = match rest {
        [Command::Limit(most), ..] => *most,
        rest if rest.iter().all(keeps) => limit,
        _ => MANY,
    };
    (Collected::Rows(Rows { order, dedup, most, kept: Vec::new(), distinct: HashMap::new(), held: 0 }), rest)
}

/// The fields that are shown, in their order.
fn columns(query: &Query) -> Vec<String> {
    let (mut columns, mut events): (Vec<String>, _) = (Vec::new(), true);
    let mut display = None;
    let names = |named: &[Named]| named.iter().map(|named| named.name.clone()).collect::<Vec<_>>();
    for command in &query.commands {
        match command {
            Command::Fields(named) => columns.extend(names(named)),
            Command::Display(named) => display = Some(names(named)),
            Command::Stats { shown, by, .. } => {
                events = false;
                columns = [names(by), names(shown)].concat();
                display = None;
            }
            _ => {}
        }
    }
    let mut columns = display.unwrap_or(columns);
    if columns.is_empty() {
        columns = vec!["@timestamp".to_owned(), "@message".to_owned()];
    }
    if events {
        columns.push("@ptr".to_owned());
    }
    let mut seen = HashSet::new();
    columns.retain(|name| seen.insert(name.clone()));
    columns
}

impl Command {
    /// Does what it does with a row by itself; false where the row is dropped.
    fn apply(&self, row: &mut Row) -> bool {
        match self {
            Self::Filter(expression) => return expression.value(row, &[]).is_true(),
            Self::Parse(extraction) => extraction.apply(row),
            Self::Fields(named) | Self::Display(named) => named.iter().for_each(|named| named.compute(row)),
            _ => {}
        }
        true
    }

    fn apply_all(&self, mut rows: Vec<Row>) -> Result<Vec<Row>, TooLarge> {
        let mut held = Held(0);
        match self {
            Self::Limit(most) => rows.truncate(*most),
            Self::Sort(order) => {
                let mut keyed = Vec::with_capacity(rows.len());
                for row in rows {
                    let keys = keys(order, &row);
                    row.fits()?;
                    held.take(keys.iter().map(Value::weight).sum())?;
                    keyed.push((keys, row));
                }
                keyed.sort_by(|(one, _), (other, _)| compare(order, one, other));
                rows = keyed.into_iter().map(|(_, row)| row).collect();
            }
            Self::Dedup(of) => {
                let (mut seen, mut kept) = (HashSet::new(), Vec::new());
                for row in rows {
                    let Some(key) = key(of, &row) else { continue };
                    row.fits()?;
                    held.take(key.iter().map(String::len).sum())?;
                    if seen.insert(key) {
                        kept.push(row);
                    }
                }
                rows = kept;
            }
            Self::Stats { shown, aggregates, by } => {
                let mut groups = Groups::new(shown, aggregates, by);
                rows.iter().try_for_each(|row| groups.see(row))?;
                rows = groups.rows()?;
            }
            _ => {
                let mut kept = Vec::with_capacity(rows.len());
                for mut row in rows {
                    let passes = self.apply(&mut row);
                    row.fits()?;
                    if passes {
                        row.rest();
                        held.take(row.weight())?;
                        kept.push(row);
                    }
                }
                rows = kept;
            }
        }
        Ok(rows)
    }
}

impl Named {
    fn compute(&self, row: &mut Row) {
        if let Expression::Field(name) = &self.expression
            && **name == *self.name
        {
            return;
        }
        let value = self.expression.value(row, &[]);
        row.set(&Arc::from(self.name.as_str()), value);
    }
}

fn keys(order: &[(Expression, Order)], row: &Row) -> Vec<Value> {
    order.iter().map(|(expression, _)| expression.value(row, &[])).collect()
}

fn compare(order: &[(Expression, Order)], one: &[Value], other: &[Value]) -> Ordering {
    let each = order.iter().zip(one.iter().zip(other)).map(|((_, order), (one, other))| match order {
        Order::Ascending => one.order(other),
        Order::Descending => other.order(one),
    });
    each.fold(Ordering::Equal, Ordering::then)
}

/// What rows are told apart by; nothing where a field is not there.
fn key(of: &[Expression], row: &Row) -> Option<Vec<String>> {
    of.iter().map(|expression| expression.value(row, &[]).show()).collect()
}

/// Rows of which the first ones in an order are kept. Without any, the latest events come first.
struct Rows<'q> {
    order: &'q [(Expression, Order)],
    dedup: Option<&'q Vec<Expression>>,
    most: usize,
    kept: Vec<Kept>,
    distinct: HashMap<Vec<String>, Kept>,
    /// Bytes of what is kept, and was not found to be too much yet.
    held: usize,
}

struct Kept {
    keys: Vec<Value>,
    id: EventId,
    row: Row,
}

impl Kept {
    fn weight(&self) -> usize {
        self.row.weight() + self.keys.iter().map(|key| 48 + key.weight()).sum::<usize>()
    }
}

impl Rows<'_> {
    fn compare(order: &[(Expression, Order)], one: &Kept, other: &Kept) -> Ordering {
        compare(order, &one.keys, &other.keys).then_with(|| other.id.cmp(&one.id))
    }

    fn see(&mut self, row: Row, id: EventId) -> Result<(), TooLarge> {
        let mut kept = Kept { keys: keys(self.order, &row), id, row };
        kept.row.fits()?;
        if let Some(dedup) = self.dedup {
            let Some(key) = key(dedup, &kept.row) else { return Ok(()) };
            if self.distinct.get(&key).is_none_or(|known| Self::compare(self.order, &kept, known).is_lt()) {
                kept.row.rest();
                self.held += kept.weight() + key.iter().map(String::len).sum::<usize>();
                self.distinct.insert(key, kept);
            }
        } else {
            kept.row.rest();
            self.held += kept.weight();
            self.kept.push(kept);
        }
        let many = self.distinct.len() + self.kept.len() > self.most.saturating_mul(2).max(1024);
        if many || self.held > HELD {
            self.thin();
            // With some room, or every further row would be one too many again.
            if self.held > HELD / 8 * 7 {
                return Err(TooLarge);
            }
        }
        Ok(())
    }

    /// Drops rows that are too many.
    fn thin(&mut self) {
        self.kept.sort_by(|one, other| Self::compare(self.order, one, other));
        self.kept.truncate(self.most);
        let mut all: Vec<_> = self.distinct.drain().collect();
        all.sort_by(|(_, one), (_, other)| Self::compare(self.order, one, other));
        all.truncate(self.most);
        self.distinct.extend(all);
        let keys = self.distinct.keys().flatten().map(String::len);
        self.held = keys.sum::<usize>()
            + self.kept.iter().chain(self.distinct.values()).map(Kept::weight).sum::<usize>();
    }

    fn rows(mut self) -> Vec<Row> {
        self.kept.extend(self.distinct.into_values());
        self.kept.sort_by(|one, other| Self::compare(self.order, one, other));
        self.kept.truncate(self.most);
        self.kept.into_iter().map(|kept| kept.row).collect()
    }
}

/// Rows that are put together by what they have in common.
struct Groups<'q> {
    shown: &'q [Named],
    aggregates: &'q [Aggregate],
    by: &'q [Named],
    known: HashMap<Vec<Option<String>>, usize>,
    states: Vec<(Vec<Value>, Vec<State>)>,
    /// Bytes that they take.
    held: usize,
}

impl<'q> Groups<'q> {
    fn new(shown: &'q [Named], aggregates: &'q [Aggregate], by: &'q [Named]) -> Self {
        Self { shown, aggregates, by, known: HashMap::new(), states: Vec::new(), held: 0 }
    }

    /// The span of time that events are counted by, where they are only counted: 0 for all time.
    #[expect(clippy::cast_possible_truncation, reason = "spans of time are whole milliseconds")]
    fn span(&self) -> Option<i64> {
        let counts = |one: &Aggregate| one.kind == Kind::Count && one.of.is_none();
        if !self.aggregates.iter().all(counts) {
            return None;
        }
        match self.by {
            [] => Some(0),
            [Named { expression: Expression::Call(Function::Bin, arguments), .. }] => match &arguments[..] {
                [Expression::Constant(Value::Number(span))] if *span >= 1.0 => Some(*span as i64),
                _ => None,
            },
            _ => None,
        }
    }

    /// So many events were in this bin.
    #[expect(clippy::cast_precision_loss, reason = "nobody counts that far")]
    fn counted(&mut self, bin: i64, many: u64) {
        if many == 0 {
            return;
        }
        let span = self.span().unwrap_or_default();
        let by = self.by.iter().map(|_| Value::Time(bin.saturating_mul(span))).collect();
        for state in self.group(by) {
            if let State::Count(count) = state {
                *count += many as f64;
            }
        }
    }

    fn group(&mut self, by: Vec<Value>) -> &mut [State] {
        let key: Vec<_> = by.iter().map(Value::show).collect();
        let new = self.states.len();
        let length = key.iter().flatten().map(String::len).sum::<usize>();
        let at = *self.known.entry(key).or_insert(new);
        if at == new {
            self.held += 128 + 2 * length + 128 * self.aggregates.len();
            self.states.push((by, self.aggregates.iter().map(Aggregate::start).collect()));
        }
        self.states.get_mut(at).map_or(&mut [], |(_, states)| states)
    }

    fn see(&mut self, row: &Row) -> Result<(), TooLarge> {
        let by = self.by.iter().map(|named| named.expression.value(row, &[])).collect();
        let aggregates = self.aggregates;
        let (mut before, mut after) = (0, 0);
        for (aggregate, state) in aggregates.iter().zip(self.group(by)) {
            before += Aggregate::weight(state);
            aggregate.see(state, row);
            after += Aggregate::weight(state);
        }
        self.held = (self.held + after).saturating_sub(before);
        row.fits()?;
        self.fits()
    }

    fn fits(&self) -> Result<(), TooLarge> {
        if self.held <= HELD && self.states.len() <= MANY { Ok(()) } else { Err(TooLarge) }
    }

    fn rows(mut self) -> Result<Vec<Row>, TooLarge> {
        if self.by.is_empty() {
            self.group(Vec::new());
        }
        let mut held = Held(0);
        let row = |(by, states): &(Vec<Value>, Vec<State>)| {
            let mut row = Row::default();
            for (named, value) in self.by.iter().zip(by) {
                row.set(&Arc::from(named.name.as_str()), value.clone());
            }
            let pairs = self.aggregates.iter().zip(states);
            let results: Vec<_> = pairs.map(|(aggregate, state)| aggregate.result(state)).collect();
            for named in self.shown {
                let value = named.expression.value(&row, &results);
                row.set(&Arc::from(named.name.as_str()), value);
            }
            row.fits()?;
            held.take(row.weight())?;
            Ok(row)
        };
        self.states.iter().map(row).collect()
    }
}
