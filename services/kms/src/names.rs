//! How keys and aliases are named.
//!
//! Source: KMS Developer Guide, "Key identifiers (KeyId)".

use kurodo_arn::{AccountId, Arn, PARTITION, Region};
use kurodo_gateway::Find;
use kurodo_policy::PrincipalKind;

use crate::{Error, Kms};

/// A key or an alias that a request names, whether or not there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    Key(AccountId, String),
    /// Without `alias/`.
    Alias(AccountId, String),
}

impl Name {
    /// What an id, an ARN, an alias or the ARN of an alias names, in this region.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::InvalidArn`].
    pub(crate) fn parse(find: &Find<'_, Kms>, text: &str) -> Result<Self, Error> {
        Self::read(own(find).ok_or(Error::Unsigned)?, find.region(), text)
    }

    /// The same, for callers of this account.
    pub(crate) fn read(own: AccountId, region: &Region, text: &str) -> Result<Self, Error> {
        match text.strip_prefix("alias/") {
            _ if text.starts_with("arn:") => Self::from_arn(region, text),
            Some(name) => Ok(Self::Alias(own, name.to_owned())),
            None => Ok(Self::Key(own, id(text)?)),
        }
    }

    fn from_arn(region: &Region, text: &str) -> Result<Self, Error> {
        let invalid = || Error::InvalidArn(format!("Invalid arn {text}"));
        let arn: Arn = text.parse().map_err(|_| invalid())?;
        if arn.partition != PARTITION || arn.service != "kms" {
            return Err(invalid());
        }
        if arn.region != region.as_str() {
            return Err(Error::NotFound(format!("Invalid arn {}", arn.region)));
        }
        let account = arn.account.parse().map_err(|_| invalid())?;
        match arn.resource.split_once('/') {
            Some(("key", name)) => Ok(Self::Key(account, id(name)?)),
            Some(("alias", name)) if !name.is_empty() => Ok(Self::Alias(account, name.to_owned())),
            _ => Err(invalid()),
        }
    }
}

/// The caller's account; of a service that acts under its own name, the account that it works for.
fn own(find: &Find<'_, Kms>) -> Option<AccountId> {
    let service = find.call.caller.principal.kind == PrincipalKind::Service;
    let source = service.then(|| find.call.context.get("aws:SourceAccount")).flatten();
    find.account().or_else(|| source?.single()?.parse().ok())
}

fn id(text: &str) -> Result<String, Error> {
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit());
    let mut parts = text.split('-');
    let whole = [8, 4, 4, 4, 12].iter().all(|length| parts.next().is_some_and(|part| digits(part, *length)));
    match whole && parts.next().is_none() {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(Error::NotFound(format!("Invalid keyId '{text}'"))),
    }
}

/// The ARN of a key.
pub(crate) fn key_arn(account: AccountId, region: &Region, id: &str) -> String {
    format!("arn:{PARTITION}:kms:{region}:{account}:key/{id}")
}

/// The ARN of an alias, by its name without `alias/`.
pub(crate) fn alias_arn(account: AccountId, region: &Region, name: &str) -> String {
    format!("arn:{PARTITION}:kms:{region}:{account}:alias/{name}")
}

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a UUID. Source: RFC 9562, section 4.
pub(crate) fn uuid(bytes: [u8; 16]) -> String {
    let digits = hex(&bytes);
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

/// A random UUID. Source: RFC 9562, section 5.4.
pub(crate) fn random_uuid() -> Result<String, Error> {
    let mut bytes = crate::cipher::random::<16>()?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Ok(uuid(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_name_keys_and_aliases_of_this_region() {
        let region: Region = "us-east-1".parse().unwrap();
        let account = "111122223333".parse().unwrap();
        let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let arn = key_arn(account, &region, key);
        assert_eq!(Name::from_arn(&region, &arn).unwrap(), Name::Key(account, key.to_owned()));
        let alias = alias_arn(account, &region, "a/b");
        assert_eq!(Name::from_arn(&region, &alias).unwrap(), Name::Alias(account, "a/b".to_owned()));
        let elsewhere = "eu-west-1".parse().unwrap();
        assert!(matches!(Name::from_arn(&elsewhere, &arn), Err(Error::NotFound(_))));
        for broken in [arn.replace("key/", "keys/"), arn.replace("kms", "s3"), "arn:aws:kms".to_owned()] {
            assert!(matches!(Name::from_arn(&region, &broken), Err(Error::InvalidArn(_))), "{broken}");
        }
        for broken in ["", "1234abcd", "1234abcd-12ab-34cd-56ef-1234567890ag", &format!("{key}-1")] {
            assert!(id(broken).is_err(), "{broken}");
        }
        assert_eq!(id(&random_uuid().unwrap().to_uppercase()).unwrap().len(), 36);
    }
}
