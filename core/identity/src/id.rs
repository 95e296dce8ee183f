//! Identifiers in AWS's forms, from the system's random generator.

use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_STANDARD};
use kurodo_arn::AccountId;
use zeroize::Zeroizing;

use crate::Secret;

/// The system's random generator failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random generator failed: try again, and check the machine's entropy source")]
pub struct RandomError;

/// What an identifier is of: its prefix. Source: IAM User Guide, "Unique ID prefixes".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// A user, `AIDA`.
    User,
    /// A role, `AROA`.
    Role,
    /// A group, `AGPA`.
    Group,
    /// A managed policy, `ANPA`.
    Policy,
    /// An instance profile, `AIPA`.
    InstanceProfile,
}

impl Prefix {
    /// The four letters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "AIDA",
            Self::Role => "AROA",
            Self::Group => "AGPA",
            Self::Policy => "ANPA",
            Self::InstanceProfile => "AIPA",
        }
    }
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LOWER36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A new unique id of 21 characters, such as `AIDA..`; the account can be read from it.
///
/// # Errors
/// [`RandomError`].
pub fn unique(prefix: Prefix, account: AccountId) -> Result<String, RandomError> {
    Ok(format!("{}{}{}", prefix.as_str(), body(account)?, from(BASE32, 1)?))
}

/// A new long-term access key id, `AKIA..`, 20 characters; the account can be read from it.
///
/// # Errors
/// [`RandomError`].
pub fn access_key(account: AccountId) -> Result<String, RandomError> {
    Ok(format!("AKIA{}", body(account)?))
}

/// A new temporary access key id, `ASIA..`, 20 characters; the account can be read from it.
///
/// # Errors
/// [`RandomError`].
pub fn session_key(account: AccountId) -> Result<String, RandomError> {
    Ok(format!("ASIA{}", body(account)?))
}

/// A new secret access key: 40 characters of base64.
///
/// # Errors
/// [`RandomError`].
pub fn secret() -> Result<Secret, RandomError> {
    let bytes = Zeroizing::new(random::<30>()?);
    Ok(Secret::new(BASE64_STANDARD.encode(bytes.as_slice())))
}

/// The account that an access key id or unique id belongs to; `None` for ids that were not made here.
///
/// The sixteen characters after the prefix are ten bytes in base32; bits 1 to 40 of them are the account.
pub fn account_of(id: &str) -> Option<AccountId> {
    let characters = id.get(4..20).filter(|_| id.len() <= 21)?;
    let mut value: u64 = 0;
    // Ten characters are 50 bits; the account is in the first 41.
    for character in characters.bytes().take(10) {
        let digit = BASE32.iter().position(|&known| known == character)?;
        value = value << 5 | u64::try_from(digit).ok()?;
    }
    let known = characters.bytes().skip(10).all(|byte| BASE32.contains(&byte));
    let first = value >> 2;
    (known && first >> 47 == 1).then_some(())?;
    AccountId::new((first & 0x7fff_ffff_ff80) >> 7)
}

/// A new account id.
///
/// # Errors
/// [`RandomError`].
pub fn account() -> Result<AccountId, RandomError> {
    loop {
        // 40 bits hold little more than twelve digits; ids below 10^11 would begin with a zero.
        let bytes = random::<8>()?;
        let value = u64::from_be_bytes(bytes) >> 24;
        if let Some(id) = AccountId::new(value).filter(|id| id.value() >= AccountId::LIMIT / 10) {
            return Ok(id);
        }
    }
}

/// A new canonical user id: 64 hexadecimal digits.
///
/// # Errors
/// [`RandomError`].
pub fn canonical() -> Result<String, RandomError> {
    from(b"0123456789abcdef", 64)
}

/// A new organisation's id, `o-` and ten characters.
///
/// # Errors
/// [`RandomError`].
pub fn organization() -> Result<String, RandomError> {
    Ok(format!("o-{}", from(LOWER36, 10)?))
}

/// A new root's id, `r-` and four characters.
///
/// # Errors
/// [`RandomError`].
pub fn root() -> Result<String, RandomError> {
    Ok(format!("r-{}", from(LOWER36, 4)?))
}

/// A new unit's id below a root: `ou-`, the root's four characters, and eight more.
///
/// # Errors
/// [`RandomError`].
pub fn unit(root: &str) -> Result<String, RandomError> {
    let root = root.strip_prefix("r-").unwrap_or(root);
    Ok(format!("ou-{root}-{}", from(LOWER36, 8)?))
}

/// A new id of an organisation's policy, `p-` and eight characters.
///
/// # Errors
/// [`RandomError`].
pub fn org_policy() -> Result<String, RandomError> {
    Ok(format!("p-{}", from(LOWER36, 8)?))
}

/// A new id of a request to create an account, `car-` and 32 characters.
///
/// # Errors
/// [`RandomError`].
pub fn create_account() -> Result<String, RandomError> {
    Ok(format!("car-{}", from(b"0123456789abcdef", 32)?))
}

/// Ten bytes in base32: a one, the account in 40 bits, and 39 random bits.
fn body(account: AccountId) -> Result<String, RandomError> {
    let noise = u128::from_be_bytes(random()?) & ((1 << 39) - 1);
    let bits: u128 = 1 << 79 | u128::from(account.value()) << 39 | noise;
    Ok((0..16).rev().map(|place| base32((bits >> (place * 5)) & 31)).collect())
}

fn base32(digit: u128) -> char {
    usize::try_from(digit).ok().and_then(|digit| BASE32.get(digit)).map_or('A', |&byte| char::from(byte))
}

/// Random characters of an alphabet of at most 256; each as likely as any other.
fn from(alphabet: &[u8], length: usize) -> Result<String, RandomError> {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in random::<64>()?.map(usize::from) {
            if byte < fair && text.len() < length {
                let picked = alphabet.get(byte % alphabet.len());
                text.extend(picked.map(|&byte| char::from(byte)));
            }
        }
    }
    Ok(text)
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| RandomError)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_carry_their_account(value in 0..AccountId::LIMIT) {
            let id = AccountId::new(value).unwrap();
            let key = access_key(id).unwrap();
            prop_assert_eq!(key.len(), 20);
            prop_assert_eq!(account_of(&key), Some(id));
            let user = unique(Prefix::User, id).unwrap();
            prop_assert_eq!(user.len(), 21);
            prop_assert_eq!(account_of(&user), Some(id));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".*") {
            let _ = account_of(&text);
        }
    }

    #[test]
    fn the_account_is_where_aws_has_it() {
        // The public description of AWS's own ids: ASIAQNZGKIQY56JQ7WML is of account 029608264753.
        let id = account_of("ASIAQNZGKIQY56JQ7WML").unwrap();
        assert_eq!(id.to_string(), "029608264753");
    }

    #[test]
    fn ids_of_other_forms_have_no_account() {
        for text in [
            "",
            "AKIA",
            "AKIAIOSFODNN7EXAMPL",
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAqnzgkiqy56jq7wml",
            "AKIA0NZGKIQY56JQ7WML",
        ] {
            assert_eq!(account_of(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_have_forty_characters_and_differ() {
        let (a, b) = (secret().unwrap(), secret().unwrap());
        assert_eq!(a.expose().len(), 40);
        assert_ne!(a.expose(), b.expose());
    }

    #[test]
    fn forms_are_those_of_organizations() {
        assert_eq!(organization().unwrap().len(), 12);
        assert_eq!(unit("r-ab12").unwrap().len(), "ou-ab12-12345678".len());
        assert!(unit("r-ab12").unwrap().starts_with("ou-ab12-"));
        assert_eq!(account().unwrap().to_string().len(), 12);
        assert_eq!(canonical().unwrap().len(), 64);
    }
}
