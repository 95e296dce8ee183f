use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use kurodo_gateway::{Body, Call};

use super::{
    Algorithm, Checksum, Given, Sums,
    given::{read, single},
};
use crate::{Error, model::ChecksumAlgorithm};

/// What a client says that its content's digests are, before or behind the content.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    md5: Option<[u8; 16]>,
    algorithm: Option<Algorithm>,
    checksum: Option<Checksum>,
    /// Whether the checksum comes behind the content.
    trailing: bool,
}

const TRAILER: &str = "x-amz-checksum-";

impl Declared {
    /// Reads what the head declares.
    pub(crate) fn read(
        call: &Call,
        md5: Option<&String>,
        asked: Option<ChecksumAlgorithm>,
        given: &Given<'_>,
    ) -> Result<Self, Error> {
        Self::from(call.head.header("x-amz-trailer"), md5, asked, given)
    }

    fn from(
        trailers: Option<&str>,
        md5: Option<&String>,
        asked: Option<ChecksumAlgorithm>,
        given: &Given<'_>,
    ) -> Result<Self, Error> {
        let md5 = md5.map(|text| digest(text)).transpose()?;
        let header = single(given)?;
        let trailing = trailing(trailers)?;
        let algorithm = match (header, trailing) {
            (Some(_), Some(_)) => {
                return Err(Error::InvalidRequest(
                    "Expecting a single x-amz-checksum- header or x-amz-trailer.".into(),
                ));
            }
            (header, trailing) => header.map(|(algorithm, _)| algorithm).or(trailing),
        };
        agree(asked, algorithm)?;
        let checksum = header.map(|(algorithm, text)| read(algorithm, text)).transpose()?;
        Ok(Self { md5, algorithm, checksum, trailing: trailing.is_some() })
    }

    /// The algorithm of the checksum that was or will be given.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// Whether the content's MD5 was given.
    pub(crate) fn has_md5(&self) -> bool {
        self.md5.is_some()
    }

    /// Compares what was declared with what was received. The body must have been received whole.
    pub(crate) fn check(mut self, body: &Body, sums: &Sums) -> Result<(), Error> {
        if let (true, Some(algorithm)) = (self.trailing, self.algorithm) {
            let name = format!("{TRAILER}{}", algorithm.suffix());
            let text = body.trailers().value(&name).ok_or(Error::MalformedTrailer)?;
            self.checksum = Some(read(algorithm, text)?);
        }
        self.compare(sums)
    }

    fn compare(&self, sums: &Sums) -> Result<(), Error> {
        if self.md5.is_some() && self.md5 != sums.md5 {
            return Err(Error::BadDigest(
                "The Content-MD5 you specified did not match what we received.".into(),
            ));
        }
        match self.checksum {
            Some(declared) if sums.of(declared.algorithm()) != Some(declared) => {
                Err(Error::bad_checksum(declared.algorithm()))
            }
            _ => Ok(()),
        }
    }
}

fn digest(text: &str) -> Result<[u8; 16], Error> {
    BASE64.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(Error::InvalidDigest)
}

/// The algorithm of the checksum that the trailer announces.
fn trailing(names: Option<&str>) -> Result<Option<Algorithm>, Error> {
    let Some(names) = names else { return Ok(None) };
    let mut found = None;
    for name in names.split(',').map(str::trim) {
        let Some(suffix) = name.to_ascii_lowercase().strip_prefix(TRAILER).map(str::to_owned) else {
            continue;
        };
        let known = Algorithm::ALL.into_iter().find(|algorithm| algorithm.suffix() == suffix);
        let known = known
            .ok_or_else(|| Error::NotImplemented(format!("the trailer x-amz-checksum-{suffix}").into()))?;
        if found.replace(known).is_some() {
            return Err(Error::InvalidRequest(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.".into(),
            ));
        }
    }
    Ok(found)
}

/// `x-amz-sdk-checksum-algorithm` must name the algorithm of the checksum that is sent.
fn agree(asked: Option<ChecksumAlgorithm>, sent: Option<Algorithm>) -> Result<(), Error> {
    let message = match (asked, sent) {
        (Some(asked), Some(sent)) if sent.word() != asked => {
            "Value for x-amz-sdk-checksum-algorithm header is invalid."
        }
        (Some(_), None) => {
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer \
             headers were found."
        }
        _ => return Ok(()),
    };
    Err(Error::InvalidRequest(message.into()))
}

#[cfg(test)]
mod tests {
    use super::{super::Hasher, *};

    const NONE: Given<'static> = [
        (Algorithm::Crc32, None),
        (Algorithm::Crc32c, None),
        (Algorithm::Crc64Nvme, None),
        (Algorithm::Sha1, None),
        (Algorithm::Sha256, None),
    ];

    fn sums(content: &[u8]) -> Sums {
        let mut hasher = Hasher::new(true, &Algorithm::ALL);
        hasher.update(content);
        hasher.finish()
    }

    #[test]
    fn a_wrong_md5_is_a_bad_digest_and_a_broken_one_invalid() {
        let right = BASE64.encode(super::super::md5_of(b"x"));
        let declared = Declared::from(None, Some(&right), None, &NONE).unwrap();
        assert!(declared.compare(&sums(b"x")).is_ok());
        assert!(matches!(declared.compare(&sums(b"y")), Err(Error::BadDigest(_))));
        let broken = "abc".to_owned();
        assert!(matches!(Declared::from(None, Some(&broken), None, &NONE), Err(Error::InvalidDigest)));
    }

    #[test]
    fn a_header_is_compared() {
        let text = sums(b"x").of(Algorithm::Crc32).unwrap().text();
        let given = NONE.map(|(a, _)| (a, (a == Algorithm::Crc32).then_some(&text)));
        let declared = Declared::from(None, None, Some(ChecksumAlgorithm::Crc32), &given).unwrap();
        assert_eq!(declared.algorithm(), Some(Algorithm::Crc32));
        assert!(declared.compare(&sums(b"x")).is_ok());
        assert!(matches!(declared.compare(&sums(b"y")), Err(Error::BadDigest(_))));
    }

    #[test]
    fn contradictions_are_refused() {
        let text = sums(b"x").of(Algorithm::Crc32).unwrap().text();
        let two = NONE.map(|(a, _)| (a, a.is_crc().then_some(&text)));
        assert!(Declared::from(None, None, None, &two).is_err());
        assert!(Declared::from(None, None, Some(ChecksumAlgorithm::Sha1), &NONE).is_err());
        let trailer = Some("x-amz-checksum-sha1");
        assert!(Declared::from(trailer, None, Some(ChecksumAlgorithm::Crc32), &NONE).is_err());
        assert!(Declared::from(Some("x-amz-checksum-xxhash3"), None, None, &NONE).is_err());
        let short = "AAAA".to_owned();
        let given = NONE.map(|(a, _)| (a, (a == Algorithm::Crc32).then_some(&short)));
        assert!(Declared::from(None, None, None, &given).is_err());
    }

    #[test]
    fn a_trailer_names_the_algorithm() {
        let declared = Declared::from(Some("x-amz-checksum-crc64nvme"), None, None, &NONE).unwrap();
        assert_eq!(declared.algorithm(), Some(Algorithm::Crc64Nvme));
        assert!(declared.trailing);
    }
}
