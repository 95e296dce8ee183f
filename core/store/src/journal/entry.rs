use kurodo_keys::{KeyError, NONCE_LEN, Sealer, SecretKey, TAG_LEN};

const MAGIC: &[u8; 8] = b"KURODOJ1";
const ID: usize = 16;
/// The length of an entry's header: format, run, count, after, last, length of the body.
pub(super) const HEADER: usize = MAGIC.len() + ID + 8 + 8 + 8 + 4;
/// Entries begin at multiples of this, so that no write touches what holds an earlier entry.
pub(super) const ALIGN: u64 = 4096;

/// The random name of a run of entries, below which its key is derived. Every opening and every new beginning is a run
/// of its own, so that no key ever seals two entries under one nonce, whatever a crash left.
pub(super) type RunId = [u8; ID];

/// What the header of an entry says. It is authenticated with the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) run: RunId,
    /// How often the run was written to before: the nonce.
    pub(super) count: u64,
    /// The number of the last transaction before the entry.
    pub(super) after: u64,
    /// The number of the entry's own last transaction.
    pub(super) last: u64,
    /// Ciphertext and tag, in bytes.
    pub(super) length: u32,
}

impl Header {
    fn encode(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let (count, after) = (self.count.to_be_bytes(), self.after.to_be_bytes());
        let (last, length) = (self.last.to_be_bytes(), self.length.to_be_bytes());
        let fields = MAGIC.iter().chain(&self.run).chain(&count).chain(&after).chain(&last).chain(&length);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = *field);
        bytes
    }

    /// The header that these bytes are, if they are one.
    pub(super) fn decode(bytes: &[u8; HEADER]) -> Option<Self> {
        let (run, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let (after, rest) = rest.split_first_chunk()?;
        let (last, rest) = rest.split_first_chunk()?;
        let header = Self {
            run: *run,
            count: u64::from_be_bytes(*count),
            after: u64::from_be_bytes(*after),
            last: u64::from_be_bytes(*last),
            length: u32::from_be_bytes(*rest.first_chunk()?),
        };
        (header.length as usize >= TAG_LEN).then_some(header)
    }

    /// How far it is from the entry's first byte to its end.
    pub(super) fn bytes(self) -> u64 {
        HEADER as u64 + u64::from(self.length)
    }

    /// How far it is from the entry's first byte to where the next one begins.
    pub(super) fn span(self) -> u64 {
        self.bytes().next_multiple_of(ALIGN)
    }
}

/// The means to seal and open the entries of a run.
pub(super) struct Run {
    pub(super) id: RunId,
    sealer: Sealer,
}

impl Run {
    pub(super) fn new(key: &SecretKey, id: RunId) -> Self {
        Self { id, sealer: Sealer::new(&key.derive("record journal", &id)) }
    }

    /// The bytes of an entry between these transactions, sealed to its place in the file.
    pub(super) fn seal(
        &self,
        (after, last): (u64, u64),
        count: u64,
        offset: u64,
        content: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        let length = u32::try_from(content.len() + TAG_LEN).map_err(|_| KeyError::TooLong)?;
        let header = Header { run: self.id, count, after, last, length };
        let mut bytes = Vec::with_capacity(HEADER + length as usize);
        bytes.extend_from_slice(&header.encode());
        bytes.resize(HEADER + content.len(), 0);
        let body = bytes.get_mut(HEADER..).unwrap_or_default();
        let tag = self.sealer.seal_apart(nonce(count), &place(header, offset), content, body)?;
        bytes.extend_from_slice(&tag);
        Ok(bytes)
    }

    /// The content of the entry with this header and body; none if it is not authentic here.
    pub(super) fn open(&self, header: Header, offset: u64, mut body: Vec<u8>) -> Option<Vec<u8>> {
        let place = place(header, offset);
        let length = self.sealer.open_in_place(nonce(header.count), &place, &mut body).ok()?.len();
        body.truncate(length);
        Some(body)
    }
}

fn nonce(count: u64) -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    if let Some(end) = nonce.last_chunk_mut() {
        *end = count.to_be_bytes();
    }
    nonce
}

fn place(header: Header, offset: u64) -> [u8; HEADER + 8] {
    let mut place = [0; HEADER + 8];
    let (head, at) = place.split_at_mut(HEADER);
    head.copy_from_slice(&header.encode());
    at.copy_from_slice(&offset.to_be_bytes());
    place
}
