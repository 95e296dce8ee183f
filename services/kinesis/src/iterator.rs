//! Shard iterators. They hold no secret and prove nothing: whoever brings one is asked anew whether he may read the
//! stream that it names.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::{Buf as _, BufMut as _};
use jiff::Timestamp;
use kurodo_arn::{AccountId, Region};
use kurodo_store::{Place, Version};

use crate::{Error, names::StreamName, names::is_name, shard::ShardId};

/// How long an iterator can be used, in milliseconds.
///
/// Source: Kinesis API Reference, GetShardIterator.
const VALID: i64 = 5 * 60 * 1000;
/// What iterators of AWS begin with.
const HEAD: [u8; 8] = 1_u64.to_be_bytes();
/// The rest is a multiple of so many bytes.
const BLOCK: usize = 16;
/// Bytes of the rest before the names.
const FIXED: usize = 40;

/// Where in a shard to go on reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShardIterator {
    pub(crate) stream: StreamName,
    /// What the stream's records are called by: a stream of the same name, made later, is another one.
    pub(crate) contents: u64,
    pub(crate) shard: u32,
    pub(crate) at: Place,
    /// When it was given out, in milliseconds since 1970.
    pub(crate) given: i64,
}

impl ShardIterator {
    /// As clients bring it back.
    pub(crate) fn show(&self) -> String {
        let StreamName { region, account, name } = &self.stream;
        let mut out = HEAD.to_vec();
        out.put_i64(self.given);
        out.put_u64(account.value());
        out.put_u64(self.contents);
        out.put_u32(self.shard);
        out.put_slice(&self.at.bytes());
        for text in [region.as_str(), name] {
            out.put_u8(u8::try_from(text.len()).unwrap_or(u8::MAX));
            out.put_slice(text.as_bytes());
        }
        out.resize(HEAD.len() + (out.len() - HEAD.len()).next_multiple_of(BLOCK), 0);
        BASE64.encode(out)
    }

    /// The iterator that a client brought.
    pub(crate) fn parse(region: &Region, text: &str) -> Result<Self, Error> {
        Self::read(region, text).ok_or_else(|| Error::invalid("Invalid ShardIterator."))
    }

    fn read(own: &Region, text: &str) -> Option<Self> {
        let whole = BASE64.decode(text).ok()?;
        let mut rest = whole.strip_prefix(&HEAD)?;
        if rest.len() < FIXED || rest.len() % BLOCK != 0 {
            return None;
        }
        let (given, account, contents) = (rest.get_i64(), rest.get_u64(), rest.get_u64());
        let shard = rest.get_u32();
        let version = Version::from_number(rest.get_u64());
        let at = Place { version, change: rest.get_u32() };
        let (region, name) = (word(&mut rest)?, word(&mut rest)?);
        let padded = rest.len() < BLOCK && rest.iter().all(|byte| *byte == 0);
        let fits = padded && region == own.as_str() && is_name(name);
        let (account, name) = (AccountId::new(account)?, name.to_owned());
        let stream = StreamName { region: own.clone(), account, name };
        fits.then_some(Self { stream, contents, shard, at, given })
    }

    /// That it was not given out too long ago.
    pub(crate) fn check(&self, now: i64) -> Result<(), Error> {
        if now.saturating_sub(self.given) <= VALID {
            return Ok(());
        }
        Err(Error::ExpiredIterator(format!(
            "Iterator expired. The iterator was created at time {} while right now it is {} which is further in the \
             future than the tolerated delay of {VALID} milliseconds.",
            time(self.given),
            time(now)
        )))
    }

    /// The name of its shard.
    pub(crate) fn id(&self) -> ShardId {
        ShardId(self.shard)
    }
}

fn word<'r>(rest: &mut &'r [u8]) -> Option<&'r str> {
    let (length, after) = rest.split_first()?;
    let (word, after) = after.split_at_checked(usize::from(*length))?;
    *rest = after;
    std::str::from_utf8(word).ok()
}

/// Such as `Thu Jan 22 01:22:02 UTC 2015`.
fn time(at: i64) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.strftime("%a %b %d %H:%M:%S UTC %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region() -> Region {
        "us-east-1".parse().unwrap()
    }

    fn iterator(name: &str) -> ShardIterator {
        let stream =
            StreamName { region: region(), account: "111122223333".parse().unwrap(), name: name.to_owned() };
        let at = Place { version: Version::from_number(9), change: 2 };
        ShardIterator { stream, contents: 7, shard: 3, at, given: 1_421_889_722_000 }
    }

    #[test]
    fn iterators_come_back_and_expire() {
        let iterator = iterator("orders");
        let text = iterator.show();
        assert_eq!(ShardIterator::parse(&region(), &text).unwrap(), iterator);
        assert!(iterator.check(iterator.given + VALID).is_ok());
        let expired = iterator.check(iterator.given + VALID + 1).unwrap_err().to_string();
        assert!(expired.contains("at time Thu Jan 22 01:22:02 UTC 2015 while"), "{expired}");
        for broken in ["", "x", &text[1..], &text[..text.len() - 4], &format!("{text}AAAA")] {
            assert!(ShardIterator::parse(&region(), broken).is_err(), "{broken}");
        }
        assert!(ShardIterator::parse(&"eu-west-1".parse().unwrap(), &text).is_err());
    }

    #[test]
    fn they_have_the_lengths_of_aws() {
        for length in 1..=128 {
            let text = iterator(&"n".repeat(length)).show();
            assert!(text.len() <= 512);
            assert_eq!(BASE64.decode(&text).unwrap().len() % 16, 152 % 16);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_fails(rest: Vec<u8>, text: String) {
            _ = ShardIterator::parse(&region(), &text);
            _ = ShardIterator::parse(&region(), &BASE64.encode([&HEAD[..], &rest].concat()));
        }
    }
}
