//! Access points, as they are stored.
//!
//! | key | record |
//! |---|---|
//! | `45` `n` account name | an access point |
//! | `45` `a` alias | the account and the name of the access point that has this alias |
//! | `45` `b` bucket | which access points lead to a bucket |

use kurodo_arn::{AccountId, PARTITION};
use kurodo_authz::Scope;
use kurodo_store::{Fact, KeyBuilder, KeyParser, Reader, StoreError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, PublicAccessBlock};

/// The namespace of access points.
pub const ACCESS_POINTS: u8 = 45;
/// What an alias ends with.
const ALIAS: &str = "-s3alias";
const NAME: u8 = b'n';
const ALIASES: u8 = b'a';
const BUCKET: u8 = b'b';

/// An access point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPoint {
    /// The region that it is in.
    pub region: String,
    /// The bucket that it leads to, and the account that this is of.
    pub bucket: String,
    /// The bucket's account.
    #[serde(with = "account")]
    pub bucket_account: AccountId,
    /// A name that stands for it where a bucket is named.
    pub alias: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// What it blocks.
    pub block: PublicAccessBlock,
    /// Its policy, as it was given, and with the unique ids of the users and roles that it names: what decides.
    pub policy: Option<(String, String)>,
}

mod account {
    use kurodo_arn::AccountId;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(account: &AccountId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(account)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<AccountId, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// The ARN of an access point.
pub fn arn(region: &str, account: AccountId, name: &str) -> String {
    format!("arn:{PARTITION}:s3:{region}:{account}:accesspoint/{name}")
}

/// What host names call an access point.
pub(crate) fn label(account: AccountId, name: &str) -> String {
    format!("{name}-{account}")
}

/// Where the access points of an account lie.
pub(crate) fn all(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(ACCESS_POINTS).byte(NAME).number(account.value()).build())
}

/// Where an access point lies.
pub(crate) fn one(account: AccountId, name: &str) -> Scope {
    Scope::new(KeyBuilder::new(ACCESS_POINTS).byte(NAME).number(account.value()).part(name).build())
}

/// The name in the key of an access point, below all of its account.
pub(crate) fn name(key: &[u8]) -> Option<String> {
    Some(KeyParser::new(key).text().ok()?.into_owned())
}

/// The key of the access point of this name, below all of its account.
pub(crate) fn below(name: &str) -> kurodo_store::Key {
    KeyBuilder::relative().part(name).build()
}

/// Where an alias lies.
pub(crate) fn alias(alias: &str) -> Scope {
    Scope::new(KeyBuilder::new(ACCESS_POINTS).byte(ALIASES).part(alias).build())
}

/// Where a bucket's access points are listed.
pub(crate) fn of_bucket(bucket: &str) -> Scope {
    Scope::new(KeyBuilder::new(ACCESS_POINTS).byte(BUCKET).part(bucket).build())
}

/// A new alias: the name, as far as there is room for it, and 34 characters that are nobody else's.
///
/// Source: S3 User Guide, "Access point aliases".
pub(crate) fn new_alias(name: &str) -> Result<String, Error> {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut random = [0; 34];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| Error::Random)?;
    let word: String = random
        .iter()
        .filter_map(|byte| DIGITS.get(usize::from(byte % 32)))
        .map(|digit| char::from(*digit))
        .collect();
    let short: String = name.chars().take(20).collect();
    Ok(format!("{}-{word}{ALIAS}", short.trim_end_matches('-')))
}

/// The access point of this label or alias, with its account and name, by a reader of everything.
///
/// # Errors
/// As [`Reader::get`].
pub fn find(reader: &Reader<'_>, text: &str) -> Result<Option<(AccountId, String, AccessPoint)>, StoreError> {
    let known: Option<(String, String)> = match text.ends_with(ALIAS) {
        true => reader.get(alias(text).prefix())?.and_then(|found| read(&found.value)),
        false => text.rsplit_once('-').map(|(name, account)| (account.to_owned(), name.to_owned())),
    };
    let Some((account, name)) = known.and_then(|(account, name)| Some((account.parse().ok()?, name))) else {
        return Ok(None);
    };
    let found = reader.get(one(account, &name).prefix())?;
    Ok(found.and_then(|found| read(&found.value)).map(|point| (account, name, point)))
}

/// Whether this is the label of an access point, with the fact that it is so, by a reader of everything.
///
/// # Errors
/// As [`Reader::get`].
pub fn is_label(reader: &Reader<'_>, text: &str) -> Result<(bool, Fact), StoreError> {
    let (name, account) = text.rsplit_once('-').unwrap_or_default();
    let account = account.parse().unwrap_or(AccountId::NOBODY);
    let (found, fact) = reader.fact(one(account, name).prefix())?;
    Ok((found.is_some(), fact))
}

/// Whether a bucket has access points of this account, with the fact that it is so, by a reader of everything.
///
/// # Errors
/// As [`Reader::get`].
pub fn has_some(reader: &Reader<'_>, bucket: &str, account: AccountId) -> Result<(bool, Fact), StoreError> {
    let (found, fact) = reader.fact(of_bucket(bucket).prefix())?;
    let labels: Vec<String> = found.and_then(|found| read(&found.value)).unwrap_or_default();
    let own = format!("-{account}");
    Ok((labels.iter().any(|label| label.ends_with(&own)), fact))
}

/// What was stored as JSON.
pub(crate) fn read<T: DeserializeOwned>(stored: &[u8]) -> Option<T> {
    serde_json::from_slice(stored).ok()
}

/// That a new access point may be called so.
///
/// Source: S3 User Guide, "Naming rules for Amazon S3 access points for general purpose buckets".
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    let ok = (3..=50).contains(&bytes.len())
        && bytes.iter().all(|byte| alphanumeric(*byte) || *byte == b'-')
        && ends.into_iter().flatten().all(|byte| alphanumeric(*byte))
        && !name.ends_with(ALIAS);
    if ok { Ok(()) } else { Err(Error::InvalidAccessPoint) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_the_rules() {
        for name in ["abc", "my-point-1", "1ab", &"a".repeat(50)] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "ab", "Abc", "a_b", "-ab", "ab-", "a.b", "a-s3alias", &"a".repeat(51)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn aliases_can_be_names_of_buckets_and_are_never_the_same() {
        for name in ["abc", &"a".repeat(50), "abcdefghijklmnopqrs-tu"] {
            let alias = new_alias(name).unwrap();
            assert!(alias.len() <= 63 && alias.ends_with(ALIAS) && !alias.contains("--"), "{alias}");
            assert_ne!(new_alias(name).unwrap(), alias);
        }
    }
}
