//! Forms: `Tags.member.1.Key=a&Tags.member.1.Value=b`.

use std::{borrow::Cow, collections::BTreeMap};

use percent_encoding::percent_decode;

use crate::WireError;

/// How many dots a name may have.
const MAX_DEPTH: usize = 64;

/// How many parameters a form may have.
const MAX_PARAMETERS: usize = 100_000;

/// Parameters by the parts of their names.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    /// The value of the parameter that has exactly this name.
    pub(super) value: Option<Cow<'a, str>>,
    children: BTreeMap<Cow<'a, str>, Node<'a>>,
}

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

impl<'a> Node<'a> {
    /// Puts a parameter in its place. Of equal names the last one counts.
    fn insert(&mut self, name: Cow<'a, str>, value: Cow<'a, str>) -> Result<(), WireError> {
        let mut node = self;
        let parts: Vec<Cow<'a, str>> = match name {
            Cow::Borrowed(name) => name.split('.').map(Cow::Borrowed).collect(),
            Cow::Owned(name) => name.split('.').map(|part| Cow::Owned(part.to_owned())).collect(),
        };
        if parts.len() > MAX_DEPTH {
            return Err(WireError::MalformedQueryString("a parameter's name nests too deep".into()));
        }
        for part in parts {
            node = node.children.entry(part).or_default();
        }
        node.value = Some(value);
        Ok(())
    }

    /// Builds the tree.
    pub(super) fn new(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Result<Self, WireError> {
        let mut root = Self::default();
        for (count, (name, value)) in pairs.enumerate() {
            if count >= MAX_PARAMETERS {
                return Err(WireError::TooLarge("the request has too many parameters".into()));
            }
            root.insert(name, value)?;
        }
        Ok(root)
    }

    /// The parameters below this part of the name.
    pub(super) fn child(&self, part: &str) -> Option<&Self> {
        self.children.get(part)
    }

    /// Whether nothing is below.
    pub(super) fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// The numbered children, in the order of their numbers.
    pub(super) fn numbered(&self) -> Result<Vec<&Self>, WireError> {
        let mut items = Vec::with_capacity(self.children.len());
        for (part, node) in &self.children {
            let number: u32 = part.parse().map_err(|_| {
                WireError::serialization(format!("`{part}` is not the number of a list's item"))
            })?;
            items.push((number, node));
        }
        items.sort_by_key(|(number, _)| *number);
        Ok(items.into_iter().map(|(_, node)| node).collect())
    }
}
