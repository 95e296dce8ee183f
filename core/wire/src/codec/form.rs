//! Forms: `Tags.member.1.Key=a&Tags.member.1.Value=b`.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::WireError;

/// How many dots a name may have.
const MAX_DEPTH: usize = 64;

/// How many parameters a form may have.
const MAX_PARAMETERS: usize = 100_000;

/// Query parameters, decoded, in the order of the request.
pub type QueryPairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Splits a query string or form into decoded pairs.
///
/// # Errors
/// [`WireError::MalformedQueryString`] when a percent sign is not followed by two digits or the result is not UTF-8.
pub fn parse_query(query: &str) -> Result<QueryPairs<'_>, WireError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Decodes percent signs and pluses.
fn decode(text: &str) -> Result<Cow<'_, str>, WireError> {
    if !text.bytes().any(|b| b == b'%' || b == b'+') {
        return Ok(Cow::Borrowed(text));
    }
    let spaced = text.replace('+', " ");
    unescape(&spaced).map(|decoded| Cow::Owned(decoded.into_owned()))
}

/// Decodes percent signs, which must be followed by two digits.
pub(crate) fn unescape(text: &str) -> Result<Cow<'_, str>, WireError> {
    let bytes = text.as_bytes();
    let sound = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%').all(|(at, _)| {
        bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    let malformed = || WireError::MalformedQueryString("the percent-encoding is malformed".into());
    if !sound {
        return Err(malformed());
    }
    percent_decode(bytes).decode_utf8().map_err(|_| malformed())
}

type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Parameters, sorted by name, so that those below a name stand together.
#[derive(Debug)]
pub(super) struct Form<'a>(Vec<Pair<'a>>);

/// A name's value and the parameters below it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'f, 'a> {
    /// The value of the parameter that has exactly this name.
    pub(super) value: Option<&'f str>,
    /// The parameters whose names go on after a dot.
    below: &'f [Pair<'a>],
    /// Where their names go on.
    at: usize,
}

impl<'a> Form<'a> {
    /// Sorts the parameters. Of equal names the last one counts.
    pub(super) fn new(pairs: impl Iterator<Item = Pair<'a>>) -> Result<Self, WireError> {
        let mut sorted: Vec<Pair<'a>> = pairs.take(MAX_PARAMETERS + 1).collect();
        if sorted.len() > MAX_PARAMETERS {
            return Err(WireError::TooLarge("the request has too many parameters".into()));
        }
        if sorted.iter().any(|(name, _)| name.bytes().filter(|byte| *byte == b'.').count() > MAX_DEPTH) {
            return Err(WireError::MalformedQueryString("a parameter's name nests too deep".into()));
        }
        sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
        sorted.dedup_by(|later, earlier| {
            let equal = later.0 == earlier.0;
            if equal {
                std::mem::swap(&mut later.1, &mut earlier.1);
            }
            equal
        });
        Ok(Self(sorted))
    }

    /// All parameters.
    pub(super) fn root(&self) -> Node<'_, 'a> {
        Node { value: None, below: &self.0, at: 0 }
    }
}

/// How the name goes on.
fn tail<'p>(pair: &'p Pair<'_>, at: usize) -> &'p str {
    pair.0.get(at..).unwrap_or_default()
}

impl<'f, 'a> Node<'f, 'a> {
    /// The parameter of this name and those below it, if there are any.
    pub(super) fn child(&self, part: &str) -> Option<Self> {
        let exact = self.below.partition_point(|pair| tail(pair, self.at) < part);
        let value =
            self.below.get(exact).filter(|pair| tail(pair, self.at) == part).map(|(_, value)| &**value);
        let dotted = || part.bytes().chain([b'.']);
        let first = self.below.partition_point(|pair| tail(pair, self.at).bytes().lt(dotted()));
        let rest = self.below.get(first..).unwrap_or_default();
        let is_below =
            |pair: &Pair<'_>| tail(pair, self.at).strip_prefix(part).is_some_and(|t| t.starts_with('.'));
        let below = rest.get(..rest.partition_point(is_below)).unwrap_or_default();
        (value.is_some() || !below.is_empty()).then_some(Self { value, below, at: self.at + part.len() + 1 })
    }

    /// Whether nothing is below.
    pub(super) fn is_leaf(&self) -> bool {
        self.below.is_empty()
    }

    /// The numbered children, in the order of their numbers.
    pub(super) fn numbered(&self) -> Result<Vec<Self>, WireError> {
        let mut items = Vec::new();
        let mut last = None;
        for pair in self.below {
            let name = tail(pair, self.at);
            let part = name.split_once('.').map_or(name, |(part, _)| part);
            if last == Some(part) {
                continue;
            }
            let number: u32 = part.parse().map_err(|_| {
                WireError::serialization(format!("`{part}` is not the number of a list's item"))
            })?;
            items.extend(self.child(part).map(|node| (number, node)));
            last = Some(part);
        }
        items.sort_by_key(|(number, _)| *number);
        Ok(items.into_iter().map(|(_, node)| node).collect())
    }
}
