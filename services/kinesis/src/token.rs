//! Tokens with which lists go on. They hold no secret and prove nothing, as iterators do.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use kurodo_arn::Region;
use serde::{Deserialize, Serialize};

use crate::{Error, names::StreamName};

/// How long a token can be used, in milliseconds.
///
/// Source: Kinesis API Reference, ListShards, NextToken.
const VALID: i64 = 5 * 60 * 1000;

/// Where a list of something of a stream goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NextToken {
    /// The stream's ARN.
    pub(crate) stream: String,
    /// After this shard or consumer.
    pub(crate) after: String,
    /// What was asked for, where that is more than everything.
    pub(crate) filter: Option<(String, Option<i64>, Option<String>)>,
    /// When it was given out, in milliseconds since 1970.
    pub(crate) given: i64,
}

impl NextToken {
    /// As clients bring it back.
    pub(crate) fn show(&self) -> String {
        BASE64.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The token that a client brought.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let read = |text: &str| serde_json::from_slice(&BASE64.decode(text).ok()?).ok();
        read(text).ok_or_else(|| Error::invalid("Invalid NextToken."))
    }

    /// The stream that it is about.
    pub(crate) fn stream(&self, region: &Region) -> Result<StreamName, Error> {
        StreamName::from_arn(region, &self.stream).map_err(|_| Error::invalid("Invalid NextToken."))
    }

    /// That it was not given out too long ago.
    pub(crate) fn check(&self, now: i64) -> Result<(), Error> {
        match now.saturating_sub(self.given) <= VALID {
            true => Ok(()),
            false => Err(Error::ExpiredNextToken(format!(
                "NextToken has expired: tokens can be used for {VALID} milliseconds."
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_and_expire() {
        let arn = "arn:aws:kinesis:us-east-1:111122223333:stream/orders";
        let token = NextToken { stream: arn.into(), after: "7".into(), filter: None, given: 5 };
        assert_eq!(NextToken::parse(&token.show()).unwrap(), token);
        let region: Region = "us-east-1".parse().unwrap();
        assert_eq!(token.stream(&region).unwrap().arn(), arn);
        assert!(token.check(5 + VALID).is_ok() && token.check(6 + VALID).is_err());
        assert!(NextToken::parse("x").is_err() && NextToken::parse("").is_err());
        assert!(token.stream(&"eu-west-1".parse().unwrap()).is_err());
    }
}
