use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use kurodo_arn::AccountId;

use crate::{Error, facts::BucketFacts, model::ServerSideEncryption};

/// What a request says of the encryption of what it puts, beside a customer's key.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) algorithm: Option<ServerSideEncryption>,
    /// A key's id, ARN or alias.
    pub(crate) key: Option<&'a str>,
    pub(crate) context: Option<&'a str>,
    pub(crate) bucket_key: Option<bool>,
    /// Whether the customer brings a key.
    pub(crate) customer: bool,
}

/// Reads it from an input that has all of its members.
macro_rules! asked_encryption {
    ($input:expr, $customer:expr) => {
        $crate::kms::Asked {
            algorithm: $input.server_side_encryption,
            key: $input.ssekms_key_id.as_ref().map(kurodo_wire::Secret::expose),
            context: $input.ssekms_encryption_context.as_ref().map(kurodo_wire::Secret::expose),
            bucket_key: $input.bucket_key_enabled,
            customer: $customer.is_some(),
        }
    };
}
pub(crate) use asked_encryption;

/// A key of KMS that is to protect an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Its id, ARN or alias.
    pub(crate) key: String,
    /// Whether there are to be two layers of encryption.
    pub(crate) dual: bool,
    pub(crate) bucket_key: bool,
    /// The encryption context that the request gives.
    pub(crate) context: BTreeMap<String, String>,
}

const ENCRYPTION: &str = "x-amz-server-side-encryption";
const KEY: &str = "x-amz-server-side-encryption-aws-kms-key-id";
const CONTEXT: &str = "x-amz-server-side-encryption-context";
const BUCKET_KEY: &str = "x-amz-server-side-encryption-bucket-key-enabled";
/// S3's own key, which KMS makes in each account that uses it.
const S3_KEY: &str = "alias/aws/s3";

impl Asked<'_> {
    /// The key of KMS that is to be used: the request's, or the bucket's default where the request names no encryption;
    /// `None` where it is none of KMS's.
    ///
    /// # Errors
    /// What contradicts itself; an encryption context that is none.
    pub(crate) fn choose(&self, facts: &BucketFacts) -> Result<Option<Wish>, Error> {
        self.check()?;
        let (dual, key) = match (self.algorithm, &facts.encryption.kms) {
            _ if self.customer => return Ok(None),
            (Some(ServerSideEncryption::AwsKms), _) => (false, self.key),
            (Some(ServerSideEncryption::AwsKmsDsse), _) => (true, self.key),
            (None, Some(default)) => (default.dual, default.key.as_deref()),
            _ => return Ok(None),
        };
        let bucket_key = !dual && self.bucket_key.unwrap_or(facts.encryption.bucket_key);
        let (key, context) = (key.unwrap_or(S3_KEY).to_owned(), self.context()?);
        Ok(Some(Wish { key, dual, bucket_key, context }))
    }

    fn check(&self) -> Result<(), Error> {
        use ServerSideEncryption::{Aes256, AwsKms, AwsKmsDsse};
        match self.algorithm {
            Some(word) if self.customer => Err(Error::argument(
                ENCRYPTION,
                word,
                "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
            )),
            None | Some(Aes256) => match (self.key, self.context) {
                (Some(key), _) => Err(undeclared(KEY, key)),
                (None, Some(context)) => Err(undeclared(CONTEXT, context)),
                (None, None) => Ok(()),
            },
            Some(AwsKmsDsse) if self.bucket_key == Some(true) => {
                Err(Error::argument(BUCKET_KEY, true, "Bucket keys are not supported with aws:kms:dsse"))
            }
            Some(AwsKms | AwsKmsDsse) => Ok(()),
            Some(word) => {
                Err(Error::argument(ENCRYPTION, word, "The encryption method specified is not supported"))
            }
        }
    }

    fn context(&self) -> Result<BTreeMap<String, String>, Error> {
        let Some(text) = self.context else { return Ok(BTreeMap::new()) };
        let json = BASE64.decode(text).ok();
        json.and_then(|json| serde_json::from_slice(&json).ok()).ok_or_else(|| {
            let message = "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding \
                           JSON which represents a string-string map";
            Error::argument(CONTEXT, text, message)
        })
    }

    /// The key as conditions see it: its ARN. What is no ARN is one of the caller's account.
    ///
    /// Source: Service Authorization Reference, `s3:x-amz-server-side-encryption-aws-kms-key-id`.
    pub(crate) fn arn(&self, region: &str, account: Option<AccountId>) -> Option<String> {
        let key = self.key?;
        if key.starts_with("arn:") {
            return Some(key.to_owned());
        }
        let account = account.map(|account| account.to_string()).unwrap_or_default();
        let resource = if key.starts_with("alias/") { key.to_owned() } else { format!("key/{key}") };
        Some(format!("arn:aws:kms:{region}:{account}:{resource}"))
    }
}

fn undeclared(name: &'static str, value: &str) -> Error {
    let message = "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms";
    Error::argument(name, value, message)
}

/// An encryption context, as replies show it; nothing where the client gave none.
pub(crate) fn shown_context(context: &BTreeMap<String, String>) -> Option<kurodo_wire::Secret> {
    if context.is_empty() {
        return None;
    }
    serde_json::to_vec(context).ok().map(|json| BASE64.encode(json).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kms() -> Asked<'static> {
        Asked { algorithm: Some(ServerSideEncryption::AwsKms), ..Asked::default() }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let own = Asked { algorithm: Some(ServerSideEncryption::Aes256), ..Asked::default() };
        for right in [Asked::default(), own, kms(), Asked { key: Some("k"), context: Some("e30="), ..kms() }]
        {
            assert!(right.check().is_ok(), "{right:?}");
        }
        let dual = Asked { algorithm: Some(ServerSideEncryption::AwsKmsDsse), ..Asked::default() };
        for wrong in [
            Asked { key: Some("k"), ..Asked::default() },
            Asked { key: Some("k"), ..own },
            Asked { context: Some("e30="), ..own },
            Asked { customer: true, ..own },
            Asked { customer: true, ..kms() },
            Asked { customer: true, key: Some("k"), ..Asked::default() },
            Asked { bucket_key: Some(true), ..dual },
        ] {
            assert!(matches!(wrong.check(), Err(Error::InvalidArgument { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn a_context_is_a_map_of_strings_in_base64() {
        let context = |json: &str| Asked { context: Some(&BASE64.encode(json)), ..kms() }.context().ok();
        assert_eq!(context(r#"{"a":"b"}"#), Some([("a".to_owned(), "b".to_owned())].into()));
        for wrong in [r#"{"a":1}"#, "[]", "a", r#"{"a":{"b":"c"}}"#] {
            assert_eq!(context(wrong), None, "{wrong}");
        }
        assert!(Asked { context: Some("%"), ..kms() }.context().is_err());
    }

    #[test]
    fn conditions_see_an_arn() {
        let account = "111122223333".parse().ok();
        let arn = |key| Asked { key, ..kms() }.arn("us-east-1", account);
        assert_eq!(arn(None), None);
        assert_eq!(arn(Some("k")).as_deref(), Some("arn:aws:kms:us-east-1:111122223333:key/k"));
        assert_eq!(arn(Some("alias/a")).as_deref(), Some("arn:aws:kms:us-east-1:111122223333:alias/a"));
        assert_eq!(arn(Some("arn:aws:kms:x")).as_deref(), Some("arn:aws:kms:x"));
    }
}
