use kurodo_authz::Need;
use kurodo_gateway::Find;

use super::{Touched, item::shows, need};
use crate::{
    DynamoDb, Error,
    expression::Projection,
    model::{
        BatchExecuteStatementInput, ExecuteStatementInput, ExecuteTransactionInput, ReturnConsumedCapacity,
        ReturnValue, ReturnValuesOnConditionCheckFailure,
    },
    names::TableName,
    partiql::{self, Statement},
    plan::{self, Every, Surface},
    table::action,
};

type StatementNeeds = (
    Option<Need<action::PartiQLSelect>>,
    Option<Need<action::PartiQLScan>>,
    Option<Need<action::PartiQLInsert>>,
    Option<Need<action::PartiQLUpdate>>,
    Option<Need<action::PartiQLDelete>>,
);

/// What one statement reads or changes. One that may read all items demands so twice: once more with a partition key
/// that no policy names, for a list of partition keys lets through a request that names none.
pub(crate) async fn execute_statement(
    find: &Find<'_, DynamoDb>,
    input: &mut ExecuteStatementInput,
) -> Result<StatementNeeds, Error> {
    let statement = Statement::parse(&input.statement, input.parameters.as_deref())?;
    let wanted = Wanting {
        find,
        surface: Surface::Alone,
        capacity: input.return_consumed_capacity,
        consistent: input.consistent_read.unwrap_or(false),
        limit: input.limit.and_then(|limit| usize::try_from(limit).ok()),
        shows: input.return_values_on_condition_check_failure,
    }
    .wanted(statement)?;
    let mut needs = StatementNeeds::default();
    match wanted {
        Wanted::Select(select, every) => (needs.0, needs.1) = (Some(select), every),
        Wanted::Exists(_) => return Err(partiql::Fault::Exists.into()),
        Wanted::Insert(need) => needs.2 = Some(need),
        Wanted::Update(need) => needs.3 = Some(need),
        Wanted::Delete(need) => needs.4 = Some(need),
    }
    Ok(needs)
}

type BatchNeeds = (
    Vec<Need<action::PartiQLSelect>>,
    Vec<Need<action::PartiQLInsert>>,
    Vec<Need<action::PartiQLUpdate>>,
    Vec<Need<action::PartiQLDelete>>,
);

/// What each statement reads or changes. Those that are none need nothing; the operation reads from the input which
/// was which.
pub(crate) async fn batch_execute_statement(
    find: &Find<'_, DynamoDb>,
    input: &mut BatchExecuteStatementInput,
) -> Result<BatchNeeds, Error> {
    let mut needs = BatchNeeds::default();
    let mut reads = None;
    for one in &input.statements {
        let Ok(statement) = Statement::parse(&one.statement, one.parameters.as_deref()) else { continue };
        if matches!(statement, Statement::Exists(_)) {
            continue;
        }
        if *reads.get_or_insert(statement.reads()) != statement.reads() {
            return Err(Error::validation(
                "Read and write requests together in the same batch is not supported.",
            ));
        }
        let wanting = Wanting {
            find,
            surface: Surface::Batch,
            capacity: input.return_consumed_capacity,
            consistent: one.consistent_read.unwrap_or(false),
            limit: None,
            shows: one.return_values_on_condition_check_failure,
        };
        match wanting.wanted(statement)? {
            Wanted::Select(need, _) => needs.0.push(need),
            Wanted::Exists(_) => {}
            Wanted::Insert(need) => needs.1.push(need),
            Wanted::Update(need) => needs.2.push(need),
            Wanted::Delete(need) => needs.3.push(need),
        }
    }
    Ok(needs)
}

type TransactionNeeds = (
    Vec<Need<action::PartiQLSelect>>,
    Vec<Need<action::PartiQLExists>>,
    Vec<Need<action::PartiQLInsert>>,
    Vec<Need<action::PartiQLUpdate>>,
    Vec<Need<action::PartiQLDelete>>,
);

/// What the statements read or change, all together. The operation reads from the input which was which.
pub(crate) async fn execute_transaction(
    find: &Find<'_, DynamoDb>,
    input: &mut ExecuteTransactionInput,
) -> Result<TransactionNeeds, Error> {
    let mut needs = TransactionNeeds::default();
    let mut reads = None;
    for (at, one) in input.transact_statements.iter().enumerate() {
        let statement = Statement::parse(&one.statement, one.parameters.as_deref());
        let statement = statement.map_err(|fault| fault.within(at))?;
        if *reads.get_or_insert(statement.reads()) != statement.reads() {
            return Err(Error::validation(
                "ExecuteTransaction API does not support both read and write operations in the same request.",
            ));
        }
        let wanting = Wanting {
            find,
            surface: Surface::Transaction,
            capacity: input.return_consumed_capacity,
            consistent: true,
            limit: None,
            shows: one.return_values_on_condition_check_failure,
        };
        match wanting.wanted(statement).map_err(|error| error.in_statement(at))? {
            Wanted::Select(need, _) => needs.0.push(need),
            Wanted::Exists(need) => needs.1.push(need),
            Wanted::Insert(need) => needs.2.push(need),
            Wanted::Update(need) => needs.3.push(need),
            Wanted::Delete(need) => needs.4.push(need),
        }
    }
    Ok(needs)
}

/// What one statement needs.
enum Wanted {
    Select(Need<action::PartiQLSelect>, Option<Need<action::PartiQLScan>>),
    Exists(Need<action::PartiQLExists>),
    Insert(Need<action::PartiQLInsert>),
    Update(Need<action::PartiQLUpdate>),
    Delete(Need<action::PartiQLDelete>),
}

/// Where a statement stands, and what the request says beside it.
struct Wanting<'a, 'f> {
    find: &'a Find<'f, DynamoDb>,
    surface: Surface,
    capacity: Option<ReturnConsumedCapacity>,
    consistent: bool,
    limit: Option<usize>,
    shows: Option<ReturnValuesOnConditionCheckFailure>,
}

impl Wanting<'_, '_> {
    fn wanted(&self, statement: Statement) -> Result<Wanted, Error> {
        Ok(match statement {
            Statement::Select(select) => {
                let (select, every) = self.select(select)?;
                Wanted::Select(select, every)
            }
            Statement::Exists(select) => self.exists(select).map(Wanted::Exists)?,
            Statement::Insert(insert) => self.insert(insert).map(Wanted::Insert)?,
            Statement::Change(change) => self.change(change)?,
        })
    }

    fn touched(&self) -> Touched {
        let touched = Touched::new(self.capacity);
        if self.surface == Surface::Transaction { touched.within("ExecuteTransaction") } else { touched }
    }

    fn select(
        &self,
        asked: partiql::Select,
    ) -> Result<(Need<action::PartiQLSelect>, Option<Need<action::PartiQLScan>>), Error> {
        let (table, index) = (TableName::parse(self.find, &asked.from.table)?, asked.from.index.clone());
        let mut touched = self.touched();
        touched.condition(asked.condition.as_ref());
        touched.names(asked.order.iter().map(|by| &by.name));
        touched.projection(asked.columns.clone().map(Projection::columns).as_ref());
        if asked.columns.is_none() && index.is_some() {
            touched.select("ALL_PROJECTED_ATTRIBUTES");
        }
        let mut scans = false;
        let read = (self.consistent, self.limit);
        let select = need(self.find, table.clone(), index.as_deref(), touched.clone(), |facts| {
            let found = plan::read(facts, &asked, self.surface, read)?;
            scans = found.partitions().is_none();
            Ok(found)
        })?;
        let every = scans.then(|| need(self.find, table, index.as_deref(), touched, |_| Ok(Every)));
        Ok((select, every.transpose()?))
    }

    fn exists(&self, asked: partiql::Select) -> Result<Need<action::PartiQLExists>, Error> {
        let table = TableName::parse(self.find, &asked.from.table)?;
        let shows = shows(self.shows);
        let mut touched = self.touched();
        touched.condition(asked.condition.as_ref());
        touched.returns(ReturnValue::None, shows);
        need(self.find, table, None, touched, |facts| plan::check(facts, asked, shows))
    }

    fn insert(&self, asked: partiql::Insert) -> Result<Need<action::PartiQLInsert>, Error> {
        let table = TableName::parse(self.find, &asked.into.table)?;
        let mut touched = self.touched();
        touched.item(&asked.item);
        touched.returns(ReturnValue::None, false);
        need(self.find, table, None, touched, |facts| plan::insert(facts, asked.item))
    }

    fn change(&self, asked: partiql::Change) -> Result<Wanted, Error> {
        let table = TableName::parse(self.find, &asked.of.table)?;
        let (shows, updates) = (shows(self.shows), asked.update.is_some());
        let mut touched = self.touched();
        touched.condition(asked.condition.as_ref());
        if let Some(update) = &asked.update {
            touched.update(update);
        }
        touched.returns(asked.returns, shows);
        let plan = |facts: &_| plan::change(facts, asked, self.surface, shows);
        if updates {
            return need(self.find, table, None, touched, plan).map(Wanted::Update);
        }
        need(self.find, table, None, touched, plan).map(Wanted::Delete)
    }
}
