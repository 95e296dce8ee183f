//! What strangers bring from other identity systems.

use kurodo_federation::Token;

/// Takes bytes apart as a token; one that can be read names its issuer.
pub fn identity_token(data: &[u8]) {
    let Some(token) = std::str::from_utf8(data).ok().and_then(|text| Token::parse(text).ok()) else { return };
    assert!(token.issuer().is_ok_and(|issuer| !issuer.is_empty()));
}
