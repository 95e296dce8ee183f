use crate::{Error, attribute::Invalid, expression::PlaceholderFault};

/// How a request is told what is wrong with it by itself, whatever the table.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    /// As it is: reads, batches and transactions.
    #[default]
    Plain,
    /// With the count before it: what writes one item.
    Counted,
}

impl Tells {
    /// That parameters or expressions are wrong.
    pub(super) fn fault(self, error: Error) -> Error {
        match self {
            Self::Plain => error,
            Self::Counted => error.counted(),
        }
    }

    /// That a value is none.
    pub(super) fn value(self, invalid: Invalid) -> Error {
        if invalid.is_counted() { self.fault(invalid.into()) } else { invalid.into() }
    }

    /// That placeholders are wrong. The count stands in place of which placeholder a set is for.
    pub(super) fn placeholder(self, fault: PlaceholderFault) -> Error {
        match fault {
            PlaceholderFault::Value { invalid, .. } if self == Self::Counted && invalid.is_counted() => {
                self.value(invalid)
            }
            PlaceholderFault::Value { .. } => fault.into(),
            other => self.fault(other.into()),
        }
    }
}
