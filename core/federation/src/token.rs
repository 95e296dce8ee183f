use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{TokenError, algorithm::Algorithm};

/// A token as it came: nothing of it is to be believed before it was verified.
#[derive(Debug)]
pub struct Token {
    pub(crate) algorithm: Algorithm,
    /// Which of the issuer's keys is said to have signed.
    pub(crate) key_id: Option<String>,
    /// What the signature covers.
    pub(crate) signed: String,
    pub(crate) signature: Vec<u8>,
    pub(crate) claims: Map<String, Value>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl Token {
    /// Takes a token in the compact form apart.
    ///
    /// # Errors
    /// [`TokenError::Malformed`], [`TokenError::Algorithm`], [`TokenError::Missing`] where it names no issuer.
    ///
    /// Source: RFC 7515, section 7.1; extensions that must be understood (`crit`) are not: section 4.1.11.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| TokenError::Malformed)?;
        let claims = serde_json::from_slice(&decoded(claims)?).map_err(|_| TokenError::Malformed)?;
        let signature = decoded(signature)?;
        let algorithm = Algorithm::named(&header.alg).filter(|_| header.crit.is_none());
        let token = Self {
            algorithm: algorithm.ok_or(TokenError::Algorithm)?,
            key_id: header.kid,
            signed: signed.to_owned(),
            signature,
            claims,
        };
        token.issuer().map(|_| ())?;
        Ok(token)
    }

    /// The issuer that the token names: a URL.
    ///
    /// # Errors
    /// [`TokenError::Missing`].
    pub fn issuer(&self) -> Result<&str, TokenError> {
        self.text("iss")
    }

    pub(crate) fn text(&self, claim: &'static str) -> Result<&str, TokenError> {
        let found = self.claims.get(claim).and_then(Value::as_str);
        found.filter(|text| !text.is_empty()).ok_or(TokenError::Missing(claim))
    }

    /// A time in seconds; fractions are cut off.
    pub(crate) fn time(&self, claim: &'static str) -> Result<i64, TokenError> {
        let number = self.claims.get(claim).ok_or(TokenError::Missing(claim))?;
        let whole = number.as_i64();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what is out of range becomes the end of the range"
        )]
        let cut = || number.as_f64().map(|seconds| seconds.floor() as i64);
        whole.or_else(cut).ok_or(TokenError::Missing(claim))
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, TokenError> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> Result<Token, TokenError> {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        Token::parse(&format!("{}.{}.c2ln", encode(header), encode(claims)))
    }

    #[test]
    fn a_token_is_three_parts() {
        let found = token(r#"{"alg":"RS256","kid":"a","typ":"JWT"}"#, r#"{"iss":"https://a"}"#).unwrap();
        assert_eq!((found.issuer().unwrap(), found.key_id.as_deref()), ("https://a", Some("a")));
        for text in ["", "a", "a.b", "a.b.c", "e30.e30.", "eyJhbGciOiJSUzI1NiJ9.e30=.c2ln"] {
            assert!(matches!(Token::parse(text), Err(TokenError::Malformed)), "{text}");
        }
        let four = format!("{}.c2ln", found.signed + ".c2ln");
        assert!(matches!(Token::parse(&four), Err(TokenError::Malformed)));
    }

    #[test]
    fn who_does_not_sign_with_a_key_pair_is_not_heard() {
        for algorithm in ["none", "None", "", "HS256", "PS256", "RS1", "rs256", "EdDSA"] {
            let header = format!(r#"{{"alg":"{algorithm}"}}"#);
            assert!(matches!(token(&header, r#"{"iss":"a"}"#), Err(TokenError::Algorithm)), "{algorithm}");
        }
        let extended = r#"{"alg":"RS256","crit":["b64"],"b64":false}"#;
        assert!(matches!(token(extended, r#"{"iss":"a"}"#), Err(TokenError::Algorithm)));
    }

    #[test]
    fn times_are_numbers() {
        let found = token(r#"{"alg":"ES256"}"#, r#"{"iss":"a","exp":12.9,"nbf":"12","iat":-3}"#).unwrap();
        assert_eq!((found.time("exp").unwrap(), found.time("iat").unwrap()), (12, -3));
        assert!(matches!(found.time("nbf"), Err(TokenError::Missing("nbf"))));
        assert!(matches!(token(r#"{"alg":"ES256"}"#, r#"{"iss":""}"#), Err(TokenError::Missing("iss"))));
    }
}
