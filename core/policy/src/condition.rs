//! Conditions: operators, keys and values.
//!
//! Sources: IAM User Guide, "IAM JSON policy elements: Condition operators", "Set operators for multivalued
//! context keys".

mod date;
mod network;
mod number;
mod operator;
mod test;

pub(crate) use network::parse as network;
pub(crate) use operator::{Comparison, Operator, SetOperator};
pub(crate) use test::Test;

use crate::{Context, Values, variables::Variable};

/// One operator with one key and its values.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// The operator's name as written.
    pub(crate) name: Box<str>,
    pub(crate) operator: Operator,
    pub(crate) key: Box<str>,
    /// The values as written.
    pub(crate) values: Box<[Box<str>]>,
    pub(crate) test: Test,
}

/// Why a condition holds or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) holds: bool,
    /// The request does not have the key.
    pub(crate) missing: bool,
}

impl Condition {
    /// Whether the condition holds in this request.
    pub(crate) fn holds(&self, context: &Context) -> bool {
        self.outcome(context).holds
    }

    pub(crate) fn outcome(&self, context: &Context) -> Outcome {
        let found = context.get(&self.key).filter(|values| !values.is_empty());
        let missing = found.is_none();
        let holds = match &self.test {
            Test::Null(wanted) => wanted.contains(&missing),
            test => self.compare(test, found, context),
        };
        Outcome { holds, missing }
    }

    /// Set operators look at each value by itself; `IfExists` means nothing to them. Without one, a negated
    /// operator holds when no value matches.
    fn compare(&self, test: &Test, found: Option<&Values>, context: &Context) -> bool {
        let negated = self.operator.negated;
        let values = || found.into_iter().flat_map(Values::iter);
        let matched = |value| test.matches(value, context);
        let null = || values().all(str::is_empty);
        match self.operator.set {
            None if found.is_none() => negated || self.operator.if_exists,
            None => values().any(matched) != negated,
            Some(SetOperator::ForAllValues) => null() || values().all(|value| matched(value) != negated),
            Some(SetOperator::ForAnyValue) => !null() && values().any(|value| matched(value) != negated),
        }
    }

    /// The variables in the values.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.test.variables()
    }
}

#[cfg(test)]
mod tests;
