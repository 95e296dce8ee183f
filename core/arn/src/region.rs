use std::{fmt, str::FromStr, sync::Arc};

use crate::ParseError;

/// A region's name, such as `eu-central-1`. Any name of AWS's form is accepted; cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(Arc<str>);

impl Region {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name, without a copy.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Region {
    type Err = ParseError;

    /// Lower-case letters, digits and single inner dashes, two letters first, a digit last, at most 32 characters.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let shape = text.len() <= 32
            && text.split('-').count() >= 3
            && text.split('-').all(|part| !part.is_empty())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && text.bytes().take(2).all(|b| b.is_ascii_lowercase())
            && text.bytes().last().is_some_and(|b| b.is_ascii_digit());
        if shape { Ok(Self(text.into())) } else { Err(ParseError::Region(text.to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_awss_form_are_accepted() {
        for text in ["us-east-1", "ap-southeast-7", "us-gov-west-1", "xx-lab-9"] {
            assert_eq!(text.parse::<Region>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "us", "us-east", "us--1", "US-EAST-1", "us-east-1/..", "us-east-1\n", "*"] {
            assert!(text.parse::<Region>().is_err(), "{text:?}");
        }
    }
}
