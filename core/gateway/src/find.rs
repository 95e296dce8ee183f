use kurodo_arn::{AccountId, Region};
use kurodo_store::{CoreDoor, Reader};

use crate::{Call, Service};

/// What a row may look at while it finds the resources that an input names: reads only, before any
/// permit is minted. What it finds goes into the decision, not into the answer.
pub struct Find<'a, S: Service> {
    /// The service.
    pub service: &'a S,
    /// Who calls, when, from where.
    pub call: &'a Call,
    door: &'a CoreDoor,
}

impl<'a, S: Service> Find<'a, S> {
    pub(crate) fn new(service: &'a S, call: &'a Call, door: &'a CoreDoor) -> Self {
        Self { service, call, door }
    }

    /// What is stored, to read.
    pub fn stored(&self) -> Reader<'a> {
        self.door.read()
    }

    /// The caller's account; `None` for an anonymous caller.
    pub fn account(&self) -> Option<AccountId> {
        self.call.account()
    }

    /// The region that the request is for.
    pub fn region(&self) -> &'a Region {
        &self.call.region
    }
}
