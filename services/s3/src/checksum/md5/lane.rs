use std::{array::from_fn, collections::VecDeque};

use bytes::{Buf as _, Bytes};

use super::block::{Block, Chain, LANES, one, several};

/// A part of one content on its way through MD5: whole blocks, in pieces.
pub(super) struct Lane {
    pub(super) id: u64,
    pub(super) chain: Chain,
    pub(super) pieces: VecDeque<Bytes>,
}

impl Lane {
    fn blocks(&self) -> &[Block] {
        self.pieces.front().map(|piece| piece.as_chunks().0).unwrap_or_default()
    }

    fn advance(&mut self, blocks: usize) {
        let Some(piece) = self.pieces.front_mut() else { return };
        piece.advance(blocks.saturating_mul(size_of::<Block>()).min(piece.len()));
        if piece.is_empty() {
            self.pieces.pop_front();
        }
    }
}

/// Takes blocks of every lane until one has no more, or `most` of each.
pub(super) fn run(lanes: &mut [Lane], most: usize) {
    let mut left = most;
    while left > 0 {
        let count = lanes.iter().map(|lane| lane.blocks().len()).min().unwrap_or(0).min(left);
        if count == 0 {
            return;
        }
        take(lanes, count);
        lanes.iter_mut().for_each(|lane| lane.advance(count));
        left -= count;
    }
}

fn take(lanes: &mut [Lane], count: usize) {
    if let [lane] = lanes {
        let mut chain = lane.chain;
        one(&mut chain, lane.blocks().get(..count).unwrap_or_default());
        lane.chain = chain;
        return;
    }
    // What a register has over is filled with a repetition.
    let filled = |at: usize| lanes.get(at).or(lanes.first());
    let contents = from_fn(|at| filled(at).and_then(|lane| lane.blocks().get(..count)).unwrap_or_default());
    let mut chains: [Chain; LANES] = from_fn(|at| filled(at).map_or_else(Chain::default, |lane| lane.chain));
    several(&mut chains, contents);
    lanes.iter_mut().zip(chains).for_each(|(lane, chain)| lane.chain = chain);
}
