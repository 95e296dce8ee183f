use std::fmt;

/// The day of a credential scope, `YYYYMMDD`: eight digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScopeDate([u8; 8]);

impl ScopeDate {
    /// The day that a text names, if it is eight digits.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 8] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_digit).then_some(Self(bytes))
    }

    /// The day (UTC) that a time falls on, in seconds since 1970.
    pub fn of(time: i64) -> Self {
        let stamp = crate::stamp::basic_bytes(time);
        Self(*stamp.first_chunk().unwrap_or(b"00000000"))
    }

    /// The eight digits.
    pub fn as_str(&self) -> &str {
        crate::encoding::ascii(&self.0)
    }
}

impl fmt::Debug for ScopeDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a signing key is good for: one day, one region, one service.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The day.
    pub date: ScopeDate,
    /// The region's name, as signed.
    pub region: Box<str>,
    /// The service's signing name, as signed.
    pub service: Box<str>,
}

/// The last element of every credential scope.
pub(crate) const TERMINAL: &str = "aws4_request";

impl fmt::Display for Scope {
    /// `date/region/service/aws4_request`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{TERMINAL}", self.date.as_str(), self.region, self.service)
    }
}
