//! Content that clients compress.
//!
//! Source: CloudWatch API Reference, PutMetricData; Smithy, "requestCompression trait".

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::CONTENT_ENCODING;

use crate::{Failure, head::Head};

/// How much larger than what is sent content may be.
const GROWTH: usize = 8;

/// The content as it was before the client compressed it; `None` where it cannot be read, or is more than so many times
/// the limit of what is sent.
pub(crate) fn inflated(head: &Head, content: Bytes, limit: usize) -> Option<Bytes> {
    if !head.header(CONTENT_ENCODING.as_str()).is_some_and(|coding| coding.eq_ignore_ascii_case("gzip")) {
        return Some(content);
    }
    let most = limit.saturating_mul(GROWTH);
    let mut whole = Vec::new();
    let mut decoder = MultiGzDecoder::new(&*content).take(u64::try_from(most).ok()?.saturating_add(1));
    decoder.read_to_end(&mut whole).ok()?;
    (whole.len() <= most).then(|| whole.into())
}

/// The failure of content that cannot be read so.
pub(crate) fn failure() -> Failure {
    Failure::new(
        "MalformedInput",
        400,
        "The compressed content of the request cannot be read, or is too large.",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn head(coding: &str) -> Head {
        let request = http::Request::builder().header("content-encoding", coding);
        Head::new(request.body(()).unwrap().into_parts().0)
    }

    fn gzip(content: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn only_what_says_so_is_compressed() {
        let content = gzip(b"Action=PutMetricData");
        assert_eq!(inflated(&head("gzip"), content.clone(), 100).unwrap(), "Action=PutMetricData");
        assert_eq!(inflated(&head("identity"), content.clone(), 100).unwrap(), content);
        assert_eq!(inflated(&head("gzip"), Bytes::from_static(b"Action=x"), 100), None);
        assert_eq!(inflated(&head("gzip"), content.slice(..content.len() - 9), 100), None);
    }

    #[test]
    fn little_does_not_become_endless() {
        let bomb = gzip(&vec![0; 1 << 20]);
        assert!(bomb.len() < 2000);
        assert_eq!(inflated(&head("gzip"), bomb.clone(), 1000), None);
        assert_eq!(inflated(&head("gzip"), bomb, 1 << 17).unwrap().len(), 1 << 20);
    }
}
