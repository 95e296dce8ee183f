use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};

use super::Start;
use crate::Error;

/// Where the next page begins, as the client carries it from page to page. It says nothing that the page before did not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Token(pub(crate) Start);

impl Token {
    pub(crate) fn write(start: &Start) -> String {
        let (kind, text) = match start {
            Start::Beginning => ('b', ""),
            Start::AfterKey(key) => ('k', key.as_str()),
            Start::AfterPrefix(prefix) => ('p', prefix.as_str()),
        };
        BASE64URL.encode(format!("{kind}{text}"))
    }

    pub(crate) fn read(token: &str) -> Result<Start, Error> {
        let wrong =
            || Error::argument("continuation-token", token, "The continuation token provided is incorrect");
        let bytes = BASE64URL.decode(token).map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        match text.split_at_checked(1) {
            Some(("k", key)) => Ok(Start::AfterKey(key.to_owned())),
            Some(("p", prefix)) => Ok(Start::AfterPrefix(prefix.to_owned())),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn round_trip(text: String) {
            for start in [Start::AfterKey(text.clone()), Start::AfterPrefix(text)] {
                prop_assert_eq!(Token::read(&Token::write(&start)).unwrap(), start);
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = Token::read(&text);
        }
    }
}
