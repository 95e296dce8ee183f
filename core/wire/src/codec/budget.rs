//! A bound on what a request may grow to in memory: three bytes of `{},` can stand for a structure of many members.

use crate::{OperationSchema, WireError};

/// How many more values a request may hold.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    /// What the operation allows.
    pub(super) fn new(operation: &OperationSchema) -> Self {
        Self(operation.max_values)
    }

    /// Takes so many values from it.
    pub(super) fn take(&mut self, values: usize) -> Result<(), WireError> {
        let left = self.0.checked_sub(values.max(1));
        self.0 = left.ok_or_else(|| WireError::TooLarge("the request has too many values".into()))?;
        Ok(())
    }
}
