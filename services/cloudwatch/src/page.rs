//! Answers in pages: tokens that say where the next one begins.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::Error;

/// Bytes of a token that tell whether it is one of this operation.
const CHECK: usize = 8;

/// The token of a place in an operation's answer.
pub(crate) fn seal(operation: &str, place: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode([&check(operation, place), place].concat())
}

/// The place of a token that the operation gave out.
pub(crate) fn open(operation: &str, token: Option<&str>) -> Result<Option<Vec<u8>>, Error> {
    let Some(token) = token else { return Ok(None) };
    let place = BASE64_URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| {
        let (mark, place) = bytes.split_at_checked(CHECK)?;
        (mark == check(operation, place)).then(|| place.to_vec())
    });
    match place {
        Some(place) => Ok(Some(place)),
        None => Err(Error::NextToken(token.chars().take(64).collect())),
    }
}

fn check(operation: &str, place: &[u8]) -> Vec<u8> {
    let text = [operation.as_bytes(), b"\0", place].concat();
    digest(&SHA256, &text).as_ref().iter().take(CHECK).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_others_and_made_up_ones_are_refused() {
        let token = seal("List", b"place");
        assert_eq!(open("List", Some(&token)).unwrap().as_deref(), Some(&b"place"[..]));
        assert!(open("Other", Some(&token)).is_err());
        for made_up in ["", "AA", "bob", "!"] {
            assert!(open("List", Some(made_up)).is_err(), "{made_up}");
        }
        assert_eq!(open("List", None).unwrap(), None);
    }
}
