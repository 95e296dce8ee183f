use std::io::Read as _;

use bytes::{Buf as _, Bytes, buf::Reader};
use flate2::read::MultiGzDecoder;

use super::BAD;
use crate::SelectError;

/// How a column's pages are packed. S3 Select knows no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Plain,
    Snappy,
    Gzip,
}

/// About so many bytes are unpacked in one go.
const PIECE: u64 = 1024 * 1024;
/// Snappy's copies of 64 bytes take three bytes each: nothing grows more.
const MOST_GROWTH: usize = 24;

/// A page that is being unpacked.
pub(super) enum Unpacking {
    Whole(Codec, Bytes),
    Gzip(Box<MultiGzDecoder<Reader<Bytes>>>, Vec<u8>),
}

impl Unpacking {
    pub(super) fn new(codec: Codec, bytes: Bytes) -> Self {
        match codec {
            // What is empty may have no header either.
            _ if bytes.is_empty() => Self::Whole(Codec::Plain, bytes),
            Codec::Gzip => Self::Gzip(Box::new(MultiGzDecoder::new(bytes.reader())), Vec::new()),
            codec => Self::Whole(codec, bytes),
        }
    }

    /// Unpacks some more; gives all of it when it is there, which must be so many bytes.
    pub(super) fn next(&mut self, wanted: usize) -> Result<Option<Bytes>, SelectError> {
        let unpacked = match self {
            Self::Whole(Codec::Snappy, packed) => snappy(packed, wanted)?,
            Self::Whole(_, plain) => std::mem::take(plain),
            Self::Gzip(decoder, out) => {
                let taken = decoder.by_ref().take(PIECE).read_to_end(out).map_err(|_| BAD)?;
                match out.len() > wanted {
                    true => return Err(BAD),
                    false if taken > 0 => return Ok(None),
                    false => std::mem::take(out).into(),
                }
            }
        };
        if unpacked.len() == wanted { Ok(Some(unpacked)) } else { Err(BAD) }
    }
}

fn snappy(packed: &[u8], wanted: usize) -> Result<Bytes, SelectError> {
    // The length that is told is checked before anybody makes room for it.
    let told = snap::raw::decompress_len(packed).map_err(|_| BAD)?;
    if told != wanted || told / MOST_GROWTH > packed.len() {
        return Err(BAD);
    }
    snap::raw::Decoder::new().decompress_vec(packed).map(Bytes::from).map_err(|_| BAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_must_be_as_told() {
        let packed = Bytes::from(snap::raw::Encoder::new().compress_vec(&[7; 1_000_000]).unwrap());
        let unpack = |wanted| Unpacking::new(Codec::Snappy, packed.clone()).next(wanted);
        assert_eq!(unpack(1_000_000).unwrap().unwrap().len(), 1_000_000);
        assert_eq!(unpack(999_999), Err(BAD));
        // A length of two gigabytes, and nothing else.
        let lie = Bytes::from_static(&[0xff, 0xff, 0xff, 0xff, 0x07, 0x00]);
        assert_eq!(Unpacking::new(Codec::Snappy, lie).next(0x7fff_ffff), Err(BAD));
        assert_eq!(Unpacking::new(Codec::Plain, packed.clone()).next(5), Err(BAD));
        assert_eq!(Unpacking::new(Codec::Gzip, packed).next(5), Err(BAD));
    }
}
