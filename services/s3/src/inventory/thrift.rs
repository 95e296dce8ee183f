//! Structures in Thrift's compact protocol, as far as Parquet's metadata needs it.
//!
//! Source: Apache Thrift, "Thrift Compact protocol encoding".

// Numbers of the types of fields.
const I32: u8 = 5;
const I64: u8 = 6;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// A structure, whose fields are added in the order of their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Struct {
    last: u8,
    bytes: Vec<u8>,
}

impl Struct {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The structure, whole.
    pub(super) fn bytes(&self) -> Vec<u8> {
        [&self.bytes[..], &[0]].concat()
    }

    fn field(&mut self, number: u8, kind: u8) -> &mut Vec<u8> {
        self.bytes.push((number - self.last) << 4 | kind);
        self.last = number;
        &mut self.bytes
    }

    pub(super) fn i32(mut self, number: u8, value: i64) -> Self {
        zigzag(self.field(number, I32), value);
        self
    }

    pub(super) fn i64(mut self, number: u8, value: i64) -> Self {
        zigzag(self.field(number, I64), value);
        self
    }

    pub(super) fn text(mut self, number: u8, text: &str) -> Self {
        binary(self.field(number, BINARY), text);
        self
    }

    pub(super) fn inner(mut self, number: u8, inner: &Self) -> Self {
        self.field(number, STRUCT).extend(inner.bytes());
        self
    }

    pub(super) fn structs(mut self, number: u8, items: &[Self]) -> Self {
        list(self.field(number, LIST), items.len(), STRUCT);
        self.bytes.extend(items.iter().flat_map(Self::bytes));
        self
    }

    pub(super) fn i32s(mut self, number: u8, items: &[i64]) -> Self {
        let bytes = self.field(number, LIST);
        list(bytes, items.len(), I32);
        items.iter().for_each(|item| zigzag(bytes, *item));
        self
    }

    pub(super) fn texts(mut self, number: u8, items: &[&str]) -> Self {
        let bytes = self.field(number, LIST);
        list(bytes, items.len(), BINARY);
        items.iter().for_each(|item| binary(bytes, item));
        self
    }
}

/// The head of a list.
fn list(bytes: &mut Vec<u8>, length: usize, kind: u8) {
    match u8::try_from(length) {
        Ok(length) if length < 15 => bytes.push(length << 4 | kind),
        _ => {
            bytes.push(0xf0 | kind);
            varint(bytes, length as u64);
        }
    }
}

fn binary(bytes: &mut Vec<u8>, text: &str) {
    varint(bytes, text.len() as u64);
    bytes.extend(text.as_bytes());
}

/// A signed number.
fn zigzag(bytes: &mut Vec<u8>, value: i64) {
    varint(bytes, (value << 1 ^ value >> 63).cast_unsigned());
}

/// An unsigned number, seven bits to a byte, the lowest first.
pub(super) fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_fields_are_short() {
        let bytes = |value| {
            let mut bytes = Vec::new();
            zigzag(&mut bytes, value);
            bytes
        };
        assert_eq!((bytes(0), bytes(-1), bytes(1), bytes(150)), (vec![0], vec![1], vec![2], vec![0xac, 2]));
        let inner = Struct::new().i32(1, 7);
        let whole = Struct::new().text(2, "ab").inner(5, &inner).i32s(6, &[1]).bytes();
        assert_eq!(whole, [0x28, 2, b'a', b'b', 0x3c, 0x15, 14, 0, 0x19, 0x15, 2, 0]);
        let many = Struct::new().texts(1, &[""; 15]).bytes();
        assert_eq!(many[..3], [0x19, 0xf8, 15]);
    }
}
