//! Objects as lines.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

/// Bytes that are looked at together: more than the longest line that an item can be.
const CHUNK: u64 = 4 << 20;
/// The most bytes that a compressed object unpacks to: each time it is unpacked from its beginning.
pub(crate) const UNPACKED: u64 = 1 << 30;

/// What of a piece of an object from some place on is whole lines, in bytes; all of it where the object ends with it, or
/// where it is one line that is too long to be an item.
pub(crate) fn chunk(piece: &[u8], is_last: bool) -> &[u8] {
    let end = piece.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
    match end.filter(|_| !is_last) {
        Some(end) => piece.get(..end).unwrap_or_default(),
        None => piece,
    }
}

/// The lines of a piece, without their ends; blank ones are none.
pub(crate) fn lines(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = piece.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.trim_ascii().is_empty())
}

/// What a compressed object holds from this place on, up to the bytes that are looked at together, and whether that is
/// the rest of it; `None` where it is not compressed as it should be.
pub(crate) fn unzipped(content: &[u8], offset: u64) -> Option<(Vec<u8>, bool)> {
    let mut decoder = MultiGzDecoder::new(content);
    std::io::copy(&mut (&mut decoder).take(offset), &mut std::io::sink()).ok()?;
    let mut piece = Vec::new();
    (&mut decoder).take(CHUNK).read_to_end(&mut piece).ok()?;
    let is_last = (piece.len() as u64) < CHUNK;
    Some((piece, is_last))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_piece_ends_with_a_line() {
        assert_eq!(chunk(b"a\nb\nc", false), b"a\nb\n");
        assert_eq!(chunk(b"a\nb\nc", true), b"a\nb\nc");
        assert_eq!(chunk(b"abc", false), b"abc");
        assert_eq!(lines(b"a\r\n\n  \nb").collect::<Vec<_>>(), [b"a", b"b"]);
    }

    #[test]
    fn compressed_objects_are_read_from_any_place() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"0123456789").unwrap();
        let content = encoder.finish().unwrap();
        assert_eq!(unzipped(&content, 4).unwrap(), (b"456789".to_vec(), true));
        assert!(unzipped(b"plain", 0).is_none());
    }
}
