use aws_lc_rs::signature::{RsaPublicKeyComponents, UnparsedPublicKey};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::{Token, TokenError, algorithm::Algorithm};

/// The public keys of an issuer.
#[derive(Debug, Deserialize)]
pub(crate) struct Keys {
    keys: Vec<Key>,
}

/// One of them. What does not fit the algorithm of a token does not verify it.
#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Whether one of the keys may be the one that the token names.
    pub(crate) fn know(&self, token: &Token) -> bool {
        self.keys.iter().any(|key| key.is_for(token))
    }

    /// # Errors
    /// [`TokenError::Signature`].
    pub(crate) fn verify(&self, token: &Token) -> Result<(), TokenError> {
        let signed =
            self.keys.iter().filter(|key| key.is_for(token)).any(|key| key.verifies(token).is_some());
        if signed { Ok(()) } else { Err(TokenError::Signature) }
    }
}

impl Key {
    fn is_for(&self, token: &Token) -> bool {
        let named = token.key_id.is_none() || self.kid == token.key_id;
        let signs = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        named && signs && self.alg.as_deref().is_none_or(|alg| alg == token.algorithm.name())
    }

    fn verifies(&self, token: &Token) -> Option<()> {
        let (message, signature) = (token.signed.as_bytes(), &token.signature);
        match token.algorithm {
            Algorithm::Rsa(_, algorithm) if self.kty == "RSA" => {
                let key =
                    RsaPublicKeyComponents { n: decoded(self.n.as_ref())?, e: decoded(self.e.as_ref())? };
                key.verify(algorithm, message, signature).ok()
            }
            Algorithm::Ecdsa(_, curve, algorithm)
                if self.kty == "EC" && self.crv.as_deref() == Some(curve) =>
            {
                let (x, y) = (decoded(self.x.as_ref())?, decoded(self.y.as_ref())?);
                // An uncompressed point: SEC 1, section 2.3.3.
                let point = [&[4], &x[..], &y[..]].concat();
                UnparsedPublicKey::new(algorithm, point).verify(message, signature).ok()
            }
            Algorithm::Rsa(..) | Algorithm::Ecdsa(..) => None,
        }
    }
}

fn decoded(part: Option<&String>) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(part?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const CLAIMS: &str =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    /// RFC 7515, appendix A.2.
    fn rsa() -> (Token, Value) {
        let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujG\
                         bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K\
                         0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6\
                         LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-\
                 SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-\
                 UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2et\
                 hFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
        let token = Token::parse(&format!("eyJhbGciOiJSUzI1NiJ9.{CLAIMS}.{signature}")).unwrap();
        (token, json!({"kty": "RSA", "n": n, "e": "AQAB"}))
    }

    /// RFC 7515, appendix A.3.
    fn ecdsa() -> (Token, Value) {
        let signature =
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let (x, y) =
            ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let token = Token::parse(&format!("eyJhbGciOiJFUzI1NiJ9.{CLAIMS}.{signature}")).unwrap();
        (token, json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}))
    }

    fn keys(of: &[Value]) -> Keys {
        serde_json::from_value(json!({ "keys": of })).unwrap()
    }

    fn with(key: &Value, name: &str, value: &str) -> Value {
        let mut key = key.clone();
        key.as_object_mut().unwrap().insert(name.to_owned(), value.into());
        key
    }

    #[test]
    fn the_signatures_of_the_standard_hold() {
        let ((rs, rsa), (es, ec)) = (rsa(), ecdsa());
        for key in [&rsa, &with(&rsa, "use", "sig"), &with(&rsa, "alg", "RS256"), &with(&rsa, "kid", "any")] {
            keys(&[ec.clone(), key.clone()]).verify(&rs).unwrap();
        }
        keys(&[rsa.clone(), ec.clone()]).verify(&es).unwrap();
        for (token, key) in [
            (&rs, ec.clone()),
            (&es, rsa.clone()),
            (&rs, with(&rsa, "use", "enc")),
            (&rs, with(&rsa, "alg", "RS512")),
            (&rs, with(&rsa, "kty", "EC")),
            (&rs, with(&rsa, "e", "Aw")),
            (&rs, with(&rsa, "n", "")),
            (&es, with(&ec, "crv", "P-384")),
            (&es, with(&ec, "x", "AA")),
            (&es, with(&ec, "y", "not base64")),
        ] {
            assert!(matches!(keys(&[key]).verify(token), Err(TokenError::Signature)));
        }
        assert!(matches!(keys(&[]).verify(&rs), Err(TokenError::Signature)));
    }

    #[test]
    fn a_token_that_names_its_key_is_verified_by_no_other() {
        let (mut token, key) = ecdsa();
        token.key_id = Some("a".to_owned());
        for unnamed in [key.clone(), with(&key, "kid", "b")] {
            assert!(!keys(std::slice::from_ref(&unnamed)).know(&token));
            assert!(keys(&[unnamed]).verify(&token).is_err());
        }
        assert!(keys(&[with(&key, "kid", "a")]).verify(&token).is_ok());
    }

    #[test]
    fn a_changed_byte_is_seen() {
        for (mut token, key) in [rsa(), ecdsa()] {
            let last = token.signature.len() - 1;
            token.signature[last] ^= 1;
            assert!(keys(std::slice::from_ref(&key)).verify(&token).is_err());
            token.signature[last] ^= 1;
            token.signed.replace_range(..1, "f");
            assert!(keys(&[key]).verify(&token).is_err());
        }
    }
}
