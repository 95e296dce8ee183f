use bytes::{Bytes, BytesMut};

/// Bytes held back until their signature is checked. Large pieces are kept as they came, without a copy;
/// small ones are gathered, so that a body that trickles in costs no more memory than its size.
#[derive(Debug, Default)]
pub(crate) struct Hold {
    pieces: Vec<Bytes>,
    small: BytesMut,
}

const SMALL: usize = 1_024;

impl Hold {
    pub(crate) fn keep(&mut self, piece: Bytes) {
        if piece.len() < SMALL {
            return self.small.extend_from_slice(&piece);
        }
        self.seal();
        self.pieces.push(piece);
    }

    fn seal(&mut self) {
        if !self.small.is_empty() {
            self.pieces.push(self.small.split().freeze());
        }
    }

    pub(crate) fn release(&mut self, out: &mut impl FnMut(Bytes)) {
        self.seal();
        self.pieces.drain(..).for_each(out);
    }
}
