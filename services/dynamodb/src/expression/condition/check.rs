//! From what was written to what is meant, with AWS's checks in AWS's order.

use super::{
    Comparator, Condition, Operand,
    parse::{Leaf, Parse, Tree},
};
use crate::{
    attribute::{Attribute, Type},
    expression::{
        Fault, Placeholders,
        placeholders::reserved_in,
        tree::{Call, RawOperand},
    },
};

pub(super) fn check(parse: &Parse, placeholders: &Placeholders) -> Result<Condition, Fault> {
    if parse.redundant {
        return Err(Fault::RedundantParentheses);
    }
    let leaves = parse.tree.leaves();
    let first = |find: &dyn Fn(&Leaf) -> Option<Fault>| match leaves.iter().find_map(|leaf| find(leaf)) {
        Some(fault) => Err(fault),
        None => Ok(()),
    };
    first(&unknown_function)?;
    first(&misused_function)?;
    first(&reserved_word)?;
    build(&parse.tree, placeholders)
}

impl Tree {
    fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Self::Or(a, b) | Self::And(a, b) => [a.leaves(), b.leaves()].concat(),
            Self::Not(tree) => tree.leaves(),
            Self::Leaf(leaf) => vec![leaf],
        }
    }
}

impl Leaf {
    fn operands(&self) -> &[RawOperand] {
        match self {
            Self::Compare(_, operands) => operands,
            Self::Between(operands) => operands,
            Self::In(operands) => operands,
            Self::Call(call) => &call.operands,
        }
    }

    fn calls(&self) -> Vec<&Call> {
        let mut calls: Vec<_> = self.operands().iter().flat_map(RawOperand::calls).collect();
        if let Self::Call(call) = self {
            calls.push(call);
        }
        calls
    }
}

/// The functions of conditions, and how many operands each has.
const FUNCTIONS: [(&str, usize); 6] = [
    ("attribute_exists", 1),
    ("attribute_not_exists", 1),
    ("attribute_type", 2),
    ("begins_with", 2),
    ("contains", 2),
    (SIZE, 1),
];
const SIZE: &str = "size";

fn unknown_function(leaf: &Leaf) -> Option<Fault> {
    let calls = leaf.calls();
    let unknown = calls.iter().find(|call| !FUNCTIONS.iter().any(|(name, _)| *name == call.function));
    unknown.map(|call| Fault::UnknownFunction(call.function.clone()))
}

/// Only `size` gives a value; all others are conditions.
fn misused_function(leaf: &Leaf) -> Option<Fault> {
    let misused = |call: &Call| Fault::MisusedFunction(call.function.clone());
    let inner = leaf.operands().iter().flat_map(RawOperand::calls).find(|call| call.function != SIZE);
    match (inner, leaf) {
        (Some(call), _) => Some(misused(call)),
        (None, Leaf::Call(call)) if call.function == SIZE => Some(misused(call)),
        _ => None,
    }
}

fn reserved_word(leaf: &Leaf) -> Option<Fault> {
    let leaves = leaf.operands().iter().flat_map(RawOperand::leaves);
    leaves.filter_map(RawOperand::as_path).find_map(reserved_in)
}

fn build(tree: &Tree, placeholders: &Placeholders) -> Result<Condition, Fault> {
    let both = |a: &Tree, b: &Tree| -> Result<_, Fault> {
        Ok((Box::new(build(a, placeholders)?), Box::new(build(b, placeholders)?)))
    };
    Ok(match tree {
        Tree::Or(a, b) => both(a, b).map(|(a, b)| Condition::Or(a, b))?,
        Tree::And(a, b) => both(a, b).map(|(a, b)| Condition::And(a, b))?,
        Tree::Not(tree) => Condition::Not(Box::new(build(tree, placeholders)?)),
        Tree::Leaf(leaf) => Builder { placeholders }.leaf(leaf)?,
    })
}

struct Builder<'p> {
    placeholders: &'p Placeholders,
}

impl Builder<'_> {
    fn leaf(&self, leaf: &Leaf) -> Result<Condition, Fault> {
        for operand in leaf.operands().iter().flat_map(RawOperand::leaves) {
            self.resolve(operand)?;
        }
        for call in leaf.calls() {
            let known = FUNCTIONS.iter().find(|(name, _)| *name == call.function).map(|(_, count)| *count);
            if known != Some(call.operands.len()) {
                let (function, count) = (call.function.clone(), call.operands.len());
                return Err(Fault::OperandCount { function, count });
            }
        }
        match leaf {
            Leaf::Compare(comparator, [a, b]) => {
                let (a, b) = (self.operand(a)?, self.operand(b)?);
                distinct(comparator.symbol(), &a, &b)?;
                ordered(*comparator, [&a, &b])?;
                Ok(Condition::Compare(*comparator, a, b))
            }
            Leaf::Between([a, low, high]) => {
                let (a, low, high) = (self.operand(a)?, self.operand(low)?, self.operand(high)?);
                sortable("BETWEEN", &[&a, &low, &high])?;
                bounds(&low, &high)?;
                Ok(Condition::Between(a, low, high))
            }
            Leaf::In(all) => {
                let mut all =
                    all.iter().map(|operand| self.operand(operand)).collect::<Result<Vec<_>, _>>()?;
                let first = all.remove(0);
                Ok(Condition::In(first, all))
            }
            Leaf::Call(call) => self.call(call),
        }
    }

    /// A path or value with its placeholder replaced.
    fn resolve(&self, raw: &RawOperand) -> Result<Operand, Fault> {
        match raw {
            RawOperand::Path(path) => self.placeholders.path(path).map(Operand::Path),
            RawOperand::Value(value) => self.placeholders.value(value).cloned().map(Operand::Value),
            RawOperand::Call(call) => self.size(call),
        }
    }

    fn operand(&self, raw: &RawOperand) -> Result<Operand, Fault> {
        self.resolve(raw)
    }

    fn size(&self, call: &Call) -> Result<Operand, Fault> {
        let operand = self.first(call)?;
        match type_of(&operand) {
            Some(kind @ (Type::N | Type::BOOL | Type::NULL)) => Err(operand_type(SIZE, kind.name())),
            _ => Ok(Operand::Size(Box::new(operand))),
        }
    }

    fn first(&self, call: &Call) -> Result<Operand, Fault> {
        self.nth(call, 0)
    }

    fn nth(&self, call: &Call, at: usize) -> Result<Operand, Fault> {
        let missing = || Fault::OperandCount { function: call.function.clone(), count: call.operands.len() };
        self.operand(call.operands.get(at).ok_or_else(missing)?)
    }

    fn call(&self, call: &Call) -> Result<Condition, Fault> {
        let first = self.first(call)?;
        let path = || first.as_path().cloned().ok_or_else(|| Fault::NeedsPath(call.function.clone()));
        match call.function.as_str() {
            "attribute_exists" => path().map(Condition::Exists),
            "attribute_not_exists" => path().map(Condition::NotExists),
            "attribute_type" => {
                let second = self.nth(call, 1)?;
                distinct(&call.function, &first, &second)?;
                has_type(first, &second)
            }
            "begins_with" => {
                let second = self.nth(call, 1)?;
                distinct(&call.function, &first, &second)?;
                for operand in [&first, &second] {
                    if let Some(kind) = type_of(operand).filter(|kind| !matches!(kind, Type::S | Type::B)) {
                        return Err(operand_type(&call.function, kind.name()));
                    }
                }
                Ok(Condition::BeginsWith(first, second))
            }
            "contains" => {
                let second = self.nth(call, 1)?;
                distinct(&call.function, &first, &second)?;
                Ok(Condition::Contains(first, second))
            }
            _ => Ok(Condition::Size(first)),
        }
    }
}

fn operand_type(function: &str, kind: &str) -> Fault {
    Fault::OperandType { function: function.to_owned(), kind: kind.to_owned() }
}

fn has_type(operand: Operand, name: &Operand) -> Result<Condition, Fault> {
    const NOT_A_NAME: &str = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}";
    match name {
        Operand::Value(Attribute::String(name)) => match Type::parse(name) {
            Some(kind) => Ok(Condition::HasType(operand, kind)),
            None => Err(Fault::UnknownType(name.clone())),
        },
        other => Err(operand_type("attribute_type", type_of(other).map_or(NOT_A_NAME, Type::name))),
    }
}

/// The type that an operand has whatever the item.
fn type_of(operand: &Operand) -> Option<Type> {
    match operand {
        Operand::Value(value) => Some(value.type_of()),
        Operand::Size(_) => Some(Type::N),
        Operand::Path(_) => None,
    }
}

fn distinct(operator: &str, a: &Operand, b: &Operand) -> Result<(), Fault> {
    match (a, b) {
        (Operand::Path(a), Operand::Path(b)) if a == b => {
            Err(Fault::NotDistinct { operator: operator.to_owned(), path: a.to_string() })
        }
        _ => Ok(()),
    }
}

/// Only strings, numbers and binaries have an order.
fn ordered(comparator: Comparator, operands: [&Operand; 2]) -> Result<(), Fault> {
    match comparator {
        Comparator::Equal | Comparator::NotEqual => Ok(()),
        _ => sortable(comparator.symbol(), &operands),
    }
}

/// That operands are of types that have an order.
fn sortable(operator: &str, operands: &[&Operand]) -> Result<(), Fault> {
    let unordered = |kind: &Type| !matches!(kind, Type::S | Type::N | Type::B);
    match operands.iter().copied().filter_map(type_of).find(unordered) {
        Some(kind) => Err(operand_type(operator, kind.name())),
        None => Ok(()),
    }
}

fn bounds(low: &Operand, high: &Operand) -> Result<(), Fault> {
    let (Operand::Value(low), Operand::Value(high)) = (low, high) else { return Ok(()) };
    let (lower, upper) = (low.to_string(), high.to_string());
    if low.type_of() != high.type_of() {
        return Err(Fault::BoundTypes { lower, upper });
    }
    match low.order(high) {
        Some(std::cmp::Ordering::Greater) => Err(Fault::BoundOrder { lower, upper }),
        _ => Ok(()),
    }
}
