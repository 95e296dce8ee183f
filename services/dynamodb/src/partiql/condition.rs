//! What a `WHERE` means.

use super::{
    Fault,
    lexer::Place,
    literal,
    parser::Parsed,
    tree::{Expr, Kind},
};
use crate::{
    attribute::Attribute,
    expression::{
        Call, Comparator, Condition, Leaf, Path, Placeholders, RawOperand, RawPath, RawStep, Step, Tree,
        joined,
    },
};

/// The most values that `IN` compares with.
///
/// Source: DynamoDB Developer Guide, "PartiQL arithmetic, comparison, and logical operators for DynamoDB".
const MEMBERS: usize = 100;

/// The condition that an expression is.
pub(super) fn meaning(expr: Expr) -> Parsed<Condition> {
    if !expr.kind.is_condition() {
        return Err(Fault::Where);
    }
    let mut names = Names::default();
    let tree = names.tree(expr)?;
    Ok(Condition::from_tree(tree, &names.0)?)
}

/// The names and values of a statement, behind placeholders.
#[derive(Default)]
pub(super) struct Names(pub(super) Placeholders);

impl Names {
    pub(super) fn path(&mut self, path: Path) -> RawPath {
        let mut name = |name| RawStep::Placeholder(self.0.bind_name(name));
        let mut steps = vec![name(path.head)];
        steps.extend(path.below.into_iter().map(|step| match step {
            Step::Name(below) => name(below),
            Step::Index(index) => RawStep::Index(index),
        }));
        RawPath(steps)
    }

    pub(super) fn value(&mut self, value: Attribute) -> RawOperand {
        RawOperand::Value(self.0.bind_value(value))
    }

    fn tree(&mut self, Expr { at, kind }: Expr) -> Parsed<Tree> {
        Ok(match kind {
            Kind::Any(all) => self.joined(all, Tree::Or)?,
            Kind::All(all) => self.joined(all, Tree::And)?,
            Kind::Not(inner) => Tree::Not(Box::new(self.part(*inner, Fault::Not)?)),
            Kind::Compare(comparator, a, b) => return self.compare(comparator, *a, *b),
            Kind::Between(a, low, high) => {
                Tree::Leaf(Leaf::Between([self.operand(*a)?, self.operand(*low)?, self.operand(*high)?]))
            }
            Kind::In(a, all) => self.is_in(*a, *all)?,
            Kind::Is(operand, kind) => self.is(*operand, kind)?,
            Kind::Call(function, operands) => Tree::Leaf(Leaf::Call(self.call(at, function, operands)?)),
            Kind::Like => return Err(Fault::ConditionOperator("LIKE")),
            _ => return Err(Fault::Where),
        })
    }

    /// A part of a condition, which must be one too.
    fn part(&mut self, expr: Expr, otherwise: Fault) -> Parsed<Tree> {
        if expr.kind.is_condition() { self.tree(expr) } else { Err(otherwise) }
    }

    fn joined(&mut self, all: Vec<Expr>, join: fn(Box<Tree>, Box<Tree>) -> Tree) -> Parsed<Tree> {
        let mut trees = Vec::with_capacity(all.len());
        for one in all {
            trees.push(self.part(one, Fault::AndOr)?);
        }
        joined(trees, join).ok_or(Fault::AndOr)
    }

    fn compare(&mut self, comparator: Comparator, a: Expr, b: Expr) -> Parsed<Tree> {
        match (a.kind.is_condition(), b.kind.is_condition()) {
            (true, _) => self.holds(comparator, a, b),
            (false, true) => self.holds(comparator, b, a),
            (false, false) => Ok(Tree::Leaf(Leaf::Compare(comparator, [self.operand(a)?, self.operand(b)?]))),
        }
    }

    /// A condition that is compared with whether it holds.
    fn holds(&mut self, comparator: Comparator, condition: Expr, with: Expr) -> Parsed<Tree> {
        let wanted = match with.kind {
            Kind::Bool(wanted) | Kind::Parameter(Attribute::Bool(wanted)) => wanted,
            _ => return Err(Fault::ConditionOperator(comparator.symbol())),
        };
        let tree = self.tree(condition)?;
        match comparator {
            Comparator::Equal if wanted => Ok(tree),
            Comparator::NotEqual if !wanted => Ok(tree),
            Comparator::Equal | Comparator::NotEqual => Ok(Tree::Not(Box::new(tree))),
            _ => Err(crate::expression::Fault::OperandType {
                function: comparator.symbol().to_owned(),
                kind: "BOOL".to_owned(),
            }
            .into()),
        }
    }

    fn is_in(&mut self, operand: Expr, all: Expr) -> Parsed<Tree> {
        let (Kind::Path(_), Kind::List(all) | Kind::Bag(all)) = (&operand.kind, all.kind) else {
            return Err(Fault::In);
        };
        match all.len() {
            0 => return Err(Fault::In),
            count if count > MEMBERS => return Err(Fault::InOperands(count)),
            _ => {}
        }
        let mut operands = vec![self.operand(operand)?];
        for one in all {
            operands.push(self.operand(one)?);
        }
        Ok(Tree::Leaf(Leaf::In(operands)))
    }

    fn is(&mut self, operand: Expr, kind: String) -> Parsed<Tree> {
        let constant = matches!(operand.kind, Kind::Text(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Null);
        if !constant && !matches!(operand.kind, Kind::Path(_) | Kind::Parameter(_)) {
            return Err(Fault::IsOperand);
        }
        let operand = self.operand(operand)?;
        let call = |function: &str, operands| {
            Tree::Leaf(Leaf::Call(Call { function: function.to_owned(), operands }))
        };
        let name = match kind.as_str() {
            "MISSING" => return Ok(call("attribute_not_exists", vec![operand])),
            "NULL" => "NULL",
            "BOOL" | "BOOLEAN" => "BOOL",
            "BLOB" => "B",
            "STRING" => "S",
            "NUMERIC" => "N",
            "STRUCT" | "TUPLE" => "M",
            "LIST" => "L",
            _ => return Err(Fault::IsType(kind)),
        };
        let name = self.value(Attribute::String(name.to_owned()));
        Ok(call("attribute_type", vec![operand, name]))
    }

    fn call(&mut self, at: Place, function: String, operands: Vec<Expr>) -> Parsed<Call> {
        const KNOWN: [&str; 6] =
            ["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"];
        if !KNOWN.contains(&function.as_str()) {
            return Err(Fault::Function(function, at));
        }
        let operands = operands.into_iter().map(|one| self.operand(one)).collect::<Parsed<_>>()?;
        Ok(Call { function, operands })
    }

    /// What a comparison or function looks at.
    fn operand(&mut self, expr: Expr) -> Parsed<RawOperand> {
        match expr.kind {
            Kind::Path(path) => Ok(RawOperand::Path(self.path(path))),
            Kind::Call(function, operands) => Ok(RawOperand::Call(self.call(expr.at, function, operands)?)),
            Kind::Plus(..) => Err(Fault::ConditionOperator("+")),
            Kind::Minus(..) => Err(Fault::ConditionOperator("-")),
            ref kind if kind.is_condition() => Err(Fault::Where),
            _ => Ok(self.value(literal::value(expr)?)),
        }
    }
}
