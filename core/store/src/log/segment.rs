use aws_lc_rs::rand;
use bytes::Bytes;
use kurodo_keys::{NONCE_LEN, Sealer, SecretKey, TAG_LEN};

use super::LogError;

const MAGIC: &[u8; 8] = b"kurolog1";
const ID: usize = 16;
const SECRET: usize = 8 + 32 + ID + 8;
/// The length of a segment's header.
pub(super) const HEADER: usize = MAGIC.len() + ID + SECRET + TAG_LEN;
/// The length of a frame's header: marker, index, count, first position, length of the body.
pub(super) const FRAME: usize = 8 + 4 + 4 + 8 + 4;

const HEADER_NONCE: [u8; NONCE_LEN] = [0xff; NONCE_LEN];

/// The random name of a segment, below which its key is derived. Every opening of the log begins a new segment, so
/// that no key ever seals two frames with one index, whatever a crash cut off.
pub(super) type SegmentId = [u8; ID];

/// Where the segment before ends, so that nothing can be cut off or put between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Previous {
    pub(super) id: SegmentId,
    /// The bytes of it that count; what lies behind was never acknowledged.
    pub(super) length: u64,
}

/// What the head of a segment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: SegmentId,
    pub(super) first: u64,
    /// The stage's own state before the first entry.
    pub(super) mark: [u8; 32],
    pub(super) previous: Previous,
}

/// The head of a segment with the means to seal and open its frames.
pub(super) struct Segment {
    pub(super) head: Head,
    sealer: Sealer,
}

/// A frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHead {
    pub(super) index: u32,
    pub(super) count: u32,
    pub(super) first: u64,
    /// Ciphertext and tag.
    pub(super) length: u32,
}

/// The name of the segment that begins at this position.
pub(super) fn name(first: u64) -> String {
    format!("{first:016x}.log")
}

/// The position that a segment's name says, if it is one.
pub(super) fn parse_name(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".log").filter(|digits| digits.len() == 16)?;
    let first = u64::from_str_radix(digits, 16).ok()?;
    (self::name(first) == name).then_some(first)
}

impl Segment {
    /// A new segment, and the bytes that its file begins with.
    pub(super) fn make(
        key: &SecretKey,
        first: u64,
        mark: [u8; 32],
        previous: Previous,
    ) -> Result<(Self, Vec<u8>), LogError> {
        let mut id = [0; ID];
        rand::fill(&mut id).map_err(|_| LogError::Random)?;
        let segment = Self::new(key, Head { id, first, mark, previous });
        let public = [&MAGIC[..], &id].concat();
        let first = first.to_be_bytes();
        let length = previous.length.to_be_bytes();
        let mut secret = [&first[..], &mark, &previous.id, &length].concat();
        segment
            .sealer
            .seal_in_place(HEADER_NONCE, &public, &mut secret)
            .map_err(|_| LogError::TooLong(SECRET))?;
        Ok((segment, [public, secret].concat()))
    }

    /// Reads the head; none if the bytes are not one.
    pub(super) fn parse(key: &SecretKey, bytes: &[u8]) -> Option<Self> {
        let (public, secret) = bytes.split_at_checked(MAGIC.len() + ID)?;
        let id: SegmentId = *public.strip_prefix(MAGIC)?.first_chunk()?;
        let mut secret = secret.get(..SECRET + TAG_LEN)?.to_vec();
        let sealer = sealer(key, id);
        let plain = sealer.open_in_place(HEADER_NONCE, public, &mut secret).ok()?;
        let (first, rest) = plain.split_first_chunk()?;
        let (mark, rest) = rest.split_first_chunk()?;
        let (before, rest) = rest.split_first_chunk()?;
        let previous = Previous { id: *before, length: u64::from_be_bytes(*rest.first_chunk()?) };
        let head = Head { id, first: u64::from_be_bytes(*first), mark: *mark, previous };
        Some(Self { head, sealer })
    }

    fn new(key: &SecretKey, head: Head) -> Self {
        Self { sealer: sealer(key, head.id), head }
    }

    /// The bytes that every frame of the segment begins with, to find frames behind damage.
    pub(super) fn marker(&self) -> [u8; 8] {
        self.head.id.first_chunk().copied().unwrap_or_default()
    }

    /// Appends to `out` the frame that holds these laid entries.
    pub(super) fn seal_frame(
        &self,
        index: u32,
        first: u64,
        count: u32,
        entries: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), LogError> {
        let too_long = || LogError::TooLong(entries.len());
        let length = u32::try_from(entries.len() + TAG_LEN).map_err(|_| too_long())?;
        let header = self.frame_header(FrameHead { index, count, first, length });
        out.extend_from_slice(&header);
        let start = out.len();
        out.resize(start + entries.len(), 0);
        let body = out.get_mut(start..).unwrap_or_default();
        let tag = self.sealer.seal_apart(nonce(index), &header, entries, body).map_err(|_| too_long())?;
        out.extend_from_slice(&tag);
        Ok(())
    }

    /// The header that `bytes` begin with, if it is one of this segment.
    pub(super) fn parse_frame(&self, bytes: &[u8]) -> Option<FrameHead> {
        let (marker, rest) = bytes.split_first_chunk()?;
        let (index, rest) = rest.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let (first, rest) = rest.split_first_chunk()?;
        let head = FrameHead {
            index: u32::from_be_bytes(*index),
            count: u32::from_be_bytes(*count),
            first: u64::from_be_bytes(*first),
            length: u32::from_be_bytes(*rest.first_chunk()?),
        };
        (*marker == self.marker() && head.length as usize >= TAG_LEN).then_some(head)
    }

    /// The laid entries of the frame; none if it is not authentic.
    pub(super) fn open_frame(&self, head: FrameHead, mut body: Vec<u8>) -> Option<Bytes> {
        let length =
            self.sealer.open_in_place(nonce(head.index), &self.frame_header(head), &mut body).ok()?.len();
        body.truncate(length);
        Some(body.into())
    }

    fn frame_header(&self, head: FrameHead) -> [u8; FRAME] {
        let mut bytes = [0; FRAME];
        let (index, count) = (head.index.to_be_bytes(), head.count.to_be_bytes());
        let (first, length) = (head.first.to_be_bytes(), head.length.to_be_bytes());
        let marker = self.marker();
        let fields = marker.iter().chain(&index).chain(&count).chain(&first).chain(&length);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = *field);
        bytes
    }
}

fn sealer(key: &SecretKey, id: SegmentId) -> Sealer {
    Sealer::new(&key.derive("log segment", &id))
}

fn nonce(index: u32) -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    if let Some(end) = nonce.last_chunk_mut() {
        *end = index.to_be_bytes();
    }
    nonce
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> SecretKey {
        SecretKey::from_bytes([6; 32])
    }

    proptest! {
        #[test]
        fn a_head_with_a_flipped_bit_is_none(at in 0..HEADER, bit in 0..8u8) {
            let (segment, mut bytes) = Segment::make(&key(), 7, [1; 32], Previous::default()).unwrap();
            prop_assert_eq!(Segment::parse(&key(), &bytes).unwrap().head, segment.head);
            bytes[at] ^= 1 << bit;
            prop_assert!(Segment::parse(&key(), &bytes).is_none());
        }

        #[test]
        fn a_frame_with_a_flipped_bit_is_none(entries: Vec<u8>, at: prop::sample::Index, bit in 0..8u8) {
            let (segment, _) = Segment::make(&key(), 7, [1; 32], Previous::default()).unwrap();
            let mut frame = Vec::new();
            segment.seal_frame(3, 9, 1, &entries, &mut frame).unwrap();
            let open = |frame: &[u8]| {
                segment.parse_frame(frame).and_then(|head| segment.open_frame(head, frame[FRAME..].to_vec()))
            };
            prop_assert_eq!(open(&frame).unwrap(), &entries);
            let at = at.index(frame.len());
            frame[at] ^= 1 << bit;
            prop_assert!(open(&frame).is_none());
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let (segment, _) = Segment::make(&key(), 7, [1; 32], Previous::default()).unwrap();
            let _ = Segment::parse(&key(), &bytes);
            let _ = segment.parse_frame(&bytes);
        }

        #[test]
        fn names_round_trip(first: u64) {
            prop_assert_eq!(parse_name(&name(first)), Some(first));
        }
    }

    #[test]
    fn other_names_are_not_segments() {
        for name in
            ["anchor", "0.log", "000000000000000A.log", "+00000000000001f.log", "0000000000000000.tmp"]
        {
            assert_eq!(parse_name(name), None, "{name}");
        }
    }
}
