//! MD5's compression, of one content or of eight side by side.
//!
//! A step of MD5 waits for the step before it, so that one content keeps a processor mostly idle; eight contents in the
//! lanes of its vector registers cost little more than one.
//!
//! Source: RFC 1321, section 3.4.

use std::array::from_fn;

use fearless_simd::{Level, Simd, SimdBase as _, SimdCombine as _, dispatch, u32x4, u32x8};

/// Contents that [`several`] takes at once.
pub(super) const LANES: usize = 8;

/// What is compressed in one go.
pub(super) type Block = [u8; 64];

/// The state between two blocks: the words A, B, C and D.
pub(super) type Chain = [u32; 4];

/// The state before the first block.
pub(super) const START: Chain = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// Takes the blocks of one content.
pub(super) fn one(chain: &mut Chain, blocks: &[Block]) {
    for block in blocks {
        *chain = compress(*chain, &from_fn(|index| word(block, index)));
    }
}

/// Takes as many blocks of each content as the shortest has.
pub(super) fn several(chains: &mut [Chain; LANES], contents: [&[Block]; LANES]) {
    dispatch!(Level::new(), simd => lanes(simd, chains, contents));
}

/// Inlined, as all that follows, into code for the processor at hand.
#[inline(always)]
fn lanes<S: Simd>(simd: S, chains: &mut [Chain; LANES], contents: [&[Block]; LANES]) {
    let mut state: [u32x8<S>; 4] = from_fn(|at| {
        let words: [u32; LANES] = from_fn(|lane| nth(&nth(chains, lane), at));
        u32x8::from_slice(simd, &words)
    });
    let [a, b, c, d, e, f, g, h] = contents.map(<[Block]>::iter);
    for (((a, b), (c, d)), ((e, f), (g, h))) in (a.zip(b).zip(c.zip(d))).zip(e.zip(f).zip(g.zip(h))) {
        state = compress(state, &side_by_side(simd, [[a, b, c, d], [e, f, g, h]]));
    }
    for (lane, chain) in chains.iter_mut().enumerate() {
        *chain = state.map(|words| words.as_slice().get(lane).copied().unwrap_or_default());
    }
}

/// The words of eight blocks: the first of each, the second of each, ..
#[inline(always)]
fn side_by_side<S: Simd>(simd: S, [low, high]: [[&Block; 4]; 2]) -> [u32x8<S>; 16] {
    let [a, b, c, d] = from_fn(|quarter| {
        let [a, b, c, d] = transposed(simd, quarter, low);
        let [e, f, g, h] = transposed(simd, quarter, high);
        [a.combine(e), b.combine(f), c.combine(g), d.combine(h)]
    });
    let [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]] = [a, b, c, d];
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

/// Four words of four blocks, as columns.
#[inline(always)]
fn transposed<S: Simd>(simd: S, quarter: usize, blocks: [&Block; 4]) -> [u32x4<S>; 4] {
    let [a, b, c, d] = blocks.map(|block| {
        let words: [u32; 4] = from_fn(|index| word(block, 4 * quarter + index));
        u32x4::from_slice(simd, &words)
    });
    let (even, odd) = (a.zip_low(c), b.zip_low(d));
    let (later_even, later_odd) = (a.zip_high(c), b.zip_high(d));
    [even.zip_low(odd), even.zip_high(odd), later_even.zip_low(later_odd), later_even.zip_high(later_odd)]
}

#[inline(always)]
fn word(block: &Block, index: usize) -> u32 {
    let (words, _) = block.as_chunks::<4>();
    words.get(index).map_or(0, |word| u32::from_le_bytes(*word))
}

/// A word of one content, or the words of several side by side.
trait Word: Copy {
    fn plus(self, other: Self) -> Self;
    fn plus_number(self, number: u32) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn not(self) -> Self;
    fn rotated(self, bits: u32) -> Self;
}

impl Word for u32 {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn plus_number(self, number: u32) -> Self {
        self.wrapping_add(number)
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline(always)]
    fn not(self) -> Self {
        !self
    }

    #[inline(always)]
    fn rotated(self, bits: u32) -> Self {
        self.rotate_left(bits)
    }
}

impl<S: Simd> Word for u32x8<S> {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn plus_number(self, number: u32) -> Self {
        self + number
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline(always)]
    fn not(self) -> Self {
        !self
    }

    #[inline(always)]
    fn rotated(self, bits: u32) -> Self {
        (self << bits) | (self >> (32 - bits))
    }
}

/// The functions F, G, H and I.
#[inline(always)]
fn f<W: Word>(b: W, c: W, d: W) -> W {
    d.xor(b.and(c.xor(d)))
}

#[inline(always)]
fn g<W: Word>(b: W, c: W, d: W) -> W {
    // No bit is in both halves, so that their sum is their union; and the first need not wait for `b`.
    c.and(d.not()).plus(b.and(d))
}

#[inline(always)]
fn h<W: Word>(b: W, c: W, d: W) -> W {
    b.xor(c.xor(d))
}

#[inline(always)]
fn i<W: Word>(b: W, c: W, d: W) -> W {
    c.xor(b.or(d.not()))
}

#[inline(always)]
fn compress<W: Word>(before: [W; 4], words: &[W; 16]) -> [W; 4] {
    let [first, second, third, fourth] = &SINES;
    let chain = round(before, f, first, [7, 12, 17, 22], |step| nth(words, step));
    let chain = round(chain, g, second, [5, 9, 14, 20], |step| nth(words, (5 * step + 1) % 16));
    let chain = round(chain, h, third, [4, 11, 16, 23], |step| nth(words, (3 * step + 5) % 16));
    let chain = round(chain, i, fourth, [6, 10, 15, 21], |step| nth(words, 7 * step % 16));
    let ([a, b, c, d], [e, f, g, h]) = (before, chain);
    [a.plus(e), b.plus(f), c.plus(g), d.plus(h)]
}

/// Sixteen steps.
#[inline(always)]
fn round<W: Word>(
    [mut a, mut b, mut c, mut d]: [W; 4],
    mix: impl Fn(W, W, W) -> W,
    sines: &[u32; 16],
    turns: [u32; 4],
    word: impl Fn(usize) -> W,
) -> [W; 4] {
    for step in 0..16 {
        let sum = a.plus(word(step)).plus_number(nth(sines, step)).plus(mix(b, c, d));
        (a, b, c, d) = (d, b.plus(sum.rotated(nth(&turns, step % 4))), b, c);
    }
    [a, b, c, d]
}

#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "every index is a constant once the steps are unrolled")]
fn nth<T: Copy, const N: usize>(array: &[T; N], index: usize) -> T {
    array[index]
}

/// 2³² times the sine of each number from 1 on, without sign, rounded down.
#[rustfmt::skip]
const SINES: [[u32; 16]; 4] = [
    [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
        0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    ],
    [
        0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    ],
    [
        0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
        0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    ],
    [
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
        0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
    ],
];

#[cfg(test)]
mod tests {
    use ::md5::{Digest as _, Md5};

    use super::*;

    #[test]
    fn the_sines_are_sines() {
        for (number, sine) in (1..).zip(SINES.as_flattened()) {
            assert_eq!(
                u64::from(*sine),
                (f64::from(number).sin().abs() * 4_294_967_296.0) as u64,
                "{number}"
            );
        }
    }

    /// The content's end as the standard wants it: a one, zeros, and the length in bits.
    fn padded(blocks: &[Block]) -> Vec<Block> {
        let mut end = [0; 64];
        end[0] = 0x80;
        end[56..].copy_from_slice(&(blocks.len() as u64 * 512).to_le_bytes());
        [blocks, &[end]].concat()
    }

    #[test]
    fn all_lanes_give_what_another_implementation_gives() {
        let contents: [Vec<Block>; LANES] = from_fn(|lane| {
            (0..9).map(|block: usize| from_fn(|at| (lane * 131 + block * 17 + at * 7) as u8)).collect()
        });
        let whole = contents.each_ref().map(|blocks| padded(blocks));
        let mut chains = [START; LANES];
        several(&mut chains, whole.each_ref().map(Vec::as_slice));
        for (lane, blocks) in contents.iter().enumerate() {
            let mut alone = START;
            one(&mut alone, &whole[lane]);
            let expected: [u8; 16] = Md5::digest(blocks.as_flattened()).into();
            assert_eq!(*alone.map(u32::to_le_bytes).as_flattened(), expected);
            assert_eq!(*chains[lane].map(u32::to_le_bytes).as_flattened(), expected);
        }
    }
}
