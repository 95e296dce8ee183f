//! Items as they are stored: compact, and read in one pass.
//!
//! A record is a count of attributes, then for each its name and value. A value is a byte for its type and the
//! content. Counts and lengths are LEB128.

use bytes::Bytes;

use super::{Attribute, Item};
use crate::number::Number;

/// A stored record that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored item cannot be read; run `kurodo check`")]
pub struct Damaged;

/// How deep values nest; twice what DynamoDB allows.
const DEEPEST: usize = 64;

/// The record of an item.
pub(crate) fn encode(item: &Item) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + item.len() * 24);
    pairs(&mut out, item);
    out
}

fn pairs(out: &mut Vec<u8>, item: &Item) {
    count(out, item.len());
    for (name, value) in item {
        bytes(out, name.as_bytes());
        self::value(out, value);
    }
}

fn value(out: &mut Vec<u8>, value: &Attribute) {
    match value {
        Attribute::String(text) => tagged(out, 1, text.as_bytes()),
        Attribute::Number(number) => {
            out.push(2);
            self::number(out, *number);
        }
        Attribute::Binary(content) => tagged(out, 3, content),
        Attribute::Bool(false) => out.push(4),
        Attribute::Bool(true) => out.push(5),
        Attribute::Null => out.push(6),
        Attribute::Strings(all) => many(out, 7, all, |out, one| bytes(out, one.as_bytes())),
        Attribute::Numbers(all) => many(out, 8, all, |out, one| number(out, *one)),
        Attribute::Binaries(all) => many(out, 9, all, |out, one| bytes(out, one)),
        Attribute::List(all) => many(out, 10, all, self::value),
        Attribute::Map(item) => {
            out.push(11);
            pairs(out, item);
        }
    }
}

fn tagged(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    bytes(out, content);
}

fn many<T>(out: &mut Vec<u8>, tag: u8, all: &[T], each: impl Fn(&mut Vec<u8>, &T)) {
    out.push(tag);
    count(out, all.len());
    all.iter().for_each(|one| each(out, one));
}

fn bytes(out: &mut Vec<u8>, content: &[u8]) {
    count(out, content.len());
    out.extend_from_slice(content);
}

fn number(out: &mut Vec<u8>, number: Number) {
    let (coefficient, scale) = number.parts();
    let folded = (coefficient << 1) ^ (coefficient >> 127);
    leb(out, folded.cast_unsigned());
    out.extend_from_slice(&scale.to_be_bytes());
}

fn count(out: &mut Vec<u8>, number: usize) {
    leb(out, number as u128);
}

fn leb(out: &mut Vec<u8>, mut number: u128) {
    loop {
        let [.., low] = number.to_be_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

/// The item of a record.
pub(crate) fn decode(record: &Bytes) -> Result<Item, Damaged> {
    let mut reader = Reader { whole: record, at: 0, depth: 0 };
    let item = reader.pairs()?;
    if reader.at == record.len() { Ok(item) } else { Err(Damaged) }
}

struct Reader<'r> {
    whole: &'r Bytes,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, Damaged> {
        let byte = self.whole.get(self.at).copied().ok_or(Damaged)?;
        self.at += 1;
        Ok(byte)
    }

    fn leb(&mut self) -> Result<u128, Damaged> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(first.into());
        }
        let (mut number, mut shift) = (u128::from(first & 0x7f), 7);
        loop {
            let byte = self.byte()?;
            if shift > 126 {
                return Err(Damaged);
            }
            number |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    fn count(&mut self) -> Result<usize, Damaged> {
        let count = usize::try_from(self.leb()?).map_err(|_| Damaged)?;
        // Everything that is counted takes a byte at least.
        if count > self.whole.len() - self.at { Err(Damaged) } else { Ok(count) }
    }

    fn slice(&mut self) -> Result<&[u8], Damaged> {
        let length = self.count()?;
        let slice = self.whole.get(self.at..self.at + length).ok_or(Damaged)?;
        self.at += length;
        Ok(slice)
    }

    fn text(&mut self) -> Result<String, Damaged> {
        std::str::from_utf8(self.slice()?).map(str::to_owned).map_err(|_| Damaged)
    }

    fn binary(&mut self) -> Result<Bytes, Damaged> {
        let length = self.slice()?.len();
        Ok(self.whole.slice(self.at - length..self.at))
    }

    fn number(&mut self) -> Result<Number, Damaged> {
        let folded = self.leb()?.cast_signed();
        let coefficient = (folded.cast_unsigned() >> 1).cast_signed() ^ -(folded & 1);
        let scale = i16::from_be_bytes([self.byte()?, self.byte()?]);
        Number::from_parts(coefficient, scale).ok_or(Damaged)
    }

    fn many<T>(&mut self, each: impl Fn(&mut Self) -> Result<T, Damaged>) -> Result<Vec<T>, Damaged> {
        let count = self.count()?;
        (0..count).map(|_| each(self)).collect()
    }

    fn pairs(&mut self) -> Result<Item, Damaged> {
        let count = self.count()?;
        (0..count).map(|_| Ok((self.text()?, self.value()?))).collect()
    }

    fn value(&mut self) -> Result<Attribute, Damaged> {
        Ok(match self.byte()? {
            1 => Attribute::String(self.text()?),
            2 => Attribute::Number(self.number()?),
            3 => Attribute::Binary(self.binary()?),
            4 => Attribute::Bool(false),
            5 => Attribute::Bool(true),
            6 => Attribute::Null,
            7 => Attribute::Strings(self.many(Self::text)?),
            8 => Attribute::Numbers(self.many(Self::number)?),
            9 => Attribute::Binaries(self.many(Self::binary)?),
            10 => Attribute::List(self.deeper(|reader| reader.many(Self::value))?),
            11 => Attribute::Map(self.deeper(Self::pairs)?),
            _ => return Err(Damaged),
        })
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Damaged>) -> Result<T, Damaged> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Damaged);
        }
        let read = read(self);
        self.depth -= 1;
        read
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Attribute> {
        let number = any::<i64>().prop_map(|number| number.to_string().parse::<Number>().unwrap());
        let binary = proptest::collection::vec(any::<u8>(), 0..6).prop_map(Bytes::from);
        let leaf = prop_oneof![
            ".{0,6}".prop_map(Attribute::String),
            number.clone().prop_map(Attribute::Number),
            binary.clone().prop_map(Attribute::Binary),
            any::<bool>().prop_map(Attribute::Bool),
            Just(Attribute::Null),
            proptest::collection::vec(".{0,3}", 1..4).prop_map(Attribute::Strings),
            proptest::collection::vec(number, 1..4).prop_map(Attribute::Numbers),
            proptest::collection::vec(binary, 1..4).prop_map(Attribute::Binaries),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Attribute::List),
                proptest::collection::btree_map(".{0,4}", inner, 0..4).prop_map(Attribute::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn items_come_back(item in proptest::collection::btree_map(".{0,4}", value(), 0..6)) {
            prop_assert_eq!(decode(&encode(&item).into()), Ok(item));
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>) {
            _ = decode(&bytes.into());
        }
    }
}
