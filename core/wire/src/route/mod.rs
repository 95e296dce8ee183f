//! Which operation a request means, by method, path, query and headers.

mod table;
mod template;

use std::borrow::Cow;

use http::HeaderMap;

use crate::{Dialect, ServiceSchema, codec::unescape};
use table::{Choice, Group, Route};

/// Chooses among the operations of a service.
#[derive(Debug)]
pub struct RestRouter {
    groups: Vec<Group>,
    /// Whether a query parameter that names a subresource must not be ignored.
    strict: bool,
}

/// Labels of a path, decoded: name in the URI template, value.
pub type Labels<'a> = Vec<(&'static str, Cow<'a, str>)>;

/// What a request is routed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routed<'a> {
    /// A served operation: its place in the service's table, and the labels.
    Operation(usize, Labels<'a>),
    /// An operation that is refused by name: its place in that table, and the labels.
    Refused(usize, Labels<'a>),
    /// The path is known, the method or subresource is not: S3's `MethodNotAllowed`.
    MethodNotAllowed,
    /// Nothing has this path.
    NotFound,
    /// The path's percent-encoding is broken or not UTF-8.
    BadPath,
}

impl RestRouter {
    /// Prepares a service's tables. Of equal routes the served one wins, then the one that is not deprecated,
    /// then the first.
    pub fn new(service: &'static ServiceSchema) -> Self {
        Self { groups: table::groups(service), strict: service.dialect == Dialect::S3 }
    }

    /// Routes a request. `path` is raw (percent-encoded), without the query; `query` is decoded.
    /// For S3's virtual hosts the caller puts the bucket in front of the path.
    pub fn route<'a>(
        &self,
        method: &str,
        path: &'a str,
        query: &[(Cow<'_, str>, Cow<'_, str>)],
        headers: &HeaderMap,
    ) -> Routed<'a> {
        let mut known = false;
        for group in &self.groups {
            let Some(labels) = group.template.matches(path) else { continue };
            known = true;
            let Some(route) = group.choose(method, query, headers) else { continue };
            if self.strict && group.ignores_subresource(route, query) {
                return Routed::MethodNotAllowed;
            }
            return found(route, labels);
        }
        if known { Routed::MethodNotAllowed } else { Routed::NotFound }
    }
}

fn found<'a>(route: &Route, labels: Vec<(&'static str, &'a str)>) -> Routed<'a> {
    let labels = labels.into_iter().map(|(name, raw)| Some((name, unescape(raw).ok()?))).collect();
    match (labels, route.choice) {
        (None, _) => Routed::BadPath,
        (Some(labels), Choice::Served(at)) => Routed::Operation(at, labels),
        (Some(labels), Choice::Refused(at)) => Routed::Refused(at, labels),
    }
}

/// The service and operation of a path of the protocol `rpc-v2-cbor`: `/service/{service}/operation/{operation}`,
/// anything before it ignored.
pub fn rpc_v2_operation(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.rsplitn(5, '/');
    let (operation, word, service) = (parts.next()?, parts.next()?, parts.next()?);
    let first = parts.next()?;
    parts.next()?;
    (word == "operation" && first == "service" && !operation.is_empty() && !service.is_empty())
        .then_some((service, operation))
}

#[cfg(test)]
mod tests;
