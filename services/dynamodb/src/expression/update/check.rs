//! From what was written to what is meant, with AWS's checks in AWS's order.

use super::{
    Action, Source, Update,
    parse::{RawAction, RawSource, Section},
};
use crate::{
    attribute::{Attribute, Type},
    expression::{
        Fault, Placeholders,
        placeholders::reserved_in,
        projection::check_apart,
        tree::{Call, RawOperand},
    },
};

const IF_NOT_EXISTS: &str = "if_not_exists";
const LIST_APPEND: &str = "list_append";

pub(super) fn check(sections: &[Section], placeholders: &Placeholders) -> Result<Update, Fault> {
    let actions: Vec<&RawAction> = sections.iter().flat_map(|section| &section.actions).collect();
    reserved(&actions)?;
    functions(&actions)?;
    sections_once(sections)?;
    let checker = Checker { placeholders };
    checker.names(&actions)?;
    checker.values(&actions)?;
    let paths = actions.iter().map(|action| placeholders.path(action.path()));
    check_apart(&paths.collect::<Result<Vec<_>, _>>()?)?;
    for action in &actions {
        checker.action_type(action)?;
    }
    actions
        .iter()
        .map(|action| checker.action(action))
        .collect::<Result<_, _>>()
        .map(|actions| Update { actions, legacy: false })
}

fn reserved(actions: &[&RawAction]) -> Result<(), Fault> {
    for action in actions {
        let operands = action.operands();
        let leaves = operands.iter().flat_map(|operand| operand.leaves()).filter_map(RawOperand::as_path);
        if let Some(fault) = std::iter::once(action.path()).chain(leaves).find_map(reserved_in) {
            return Err(fault);
        }
    }
    Ok(())
}

fn functions(actions: &[&RawAction]) -> Result<(), Fault> {
    let operands = actions.iter().flat_map(|action| action.operands());
    let unknown = operands
        .flat_map(RawOperand::calls)
        .find(|call| call.function != IF_NOT_EXISTS && call.function != LIST_APPEND);
    match unknown {
        Some(call) => Err(Fault::UnknownFunction(call.function.clone())),
        None => Ok(()),
    }
}

fn sections_once(sections: &[Section]) -> Result<(), Fault> {
    let twice = sections
        .iter()
        .enumerate()
        .find(|(at, section)| sections.iter().take(*at).any(|earlier| earlier.name == section.name));
    match twice {
        Some((_, section)) => Err(Fault::SectionTwice(section.name)),
        None => Ok(()),
    }
}

struct Checker<'p> {
    placeholders: &'p Placeholders,
}

impl Checker<'_> {
    fn names(&self, actions: &[&RawAction]) -> Result<(), Fault> {
        for action in actions {
            self.placeholders.path(action.path())?;
            for operand in action.operands() {
                for path in operand.leaves().into_iter().filter_map(RawOperand::as_path) {
                    self.placeholders.path(path)?;
                }
            }
        }
        Ok(())
    }

    fn values(&self, actions: &[&RawAction]) -> Result<(), Fault> {
        for action in actions {
            match action {
                RawAction::Add(_, value) | RawAction::Delete(_, value) => {
                    self.placeholders.value(value)?;
                }
                _ => {
                    for operand in action.operands() {
                        for leaf in operand.leaves() {
                            if let RawOperand::Value(value) = leaf {
                                self.placeholders.value(value)?;
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// `ADD` takes numbers and sets, `DELETE` sets.
    fn action_type(&self, action: &RawAction) -> Result<(), Fault> {
        let (operator, value, takes_numbers) = match action {
            RawAction::Add(_, value) => ("ADD", value, true),
            RawAction::Delete(_, value) => ("DELETE", value, false),
            _ => return Ok(()),
        };
        let kind = self.placeholders.value(value)?.type_of();
        if kind.is_set() || (takes_numbers && kind == Type::N) {
            return Ok(());
        }
        Err(Fault::ActionType { operator, kind: kind.long_name() })
    }

    fn action(&self, action: &RawAction) -> Result<Action, Fault> {
        let path = self.placeholders.path(action.path())?;
        Ok(match action {
            RawAction::Set(_, source) => Action::Set(path, self.source(source)?),
            RawAction::Remove(_) => Action::Remove(path),
            RawAction::Add(_, value) => Action::Add(path, self.placeholders.value(value)?.clone()),
            RawAction::Delete(_, value) => Action::Delete(path, self.placeholders.value(value)?.clone()),
        })
    }

    fn source(&self, raw: &RawSource) -> Result<Source, Fault> {
        let both = |a: &RawOperand, b: &RawOperand, operator: &str| -> Result<_, Fault> {
            let (a, b) = (self.operand(a)?, self.operand(b)?);
            for operand in [&a, &b] {
                check_type(operator, operand, Type::N)?;
            }
            Ok((Box::new(a), Box::new(b)))
        };
        Ok(match raw {
            RawSource::Operand(operand) => self.operand(operand)?,
            RawSource::Plus(a, b) => both(a, b, "+").map(|(a, b)| Source::Plus(a, b))?,
            RawSource::Minus(a, b) => both(a, b, "-").map(|(a, b)| Source::Minus(a, b))?,
        })
    }

    fn operand(&self, raw: &RawOperand) -> Result<Source, Fault> {
        Ok(match raw {
            RawOperand::Path(path) => Source::Path(self.placeholders.path(path)?),
            RawOperand::Value(value) => Source::Value(self.placeholders.value(value)?.clone()),
            RawOperand::Call(call) => self.call(call)?,
        })
    }

    fn call(&self, call: &Call) -> Result<Source, Fault> {
        let [first, second] = call.operands.as_slice() else {
            let (function, count) = (call.function.clone(), call.operands.len());
            return Err(Fault::OperandCount { function, count });
        };
        let (first, second) = (self.operand(first)?, Box::new(self.operand(second)?));
        if call.function == IF_NOT_EXISTS {
            return match first {
                Source::Path(path) => Ok(Source::IfNotExists(path, second)),
                _ => Err(Fault::NeedsPath(call.function.clone())),
            };
        }
        for operand in [&first, &*second] {
            check_type(LIST_APPEND, operand, Type::L)?;
        }
        Ok(Source::ListAppend(Box::new(first), second))
    }
}

/// That an operand whose type is known has the one that is wanted.
fn check_type(function: &str, operand: &Source, wanted: Type) -> Result<(), Fault> {
    match type_of(operand) {
        Some(kind) if kind != wanted => {
            Err(Fault::OperandType { function: function.to_owned(), kind: kind.name().to_owned() })
        }
        _ => Ok(()),
    }
}

fn type_of(operand: &Source) -> Option<Type> {
    match operand {
        Source::Value(value) => Some(Attribute::type_of(value)),
        Source::ListAppend(..) => Some(Type::L),
        Source::Plus(..) | Source::Minus(..) => Some(Type::N),
        Source::Path(_) | Source::IfNotExists(..) => None,
    }
}
