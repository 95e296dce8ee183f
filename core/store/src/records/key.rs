use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Ends a part; sorts before every byte that can follow within a part.
const END: [u8; 2] = [0, 1];
/// Stands for a zero byte within a part.
const ZERO: [u8; 2] = [0, 255];

/// Room for most keys, so that building one does not grow it.
const USUAL: usize = 64;

/// A key put together from parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

/// Puts a key together so that keys sort as their parts do, and no part can reach into the next: a zero byte
/// within a part becomes `00 FF`, and every part ends in `00 01`.
#[derive(Debug, Clone)]
pub struct KeyBuilder(Vec<u8>);

impl KeyBuilder {
    /// A whole key, below this namespace (its first byte).
    pub fn new(namespace: u8) -> Self {
        let mut key = Vec::with_capacity(USUAL);
        key.push(namespace);
        Self(key)
    }

    /// A key relative to a scope or prefix.
    pub fn relative() -> Self {
        Self(Vec::new())
    }

    /// A name, such as a string.
    #[must_use]
    pub fn part(mut self, part: impl AsRef<[u8]>) -> Self {
        self.escape(part.as_ref());
        self.0.extend_from_slice(&END);
        self
    }

    /// A number; smaller ones sort first.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// One byte, to tell kinds of records apart.
    #[must_use]
    pub fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    /// The key.
    pub fn build(self) -> Key {
        Key(self.0)
    }

    /// The prefix of every key whose next part begins with this. It ends the key, for such a prefix can only be
    /// scanned.
    pub fn beginning(mut self, beginning: impl AsRef<[u8]>) -> Key {
        self.escape(beginning.as_ref());
        Key(self.0)
    }

    fn escape(&mut self, part: &[u8]) {
        self.0.reserve(part.len() + END.len());
        let mut pieces = part.split(|byte| *byte == 0);
        self.0.extend_from_slice(pieces.next().unwrap_or_default());
        for piece in pieces {
            self.0.extend_from_slice(&ZERO);
            self.0.extend_from_slice(piece);
        }
    }
}

/// A key that was not built the way it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a record's key does not have the form that its kind of record has; run `kurodo check`")]
pub struct MalformedKey;

/// Takes a key apart again.
#[derive(Debug, Clone)]
pub struct KeyParser<'k>(&'k [u8]);

impl<'k> KeyParser<'k> {
    /// From the first byte on.
    pub fn new(key: &'k [u8]) -> Self {
        Self(key)
    }

    /// The next part.
    ///
    /// # Errors
    /// When no part ends.
    pub fn part(&mut self) -> Result<Cow<'k, [u8]>, MalformedKey> {
        let mut whole: Option<Vec<u8>> = None;
        let mut rest = self.0;
        loop {
            let zero = rest.iter().position(|byte| *byte == 0).ok_or(MalformedKey)?;
            let (piece, mark) = rest.split_at_checked(zero).ok_or(MalformedKey)?;
            let (mark, after) = mark.split_first_chunk().ok_or(MalformedKey)?;
            match (*mark, whole.take()) {
                (END, None) => {
                    self.0 = after;
                    return Ok(Cow::Borrowed(piece));
                }
                (END, Some(mut part)) => {
                    part.extend_from_slice(piece);
                    self.0 = after;
                    return Ok(Cow::Owned(part));
                }
                (ZERO, part) => {
                    let mut part = part.unwrap_or_default();
                    part.extend_from_slice(piece);
                    part.push(0);
                    whole = Some(part);
                    rest = after;
                }
                _ => return Err(MalformedKey),
            }
        }
    }

    /// The next part, as text.
    ///
    /// # Errors
    /// When no part ends or it is not UTF-8.
    pub fn text(&mut self) -> Result<Cow<'k, str>, MalformedKey> {
        match self.part()? {
            Cow::Borrowed(part) => std::str::from_utf8(part).map(Cow::Borrowed).map_err(|_| MalformedKey),
            Cow::Owned(part) => String::from_utf8(part).map(Cow::Owned).map_err(|_| MalformedKey),
        }
    }

    /// The next number.
    ///
    /// # Errors
    /// When fewer than 8 bytes are left.
    pub fn number(&mut self) -> Result<u64, MalformedKey> {
        let (number, rest) = self.0.split_first_chunk().ok_or(MalformedKey)?;
        self.0 = rest;
        Ok(u64::from_be_bytes(*number))
    }

    /// The next byte: the namespace, or a kind of record.
    ///
    /// # Errors
    /// When nothing is left.
    pub fn byte(&mut self) -> Result<u8, MalformedKey> {
        let (byte, rest) = self.0.split_first().ok_or(MalformedKey)?;
        self.0 = rest;
        Ok(*byte)
    }

    /// That nothing is left.
    ///
    /// # Errors
    /// When something is.
    pub fn end(&self) -> Result<(), MalformedKey> {
        if self.0.is_empty() { Ok(()) } else { Err(MalformedKey) }
    }
}

/// The least key that is greater than every key that starts with this prefix: where to seek to, to skip them all.
/// There is none for a prefix of nothing but 0xFF.
pub fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut after = prefix.to_vec();
    while let Some(last) = after.last_mut() {
        if let Some(next) = last.checked_add(1) {
            *last = next;
            return Some(after);
        }
        after.pop();
    }
    None
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Key {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Key> for Arc<[u8]> {
    fn from(key: Key) -> Self {
        key.0.into()
    }
}

impl From<Key> for Vec<u8> {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(parts: &[Vec<u8>]) -> Key {
        parts.iter().fold(KeyBuilder::new(7), |key, part| key.part(part)).build()
    }

    /// Bytes among which zeros and the marks' second bytes are common.
    fn tricky() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(255), any::<u8>()], 0..6)
    }

    #[test]
    fn parses_what_it_built() {
        let key = KeyBuilder::new(3).part("a\0b").number(5).byte(9).part("é").build();
        let mut parser = KeyParser::new(&key);
        assert_eq!(parser.byte(), Ok(3));
        assert_eq!(parser.text().as_deref(), Ok("a\0b"));
        assert!(parser.end().is_err());
        assert_eq!(parser.number(), Ok(5));
        assert_eq!(parser.byte(), Ok(9));
        assert_eq!(parser.text().as_deref(), Ok("é"));
        assert_eq!(parser.end(), Ok(()));
        assert!(parser.number().is_err());
    }

    proptest! {
        #[test]
        fn order_is_the_order_of_parts(a in proptest::collection::vec(tricky(), 0..4), b in proptest::collection::vec(tricky(), 0..4)) {
            prop_assert_eq!(key(&a).cmp(&key(&b)), a.cmp(&b));
        }

        #[test]
        fn one_key_prefixes_another_only_by_whole_parts(a in proptest::collection::vec(tricky(), 1..3), b in proptest::collection::vec(tricky(), 1..4)) {
            prop_assert_eq!(key(&b).starts_with(&key(&a)), b.starts_with(&a));
        }

        #[test]
        fn beginnings_find_their_parts(beginning in tricky(), part in tricky()) {
            let prefix = KeyBuilder::new(7).beginning(&beginning);
            prop_assert_eq!(key(std::slice::from_ref(&part)).starts_with(&prefix), part.starts_with(&beginning));
        }

        #[test]
        fn round_trip(parts in proptest::collection::vec(tricky(), 0..5)) {
            let key = key(&parts);
            let mut parser = KeyParser::new(&key);
            prop_assert_eq!(parser.byte(), Ok(7));
            for part in &parts {
                prop_assert_eq!(&*parser.part().unwrap(), &part[..]);
            }
            prop_assert_eq!(parser.end(), Ok(()));
        }

        #[test]
        fn any_bytes_parse_or_fail(bytes: Vec<u8>) {
            let mut parser = KeyParser::new(&bytes);
            while parser.text().is_ok() {}
        }

        #[test]
        fn after_prefix_is_the_boundary(prefix in tricky(), other in tricky()) {
            if let Some(after) = after_prefix(&prefix) {
                prop_assert!(after > prefix && !after.starts_with(&prefix));
                prop_assert_eq!(other >= prefix && other < after, other.starts_with(&prefix));
            } else {
                prop_assert!(prefix.iter().all(|byte| *byte == 255));
            }
        }
    }
}
