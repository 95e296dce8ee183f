//! The canonical request: what both sides hash. Streamed, so that the text is built only for refusals.
//!
//! Source: IAM User Guide, "Create a signed AWS API request", step 1.

use std::borrow::Cow;

use aws_lc_rs::digest::{self, SHA256, digest};

use crate::{
    encoding::{Keep, Sink, canonical_part, decode, encode, is_unreserved, pairs},
    head::Head,
    rules::PathRule,
    signed_headers::{AUTHORITY, SignedHeaders},
};

/// SHA-256 over what is put in. Short inputs, which is nearly all of them, are hashed in one go.
pub(crate) struct Hash {
    held: [u8; 1024],
    len: usize,
    context: Option<digest::Context>,
}

impl Hash {
    pub(crate) fn new() -> Self {
        Self { held: [0; 1024], len: 0, context: None }
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        let held = self.held.get(..self.len).unwrap_or_default();
        let digest = match self.context {
            None => digest(&SHA256, held),
            Some(mut context) => {
                context.update(held);
                context.finish()
            }
        };
        digest.as_ref().first_chunk().copied().unwrap_or_default()
    }

    fn spill(&mut self, bytes: &[u8]) {
        let context = self.context.get_or_insert_with(|| digest::Context::new(&SHA256));
        context.update(self.held.get(..self.len).unwrap_or_default());
        context.update(bytes);
        self.len = 0;
    }
}

impl Sink for Hash {
    fn put(&mut self, bytes: &[u8]) {
        match self.held.get_mut(self.len..self.len + bytes.len()) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len += bytes.len();
            }
            None => self.spill(bytes),
        }
    }
}

/// A request and how to make it canonical.
pub(crate) struct Canonical<'a> {
    pub head: &'a Head<'a>,
    pub signed_headers: &'a SignedHeaders,
    /// The last line: a hash in hex, or a word that stands for one.
    pub payload: &'a str,
    pub paths: PathRule,
    /// Leave `X-Amz-Signature` out of the query.
    pub presigned: bool,
    /// Leave `X-Amz-Security-Token` out of the query.
    pub without_token: bool,
}

impl Canonical<'_> {
    /// Writes the canonical request. Whether every signed field is there; an absent one is written empty.
    pub(crate) fn write(&self, sink: &mut impl Sink) -> bool {
        sink.put(self.head.method.as_str().as_bytes());
        sink.put(b"\n");
        write_path(self.head.path, self.paths, sink);
        sink.put(b"\n");
        write_query(self.head.query, |name| self.leaves_out(name), sink);
        sink.put(b"\n");
        let mut complete = true;
        for name in self.signed_headers.iter() {
            complete &= self.write_header(name, sink);
        }
        sink.put(b"\n");
        sink.put(self.signed_headers.as_str().as_bytes());
        sink.put(b"\n");
        sink.put(self.payload.as_bytes());
        complete
    }

    /// The canonical request as text.
    pub(crate) fn text(&self) -> String {
        let mut text = Vec::with_capacity(1024);
        self.write(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The SHA-256 of the canonical request, and whether every signed field is there.
    pub(crate) fn hash(&self) -> ([u8; 32], bool) {
        let mut hash = Hash::new();
        let complete = self.write(&mut hash);
        (hash.finish(), complete)
    }

    fn leaves_out(&self, name: &str) -> bool {
        (self.presigned && name == "X-Amz-Signature")
            || (self.without_token && name == "X-Amz-Security-Token")
    }

    /// Writes a field's line. Whether the field is there.
    fn write_header(&self, name: &str, sink: &mut impl Sink) -> bool {
        sink.put(name.as_bytes());
        sink.put(b":");
        let mut count = 0;
        if name == AUTHORITY {
            let authority = self.head.authority;
            count += usize::from(authority.is_some());
            write_folded(authority.unwrap_or_default().as_bytes(), sink);
        } else if name == "host" {
            let host = self.head.host();
            count += usize::from(host.is_some());
            write_folded(host.unwrap_or_default(), sink);
        } else {
            for value in self.head.headers.get_all(name) {
                if count > 0 {
                    sink.put(b",");
                }
                count += 1;
                write_folded(value.as_bytes(), sink);
            }
        }
        sink.put(b"\n");
        count > 0
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// A field's value without blanks around it, and with one space for each run of blanks within.
pub(crate) fn write_folded(value: &[u8], sink: &mut impl Sink) {
    let value = value.trim_ascii();
    let folds = value.contains(&b'\t') || value.windows(2).any(|pair| pair == b"  ");
    if !folds {
        return sink.put(value);
    }
    for (index, word) in value.split(|b| is_blank(*b)).filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            sink.put(b" ");
        }
        sink.put(word);
    }
}

/// S3: decoded once and encoded again. Others: normalised and encoded once more as it stands.
fn write_path(path: &str, rule: PathRule, sink: &mut impl Sink) {
    if path.is_empty() {
        return sink.put(b"/");
    }
    if path.bytes().all(|b| is_unreserved(b) || b == b'/') && (rule == PathRule::AsSent || is_normal(path)) {
        return sink.put(path.as_bytes());
    }
    if rule == PathRule::AsSent {
        return encode(&decode(path, false), Keep::Slash, sink);
    }
    write_normalised(path, sink);
}

/// Whether a path that is put together from unreserved characters is normalised already.
fn is_normal(path: &str) -> bool {
    path.starts_with('/') && !path.contains("//") && !path.contains("/.")
}

/// RFC 3986, section 5.2.4, and runs of slashes become one. (botocore alone signs `/a/.` as `/a`.)
fn write_normalised(path: &str, sink: &mut impl Sink) {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    for segment in &segments {
        sink.put(b"/");
        encode(segment.as_bytes(), Keep::Nothing, sink);
    }
    if segments.is_empty() || ["/", "/.", "/.."].iter().any(|end| path.ends_with(end)) {
        sink.put(b"/");
    }
}

/// The parameters in canonical form, in the order of their encoded names and values.
pub(crate) fn write_query(query: &str, leave_out: impl Fn(&str) -> bool, sink: &mut impl Sink) {
    if query.is_empty() {
        return;
    }
    let all = pairs(query).map(|(name, value)| (canonical_part(name), canonical_part(value)));
    let mut all: Vec<(Cow<'_, str>, Cow<'_, str>)> = all.filter(|(name, _)| !leave_out(name)).collect();
    all.sort_unstable();
    for (index, (name, value)) in all.iter().enumerate() {
        if index > 0 {
            sink.put(b"&");
        }
        sink.put(name.as_bytes());
        sink.put(b"=");
        sink.put(value.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str, rule: PathRule) -> String {
        let mut out = Vec::new();
        write_path(path, rule, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn s3_paths_are_decoded_and_encoded_once() {
        for (raw, canonical) in [
            ("", "/"),
            ("/a/../b//c/.", "/a/../b//c/."),
            ("/a%2Fb%20c", "/a/b%20c"),
            ("/a+b(c)'%7e%e1", "/a%2Bb%28c%29%27~%E1"),
        ] {
            assert_eq!(path(raw, PathRule::AsSent), canonical);
        }
    }

    #[test]
    fn other_paths_are_normalised_and_encoded_again() {
        for (raw, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("/a/../b//c/", "/b/c/"),
            ("/../..", "/"),
            ("/a/.", "/a/"),
            ("/a/b/..", "/a/"),
            ("/a/b..", "/a/b.."),
            ("/.hidden", "/.hidden"),
            ("/a%20b", "/a%2520b"),
            ("*", "/%2A"),
        ] {
            assert_eq!(path(raw, PathRule::Normalised), canonical);
        }
    }

    #[test]
    fn values_are_trimmed_and_folded() {
        for (raw, canonical) in
            [("a", "a"), ("  a  b\t c ", "a b c"), ("\"a   b\"", "\"a b\""), ("a b", "a b"), (" ", "")]
        {
            let mut out = Vec::new();
            write_folded(raw.as_bytes(), &mut out);
            assert_eq!(out, canonical.as_bytes());
        }
    }

    #[test]
    fn parameters_are_ordered_by_name_then_value() {
        let mut out = Vec::new();
        write_query("b=2&a-=1&a=z&a=%41&c&X=1", |name| name == "X", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "a=A&a=z&a-=1&b=2&c=");
    }

    #[test]
    fn long_inputs_hash_the_same_in_pieces() {
        for size in [0, 1, 1023, 1024, 1025, 5000] {
            let bytes = vec![b'x'; size];
            let mut hash = Hash::new();
            bytes.chunks(100).for_each(|piece| hash.put(piece));
            assert_eq!(hash.finish()[..], *digest(&SHA256, &bytes).as_ref());
        }
    }
}
