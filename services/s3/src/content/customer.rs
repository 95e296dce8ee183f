use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use kurodo_keys::SecretKey;
use kurodo_wire::Secret;
use zeroize::Zeroizing;

use crate::{
    Error,
    checksum::md5_of,
    facts::BucketFacts,
    records::{CustomerKey, Salt},
};

/// A key that the customer brought for one request. It is never stored.
///
/// Source: S3 User Guide, "Using server-side encryption with customer-provided keys (SSE-C)".
pub(crate) struct Customer {
    key: SecretKey,
    md5: String,
}

/// The customer's key in an input's three members, if the request has one.
macro_rules! customer {
    ($input:expr) => {
        $crate::content::Customer::read(
            $input.sse_customer_algorithm.as_deref(),
            $input.sse_customer_key.as_ref(),
            $input.sse_customer_key_md5.as_deref(),
        )
    };
    ($input:expr, source) => {
        $crate::content::Customer::read(
            $input.copy_source_sse_customer_algorithm.as_deref(),
            $input.copy_source_sse_customer_key.as_ref(),
            $input.copy_source_sse_customer_key_md5.as_deref(),
        )
    };
}
pub(crate) use customer;

const ALGORITHM: &str = "AES256";
const HEADER: &str = "x-amz-server-side-encryption-customer-";

impl Customer {
    /// Reads and checks the key.
    pub(crate) fn read(
        algorithm: Option<&str>,
        key: Option<&Secret>,
        md5: Option<&str>,
    ) -> Result<Option<Self>, Error> {
        if algorithm.is_none() && key.is_none() && md5.is_none() {
            return Ok(None);
        }
        let missing = |what: &str| {
            let message = format!(
                "Requests specifying Server Side Encryption with Customer provided keys must provide {what}."
            );
            Error::argument(HEADER, "null", message)
        };
        let algorithm = algorithm.ok_or_else(|| missing("a valid encryption algorithm"))?;
        let key = key.ok_or_else(|| missing("an appropriate secret key"))?;
        let md5 = md5.ok_or_else(|| missing("the client calculated MD5 of the secret key"))?;
        if algorithm != ALGORITHM {
            return Err(Error::InvalidEncryptionAlgorithm);
        }
        let bytes = BASE64.decode(key.expose()).map(Zeroizing::new).unwrap_or_default();
        let bytes: Option<Zeroizing<[u8; 32]>> = bytes.as_slice().try_into().ok().map(Zeroizing::new);
        let bytes = bytes.ok_or_else(|| {
            Error::argument(HEADER, "", "The secret key was invalid for the specified algorithm.")
        })?;
        if BASE64.encode(md5_of(&bytes[..])) != md5 {
            return Err(Error::argument(
                HEADER,
                md5,
                "The calculated MD5 hash of the key did not match the hash that was provided.",
            ));
        }
        Ok(Some(Self { key: SecretKey::from_bytes(*bytes), md5: md5.to_owned() }))
    }

    /// The algorithm, for the reply.
    pub(crate) fn algorithm(&self) -> String {
        ALGORITHM.to_owned()
    }

    /// The MD5 of the key, for the reply.
    pub(crate) fn md5(&self) -> String {
        self.md5.clone()
    }

    /// What an object stores to recognise the key.
    pub(crate) fn remember(&self) -> Result<CustomerKey, Error> {
        let salt = Salt::random()?;
        Ok(CustomerKey { salt, check: self.check(salt) })
    }

    fn check(&self, salt: Salt) -> [u8; 32] {
        *self.key.derive("s3 customer key check", salt.bytes()).expose()
    }

    /// The key that wraps the data keys of an object; the customer's own key wraps nothing.
    fn wrapping(&self, stored: &CustomerKey) -> Result<Arc<SecretKey>, Error> {
        verify_slices_are_equal(&self.check(stored.salt), &stored.check)
            .map_err(|_| Error::AccessDenied("Access Denied".into()))?;
        Ok(Arc::new(self.key.derive("s3 customer object key", stored.salt.bytes())))
    }

    /// That the request brought the right key, and no other.
    pub(crate) fn check_of(
        customer: Option<&Self>,
        stored: Option<&CustomerKey>,
        facts: &BucketFacts,
    ) -> Result<(), Error> {
        Self::unlock(customer, stored, facts).map(drop)
    }

    /// The key that wraps the data keys of an object or upload, if the request brought the right one.
    pub(crate) fn unlock(
        customer: Option<&Self>,
        stored: Option<&CustomerKey>,
        facts: &BucketFacts,
    ) -> Result<Arc<SecretKey>, Error> {
        match (customer, stored) {
            (Some(customer), Some(stored)) => customer.wrapping(stored),
            (None, None) => Ok(Arc::clone(&facts.key)),
            (Some(_), None) => {
                Err(Error::InvalidRequest("The encryption parameters are not applicable to this object.".into()))
            }
            (None, Some(_)) => Err(Error::InvalidRequest(
                "The object was stored using a form of Server Side Encryption. The correct parameters must be \
                 provided to retrieve the object."
                    .into(),
            )),
        }
    }

    /// What a new object stores of the key that it was put with, and the key that wraps its data keys.
    pub(crate) fn lock(
        customer: Option<&Self>,
        facts: &BucketFacts,
    ) -> Result<(Option<CustomerKey>, Arc<SecretKey>), Error> {
        let Some(customer) = customer else { return Ok((None, Arc::clone(&facts.key))) };
        if facts.encryption.blocks_customer_keys {
            return Err(Error::AccessDenied(
                "The bucket's encryption configuration blocks server-side encryption with customer-provided keys \
                 (SSE-C)."
                    .into(),
            ));
        }
        let stored = customer.remember()?;
        let wrapping = customer.wrapping(&stored)?;
        Ok((Some(stored), wrapping))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> (Secret, String) {
        (Secret::new(BASE64.encode([byte; 32])), BASE64.encode(md5_of(&[byte; 32])))
    }

    fn customer(byte: u8) -> Customer {
        let (key, md5) = secret(byte);
        Customer::read(Some("AES256"), Some(&key), Some(&md5)).unwrap().unwrap()
    }

    #[test]
    fn a_key_is_recognised_and_another_one_is_not() {
        let stored = customer(1).remember().unwrap();
        assert!(customer(1).wrapping(&stored).is_ok());
        assert!(matches!(customer(2).wrapping(&stored), Err(Error::AccessDenied(_))));
    }

    #[test]
    fn two_objects_under_one_key_are_wrapped_by_different_keys() {
        let customer = customer(1);
        let [a, b] = [(); 2].map(|()| customer.wrapping(&customer.remember().unwrap()).unwrap());
        assert_ne!(a.expose(), b.expose());
        assert_ne!(a.expose(), customer.key.expose());
    }

    #[test]
    fn incomplete_and_wrong_keys_are_refused() {
        let (key, md5) = secret(1);
        let (_, other) = secret(2);
        let read =
            |algorithm, key, md5: Option<&String>| Customer::read(algorithm, key, md5.map(String::as_str));
        assert!(matches!(read(None, None, None), Ok(None)));
        assert!(read(Some("AES256"), None, Some(&md5)).is_err());
        assert!(read(Some("AES256"), Some(&key), None).is_err());
        assert!(read(None, Some(&key), Some(&md5)).is_err());
        assert!(read(Some("AES128"), Some(&key), Some(&md5)).is_err());
        assert!(read(Some("AES256"), Some(&key), Some(&other)).is_err());
        let short = Secret::new(BASE64.encode([1; 16]));
        assert!(read(Some("AES256"), Some(&short), Some(&md5)).is_err());
    }
}
