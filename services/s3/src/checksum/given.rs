use super::{Algorithm, Checksum};
use crate::Error;

/// The checksum members of an input, by algorithm.
pub(crate) type Given<'a> = [(Algorithm, Option<&'a String>); 5];

/// The checksum members of an input that has all of them.
macro_rules! given {
    ($input:expr) => {
        [
            ($crate::checksum::Algorithm::Crc32, $input.checksum_crc32.as_ref()),
            ($crate::checksum::Algorithm::Crc32c, $input.checksum_crc32c.as_ref()),
            ($crate::checksum::Algorithm::Crc64Nvme, $input.checksum_crc64nvme.as_ref()),
            ($crate::checksum::Algorithm::Sha1, $input.checksum_sha1.as_ref()),
            ($crate::checksum::Algorithm::Sha256, $input.checksum_sha256.as_ref()),
        ]
    };
}
pub(crate) use given;

/// The only checksum that was given.
pub(crate) fn single<'a>(given: &Given<'a>) -> Result<Option<(Algorithm, &'a str)>, Error> {
    let mut present =
        given.iter().filter_map(|(algorithm, text)| text.map(|text| (*algorithm, text.as_str())));
    let first = present.next();
    if present.next().is_some() {
        return Err(Error::InvalidRequest(
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.".into(),
        ));
    }
    Ok(first)
}

/// Reads a checksum that a header or trailer gives.
pub(super) fn read(algorithm: Algorithm, text: &str) -> Result<Checksum, Error> {
    Checksum::parse(algorithm, text).ok_or_else(|| algorithm.invalid_header())
}
