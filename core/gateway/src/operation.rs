use std::future::Future;

use kurodo_authz::{Demand, Need};
use kurodo_store::{CoreDoor, Reader};
use kurodo_wire::{Operation, OperationSchema, Value, Violation, validate};

use crate::{Answered, Body, Call, CrossOrigin, Failure, Find, Reply, Sharing};

/// A service as the gateway sees it: its facts, its table and the code behind the table.
pub trait Service: Send + Sync + Sized + 'static {
    /// What its operations fail with; maps to AWS's codes in one place.
    type Error: Into<Failure> + Send;
    /// Names, protocols and refusals of this service.
    const FACTS: &'static crate::ServiceFacts;
    /// Whether replies carry the CRC-32 of their body in `x-amz-crc32`.
    const CRC32: bool = false;

    /// The service's own words for an input of this operation that breaks the constraints of the API facts; the usual
    /// ones where it has none.
    fn invalid(_operation: &'static str, _violations: &[Violation]) -> Option<Failure> {
        None
    }

    /// What is wrong with an input of this operation by itself: what breaks the constraints of the API facts, and
    /// whatever else AWS holds inputs to.
    fn violations(operation: &OperationSchema, input: &Value) -> Vec<Violation> {
        validate(operation.input, input)
    }

    /// Compares the content of an operation that does not stream it with the digests that the request gives of it.
    /// What follows the content is in `body`.
    ///
    /// # Errors
    /// The content is another than the request says.
    fn check_content(
        &self,
        _call: &Call,
        _schema: &OperationSchema,
        _content: &[u8],
        _body: &Body,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    /// What a page of another origin gets to see of the answer to this request, whoever sends it; `None` for services
    /// that know of no other origins. It says nothing of who may send it.
    ///
    /// # Errors
    /// The page may not; said only to a browser that asks beforehand.
    fn cross_origin(
        &self,
        _stored: &Reader<'_>,
        _asked: &CrossOrigin<'_>,
    ) -> Option<Result<Sharing, Self::Error>> {
        None
    }

    /// Takes note of a request to this service that has its answer; before the answer's content is sent. It must be quick.
    fn answered(&self, _door: &CoreDoor, _finished: &Answered<'_>) {}
}

/// A row of a service's table: what the operation demands, and how the needs follow from its input.
/// Only the [`service!`](crate::service) table implements it.
pub trait Row<S: Service>: Operation {
    /// The actions that the operation demands.
    type Demand: Demand;

    /// Finds the resources that the input names, with what the decision needs to know of them. What is decided
    /// on may be taken out of the input and into the resource, so that what was checked is what is done.
    fn needs<'a>(
        find: &'a Find<'a, S>,
        input: &'a mut Self::Input,
    ) -> impl Future<Output = Result<<Self::Demand as Demand>::Needs, S::Error>> + Send + 'a;
}

/// The code of an operation. It runs only with what the authorizer granted.
pub trait Handler<O: Row<Self>>: Service {
    /// Does the operation.
    fn handle(
        &self,
        call: Authorized<'_, Self, O>,
    ) -> impl Future<Output = Result<Reply<O::Output>, Self::Error>> + Send;
}

/// An operation whose every need was granted: the input, the permits, and nothing else to act with.
#[non_exhaustive]
pub struct Authorized<'r, S: Service, O: Row<S>> {
    /// The decoded, validated input. Changing it changes nothing that was checked.
    pub input: O::Input,
    /// The permits that the row demands.
    pub permits: <O::Demand as Demand>::Permits<'r>,
    /// The streamed content, for operations that take one. What the handler leaves is received and thrown away, so
    /// that the connection can be used again.
    pub body: &'r mut Body,
    /// Who calls, when, from where.
    pub call: &'r Call,
}

/// A parameter whose value is a condition key too.
pub trait ConditionValue {
    /// Adds the value under this key to a need, where it is present.
    fn condition<A: kurodo_authz::Action>(&self, key: &'static str, need: Need<A>) -> Need<A>;

    /// Whether the request has it, and it is not an empty list.
    fn is_given(&self) -> bool {
        true
    }
}

impl ConditionValue for String {
    fn condition<A: kurodo_authz::Action>(&self, key: &'static str, need: Need<A>) -> Need<A> {
        need.with(key, self.as_str())
    }
}

impl ConditionValue for i32 {
    fn condition<A: kurodo_authz::Action>(&self, key: &'static str, need: Need<A>) -> Need<A> {
        need.with(key, i64::from(*self))
    }
}

impl<T: ConditionValue> ConditionValue for Option<T> {
    fn condition<A: kurodo_authz::Action>(&self, key: &'static str, need: Need<A>) -> Need<A> {
        match self {
            Some(value) => value.condition(key, need),
            None => need,
        }
    }

    fn is_given(&self) -> bool {
        self.as_ref().is_some_and(T::is_given)
    }
}

/// One of several values that are a condition key together, or a key each.
pub trait ConditionItem: Sized {
    /// Adds the values to a need.
    fn conditions<A: kurodo_authz::Action>(items: &[Self], key: &'static str, need: Need<A>) -> Need<A>;
}

impl ConditionItem for String {
    fn conditions<A: kurodo_authz::Action>(items: &[Self], key: &'static str, need: Need<A>) -> Need<A> {
        need.with(key, items.to_vec())
    }
}

impl<T: ConditionItem> ConditionValue for Vec<T> {
    fn condition<A: kurodo_authz::Action>(&self, key: &'static str, need: Need<A>) -> Need<A> {
        if self.is_empty() { need } else { T::conditions(self, key, need) }
    }

    fn is_given(&self) -> bool {
        !self.is_empty()
    }
}
