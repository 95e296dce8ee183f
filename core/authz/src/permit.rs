use std::marker::PhantomData;

use crate::{Action, Grant, grant::sealed};

/// Proof that the authorizer allowed `A` on one resource for the request `'r`.
///
/// It cannot be made outside this crate, copied, or kept past its request, and nothing changes the
/// resource that was checked.
#[must_use = "a permit that opens no door means that an operation demands too much"]
pub struct Permit<'r, A: Action> {
    /// Lies where the need had it: a permit is handed on several times.
    resource: Box<A::Resource>,
    request: PhantomData<&'r mut ()>,
}

impl<A: Action> Permit<'_, A> {
    pub(crate) fn mint(resource: Box<A::Resource>) -> Self {
        Self { resource, request: PhantomData }
    }

    /// The resource that was checked.
    pub fn resource(&self) -> &A::Resource {
        &self.resource
    }
}

impl<A: Action> sealed::Minted for Permit<'_, A> {}

impl<A: Action> Grant for Permit<'_, A> {
    type Access = A::Access;
    type Resource = A::Resource;

    fn resource(&self) -> &A::Resource {
        &self.resource
    }
}
