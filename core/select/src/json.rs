use crate::{
    SelectError,
    decimal::{self, Decimal},
    sql::{Name, Step},
    time::Stamp,
    value::Value,
};

/// A value of a record of JSON or Parquet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(String),
    /// Of Parquet alone, as the next two.
    Float(f64),
    Time(Stamp),
    Int96(u128),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Node {
    /// Reads what is neither a text nor has members. `None` for what is none.
    pub(crate) fn scalar(text: &[u8]) -> Option<Self> {
        match text {
            b"null" => Some(Self::Null),
            b"true" => Some(Self::Bool(true)),
            b"false" => Some(Self::Bool(false)),
            _ if is_number(text) => {
                let text = std::str::from_utf8(text).ok()?;
                match text.parse() {
                    Ok(number) => Some(Self::Int(number)),
                    Err(_) => decimal::parse(text).map(Self::Decimal),
                }
            }
            _ => None,
        }
    }

    /// What lies on a path; `None` where there is nothing.
    pub(crate) fn find<'a>(&'a self, path: &[Step]) -> Result<Option<&'a Self>, SelectError> {
        let mut found = self;
        for step in path {
            let next = match (step, found) {
                (Step::Name(name), Self::Object(members)) => member(members, name)?,
                (Step::Index(index), Self::List(list)) => list.get(*index),
                _ => None,
            };
            let Some(next) = next else { return Ok(None) };
            found = next;
        }
        Ok(Some(found))
    }

    /// About how many bytes it has: what each member has is counted once.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(list) => list.iter().map(Self::size).sum::<usize>() + list.len(),
            Self::Object(members) => members.iter().map(|(name, node)| name.len() + node.size()).sum(),
            _ => 8,
        }
    }

    /// As expressions see it.
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(*truth),
            Self::Int(number) => Value::Int(*number),
            Self::Decimal(number) => Value::Decimal(number.clone()),
            Self::Text(text) => Value::Text(text.as_str().into()),
            Self::Float(number) => Value::Float(*number),
            Self::Time(time) => Value::Time(*time),
            Self::Int96(number) => Value::Int96(*number),
            nested @ (Self::List(_) | Self::Object(_)) => Value::Nested(nested.into()),
        }
    }
}

/// The member of a name. Two of them that differ in case are one too many, unless the name says which.
fn member<'a>(members: &'a [(String, Node)], name: &Name) -> Result<Option<&'a Node>, SelectError> {
    let mut found: Option<&(String, Node)> = None;
    for member in members.iter().filter(|(key, _)| name.is(key)) {
        match found {
            Some((key, _)) if *key != member.0 => return Err(SelectError::AmbiguousFieldName),
            _ => found = Some(member),
        }
    }
    Ok(found.map(|(_, node)| node))
}

/// Whether this is a number as RFC 8259 writes it.
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text.first() == Some(&b'0')) {
        return false;
    }
    let mut rest = text.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = fraction.get(count..).unwrap_or_default();
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let exponent =
            exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_json() {
        for good in ["0", "-1", "10.50", "1e5", "2E-3", "0.1"] {
            assert!(Node::scalar(good.as_bytes()).is_some(), "{good}");
        }
        for bad in ["", "-", "01", "1.", ".5", "1e", "+1", "NaN", "tru", "1x"] {
            assert!(Node::scalar(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
