//! Reading `x-amz-copy-source`.

use kurodo_arn::AccountId;
use percent_encoding::percent_decode_str;

use crate::{Error, records::Wanted};

/// What is to be copied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CopySource {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The version, where it is not the current one.
    pub(crate) version: Option<Wanted>,
    /// The region that an access point's ARN names.
    region: Option<String>,
}

const HEADER: &str = "x-amz-copy-source";

impl CopySource {
    /// Reads `bucket/key`, percent-encoded, with or without a slash in front; and `?versionId=` behind it.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || {
            let message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
            Error::argument(HEADER, text, message)
        };
        let (path, version) = match text.split_once("?versionId=") {
            Some((path, version)) => (path, Some(version)),
            None => (text, None),
        };
        let version = version.map(|version| Wanted::read(HEADER, version)).transpose()?;
        let path = percent_decode_str(path).decode_utf8().map_err(|_| wrong())?;
        let path = path.strip_prefix('/').unwrap_or(&path);
        let named = match path.starts_with("arn:") {
            true => through(path).map(|(region, label, key)| (Some(region), label, key)),
            false => path.split_once('/').map(|(bucket, key)| (None, bucket.to_owned(), key)),
        };
        let (region, bucket, key) = named.filter(|(.., key)| !key.is_empty()).ok_or_else(wrong)?;
        Ok(Self { bucket, key: key.to_owned(), version, region })
    }

    /// An access point is reached in its own region alone.
    pub(crate) fn check_region(&self, region: &str) -> Result<(), Error> {
        match &self.region {
            Some(own) if own != region => {
                Err(Error::argument(HEADER, own, "The access point is in another region than the request"))
            }
            _ => Ok(()),
        }
    }

    /// The condition key `s3:x-amz-copy-source`, of what lies in this bucket, whatever the request calls it.
    pub(crate) fn condition(&self, bucket: &str) -> String {
        format!("{bucket}/{}", self.key)
    }
}

/// The region, the label and the key that the ARN of an object names which an access point leads to.
///
/// Source: S3 API Reference, CopyObject, `x-amz-copy-source`.
fn through(arn: &str) -> Option<(String, String, &str)> {
    let mut parts = arn.strip_prefix("arn:aws:s3:")?.splitn(3, ':');
    let (region, account) = (parts.next()?, parts.next()?);
    let account: AccountId = account.parse().ok()?;
    let (name, key) = parts.next()?.strip_prefix("accesspoint/")?.split_once("/object/")?;
    Some((region.to_owned(), format!("{name}-{account}"), key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_and_key_with_or_without_a_slash() {
        for text in ["b/k/l%20m", "/b/k/l%20m", "b%2Fk%2fl m"] {
            let source = CopySource::parse(text).unwrap();
            assert_eq!((source.bucket.as_str(), source.key.as_str()), ("b", "k/l m"));
        }
    }

    #[test]
    fn a_version_can_be_named() {
        let source = CopySource::parse("b/k%3FversionId?versionId=null").unwrap();
        assert_eq!((source.key.as_str(), source.version), ("k?versionId", Some(Wanted::Null)));
        assert_eq!(source.condition("b"), "b/k?versionId");
    }

    #[test]
    fn an_access_point_can_be_named() {
        let source =
            CopySource::parse("arn:aws:s3:us-east-1:111122223333:accesspoint/a/object/k%2Fl").unwrap();
        assert_eq!((source.bucket.as_str(), source.key.as_str()), ("a-111122223333", "k/l"));
        assert!(source.check_region("us-east-1").is_ok() && source.check_region("eu-west-1").is_err());
    }

    #[test]
    fn anything_else_is_refused() {
        let point = "arn:aws:s3:us-east-1:1:accesspoint/a/object/";
        let china = "arn:aws-cn:s3:us-east-1:111122223333:accesspoint/a/object/k";
        let nobody = "arn:aws:s3:us-east-1::accesspoint/a/object/k";
        for text in [
            "",
            "b",
            "b/",
            "/",
            "b/%ff",
            "b/k?versionId=1",
            point,
            "arn:aws:s3:::b/k",
            "arn:aws:s3",
            china,
            nobody,
        ] {
            assert!(CopySource::parse(text).is_err(), "{text}");
        }
    }
}
