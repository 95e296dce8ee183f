//! Sequence numbers: where a record stands in its shard. They grow as places do, and no two are alike.
//!
//! To clients they are opaque. They are put together as AWS's are: 47 hexadecimal digits, written in decimal, which say
//! when the shard was opened, the record's place among all of the shard, when it was put, the shard's number, and how
//! all of that is written.

use std::fmt;

use kurodo_store::{Place, Version};

use crate::shard::Shard;

/// Bits of a place that say which change of its transaction it was; the most records of a request take fewer.
const CHANGE: u32 = 12;
/// How AWS's present numbers are written.
const WRITTEN: u64 = 2;
/// Stands at a closed shard's end, behind all places.
const END: u64 = i64::MAX.unsigned_abs();
/// Numbers below come from a time before there was a first digit.
const OLD: Wide = Wide([0, 1 << 60, 0]);
/// A time too late for AWS, in seconds since 1970.
const LATE: u64 = 16_025_175_000;

/// A sequence number, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// How it is written.
    pub(crate) written: Written,
    /// The shard's number; negative ones belong to no shard.
    pub(crate) shard: i32,
    /// When the shard was opened, in seconds since 1970.
    pub(crate) created: u64,
    /// The place within the shard.
    pub(crate) index: u64,
    /// When the record was put, in seconds since 1970.
    pub(crate) time: u64,
}

/// How a sequence number is written: what AWS gave out before is known, and belongs to no stream of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Ancient,
    Before,
    Now,
}

impl Sequence {
    /// The number that a shard begins with; all records come after it.
    pub(crate) fn first(shard: &Shard) -> Self {
        Self::at(shard, 0, shard.created)
    }

    /// The number that a shard ends with, which was closed at this time, in milliseconds since 1970.
    pub(crate) fn last(shard: &Shard, closed: i64) -> Self {
        Self::at(shard, END, closed.div_euclid(1000))
    }

    /// The number of the record at this place, which was put at this time, in milliseconds since 1970.
    pub(crate) fn of(shard: &Shard, place: Place, time: i64) -> Self {
        Self::at(shard, index(place), time.div_euclid(1000))
    }

    fn at(shard: &Shard, index: u64, time: i64) -> Self {
        Self {
            written: Written::Now,
            shard: i32::try_from(shard.number).unwrap_or(i32::MAX),
            created: shard.created.max(0).unsigned_abs(),
            index,
            time: time.max(0).unsigned_abs(),
        }
    }

    /// The place that it stands for.
    pub(crate) fn place(&self) -> Place {
        let change = u32::try_from(self.index & mask(CHANGE)).unwrap_or_default();
        Place { version: Version::from_number(self.index >> CHANGE), change }
    }

    /// The number of this text; nothing where AWS would not have given it out.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let wide = Wide::parse(text)?;
        let wide = if wide.is_below(OLD) { wide.plus(OLD) } else { wide };
        match wide.bits(184, 8) {
            2 if wide.bits(0, 4) == WRITTEN => Self::now(wide),
            2 if wide.bits(0, 4) == 1 => Some(Self::before(wide)),
            0 if wide.bits(128, 64) == 0 => Self::ancient(wide),
            _ => None,
        }
    }

    fn now(wide: Wide) -> Option<Self> {
        let found = Self {
            written: Written::Now,
            shard: signed(wide.bits(4, 32)),
            created: wide.bits(148, 36),
            index: wide.bits(80, 64),
            time: wide.bits(36, 36),
        };
        Some(found).filter(|found| found.index <= END && found.created < LATE)
    }

    fn before(wide: Wide) -> Self {
        let (created, time, shard) = (wide.bits(148, 36), wide.bits(100, 36), signed(wide.bits(4, 32)));
        Self { written: Written::Before, shard, created, index: wide.bits(36, 8), time }
    }

    fn ancient(wide: Wide) -> Option<Self> {
        let (created, shard) = (wide.bits(88, 36), signed(wide.bits(0, 16)));
        let found = Self { written: Written::Ancient, shard, created, index: 0, time: created };
        Some(found).filter(|found| found.created < LATE && wide.bits(124, 4) == 1)
    }
}

fn signed(bits: u64) -> i32 {
    u32::try_from(bits).unwrap_or_default().cast_signed()
}

fn index(place: Place) -> u64 {
    (place.version.number() << CHANGE | u64::from(place.change)).min(END - 1)
}

fn mask(bits: u32) -> u64 {
    if bits >= u64::BITS { u64::MAX } else { (1 << bits) - 1 }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shard = u64::from(self.shard.cast_unsigned());
        let wide = Wide([
            WRITTEN | shard << 4 | self.time << 36,
            (self.time >> 28) & mask(8) | self.index << 16,
            self.index >> 48 | (shard & mask(4)) << 16 | self.created << 20 | 2 << 56,
        ]);
        wide.fmt(f)
    }
}

/// The place right behind.
pub(crate) fn behind(place: Place) -> Place {
    Place { change: place.change.saturating_add(1), ..place }
}

/// The first place of all.
pub(crate) fn start() -> Place {
    Place { version: Version::from_number(0), change: 0 }
}

/// 192 bits, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wide([u64; 3]);

impl Wide {
    /// The most digits that are read.
    const DIGITS: usize = 57;

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > Self::DIGITS {
            return None;
        }
        text.bytes().try_fold(Self([0; 3]), |wide, byte| {
            let digit = char::from(byte).to_digit(10)?;
            wide.times_ten_plus(u64::from(digit))
        })
    }

    fn times_ten_plus(self, digit: u64) -> Option<Self> {
        let mut carry = u128::from(digit);
        let limbs = self.0.map(|limb| {
            let sum = u128::from(limb) * 10 + carry;
            carry = sum >> 64;
            low(sum)
        });
        (carry == 0).then_some(Self(limbs))
    }

    fn plus(self, other: Self) -> Self {
        let mut carry = 0;
        let mut others = other.0.into_iter();
        Self(self.0.map(|limb| {
            let sum = u128::from(limb) + u128::from(others.next().unwrap_or_default()) + carry;
            carry = sum >> 64;
            low(sum)
        }))
    }

    fn is_below(self, other: Self) -> bool {
        self.0.iter().rev().lt(other.0.iter().rev())
    }

    /// So many bits from one on.
    fn bits(self, from: u32, count: u32) -> u64 {
        let [low, middle, high] = self.0;
        let (below, above) = match from / 64 {
            0 => (low, middle),
            1 => (middle, high),
            _ => (high, 0),
        };
        let both = u128::from(above) << 64 | u128::from(below);
        self::low(both >> (from % 64)) & mask(count)
    }
}

/// The lower half.
fn low(number: u128) -> u64 {
    u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default()
}

impl fmt::Display for Wide {
    /// Nineteen digits at a time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const TOGETHER: u128 = 10_000_000_000_000_000_000;
        let (mut rest, mut groups) = (self.0, [0_u64; 4]);
        for group in &mut groups {
            let mut left = 0;
            for limb in rest.iter_mut().rev() {
                let whole = left << 64 | u128::from(*limb);
                *limb = low(whole / TOGETHER);
                left = whole % TOGETHER;
            }
            *group = low(left);
        }
        let text: String = groups.iter().rev().map(|group| format!("{group:019}")).collect();
        let digits = text.trim_start_matches('0');
        f.write_str(if digits.is_empty() { "0" } else { digits })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shard::Range;

    fn shard(number: u32) -> Shard {
        let created = 1_600_000_000;
        Shard { number, parent: None, adjacent: None, range: Range::ALL, created, closed: None }
    }

    #[test]
    fn numbers_have_the_form_of_aws() {
        let (zero, one) = (Sequence::first(&shard(0)), Sequence::first(&shard(1)));
        let (zero, one) = (zero.to_string(), one.to_string());
        assert_eq!((zero.len(), one.len()), (56, 56));
        let wide = |text: &str| Wide::parse(text).unwrap();
        let next = wide("22300745198530623141535718272648361505980432");
        assert_eq!(wide(&zero).plus(next), wide(&one), "the shards of a stream are so far from each other");
        let end = Sequence::last(&shard(3), 1_600_000_123_456);
        assert_eq!(Sequence::parse(&end.to_string()), Some(end));
        assert_eq!((end.index, end.time), (END, 1_600_000_123));
    }

    #[test]
    fn what_aws_gave_out_before_is_known_and_what_it_did_not_is_refused() {
        let five = Sequence::parse("5").unwrap();
        assert_eq!((five.written, five.shard), (Written::Ancient, 5));
        let hex = |text: &str| {
            let text = format!("{text:0>48}");
            let limb = |at: usize| u64::from_str_radix(&text[at..at + 16], 16).unwrap();
            Wide([limb(32), limb(16), limb(0)]).to_string()
        };
        for broken in [
            "20000000000000000000000000000000000000000000000",
            "20000000000000000000000000000000000000000000004",
            "30000000000000000000000000000000000000000000001",
            "1ffffffffff7fffffffffffffff000000000007fffffff2",
            "20000000000800000000000000000000000000000000002",
            "2ffffffffff7fffffffffffffff000000000007fffffff2",
        ] {
            assert_eq!(Sequence::parse(&hex(broken)), None, "{broken}");
        }
        let late = "26227199374822427428162556223570313216";
        assert_eq!(Sequence::parse(late), None);
        let zeros = Sequence::parse(&hex("20000000000000000000000000000000000000000000002")).unwrap();
        assert_eq!((zeros.shard, zeros.created, zeros.index), (0, 0, 0));
        let negative = Sequence::parse(&hex("20000000000000000000000000000000000000800000002")).unwrap();
        assert_eq!(negative.shard, i32::MIN);
        assert!(Sequence::parse(&hex("20000000000000000000000000000000000000000000001")).is_some());
    }

    proptest! {
        #[test]
        fn numbers_grow_as_places_do_and_come_back(a: (u32, u8), b: (u32, u8), time in 0_i64..4_000_000_000_000) {
            let place = |(version, change): (u32, u8)| Place {
                version: Version::from_number(u64::from(version) + 1),
                change: u32::from(change),
            };
            let number = |place| Sequence::of(&shard(12), place, time);
            let (first, second) = (number(place(a)), number(place(b)));
            prop_assert_eq!(Sequence::parse(&first.to_string()), Some(first));
            prop_assert_eq!(first.place(), place(a));
            let (one, two) = (first.to_string(), second.to_string());
            prop_assert_eq!(one.len(), 56);
            prop_assert_eq!(one.cmp(&two), place(a).cmp(&place(b)));
        }

        #[test]
        fn any_text_parses_or_is_refused(text: String, digits in "[0-9]{0,60}") {
            _ = Sequence::parse(&text);
            _ = Sequence::parse(&digits);
        }
    }
}
