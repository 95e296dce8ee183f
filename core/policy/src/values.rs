use std::{net::IpAddr, sync::Arc, sync::OnceLock};

use jiff::Timestamp;
use kurodo_arn::AccountId;

/// The values of one condition key in a request.
#[derive(Debug, Clone)]
pub enum Values {
    /// A single-valued key.
    One(String),
    /// A multivalued key; it may hold no value at all.
    Many(Vec<String>),
    /// A single-valued key whose text others hold too.
    Shared(Arc<str>),
    /// A single-valued key whose text is a word of the program's.
    Word(&'static str),
    /// A single-valued key whose text is made when a policy asks for it.
    Plain(Plain),
}

/// A value that few policies ask for, with its text once one did.
#[derive(Debug, Clone)]
pub struct Plain {
    value: Scalar,
    text: OnceLock<Box<str>>,
}

#[derive(Debug, Clone, Copy)]
enum Scalar {
    Signed(i64),
    Unsigned(u64),
    /// Milliseconds since 1970.
    Time(i64),
    Address(IpAddr),
    Account(AccountId),
}

impl Plain {
    fn text(&self) -> &str {
        self.text.get_or_init(|| match self.value {
            Scalar::Signed(number) => number.to_string().into(),
            Scalar::Unsigned(number) => number.to_string().into(),
            Scalar::Time(ms) => iso8601(ms).into(),
            Scalar::Address(address) => address.to_string().into(),
            Scalar::Account(account) => account.to_string().into(),
        })
    }
}

/// In UTC, to the second.
fn iso8601(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Values {
    /// A point in time, in milliseconds since 1970; its text is in ISO 8601, in UTC and to the second.
    pub fn time(ms: i64) -> Self {
        Scalar::Time(ms).into()
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let many = if let Self::Many(values) = self { values.as_slice() } else { &[] };
        self.single().into_iter().chain(many.iter().map(String::as_str))
    }

    /// Whether the key holds no value at all.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Many(values) if values.is_empty())
    }

    /// The value of a single-valued key; `None` for a multivalued one, which policy variables cannot use.
    pub fn single(&self) -> Option<&str> {
        match self {
            Self::One(value) => Some(value),
            Self::Shared(value) => Some(value),
            Self::Word(value) => Some(value),
            Self::Plain(value) => Some(value.text()),
            Self::Many(_) => None,
        }
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        self.single().is_some() == other.single().is_some() && self.iter().eq(other.iter())
    }
}
impl Eq for Values {}

impl From<Scalar> for Values {
    fn from(value: Scalar) -> Self {
        Self::Plain(Plain { value, text: OnceLock::new() })
    }
}
impl From<&str> for Values {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}
impl From<String> for Values {
    fn from(value: String) -> Self {
        Self::One(value)
    }
}
impl From<Arc<str>> for Values {
    fn from(value: Arc<str>) -> Self {
        Self::Shared(value)
    }
}
impl From<bool> for Values {
    fn from(value: bool) -> Self {
        Self::Word(if value { "true" } else { "false" })
    }
}
impl From<i64> for Values {
    fn from(value: i64) -> Self {
        Scalar::Signed(value).into()
    }
}
impl From<u64> for Values {
    fn from(value: u64) -> Self {
        Scalar::Unsigned(value).into()
    }
}
impl From<IpAddr> for Values {
    fn from(value: IpAddr) -> Self {
        Scalar::Address(value).into()
    }
}
impl From<AccountId> for Values {
    fn from(value: AccountId) -> Self {
        Scalar::Account(value).into()
    }
}
impl From<Vec<String>> for Values {
    fn from(values: Vec<String>) -> Self {
        Self::Many(values)
    }
}
impl From<&[&str]> for Values {
    fn from(values: &[&str]) -> Self {
        Self::Many(values.iter().map(|&v| v.to_owned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_on_demand_reads_as_if_it_had_been_there() {
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        for (values, text) in [
            (Values::from(true), "true"),
            (Values::from(-7_i64), "-7"),
            (Values::from(u64::MAX), "18446744073709551615"),
            (Values::time(1_577_836_801_999), "2020-01-01T00:00:01Z"),
            (Values::time(-1), "1969-12-31T23:59:59Z"),
            (Values::from(address), "2001:db8::1"),
            (Values::from(AccountId::new(42).unwrap()), "000000000042"),
            (Values::from(Arc::<str>::from("x")), "x"),
        ] {
            assert_eq!(values.single(), Some(text));
            assert_eq!(values.iter().collect::<Vec<_>>(), [text]);
            assert_eq!(values, Values::from(text));
            assert_eq!(values.clone(), values);
            assert_ne!(values, Values::Many(vec![text.to_owned()]));
        }
    }
}
