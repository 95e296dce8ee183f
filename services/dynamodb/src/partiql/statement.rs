//! Statements.

use super::{
    Change, Fault, Insert, Order, Select, Source, Statement, condition,
    lexer::{Kind as Token, tokens},
    literal,
    parser::{Parsed, Parser},
    tree::{Expr, Kind},
    update::{self, Assignment},
};
use crate::{
    attribute::Attribute,
    expression::{Condition, Path, Step},
    model::ReturnValue,
    names,
};

const NO_TABLE: Fault = Fault::Form("Expected identifier for simple path");

pub(super) fn parse(text: &str, parameters: Vec<Attribute>) -> Parsed<Statement> {
    let mut parser = Parser::new(tokens(text)?, parameters)?;
    let statement = match () {
        () if parser.keyword("SELECT") => Written::Select(select(&mut parser)?),
        () if parser.keyword("INSERT") => Written::Insert(insert(&mut parser)?),
        () if parser.keyword("UPDATE") => Written::Change(update(&mut parser)?),
        () if parser.keyword("DELETE") => Written::Change(delete(&mut parser)?),
        () if parser.keyword("FROM") => Written::Change(from_first(&mut parser)?),
        () if parser.keyword("EXISTS") => Written::Exists(exists(&mut parser)?),
        () => return Err(Fault::NO_STATEMENT),
    };
    parser.finish()?;
    statement.meaning()
}

/// A statement as it was written.
enum Written {
    Select(WrittenSelect),
    Insert(WrittenInsert),
    Change(WrittenChange),
    Exists(WrittenSelect),
}

struct WrittenSelect {
    /// `None` for all attributes.
    columns: Option<Vec<Expr>>,
    from: Source,
    condition: Option<Expr>,
    order: Vec<(Expr, bool)>,
}

struct WrittenInsert {
    into: Source,
    item: Expr,
}

struct WrittenChange {
    of: Source,
    /// `None` for an item to be deleted.
    assignments: Option<Vec<Assignment>>,
    condition: Option<Expr>,
    returns: Option<ReturnValue>,
}

impl Written {
    fn meaning(self) -> Parsed<Statement> {
        Ok(match self {
            Self::Select(select) => Statement::Select(select.meaning()?),
            Self::Exists(select) => Statement::Exists(select.meaning()?),
            Self::Insert(insert) if insert.into.index.is_some() => return Err(Fault::OnIndex),
            Self::Insert(WrittenInsert { into, item }) => {
                Statement::Insert(Insert { into, item: literal::item(item)? })
            }
            Self::Change(change) => Statement::Change(change.meaning()?),
        })
    }
}

impl WrittenSelect {
    fn meaning(self) -> Parsed<Select> {
        Ok(Select {
            from: self.from,
            columns: self.columns.map(columns).transpose()?,
            condition: meant(self.condition)?,
            order: self.order.into_iter().map(order).collect::<Parsed<_>>()?,
        })
    }
}

impl WrittenChange {
    fn meaning(self) -> Parsed<Change> {
        if self.of.index.is_some() {
            return Err(Fault::OnIndex);
        }
        let returns = self.returns.unwrap_or(ReturnValue::None);
        if self.assignments.is_none() && !matches!(returns, ReturnValue::None | ReturnValue::AllOld) {
            return Err(Fault::DeleteReturning(returned(returns)));
        }
        let update = self.assignments.map(update::meaning).transpose()?;
        Ok(Change { of: self.of, update, condition: meant(self.condition)?, returns })
    }
}

fn meant(condition: Option<Expr>) -> Parsed<Option<Condition>> {
    condition.map(condition::meaning).transpose()
}

/// The paths of columns, no two of which have one name.
fn columns(all: Vec<Expr>) -> Parsed<Vec<Path>> {
    let mut paths: Vec<Path> = Vec::new();
    for Expr { at, kind } in all {
        let Kind::Path(path) = kind else { return Err(Fault::Column(at)) };
        let column = path.column();
        if paths.iter().any(|known| known.column() == column) {
            return Err(Fault::SameColumns(column));
        }
        paths.push(path);
    }
    Ok(paths)
}

fn order((by, descending): (Expr, bool)) -> Parsed<Order> {
    match by.kind {
        Kind::Path(path) if !path.is_nested() => Ok(Order { name: path.head, descending }),
        other => Err(Fault::OrderBy(other.name())),
    }
}

fn select(parser: &mut Parser) -> Parsed<WrittenSelect> {
    let at = parser.at();
    if parser.keyword("DISTINCT") {
        return Err(Fault::Clause("DISTINCT".to_owned(), at));
    }
    if parser.keyword("VALUE") || parser.keyword("PIVOT") {
        return Err(Fault::SelectValue);
    }
    parser.keyword("ALL");
    let columns = projection(parser)?;
    if !parser.keyword("FROM") {
        return Err(Fault::Form("Expected FROM"));
    }
    let from = source(parser, Fault::Form("Unexpected term"))?;
    if parser.symbol(",") || parser.is_at("JOIN") {
        return Err(Fault::SeveralSources);
    }
    no_alias(parser)?;
    let condition = filter(parser)?;
    let order = if parser.keyword("ORDER") { order_by(parser)? } else { Vec::new() };
    no_clause(parser)?;
    Ok(WrittenSelect { columns, from, condition, order })
}

fn projection(parser: &mut Parser) -> Parsed<Option<Vec<Expr>>> {
    if parser.symbol("*") {
        return if parser.symbol(",") { Err(Fault::StarAndOthers) } else { Ok(None) };
    }
    let mut columns = Vec::new();
    loop {
        columns.push(parser.expression()?);
        no_alias(parser)?;
        if !parser.symbol(",") {
            return Ok(Some(columns));
        }
        if parser.symbol("*") {
            return Err(Fault::StarAndOthers);
        }
    }
}

/// A table, or an index of it.
fn source(parser: &mut Parser, missing: Fault) -> Parsed<Source> {
    let Some(table) = parser.name()? else {
        return Err(match parser.peek() {
            Token::End | Token::Word(_) | Token::Symbol(";") => missing,
            _ => Fault::Source,
        });
    };
    let mut below = parser.path(table.clone())?.below.into_iter();
    let index = match (below.next(), below.next()) {
        (None, _) => None,
        (Some(Step::Name(index)), None) => Some(index),
        (Some(Step::Index(_)), _) | (_, Some(Step::Index(_))) => return Err(Fault::ListSource),
        (Some(_), Some(_)) => return Err(Fault::LongSource),
    };
    if !table.starts_with("arn:") && names::check("tableName", &table).is_err() {
        return Err(Fault::TableName);
    }
    Ok(Source { table, index })
}

/// That nothing gets another name.
fn no_alias(parser: &mut Parser) -> Parsed<()> {
    if parser.is_at("AS") || parser.is_at("AT") || parser.name()?.is_some() {
        return Err(Fault::Alias);
    }
    Ok(())
}

/// That none of the clauses follows that other databases have.
fn no_clause(parser: &mut Parser) -> Parsed<()> {
    let at = parser.at();
    for clause in ["GROUP", "HAVING", "LIMIT", "OFFSET"] {
        if parser.is_at(clause) {
            return Err(Fault::Clause(clause.to_owned(), at));
        }
    }
    Ok(())
}

fn filter(parser: &mut Parser) -> Parsed<Option<Expr>> {
    if parser.keyword("WHERE") { parser.expression().map(Some) } else { Ok(None) }
}

fn order_by(parser: &mut Parser) -> Parsed<Vec<(Expr, bool)>> {
    if !parser.keyword("BY") {
        return Err(Fault::Form("Expected BY"));
    }
    let mut all = Vec::new();
    loop {
        let by = parser.expression()?;
        let descending = parser.keyword("DESC");
        if !descending {
            parser.keyword("ASC");
        }
        all.push((by, descending));
        if !parser.symbol(",") {
            return Ok(all);
        }
    }
}

fn exists(parser: &mut Parser) -> Parsed<WrittenSelect> {
    parser.expect("(", "Unexpected keyword")?;
    if !parser.keyword("SELECT") {
        return Err(Fault::Operation("EXISTS"));
    }
    let select = select(parser)?;
    parser.expect(")", "Expected right parenthesis")?;
    Ok(select)
}

fn insert(parser: &mut Parser) -> Parsed<WrittenInsert> {
    if !parser.keyword("INTO") {
        return Err(Fault::Form("Expected INTO"));
    }
    let into = source(parser, NO_TABLE)?;
    if !parser.keyword("VALUE") {
        return Err(match parser.name()? {
            Some(_) => Fault::Form("Unexpected token after expression"),
            None => Fault::SeveralItems,
        });
    }
    let item = parser.expression()?;
    if parser.is_at("RETURNING") {
        return Err(Fault::InsertReturning);
    }
    Ok(WrittenInsert { into, item })
}

fn update(parser: &mut Parser) -> Parsed<WrittenChange> {
    let of = source(parser, NO_TABLE)?;
    no_alias(parser)?;
    let assignments = assignments(parser)?;
    let condition = filter(parser)?;
    Ok(WrittenChange { of, assignments: Some(assignments), condition, returns: returning(parser)? })
}

/// The update that begins with its table.
fn from_first(parser: &mut Parser) -> Parsed<WrittenChange> {
    let of = source(parser, Fault::Form("Unexpected term"))?;
    no_alias(parser)?;
    let condition = filter(parser)?;
    let assignments = assignments(parser)?;
    Ok(WrittenChange { of, assignments: Some(assignments), condition, returns: returning(parser)? })
}

fn delete(parser: &mut Parser) -> Parsed<WrittenChange> {
    if !parser.keyword("FROM") {
        return Err(Fault::Form("Expected FROM"));
    }
    let of = source(parser, NO_TABLE)?;
    no_alias(parser)?;
    let condition = filter(parser)?;
    Ok(WrittenChange { of, assignments: None, condition, returns: returning(parser)? })
}

fn assignments(parser: &mut Parser) -> Parsed<Vec<Assignment>> {
    let mut all = Vec::new();
    loop {
        if parser.keyword("REMOVE") {
            all.push(Assignment::Remove(target(parser)?));
        } else if parser.keyword("SET") {
            all.push(assignment(parser)?);
            while parser.symbol(",") {
                all.push(assignment(parser)?);
            }
        } else {
            return if all.is_empty() { Err(Fault::NO_STATEMENT) } else { Ok(all) };
        }
    }
}

fn target(parser: &mut Parser) -> Parsed<Path> {
    let head = parser.name()?.ok_or(NO_TABLE)?;
    parser.path(head)
}

fn assignment(parser: &mut Parser) -> Parsed<Assignment> {
    let path = target(parser)?;
    parser.expect("=", "Expected equals")?;
    Ok(Assignment::Set(path, parser.expression()?))
}

fn returning(parser: &mut Parser) -> Parsed<Option<ReturnValue>> {
    if !parser.keyword("RETURNING") {
        return Ok(None);
    }
    let all = parser.keyword("ALL");
    if !all && !parser.keyword("MODIFIED") {
        return Err(Fault::Form("Expected ALL or MODIFIED"));
    }
    let old = parser.keyword("OLD");
    if !old && !parser.keyword("NEW") {
        return Err(Fault::Form("Expected OLD or NEW"));
    }
    if !parser.symbol("*") {
        return Err(Fault::Returning);
    }
    if parser.symbol(",") {
        return Err(Fault::SeveralReturning);
    }
    Ok(Some(match (all, old) {
        (true, true) => ReturnValue::AllOld,
        (true, false) => ReturnValue::AllNew,
        (false, true) => ReturnValue::UpdatedOld,
        (false, false) => ReturnValue::UpdatedNew,
    }))
}

/// How a statement says what is returned.
fn returned(returns: ReturnValue) -> &'static str {
    match returns {
        ReturnValue::None => "",
        ReturnValue::AllOld => "ALL OLD *",
        ReturnValue::AllNew => "ALL NEW *",
        ReturnValue::UpdatedOld => "MODIFIED OLD *",
        ReturnValue::UpdatedNew => "MODIFIED NEW *",
    }
}
