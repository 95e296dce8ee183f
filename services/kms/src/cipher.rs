//! What keys do: sealing, opening, and codes that prove a message.
//!
//! A ciphertext names its key and the material that sealed it, so that it opens after rotations and without being told by
//! which key. Each has a key of its own, derived from the material by a random salt, so that no number of them wears a
//! key's nonces out.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | 1: this form |
//! | 8 | the account |
//! | 16 | the key's id |
//! | 32 | the material's id |
//! | 16 | the salt |
//! | 12, n, 16 | nonce, content and tag of AES-256-GCM, with all above and the encryption context authenticated |

use aws_lc_rs::hmac;
use kurodo_arn::AccountId;
use kurodo_keys::{Sealer, SecretKey};

use crate::{
    Error,
    encryption_context::{Pairs, canonical},
    model::MacAlgorithmSpec,
    names::{hex, uuid},
};

const FORM: u8 = 1;
const SALT: usize = 16;
const HEAD: usize = 1 + 8 + 16 + 32 + SALT;

/// Which key and which of its materials sealed a ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) account: AccountId,
    /// The key's id.
    pub(crate) key: String,
    /// The material's id.
    pub(crate) material: String,
}

impl Sealed {
    /// What a ciphertext says of itself.
    ///
    /// # Errors
    /// [`Error::InvalidCiphertext`].
    pub(crate) fn read(blob: &[u8]) -> Result<Self, Error> {
        let read = || {
            let (form, rest) = blob.split_first()?;
            let (account, rest) = rest.split_first_chunk::<8>()?;
            let (key, rest) = rest.split_first_chunk::<16>()?;
            let (material, _) = rest.split_first_chunk::<32>()?;
            let account = AccountId::new(u64::from_be_bytes(*account))?;
            (*form == FORM).then(|| Self { account, key: uuid(*key), material: hex(material) })
        };
        read().ok_or(Error::InvalidCiphertext)
    }

    fn head(&self, salt: &[u8; SALT]) -> Result<Vec<u8>, Error> {
        let mut head = vec![FORM];
        head.extend_from_slice(&self.account.value().to_be_bytes());
        head.extend_from_slice(&unhex(&self.key.replace('-', ""))?);
        head.extend_from_slice(&unhex(&self.material)?);
        head.extend_from_slice(salt);
        Ok(head)
    }
}

/// Encrypts under a key's material.
pub(crate) fn seal(
    sealed: &Sealed,
    material: &SecretKey,
    context: &Pairs,
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    let salt = random()?;
    let mut blob = sealed.head(&salt)?;
    let sealer = Sealer::new(&material.derive("kms ciphertext", &salt));
    let aad = [&blob[..], &canonical(context)].concat();
    blob.extend(sealer.seal_random(&aad, plaintext)?);
    Ok(blob)
}

/// Decrypts what [`seal`] made under the same material and context.
///
/// # Errors
/// [`Error::InvalidCiphertext`].
pub(crate) fn open(material: &SecretKey, context: &Pairs, blob: &[u8]) -> Result<Vec<u8>, Error> {
    let (head, content) = blob.split_at_checked(HEAD).ok_or(Error::InvalidCiphertext)?;
    let salt = head.get(HEAD - SALT..).unwrap_or_default();
    let sealer = Sealer::new(&material.derive("kms ciphertext", salt));
    let aad = [head, &canonical(context)].concat();
    sealer.open_random(&aad, content).map_err(|_| Error::InvalidCiphertext)
}

/// The key of codes: as long as what the algorithm puts out.
fn mac_key(material: &SecretKey, algorithm: MacAlgorithmSpec) -> hmac::Key {
    let (algorithm, length) = match algorithm {
        MacAlgorithmSpec::HmacSha224 => (hmac::HMAC_SHA224, 28),
        MacAlgorithmSpec::HmacSha256 => (hmac::HMAC_SHA256, 32),
        MacAlgorithmSpec::HmacSha384 => (hmac::HMAC_SHA384, 48),
        MacAlgorithmSpec::HmacSha512 => (hmac::HMAC_SHA512, 64),
    };
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(64));
    for part in [b"1", b"2"] {
        bytes.extend_from_slice(material.derive("kms mac", part).expose());
    }
    hmac::Key::new(algorithm, bytes.get(..length).unwrap_or_default())
}

/// The code of a message.
pub(crate) fn mac(material: &SecretKey, algorithm: MacAlgorithmSpec, message: &[u8]) -> Vec<u8> {
    hmac::sign(&mac_key(material, algorithm), message).as_ref().to_vec()
}

/// Compares a code in constant time.
///
/// # Errors
/// [`Error::InvalidMac`].
pub(crate) fn verify_mac(
    material: &SecretKey,
    algorithm: MacAlgorithmSpec,
    message: &[u8],
    code: &[u8],
) -> Result<(), Error> {
    hmac::verify(&mac_key(material, algorithm), message, code).map_err(|_| Error::InvalidMac)
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// Reads what strangers send as a ciphertext, and tries a key that sealed none: whether it opens.
pub fn opens(blob: &[u8]) -> bool {
    let key = SecretKey::from_bytes([7; SecretKey::LEN]);
    Sealed::read(blob).is_ok() && open(&key, &Pairs::new(), blob).is_ok()
}

fn unhex(text: &str) -> Result<Vec<u8>, Error> {
    let digits = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    digits.collect::<Option<Vec<u8>>>().ok_or(Error::Damaged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealed() -> Sealed {
        Sealed {
            account: "111122223333".parse().unwrap(),
            key: "1234abcd-12ab-34cd-56ef-1234567890ab".to_owned(),
            material: "ab".repeat(32),
        }
    }

    fn key(byte: u8) -> SecretKey {
        SecretKey::from_bytes([byte; SecretKey::LEN])
    }

    fn context(pairs: &[(&str, &str)]) -> Pairs {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_sealed_opens_under_its_material_and_context_only() {
        let told = context(&[("tenant", "a"), ("app", "b")]);
        let blob = seal(&sealed(), &key(1), &told, b"secret").unwrap();
        assert_eq!(Sealed::read(&blob).unwrap(), sealed());
        assert_eq!(open(&key(1), &told, &blob).unwrap(), b"secret");
        assert!(open(&key(2), &told, &blob).is_err());
        assert!(open(&key(1), &context(&[("tenant", "a")]), &blob).is_err());
        assert!(open(&key(1), &Pairs::new(), &blob).is_err());
        for at in 0..blob.len() {
            let mut flipped = blob.clone();
            flipped[at] ^= 1;
            assert!(open(&key(1), &told, &flipped).is_err(), "byte {at}");
        }
        let again = seal(&sealed(), &key(1), &told, b"secret").unwrap();
        assert_ne!(blob, again, "no two are alike");
    }

    #[test]
    fn codes_prove_their_message() {
        let algorithm = MacAlgorithmSpec::HmacSha512;
        let code = mac(&key(1), algorithm, b"message");
        assert_eq!(code.len(), 64);
        assert!(verify_mac(&key(1), algorithm, b"message", &code).is_ok());
        assert!(verify_mac(&key(1), algorithm, b"massage", &code).is_err());
        assert!(verify_mac(&key(2), algorithm, b"message", &code).is_err());
        assert_ne!(mac(&key(1), MacAlgorithmSpec::HmacSha256, b"message"), code[..32]);
    }

    proptest! {
        #[test]
        fn whatever_is_no_ciphertext_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(open(&key(1), &Pairs::new(), &bytes).is_err());
        }
    }
}
