//! Shard iterators. They hold no secret and prove nothing: whoever brings one is asked anew whether he may read the
//! stream that it names.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use kurodo_arn::Region;
use kurodo_store::{Place, Version};

use super::StreamName;
use crate::Error;

/// How long an iterator can be used, in milliseconds.
///
/// Source: DynamoDB API Reference, GetShardIterator.
const VALID: i64 = 15 * 60 * 1000;

/// Where in a shard to go on reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShardIterator {
    pub(crate) stream: StreamName,
    /// The transaction that opened the shard.
    pub(super) shard: Version,
    pub(super) at: Place,
    /// When it was given out, in milliseconds since 1970.
    pub(super) given: i64,
}

impl ShardIterator {
    /// As clients bring it back.
    pub(super) fn show(&self) -> String {
        let shard = self.shard.number().to_be_bytes();
        let rest = [&shard[..], &self.at.bytes(), &self.given.to_be_bytes()].concat();
        format!("{}|1|{}", self.stream.arn(), BASE64.encode(rest))
    }

    /// The iterator that a client brought.
    pub(crate) fn parse(region: &Region, text: &str) -> Result<Self, Error> {
        Self::read(region, text).ok_or_else(|| Error::validation("Invalid ShardIterator"))
    }

    fn read(region: &Region, text: &str) -> Option<Self> {
        let (arn, rest) = text.split_once("|1|")?;
        let stream = StreamName::from_arn(region, arn).ok()?;
        let rest = BASE64.decode(rest).ok()?;
        let (shard, rest) = rest.split_first_chunk()?;
        let (at, given) = rest.split_at_checked(Place::BYTES)?;
        let given = i64::from_be_bytes(given.try_into().ok()?);
        let shard = Version::from_number(u64::from_be_bytes(*shard));
        Some(Self { stream, shard, at: Place::of(at)?, given })
    }

    /// Whether it was given out too long ago.
    pub(super) fn is_expired(&self, now: i64) -> bool {
        now.saturating_sub(self.given) > VALID
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterators_come_back_and_expire() {
        let region: Region = "us-east-1".parse().unwrap();
        let arn = "arn:aws:dynamodb:us-east-1:111122223333:table/Forum/stream/2015-05-20T20:51:10.252";
        let iterator = ShardIterator {
            stream: StreamName::from_arn(&region, arn).unwrap(),
            shard: Version::from_number(7),
            at: Place { version: Version::from_number(9), change: 2 },
            given: 1_000_000,
        };
        let text = iterator.show();
        assert_eq!(ShardIterator::parse(&region, &text).unwrap(), iterator);
        assert!(!iterator.is_expired(1_000_000 + VALID) && iterator.is_expired(1_000_001 + VALID));
        for broken in ["", "x", arn, &text[1..], &text[..text.len() - 4], &format!("{text}AAAA")] {
            assert!(ShardIterator::parse(&region, broken).is_err(), "{broken}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_fails(rest: Vec<u8>, text: String) {
            let region: Region = "us-east-1".parse().unwrap();
            let arn = "arn:aws:dynamodb:us-east-1:111122223333:table/Forum/stream/2015-05-20T20:51:10.252";
            _ = ShardIterator::parse(&region, &text);
            _ = ShardIterator::parse(&region, &format!("{arn}|1|{}", BASE64.encode(rest)));
        }
    }
}
