//! What the `SET` and `REMOVE` of a statement mean.

use super::{
    Fault,
    condition::Names,
    lexer::Place,
    literal,
    parser::Parsed,
    tree::{Expr, Kind},
};
use crate::expression::{Call, Path, RawAction, RawOperand, RawSource, Section, Update};

/// What is done at one path, as it was written.
pub(super) enum Assignment {
    Set(Path, Expr),
    Remove(Path),
}

/// The functions that change sets, and the sections of update expressions that do the same.
const SETS: [(&str, &str); 2] = [("set_add", "ADD"), ("set_delete", "DELETE")];

/// The update that these are.
pub(super) fn meaning(assignments: Vec<Assignment>) -> Parsed<Update> {
    let mut names = Names::default();
    let mut sections = ["SET", "REMOVE", "ADD", "DELETE"].map(|name| Section { name, actions: Vec::new() });
    for assignment in assignments {
        let (name, action) = names.action(assignment)?;
        if let Some(section) = sections.iter_mut().find(|section| section.name == name) {
            section.actions.push(action);
        }
    }
    Ok(Update::from_sections(&sections, &names.0)?)
}

impl Names {
    /// An action, and the section that it belongs to.
    fn action(&mut self, assignment: Assignment) -> Parsed<(&'static str, RawAction)> {
        let (path, expr) = match assignment {
            Assignment::Remove(path) => return Ok(("REMOVE", RawAction::Remove(self.path(path)))),
            Assignment::Set(path, expr) => (path, expr),
        };
        if let Kind::Call(function, operands) = expr.kind {
            return match SETS.into_iter().find(|(known, _)| *known == function) {
                Some((_, section)) => {
                    self.set(section, path, expr.at, operands).map(|action| (section, action))
                }
                None => {
                    let call = self.append(expr.at, function, operands)?;
                    Ok(("SET", RawAction::Set(self.path(path), RawSource::Operand(call))))
                }
            };
        }
        let source = match expr.kind {
            Kind::Plus(a, b) => RawSource::Plus(self.source(*a)?, self.source(*b)?),
            Kind::Minus(a, b) => RawSource::Minus(self.source(*a)?, self.source(*b)?),
            _ => RawSource::Operand(self.source(expr)?),
        };
        Ok(("SET", RawAction::Set(self.path(path), source)))
    }

    /// A set with more members, or with fewer.
    fn set(&mut self, section: &str, path: Path, at: Place, operands: Vec<Expr>) -> Parsed<RawAction> {
        let adds = section == "ADD";
        let function = if adds { "SET_ADD" } else { "SET_DELETE" };
        let [first, second] =
            <[Expr; 2]>::try_from(operands).map_err(|_| Fault::SetArguments { function, at })?;
        if first.kind != Kind::Path(path.clone()) {
            return Err(Fault::SetTarget { function, at });
        }
        let no_set = Fault::SetValue { function, at: first.at };
        let members = match second.kind {
            Kind::Bag(_) | Kind::Parameter(_) => literal::value(second)?,
            _ => return Err(no_set),
        };
        if !members.type_of().is_set() {
            return Err(no_set);
        }
        let (path, members) = (self.path(path), self.0.bind_value(members));
        Ok(if adds { RawAction::Add(path, members) } else { RawAction::Delete(path, members) })
    }

    /// What stands in a sum, or alone.
    fn source(&mut self, expr: Expr) -> Parsed<RawOperand> {
        match expr.kind {
            Kind::Path(path) => Ok(RawOperand::Path(self.path(path))),
            Kind::Call(function, operands) => self.append(expr.at, function, operands),
            Kind::Plus(..) => Err(Fault::UpdateOperator("+")),
            Kind::Minus(..) => Err(Fault::UpdateOperator("-")),
            Kind::Is(..) => Err(Fault::IsInUpdate),
            Kind::Any(_) => Err(Fault::UpdateOperator("OR")),
            Kind::All(_) => Err(Fault::UpdateOperator("AND")),
            Kind::Not(_) => Err(Fault::UpdateOperator("NOT")),
            Kind::Compare(comparator, ..) => Err(Fault::UpdateOperator(comparator.symbol())),
            Kind::Between(..) => Err(Fault::UpdateOperator("BETWEEN")),
            Kind::In(..) => Err(Fault::UpdateOperator("IN")),
            Kind::Like => Err(Fault::UpdateOperator("LIKE")),
            _ => Ok(self.value(literal::value(expr)?)),
        }
    }

    fn append(&mut self, at: Place, function: String, operands: Vec<Expr>) -> Parsed<RawOperand> {
        if function != "list_append" {
            return Err(Fault::Function(function, at));
        }
        let operands = operands.into_iter().map(|one| self.source(one)).collect::<Parsed<_>>()?;
        Ok(RawOperand::Call(Call { function, operands }))
    }
}
