use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::EncodingType;

/// How keys are written in a reply. XML cannot say every character that a key may have; percent-encoded it can.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Encoding(Option<EncodingType>);

const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*').remove(b'/');

impl Encoding {
    pub(crate) fn new(asked: Option<EncodingType>) -> Self {
        Self(asked)
    }

    /// The name of the encoding, for the reply.
    pub(crate) fn word(self) -> Option<EncodingType> {
        self.0
    }

    pub(crate) fn text(self, text: &str) -> String {
        match self.0 {
            Some(EncodingType::Url) => utf8_percent_encode(text, ENCODED).to_string(),
            None => text.to_owned(),
        }
    }

    pub(crate) fn optional(self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the S3 API Reference, `ListObjectsV2`, "EncodingType".
    #[test]
    fn keys_are_percent_encoded_on_demand() {
        let url = Encoding::new(Some(EncodingType::Url));
        assert_eq!(url.text("test_file(3).png"), "test_file%283%29.png");
        assert_eq!(url.text("a b/c+d\u{1}"), "a%20b/c%2Bd%01");
        assert_eq!(Encoding::new(None).text("a b"), "a b");
    }
}
