use jiff::Timestamp;
use kurodo_arn::{AccountId, Arn, PARTITION, Region};

use crate::{Error, names};

/// A stream that a request names, whether or not there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamName {
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    /// The table's name.
    pub(crate) table: String,
    /// In milliseconds since 1970; the label says it.
    pub(crate) created: i64,
}

impl StreamName {
    /// The stream of this ARN, in this region.
    pub(crate) fn from_arn(region: &Region, text: &str) -> Result<Self, Error> {
        Self::parse(text)
            .filter(|name| name.region == *region)
            .ok_or_else(|| Error::Validation(format!("Invalid StreamArn: {text}")))
    }

    fn parse(text: &str) -> Option<Self> {
        let arn: Arn = text.parse().ok()?;
        let own = arn.partition == PARTITION && arn.service == "dynamodb";
        let (table, label) = arn.resource.strip_prefix("table/").filter(|_| own)?.split_once("/stream/")?;
        names::check("tableName", table).ok()?;
        let created = created(label)?;
        let (account, region) = (arn.account.parse().ok()?, arn.region.parse().ok()?);
        Some(Self { region, account, table: table.to_owned(), created })
    }

    /// The stream's ARN.
    pub(crate) fn arn(&self) -> String {
        let Self { region, account, table, created } = self;
        format!("arn:aws:dynamodb:{region}:{account}:table/{table}/stream/{}", label(*created))
    }
}

/// Whether an ARN names a stream rather than a table.
pub(crate) fn is_stream(arn: &str) -> bool {
    arn.contains("/stream/")
}

/// The label of a stream that was made at this time, in milliseconds since 1970.
pub(crate) fn label(created: i64) -> String {
    let time = Timestamp::from_millisecond(created).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

/// When the stream of this label was made.
fn created(text: &str) -> Option<i64> {
    let time: Timestamp = format!("{text}Z").parse().ok()?;
    let created = time.as_millisecond();
    (label(created) == text).then_some(created)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_a_stream_in_one_way() {
        let arn = "arn:aws:dynamodb:us-east-1:111122223333:table/Forum/stream/2015-05-20T20:51:10.252";
        let region: Region = "us-east-1".parse().unwrap();
        let name = StreamName::from_arn(&region, arn).unwrap();
        assert_eq!((name.table.as_str(), name.arn().as_str()), ("Forum", arn));
        assert!(is_stream(arn));
        for other in [
            arn.replace("252", "25"),
            arn.replace("252", "2520"),
            arn.replace(".252", ""),
            arn.replace("10.252", "10.252Z"),
            arn.replace("us-east-1", "eu-west-1"),
            arn.replace("dynamodb", "kinesis"),
            arn.replace("Forum", "a/b"),
            arn.replace("/stream/", "/index/"),
            "fake-stream".to_owned(),
        ] {
            assert!(StreamName::from_arn(&region, &other).is_err(), "{other}");
        }
    }
}
