//! Names and ARNs of streams and consumers.

use kurodo_arn::{AccountId, Arn, PARTITION, Region};
use kurodo_gateway::Find;

use crate::{Error, Kinesis};

/// A stream that a request names, whether or not there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamName {
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    pub(crate) name: String,
}

impl StreamName {
    /// The stream of this name in the caller's account.
    pub(crate) fn own(find: &Find<'_, Kinesis>, name: &str) -> Result<Self, Error> {
        let account = find.account().ok_or(Error::Unsigned)?;
        Ok(Self { region: find.region().clone(), account, name: name.to_owned() })
    }

    /// The stream of this name, of this ARN, or of both. That there is one of them the validation has seen to.
    pub(crate) fn parse(
        find: &Find<'_, Kinesis>,
        name: &Option<String>,
        arn: &Option<String>,
    ) -> Result<Self, Error> {
        match (name, arn) {
            (None, Some(arn)) => Self::from_arn(find.region(), arn),
            (Some(name), None) => Self::own(find, name),
            (Some(name), Some(arn)) => {
                let found = Self::from_arn(find.region(), arn)?;
                let differs = || Error::invalid(format!("StreamName {name} is not that of StreamARN {arn}."));
                (found.name == *name).then_some(found).ok_or_else(differs)
            }
            (None, None) => Err(Error::invalid("Either StreamName or StreamARN should be provided.")),
        }
    }

    /// The stream of this ARN, in this region.
    pub(crate) fn from_arn(region: &Region, text: &str) -> Result<Self, Error> {
        let (name, rest) =
            split(region, text).ok_or_else(|| Error::invalid(format!("Invalid StreamARN: {text}")))?;
        match rest {
            None => Ok(name),
            Some(_) => Err(Error::invalid(format!("Invalid StreamARN: {text}"))),
        }
    }

    /// The stream's ARN.
    pub(crate) fn arn(&self) -> String {
        format!("arn:{PARTITION}:kinesis:{}:{}:stream/{}", self.region, self.account, self.name)
    }
}

/// The stream of an ARN, and what the ARN says after its name.
fn split(region: &Region, text: &str) -> Option<(StreamName, Option<String>)> {
    let arn: Arn = text.parse().ok()?;
    let own = arn.partition == PARTITION && arn.service == "kinesis" && arn.region == region.as_str();
    let stream = arn.resource.strip_prefix("stream/").filter(|_| own)?;
    let (name, rest) = match stream.split_once('/') {
        Some((name, rest)) => (name, Some(rest.to_owned())),
        None => (stream, None),
    };
    let account = arn.account.parse().ok()?;
    is_name(name).then(|| (StreamName { region: region.clone(), account, name: name.to_owned() }, rest))
}

/// Whether a text has the form of a name.
pub(crate) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

/// A consumer that a request names, whether or not there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConsumerName {
    pub(crate) stream: StreamName,
    pub(crate) name: String,
    /// When it was registered, in seconds since 1970, where the ARN says it.
    pub(crate) created: Option<i64>,
}

impl ConsumerName {
    /// The consumer of this ARN, in this region.
    pub(crate) fn from_arn(region: &Region, text: &str) -> Result<Self, Error> {
        Self::read(region, text).ok_or_else(|| Error::invalid(format!("Invalid ConsumerARN: {text}")))
    }

    fn read(region: &Region, text: &str) -> Option<Self> {
        let (stream, rest) = split(region, text)?;
        let rest = rest?;
        let (name, created) = rest.strip_prefix("consumer/")?.rsplit_once(':')?;
        let created = created.parse().ok()?;
        is_name(name).then(|| Self { stream, name: name.to_owned(), created: Some(created) })
    }

    /// The consumer of this ARN; or of this name, of the stream of this ARN.
    pub(crate) fn parse(
        find: &Find<'_, Kinesis>,
        stream: &Option<String>,
        name: &Option<String>,
        arn: &Option<String>,
    ) -> Result<Self, Error> {
        match (stream, name, arn) {
            (_, _, Some(arn)) => Self::from_arn(find.region(), arn),
            (Some(stream), Some(name), None) => {
                let stream = StreamName::from_arn(find.region(), stream)?;
                Ok(Self { stream, name: name.clone(), created: None })
            }
            _ => Err(Error::invalid(
                "Either ConsumerARN or both StreamARN and ConsumerName should be provided.",
            )),
        }
    }
}

/// Whether an ARN names a consumer rather than a stream.
pub(crate) fn is_consumer(arn: &str) -> bool {
    arn.contains("/consumer/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_a_stream_or_a_consumer_in_one_way() {
        let region: Region = "us-east-1".parse().unwrap();
        let arn = "arn:aws:kinesis:us-east-1:111122223333:stream/orders";
        let name = StreamName::from_arn(&region, arn).unwrap();
        assert_eq!((name.name.as_str(), name.arn().as_str()), ("orders", arn));
        let consumer = format!("{arn}/consumer/reader:1600000000");
        let found = ConsumerName::from_arn(&region, &consumer).unwrap();
        assert_eq!((found.stream, found.name.as_str(), found.created), (name, "reader", Some(1_600_000_000)));
        assert!(is_consumer(&consumer) && !is_consumer(arn));
        for broken in [
            arn.replace("us-east-1", "eu-west-1"),
            arn.replace("kinesis", "dynamodb"),
            arn.replace("orders", "a b"),
            arn.replace("orders", ""),
            arn.replace("stream/", "table/"),
            consumer.clone(),
            "orders".to_owned(),
        ] {
            assert!(StreamName::from_arn(&region, &broken).is_err(), "{broken}");
        }
        for broken in [arn.to_owned(), consumer.replace(":1600000000", ""), consumer.replace("reader", "a/b")]
        {
            assert!(ConsumerName::from_arn(&region, &broken).is_err(), "{broken}");
        }
    }
}
