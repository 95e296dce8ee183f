use kurodo_policy::{Context, Values};

use crate::{Access, Resource};

/// An action of a service's authorization reference, as a type. Made by the service's table.
///
/// Source: AWS Service Authorization Reference.
pub trait Action: Send + Sync + 'static {
    /// As policies write it, such as `s3:GetObject`.
    const NAME: &'static str;
    /// Whether a permit for it opens write doors.
    type Access: Access;
    /// What it is done to.
    type Resource: Resource;
}

/// That an operation needs an action on a resource, under these condition keys.
pub struct Need<A: Action> {
    pub(crate) resource: Box<A::Resource>,
    pub(crate) context: Context,
}

impl<A: Action> Need<A> {
    /// The action on this resource, with no condition keys of its own.
    pub fn new(resource: A::Resource) -> Self {
        Self { resource: Box::new(resource), context: Context::default() }
    }

    /// Adds a condition key that the request's parameters give.
    #[must_use]
    pub fn with(mut self, key: impl Into<std::borrow::Cow<'static, str>>, values: impl Into<Values>) -> Self {
        self.context.set(key, values);
        self
    }

    /// Adds a condition key where the parameter is present.
    #[must_use]
    pub fn with_some(
        self,
        key: impl Into<std::borrow::Cow<'static, str>>,
        values: Option<impl Into<Values>>,
    ) -> Self {
        match values {
            Some(values) => self.with(key, values),
            None => self,
        }
    }

    /// The resource that the need names.
    pub fn resource(&self) -> &A::Resource {
        &self.resource
    }
}
