use crate::{encoding::ascii, error::AuthError, head::Head};

/// The trailer fields that followed an aws-chunked body, names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trailers(Vec<(String, String)>);

impl Trailers {
    /// The value of a field; the name must be lower case.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The fields in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The text whose hash the trailer's signature covers: `name:value` and a line feed for each field.
    /// Source: Amazon S3 API Reference, "Including trailing headers (chunked upload)".
    pub(crate) fn canonical(&self) -> String {
        self.iter().map(|(name, value)| format!("{name}:{value}\n")).collect()
    }
}

/// Collects trailer fields against the list in `x-amz-trailer`.
#[derive(Debug)]
pub(crate) struct Expected {
    names: Vec<String>,
    found: Trailers,
}

const MAX_NAMES: usize = 16;

/// The field that ends a signed trailer.
pub(crate) const SIGNATURE: &str = "x-amz-trailer-signature";

impl Expected {
    /// The fields that the head announces; none unless the body's form has trailers.
    pub(crate) fn read(head: &Head<'_>, trailer: bool) -> Result<Self, AuthError> {
        let list = head.single("x-amz-trailer").map_err(|()| AuthError::TrailerMalformed)?;
        let names: Vec<String> =
            list.unwrap_or_default().split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
        let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        let repeats = (1..names.len()).any(|n| names.iter().take(n).any(|name| names.get(n) == Some(name)));
        if names.len() > MAX_NAMES || repeats || (!trailer && !names.is_empty()) {
            return Err(AuthError::TrailerMalformed);
        }
        Ok(Self { names, found: Trailers::default() })
    }

    /// Takes one line without its end. Returns the value of the signature field instead of keeping it.
    pub(crate) fn line(&mut self, line: &[u8]) -> Result<Option<String>, AuthError> {
        let (name, value) =
            ascii_line(line).and_then(|line| line.split_once(':')).ok_or(AuthError::TrailerMalformed)?;
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        if name == SIGNATURE {
            return Ok(Some(value));
        }
        if !self.names.contains(&name) || self.found.value(&name).is_some() {
            return Err(AuthError::TrailerMalformed);
        }
        self.found.0.push((name, value));
        Ok(None)
    }

    pub(crate) fn canonical(&self) -> String {
        self.found.canonical()
    }

    /// The fields, if every announced one came.
    pub(crate) fn finish(self) -> Result<Trailers, AuthError> {
        if self.found.0.len() == self.names.len() { Ok(self.found) } else { Err(AuthError::TrailerMalformed) }
    }
}

fn ascii_line(line: &[u8]) -> Option<&str> {
    let printable = line.iter().all(|b| b.is_ascii_graphic() || *b == b' ' || *b == b'\t');
    printable.then(|| ascii(line))
}
