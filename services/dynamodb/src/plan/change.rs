use super::ItemKey;
use crate::{
    attribute::Item,
    expression::{Condition, Update},
    model::ReturnValue,
};

/// One item to be written, or only checked.
#[derive(Debug)]
pub struct Change {
    pub(crate) key: ItemKey,
    pub(crate) act: Act,
    /// What must hold of the item before.
    pub(crate) condition: Option<Condition>,
    /// What of the item the answer has.
    pub(crate) returns: ReturnValue,
    /// Whether the answer has the item where the condition does not hold.
    pub(crate) shows_on_failure: bool,
}

/// What is done to an item.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Put(Item),
    /// An item that must not be there yet.
    Insert(Item),
    Update(Update),
    Delete,
    /// Only the condition counts.
    Check,
}

/// Items of one table to be written, each for itself.
pub struct Changes(pub(crate) Vec<Change>);

/// The conditions and the update of a request, before the table is known.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    pub(crate) condition: Option<Condition>,
    pub(crate) update: Option<Update>,
}
