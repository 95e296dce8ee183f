use std::borrow::Cow;

use http::HeaderMap;

use crate::{OperationSchema, RouteSchema};

/// Chooses among the operations of a service by method, path, query and headers.
#[derive(Debug)]
pub struct RestRouter {}

/// What a request is routed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routed<'a> {
    /// A served operation: its place in the table, and the decoded labels of the path.
    Operation(usize, Vec<(&'static str, Cow<'a, str>)>),
    /// An operation that is refused by name: its place in that table, and the labels.
    Refused(usize, Vec<(&'static str, Cow<'a, str>)>),
    /// The path is known, the method or subresource is not: S3's `MethodNotAllowed`.
    MethodNotAllowed,
    /// Nothing has this path.
    NotFound,
    /// The path's percent-encoding is broken or not UTF-8.
    BadPath,
}

impl RestRouter {
    /// Prepares the tables. Of equal routes the served one wins, then the one that is not deprecated, then the first.
    pub fn new(operations: &[&'static OperationSchema], refused: &'static [RouteSchema]) -> Self {
        let _ = (operations, refused);
        Self {}
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
        let _ = (method, path, query, headers);
        Routed::NotFound
    }
}
