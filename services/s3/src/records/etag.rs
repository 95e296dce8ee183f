use std::fmt;

use kurodo_keys::KeyError;

use super::{
    Salt,
    codec::{Damaged, In, Out},
};
use crate::checksum::md5_of;

/// An entity tag: the content's MD5, or for a multipart object the MD5 of its parts' MD5s and their number. Of
/// objects under a customer's key it is random, for an MD5 would tell something of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ETag {
    digest: [u8; 16],
    /// 0 for an object that was put whole.
    parts: u16,
}

impl ETag {
    /// The tag of an object that was put whole.
    pub(crate) fn whole(digest: [u8; 16]) -> Self {
        Self { digest, parts: 0 }
    }

    /// The tag of content with this MD5; a random one where there is none to show.
    pub(crate) fn of_content(md5: Option<[u8; 16]>) -> Result<Self, KeyError> {
        let digest = match md5 {
            Some(md5) => md5,
            None => *Salt::random()?.bytes(),
        };
        Ok(Self::whole(digest))
    }

    /// The tag of an object made of parts with these tags.
    pub(crate) fn of_parts(parts: &[[u8; 16]]) -> Self {
        Self { digest: md5_of(parts.as_flattened()), parts: u16::try_from(parts.len()).unwrap_or(u16::MAX) }
    }

    /// The digest itself.
    pub(crate) fn digest(&self) -> &[u8; 16] {
        &self.digest
    }

    /// Without quotes, as `GetObjectAttributes` answers.
    pub(crate) fn bare(&self) -> String {
        let mut text = format!("{:032x}", u128::from_be_bytes(self.digest));
        if self.parts > 0 {
            text.push_str(&format!("-{}", self.parts));
        }
        text
    }

    /// Whether a client's text, with or without quotes, is this tag.
    pub(crate) fn is(&self, text: &str) -> bool {
        let text = text.trim();
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        text == self.bare()
    }

    pub(super) fn write(&self, out: &mut Out) {
        out.raw(&self.digest).u16(self.parts);
    }

    pub(super) fn read(input: &mut In<'_>) -> Result<Self, Damaged> {
        Ok(Self { digest: input.array()?, parts: input.u16()? })
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.bare())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_quoted_and_recognised_either_way() {
        let tag = ETag::whole(md5_of(b""));
        assert_eq!(tag.to_string(), "\"d41d8cd98f00b204e9800998ecf8427e\"");
        assert!(tag.is("d41d8cd98f00b204e9800998ecf8427e") && tag.is(&tag.to_string()));
        assert!(!tag.is("\"d41d8cd98f00b204e9800998ecf8427e") && !tag.is(""));
    }

    /// The tag that S3 gives three parts `a`, `b`, `c`: the MD5 of their MD5s, computed with Python's hashlib.
    #[test]
    fn of_parts() {
        let parts = [b"a", b"b", b"c"].map(|part| md5_of(part));
        assert_eq!(ETag::of_parts(&parts).bare(), "4054c6f7787ecb7b323323155b0c0583-3");
    }
}
