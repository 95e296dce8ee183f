use std::future::poll_fn;

use bytes::Bytes;

use super::{Md5s, block::Block};

/// The MD5 of one content, as it comes. Dropping it gives it up.
pub(crate) struct Md5Content {
    md5s: Md5s,
    id: u64,
    /// The begin of a block that is not whole yet.
    tail: Vec<u8>,
    length: u64,
}

const BLOCK: usize = size_of::<Block>();

impl Md5Content {
    pub(super) fn new(md5s: Md5s, id: u64) -> Self {
        Self { md5s, id, tail: Vec::with_capacity(BLOCK), length: 0 }
    }

    /// Appends content, without copying it. Waits where the hashing lies behind.
    pub(crate) async fn update(&mut self, bytes: Bytes) {
        self.length += bytes.len() as u64;
        let pieces = self.blocks(bytes);
        self.md5s.push(self.id, pieces, false);
        poll_fn(|context| self.md5s.poll_room(self.id, context)).await;
    }

    /// The MD5.
    pub(crate) async fn finish(mut self) -> [u8; 16] {
        let pieces = self.blocks(padding(self.length));
        self.md5s.push(self.id, pieces, true);
        let chain = poll_fn(|context| self.md5s.poll_end(self.id, context)).await;
        let mut md5 = [0; 16];
        md5.copy_from_slice(chain.map(u32::to_le_bytes).as_flattened());
        md5
    }

    /// The block that these bytes complete, and the whole blocks behind it. What is over stays for the next.
    fn blocks(&mut self, mut bytes: Bytes) -> [Bytes; 2] {
        let mut first = Bytes::new();
        if !self.tail.is_empty() {
            let missing = bytes.split_to((BLOCK - self.tail.len()).min(bytes.len()));
            self.tail.extend_from_slice(&missing);
            if self.tail.len() < BLOCK {
                return [first, bytes];
            }
            first = std::mem::replace(&mut self.tail, Vec::with_capacity(BLOCK)).into();
        }
        let rest = bytes.split_off(bytes.len() / BLOCK * BLOCK);
        self.tail.extend_from_slice(&rest);
        [first, bytes]
    }
}

impl Drop for Md5Content {
    fn drop(&mut self) {
        self.md5s.forget(self.id);
    }
}

/// A one, zeros up to a block's last eight bytes, and the length in bits.
///
/// Source: RFC 1321, sections 3.1 and 3.2.
fn padding(length: u64) -> Bytes {
    let over = (length % BLOCK as u64) as usize;
    let zeros = (2 * BLOCK - 9 - over) % BLOCK;
    let mut padding = vec![0; 1 + zeros];
    if let Some(first) = padding.first_mut() {
        *first = 0x80;
    }
    padding.extend_from_slice(&length.wrapping_mul(8).to_le_bytes());
    padding.into()
}
