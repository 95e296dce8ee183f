/// The names of the signed header fields: lower case, ascending, each once, as joined by `;` on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders(Box<str>);

/// What clients of HTTP/2 may sign in place of `host`: JavaScript's do. No field has such a name.
pub(crate) const AUTHORITY: &str = ":authority";

/// More fields than this are not looked at.
const MAX_NAMES: usize = 128;
const MAX_LENGTH: usize = 4_096;

impl SignedHeaders {
    /// Accepts a list that is lower-case, strictly ascending and at most 128 names long.
    /// The empty list is accepted here; it is refused later because `host` is not on it.
    pub fn parse(list: &str) -> Option<Self> {
        if list.is_empty() {
            return Some(Self(Box::default()));
        }
        if list.len() > MAX_LENGTH {
            return None;
        }
        let mut last = "";
        for (index, name) in list.split(';').enumerate() {
            let fits = name == AUTHORITY || name.bytes().all(is_name_byte);
            if index >= MAX_NAMES || name <= last || !fits {
                return None;
            }
            last = name;
        }
        Some(Self(list.into()))
    }

    /// The list as it is signed: names joined by `;`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names, ascending.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(';').filter(|name| !name.is_empty())
    }

    /// Whether the field is signed. The name must be lower case.
    pub fn contains(&self, name: &str) -> bool {
        // Byte by byte: asked often, of short lists.
        !name.is_empty()
            && self.0.as_bytes().split(|byte| *byte == b';').any(|signed| signed == name.as_bytes())
    }
}

/// Token characters of RFC 9110, section 5.6.2, without the upper-case letters.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_order_are_accepted() {
        let list = SignedHeaders::parse("content-type;host;x-amz-date").unwrap();
        assert_eq!(list.iter().collect::<Vec<_>>(), ["content-type", "host", "x-amz-date"]);
        assert!(list.contains("host") && !list.contains("hos") && !list.contains(""));
        assert_eq!(SignedHeaders::parse("").unwrap().iter().count(), 0);
        assert!(SignedHeaders::parse(":authority;x-amz-date").unwrap().contains(AUTHORITY));
    }

    #[test]
    fn other_lists_are_refused() {
        let long = (0..200).map(|n| format!("a{n:04}")).collect::<Vec<_>>().join(";");
        for list in [
            "Host",
            "host;host",
            "x;host",
            "host;",
            ";host",
            "ho st",
            "host;é",
            ";",
            ":path;host",
            "host;:authority",
            &long,
        ] {
            assert_eq!(SignedHeaders::parse(list), None, "{list}");
        }
    }
}
