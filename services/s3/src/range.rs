//! Byte ranges.
//!
//! Source: RFC 9110, section 14; S3 API Reference, `GetObject`, "Range", and `UploadPartCopy`, "CopySourceRange".

use std::ops::Range;

use crate::Error;

/// The part of a content of `size` bytes that a `Range` header asks for; `None` for the whole, also where the header
/// is not understood or asks for several ranges, which S3 does not give.
pub(crate) fn requested(header: &str, size: u64) -> Result<Option<Range<u64>>, Error> {
    let Some(spec) = header.strip_prefix("bytes=") else { return Ok(None) };
    let Some((first, last)) = spec.split_once('-') else { return Ok(None) };
    let unsatisfiable = || Error::InvalidRange { requested: header.to_owned(), size };
    let range = match (number(first), number(last), first.is_empty(), last.is_empty()) {
        (Some(first), Some(last), _, _) if first <= last => first..last.saturating_add(1).min(size),
        (Some(first), None, _, true) => first..size,
        (None, Some(length), true, _) => size.saturating_sub(length)..size,
        _ => return Ok(None),
    };
    if range.is_empty() { Err(unsatisfiable()) } else { Ok(Some(range)) }
}

/// The range of a source to copy a part from: both ends must be given and lie within the source.
pub(crate) fn copied(header: &str, size: u64) -> Result<Range<u64>, Error> {
    const NAME: &str = "x-amz-copy-source-range";
    let ends = header.strip_prefix("bytes=").and_then(|spec| spec.split_once('-'));
    let ends = ends.and_then(|(first, last)| number(first).zip(number(last)));
    let (first, last) = ends.filter(|(first, last)| first <= last).ok_or_else(|| {
        let message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last \
                       are the zero-based offsets of the first and last bytes to copy";
        Error::argument(NAME, header, message)
    })?;
    if last >= size {
        let message = format!("Range specified is not valid for source object of size: {size}");
        return Err(Error::argument(NAME, header, message));
    }
    Ok(first..last + 1)
}

/// Decimal digits and nothing else.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// `Content-Range`.
pub(crate) fn shown(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_forms_of_a_range() {
        for (header, expected) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=2-100", Some(2..10)),
            ("bytes=5-", Some(5..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-30", Some(0..10)),
            ("bytes=3-2", None),
            ("bytes=0-1,3-4", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("items=0-1", None),
            ("bytes=-", None),
        ] {
            assert_eq!(requested(header, 10).unwrap(), expected, "{header}");
        }
    }

    #[test]
    fn ranges_behind_the_end_are_unsatisfiable() {
        for (header, size) in
            [("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-1", 0)]
        {
            assert!(matches!(requested(header, size), Err(Error::InvalidRange { .. })), "{header} of {size}");
        }
    }

    #[test]
    fn copies_need_both_ends() {
        assert_eq!(copied("bytes=0-9", 10).unwrap(), 0..10);
        for header in ["bytes=0-10", "bytes=0-", "bytes=-1", "0-1", "bytes=2-1"] {
            assert!(copied(header, 10).is_err(), "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_range_always_lies_within(header in "(bytes=)?[0-9]{0,20}-[0-9]{0,20}", size: u64) {
            if let Ok(Some(range)) = requested(&header, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }
    }
}
