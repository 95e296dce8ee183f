//! Percent-encoding as signatures want it: everything but `A-Z a-z 0-9 - . _ ~`, in upper-case hex.

use std::borrow::Cow;

/// Where canonical bytes go: into text, or straight into a hash.
pub(crate) trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// What stays as it is besides the unreserved characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Nothing,
    Slash,
}

const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(
            clippy::indexing_slicing,
            reason = "byte is below the table's length; evaluated at compile time"
        )]
        #[expect(clippy::cast_possible_truncation, reason = "byte is below 256")]
        {
            table[byte] =
                (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'.' | b'_' | b'~');
        }
        byte += 1;
    }
    table
};

pub(crate) fn is_unreserved(byte: u8) -> bool {
    UNRESERVED.get(usize::from(byte)).copied().unwrap_or(false)
}

fn stays(byte: u8, keep: Keep) -> bool {
    is_unreserved(byte) || (byte == b'/' && keep == Keep::Slash)
}

/// Encodes bytes into the sink.
pub(crate) fn encode(mut bytes: &[u8], keep: Keep, sink: &mut impl Sink) {
    while !bytes.is_empty() {
        let run = bytes.iter().position(|b| !stays(*b, keep)).unwrap_or(bytes.len());
        let (plain, rest) = bytes.split_at(run);
        sink.put(plain);
        let Some((byte, rest)) = rest.split_first() else { return };
        sink.put(&[b'%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
        bytes = rest;
    }
}

fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 }
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The byte that `%XY` at the start of the slice stands for.
fn escape(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', high, low, ..] => Some(hex_value(*high)? << 4 | hex_value(*low)?),
        _ => None,
    }
}

/// Decodes percent-escapes once; a `%` that starts none stands for itself. With `plus`, `+` is a space.
pub(crate) fn decode(text: &str, plus: bool) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|b| *b == b'%' || (plus && *b == b'+')) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        if let Some(byte) = escape(rest) {
            out.push(byte);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            out.push(if plus && *first == b'+' { b' ' } else { *first });
            rest = tail;
        }
    }
    Cow::Owned(out)
}

/// Whether the text is already what encoding its decoded form would give.
fn is_canonical(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = if is_unreserved(*first) {
            tail
        } else {
            let Some(byte) = escape(rest) else { return false };
            let upper = rest.iter().skip(1).take(2).all(|d| !d.is_ascii_lowercase());
            if is_unreserved(byte) || !upper {
                return false;
            }
            rest.get(3..).unwrap_or_default()
        };
    }
    true
}

/// A name or value of a query in canonical form, borrowed when it arrived so.
pub(crate) fn canonical_part(text: &str) -> Cow<'_, str> {
    if is_canonical(text) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    encode(&decode(text, true), Keep::Nothing, &mut out);
    Cow::Owned(String::from_utf8(out).unwrap_or_default())
}

/// The names and values of a raw query, undecoded. Empty pieces are no parameters.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
}

/// Lower-case hex of a SHA-256.
pub(crate) fn hex32(bytes: &[u8; 32]) -> [u8; 64] {
    let mut out = [0; 64];
    for (pair, byte) in out.chunks_exact_mut(2).zip(bytes) {
        let digits = [hex_digit(byte >> 4).to_ascii_lowercase(), hex_digit(byte & 15).to_ascii_lowercase()];
        pair.copy_from_slice(&digits);
    }
    out
}

/// The bytes of a lower-case hex SHA-256.
pub(crate) fn unhex32(text: &str) -> Option<[u8; 32]> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 || bytes.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = hex_value(*high)? << 4 | hex_value(*low)?;
    }
    Some(out)
}

/// The bytes of lower-case hex of any even length.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) || bytes.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let digits = |pair: &[u8]| match pair {
        [high, low] => Some(hex_value(*high)? << 4 | hex_value(*low)?),
        _ => None,
    };
    bytes.chunks_exact(2).map(digits).collect()
}

/// ASCII bytes as text; hex and base64 always are.
pub(crate) fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(bytes: &[u8], keep: Keep) -> String {
        let mut out = Vec::new();
        encode(bytes, keep, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encoded("aZ09-._~ /+*ü".as_bytes(), Keep::Nothing), "aZ09-._~%20%2F%2B%2A%C3%BC");
        assert_eq!(encoded(b"/a b/", Keep::Slash), "/a%20b/");
    }

    #[test]
    fn a_part_takes_its_canonical_form() {
        for (raw, canonical) in [
            ("a", "a"),
            ("%7e", "~"),
            ("%2f", "%2F"),
            ("a+b", "a%20b"),
            ("%zz", "%25zz"),
            ("%", "%25"),
            ("a/b", "a%2Fb"),
        ] {
            assert_eq!(canonical_part(raw), canonical);
        }
        assert!(matches!(canonical_part("a%20b"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_query_falls_into_pairs() {
        let all: Vec<_> = pairs("a=1&&b&c==&=d").collect();
        assert_eq!(all, [("a", "1"), ("b", ""), ("c", "="), ("", "d")]);
    }

    proptest! {
        #[test]
        fn canonical_is_a_fixed_point(text in "\\PC{0,24}") {
            let once = canonical_part(&text).into_owned();
            prop_assert_eq!(canonical_part(&once).into_owned(), once.clone());
            prop_assert_eq!(decode(&once, true), decode(&text, true));
        }

        #[test]
        fn hex_round_trips(bytes: [u8; 32]) {
            let text = hex32(&bytes);
            prop_assert_eq!(unhex32(ascii(&text)), Some(bytes));
            prop_assert_eq!(unhex(ascii(&text)), Some(bytes.to_vec()));
        }
    }
}
