//! The encryption context: names and values that an operation is told, and that decryption must be told again.
//!
//! Source: KMS Developer Guide, "Encryption context".

use std::collections::BTreeMap;

/// Names and values, in the order of the names.
pub(crate) type Pairs = BTreeMap<String, String>;

/// The context as it is authenticated: in whatever order it was written, the same bytes; and no other context has them.
pub(crate) fn canonical(pairs: &Pairs) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in pairs.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_that_differ_differ_in_bytes() {
        let pairs = |pairs: &[(&str, &str)]| -> Pairs {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let all = [
            pairs(&[]),
            pairs(&[("a", "b")]),
            pairs(&[("ab", "")]),
            pairs(&[("", "ab")]),
            pairs(&[("a", "bc"), ("d", "")]),
            pairs(&[("a", "b"), ("cd", "")]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all.iter().skip(at + 1).all(|other| canonical(other) != canonical(one)));
        }
        assert_eq!(
            canonical(&pairs(&[("x", "1"), ("y", "2")])),
            canonical(&pairs(&[("y", "2"), ("x", "1")]))
        );
    }
}
