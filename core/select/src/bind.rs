//! Names of a query become places in the input.

use std::collections::BTreeSet;

use crate::{
    SelectError,
    sql::{Expr, Name, Path, Projection, Query, Step},
};

/// What names can mean.
pub(crate) enum Names<'a> {
    /// Columns, by their headers where there are some.
    Csv(Option<&'a [String]>),
    Json,
    /// Columns, each found by the path that leads to it or into it.
    Columns(&'a dyn Fn(&[Step]) -> Result<usize, SelectError>),
}

impl Query {
    /// Binds every name.
    ///
    /// # Errors
    /// The code for a name that is missing or not clear.
    pub(crate) fn bind(&mut self, names: &Names<'_>) -> Result<(), SelectError> {
        let alias = self.alias.clone();
        if let Projection::Items(items) = &mut self.projection {
            items.iter_mut().try_for_each(|item| bind(&mut item.value, &alias, names))?;
        }
        let aggregated = self.aggregates.iter_mut().filter_map(|(_, argument)| argument.as_mut());
        aggregated.chain(self.condition.as_mut()).try_for_each(|expr| bind(expr, &alias, names))
    }
}

impl Query {
    /// How many expressions are computed for a row.
    pub(crate) fn size(&mut self) -> u64 {
        let items = match &mut self.projection {
            Projection::Items(items) => items.iter_mut().map(|item| size(&mut item.value)).sum(),
            Projection::All => 1,
        };
        let aggregated = self.aggregates.iter_mut().filter_map(|(_, argument)| argument.as_mut());
        items + aggregated.chain(self.condition.as_mut()).map(size).sum::<u64>()
    }
}

impl Query {
    /// The columns that it names, once it is bound to some. `None` for all.
    pub(crate) fn columns(&mut self) -> Option<BTreeSet<usize>> {
        let mut found = BTreeSet::new();
        let Projection::Items(items) = &mut self.projection else { return None };
        items.iter_mut().for_each(|item| columns(&mut item.value, &mut found));
        let aggregated = self.aggregates.iter_mut().filter_map(|(_, argument)| argument.as_mut());
        aggregated.chain(self.condition.as_mut()).for_each(|expr| columns(expr, &mut found));
        Some(found)
    }
}

fn columns(expr: &mut Expr, found: &mut BTreeSet<usize>) {
    if let Expr::Below(column, _) = expr {
        found.insert(*column);
    }
    expr.parts().into_iter().for_each(|part| columns(part, found));
}

fn size(expr: &mut Expr) -> u64 {
    1 + expr.parts().into_iter().map(size).sum::<u64>()
}

fn bind(expr: &mut Expr, alias: &Name, names: &Names<'_>) -> Result<(), SelectError> {
    if let Expr::Path(path) = expr {
        *expr = match names {
            Names::Json => Expr::Field(below(path, alias)),
            Names::Csv(headers) => Expr::Column(column(&below(path, alias), *headers)?),
            Names::Columns(find) => {
                let mut path = below(path, alias);
                let column = find(&path)?;
                Expr::Below(column, path.split_off(1))
            }
        };
        return Ok(());
    }
    expr.parts().into_iter().try_for_each(|part| bind(part, alias, names))
}

/// The path below the row: a row's other name says that it is the row.
fn below(path: &Path, alias: &Name) -> Vec<Step> {
    let first = (!path.first.meets(alias)).then(|| Step::Name(path.first.clone()));
    first.into_iter().chain(path.rest.iter().cloned()).collect()
}

fn column(path: &[Step], headers: Option<&[String]>) -> Result<usize, SelectError> {
    let [Step::Name(name)] = path else { return Err(SelectError::EvaluatorBindingDoesNotExist) };
    let mut found = headers.unwrap_or_default().iter().enumerate().filter(|(_, header)| name.is(header));
    match (found.next(), found.next(), name.position()) {
        (Some((index, _)), None, _) => Ok(index),
        (Some(_), Some(_), _) => Err(SelectError::AmbiguousFieldName),
        (None, _, Some(position)) => position.checked_sub(1).ok_or(SelectError::InvalidColumnIndex),
        (None, _, None) => Err(SelectError::MissingHeaders),
    }
}
