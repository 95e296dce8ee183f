use std::{cmp::Reverse, fmt};

use base64::{
    Engine,
    alphabet::Alphabet,
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};
use kurodo_keys::KeyError;
use kurodo_store::{KeyBuilder, KeyParser, MalformedKey};

use super::{
    Salt,
    codec::{Damaged, In, Out},
};
use crate::{Error, layout};

/// Letters, digits, dots and underscores, as AWS's version ids have; base64 in an alphabet of its own.
const LETTERS: Alphabet =
    match Alphabet::new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._") {
        Ok(alphabet) => alphabet,
        Err(_) => base64::alphabet::URL_SAFE,
    };
const TEXT: GeneralPurpose = GeneralPurpose::new(&LETTERS, NO_PAD);

/// What clients call the version that has no id of its own.
const NULL: &str = "null";

/// One of the versions of a key. Of two versions the one with the higher rank came later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VersionId {
    /// Microseconds since 1970 when the version came to be; more where the version before has as many.
    pub(crate) rank: u64,
    /// Random; all zero for the null version, of which there is one at most.
    tag: [u8; 16],
}

impl VersionId {
    /// The length of the tag in bytes.
    pub(super) const TAG: usize = 16;

    /// The length of [`VersionId::key`] in bytes.
    pub(crate) const KEY: usize = 1 + 8 + Self::TAG;

    /// The null version: what is put while versioning was never switched on, or is suspended.
    pub(crate) fn null(now_ms: i64) -> Self {
        Self::null_of(rank(now_ms))
    }

    /// The null version of this rank.
    pub(crate) fn null_of(rank: u64) -> Self {
        Self { rank, tag: [0; Self::TAG] }
    }

    /// A version with an id of its own.
    pub(crate) fn new(now_ms: i64) -> Result<Self, KeyError> {
        Ok(Self { rank: rank(now_ms), tag: *Salt::random()?.bytes() })
    }

    pub(crate) fn is_null(&self) -> bool {
        self.tag == [0; Self::TAG]
    }

    /// The same version, later than another one.
    pub(crate) fn after(self, other: Option<&Self>) -> Self {
        let least = other.map_or(0, |other| other.rank.saturating_add(1));
        Self { rank: self.rank.max(least), ..self }
    }

    /// This version, as a request would name it.
    pub(crate) fn wanted(self) -> Wanted {
        if self.is_null() { Wanted::Null } else { Wanted::Exactly(self) }
    }

    /// Where it sorts among the versions of its key, the latest first.
    pub(crate) fn order(&self) -> (Reverse<u64>, [u8; Self::TAG]) {
        (Reverse(self.rank), self.tag)
    }

    /// What its sealed content is bound to, beside the object's place.
    pub(crate) fn seal(&self) -> &[u8] {
        if self.is_null() { &[] } else { &self.tag }
    }

    /// Where it lies among the older versions of its key.
    pub(crate) fn key(&self) -> Vec<u8> {
        let (high, low) = halves(self.tag);
        KeyBuilder::relative()
            .byte(layout::OLDER)
            .number(!self.rank)
            .number(high)
            .number(low)
            .build()
            .to_vec()
    }

    /// The version that lies there. What follows its id is left to the parser.
    pub(crate) fn parse_key(parser: &mut KeyParser<'_>) -> Result<Self, MalformedKey> {
        let (rank, high, low) = (!parser.number()?, parser.number()?, parser.number()?);
        Ok(Self { rank, tag: (u128::from(high) << 64 | u128::from(low)).to_be_bytes() })
    }

    pub(super) fn write(&self, out: &mut Out) {
        out.u64(self.rank).raw(&self.tag);
    }

    pub(super) fn read(input: &mut In<'_>) -> Result<Self, Damaged> {
        Ok(Self { rank: input.u64()?, tag: input.array()? })
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 8 + Self::TAG] = TEXT.decode(text).ok()?.try_into().ok()?;
        let (rank, tag) = bytes.split_first_chunk()?;
        let id = Self { rank: u64::from_be_bytes(*rank), tag: tag.try_into().ok()? };
        (!id.is_null()).then_some(id)
    }
}

fn rank(now_ms: i64) -> u64 {
    u64::try_from(now_ms).unwrap_or_default().saturating_mul(1000)
}

fn halves(tag: [u8; VersionId::TAG]) -> (u64, u64) {
    let whole = u128::from_be_bytes(tag);
    ((whole >> 64) as u64, whole as u64)
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_null() {
            return f.write_str(NULL);
        }
        let bytes = [self.rank.to_be_bytes().as_slice(), &self.tag].concat();
        f.write_str(&TEXT.encode(bytes))
    }
}

/// The version that a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The one without an id.
    Null,
    /// The one with this id.
    Exactly(VersionId),
}

impl Wanted {
    /// Reads the parameter `name`.
    ///
    /// # Errors
    /// A text that was never a version's id.
    pub(crate) fn read(name: &'static str, text: &str) -> Result<Self, Error> {
        match text {
            "" => Err(Error::argument(name, text, "Version id cannot be the empty string")),
            NULL => Ok(Self::Null),
            text => VersionId::parse(text)
                .map(Self::Exactly)
                .ok_or_else(|| Error::argument(name, text, "Invalid version id specified")),
        }
    }

    /// Reads `versionId`, where the request has it.
    ///
    /// # Errors
    /// As [`Wanted::read`]'s.
    pub(crate) fn asked(text: Option<&String>) -> Result<Option<Self>, Error> {
        text.map(|text| Self::read("versionId", text)).transpose()
    }

    /// Whether it is this one.
    pub(crate) fn is(&self, id: &VersionId) -> bool {
        match self {
            Self::Null => id.is_null(),
            Self::Exactly(wanted) => wanted == id,
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str(NULL),
            Self::Exactly(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_look_like_those_of_aws_and_are_read_again() {
        let id = VersionId::new(1_700_000_000_000).unwrap();
        let text = id.to_string();
        assert_eq!(text.len(), 32);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte)), "{text}");
        assert_eq!(Wanted::read("versionId", &text).unwrap(), Wanted::Exactly(id));
        assert_eq!(Wanted::read("versionId", "null").unwrap(), Wanted::Null);
        assert_eq!(VersionId::null(5).to_string(), "null");
    }

    #[test]
    fn other_texts_are_no_ids() {
        // The last one would be a second name of the null version.
        for text in ["", "Null", "abc", "../..", &"A".repeat(33), &"-".repeat(32), &"A".repeat(32)] {
            assert!(matches!(Wanted::read("versionId", text), Err(Error::InvalidArgument { .. })), "{text}");
        }
    }

    #[test]
    fn a_version_is_later_than_the_one_before_whatever_the_clock_says() {
        let (early, late) = (VersionId::new(1).unwrap(), VersionId::new(2).unwrap());
        assert_eq!(late.after(Some(&early)), late);
        assert_eq!(early.after(Some(&late)).rank, late.rank + 1);
        assert_eq!(early.after(None), early);
    }

    proptest! {
        #[test]
        fn later_versions_lie_before_earlier_ones(a: u32, b: u32) {
            let [a, b] = [a, b].map(|ms| VersionId::new(i64::from(ms)).unwrap());
            prop_assert_eq!(a.key() < b.key(), a.order() < b.order());
            let key = a.key();
            let mut parser = KeyParser::new(&key);
            parser.byte().unwrap();
            prop_assert_eq!(VersionId::parse_key(&mut parser).unwrap(), a);
        }
    }
}
