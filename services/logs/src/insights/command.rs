use super::{aggregate::Aggregate, expression::Expression, extract::Extraction};

/// A command of a query.
#[derive(Debug)]
pub(super) enum Command {
    /// Fields that are shown, computed where they are new.
    Fields(Vec<Named>),
    /// The fields that are shown in the end.
    Display(Vec<Named>),
    Filter(Expression),
    Parse(Extraction),
    Stats {
        shown: Vec<Named>,
        aggregates: Vec<Aggregate>,
        by: Vec<Named>,
    },
    Sort(Vec<(Expression, Order)>),
    Limit(usize),
    Dedup(Vec<Expression>),
}

/// An expression, and the name of what it gives.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) expression: Expression,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
}
