use std::fmt;

use http::{HeaderMap, Method, header};

/// The head of a request as it came over the wire, before any decoding.
///
/// Whoever routes the request must read the same bytes in the same way: S3 paths are decoded once and
/// not normalised, other paths are normalised first; `+` in a query is a space.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The raw path, from its first slash to the question mark.
    pub path: &'a str,
    /// The raw query, without the question mark.
    pub query: &'a str,
    /// The header fields.
    pub headers: &'a HeaderMap,
    /// HTTP/2's `:authority`, used when there is no `Host` field.
    pub authority: Option<&'a str>,
}

impl fmt::Debug for Head<'_> {
    /// Method and path only: queries and fields hold signatures and tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head").field("method", self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

impl<'a> Head<'a> {
    /// The host that the client named: the `Host` field, else `:authority`.
    pub(crate) fn host(&self) -> Option<&'a [u8]> {
        let field = self.headers.get(header::HOST).map(http::HeaderValue::as_bytes);
        field.or_else(|| self.authority.map(str::as_bytes))
    }

    /// Whether `Host` is given twice, or `Host` and `:authority` name different hosts.
    pub fn host_is_ambiguous(&self) -> bool {
        let mut fields = self.headers.get_all(header::HOST).iter();
        let first = fields.next();
        let differs =
            |field: &http::HeaderValue, name: &str| !field.as_bytes().eq_ignore_ascii_case(name.as_bytes());
        fields.next().is_some() || first.zip(self.authority).is_some_and(|(field, name)| differs(field, name))
    }

    /// The text of a field that must occur at most once. `Err` when it occurs twice or is not ASCII text.
    pub(crate) fn single(&self, name: &str) -> Result<Option<&'a str>, ()> {
        let mut fields = self.headers.get_all(name).iter();
        let first = fields.next();
        if fields.next().is_some() {
            return Err(());
        }
        first.map(|value| value.to_str().map(str::trim)).transpose().map_err(|_| ())
    }
}
