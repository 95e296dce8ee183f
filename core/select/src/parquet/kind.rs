use bigdecimal::num_bigint::BigInt;

use super::BAD;
use crate::{MOST_RECORD, SelectError, decimal::Decimal, json::Node, time::Stamp};

/// What a column's values are.
///
/// Source: Amazon S3 User Guide, "Mapping of Parquet types to supported data types in Amazon S3 Select".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int32 {
        signed: bool,
    },
    /// A decimal number to S3 Select.
    Int64 {
        signed: bool,
    },
    Int96,
    Float,
    Double,
    Text,
    Date,
    Time {
        unit: Unit,
        /// Whether it is a point in time, and not what a clock showed somewhere.
        utc: bool,
    },
    Decimal {
        scale: u8,
        big_endian: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Millis,
    Micros,
    Nanos,
}

impl Kind {
    /// The value that lies in a page in these bytes.
    pub(super) fn node(self, bytes: &[u8]) -> Result<Node, SelectError> {
        Ok(match self {
            Self::Bool => Node::Bool(bytes.first() == Some(&1)),
            Self::Int32 { signed: true } => Node::Int(int32(bytes)?.into()),
            Self::Int32 { signed: false } => Node::Int(int32(bytes)?.cast_unsigned().into()),
            Self::Int64 { signed: true } => Node::Decimal(int64(bytes)?.into()),
            Self::Int64 { signed: false } => Node::Decimal(int64(bytes)?.cast_unsigned().into()),
            Self::Int96 => {
                Node::Int96(bytes.iter().rev().fold(0, |number, byte| number << 8 | u128::from(*byte)))
            }
            Self::Float => Node::Float(f32::from_le_bytes(exactly(bytes)?).into()),
            Self::Double => Node::Float(f64::from_le_bytes(exactly(bytes)?)),
            Self::Text if bytes.len() > MOST_RECORD => return Err(SelectError::OverMaxRecordSize),
            Self::Text => {
                let text = std::str::from_utf8(bytes).map_err(|_| SelectError::InvalidTextEncoding)?;
                Node::Text(text.to_owned())
            }
            Self::Date => Node::Time(Stamp::of_day(int32(bytes)?).ok_or(BAD)?),
            Self::Time { unit, utc } => {
                let (second, digits) = match unit {
                    Unit::Millis => (1_000_000, 3),
                    Unit::Micros => (1_000, 6),
                    Unit::Nanos => (1, 9),
                };
                let nanos = i128::from(int64(bytes)?) * second;
                Node::Time(Stamp::from_nanos(nanos, digits, utc).ok_or(BAD)?)
            }
            Self::Decimal { scale, big_endian } => Node::Decimal(exact(bytes, scale, big_endian)?),
        })
    }
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], SelectError> {
    bytes.try_into().map_err(|_| BAD)
}

fn int32(bytes: &[u8]) -> Result<i32, SelectError> {
    exactly(bytes).map(i32::from_le_bytes)
}

fn int64(bytes: &[u8]) -> Result<i64, SelectError> {
    exactly(bytes).map(i64::from_le_bytes)
}

fn exact(bytes: &[u8], scale: u8, big_endian: bool) -> Result<Decimal, SelectError> {
    // 38 digits take 16 bytes; some writers pad them.
    if bytes.len() > 64 {
        return Err(BAD);
    }
    let number = match big_endian {
        true => BigInt::from_signed_bytes_be(bytes),
        false => BigInt::from_signed_bytes_le(bytes),
    };
    Ok(Decimal::new(number, scale.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: Kind, bytes: &[u8]) -> Result<String, SelectError> {
        Ok(kind.node(bytes)?.value().text().unwrap_or_default().into_owned())
    }

    #[test]
    fn values_are_as_s3_select_maps_them() {
        let time = |unit, utc| Kind::Time { unit, utc };
        for (kind, bytes, text) in [
            (Kind::Bool, &[1][..], "true"),
            (Kind::Int32 { signed: true }, &[0xff; 4], "-1"),
            (Kind::Int32 { signed: false }, &[0xff; 4], "4294967295"),
            (Kind::Int64 { signed: true }, &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "-2"),
            (Kind::Int64 { signed: false }, &[0xff; 8], "18446744073709551615"),
            (Kind::Float, &0.5_f32.to_le_bytes(), "0.5"),
            (Kind::Date, &19_000_i32.to_le_bytes(), "2022-01-08"),
            (Kind::Date, &(-1_i32).to_le_bytes(), "1969-12-31"),
            (time(Unit::Millis, true), &1_507_910_531_123_i64.to_le_bytes(), "2017-10-13T16:02:11.123Z"),
            (time(Unit::Micros, false), &(-1_i64).to_le_bytes(), "1969-12-31T23:59:59.999999-00:00"),
            (time(Unit::Nanos, true), &1_i64.to_le_bytes(), "1970-01-01T00:00:00.000000001Z"),
            (Kind::Decimal { scale: 2, big_endian: true }, &[0xff, 0x38], "-2.00"),
            (Kind::Decimal { scale: 2, big_endian: false }, &123_i32.to_le_bytes(), "1.23"),
            // Midnight of the Julian day 2,459,581.
            (Kind::Int96, &[1, 0, 0, 0, 0, 0, 0, 0, 0xbd, 0x87, 0x25, 0], "45371261235558612673232897"),
        ] {
            assert_eq!(shown(kind, bytes).unwrap(), text, "{kind:?}");
        }
    }

    #[test]
    fn what_is_no_such_value_is_refused() {
        assert_eq!(shown(Kind::Text, &[0xff]), Err(SelectError::InvalidTextEncoding));
        assert_eq!(shown(Kind::Text, &vec![b'a'; MOST_RECORD + 1]), Err(SelectError::OverMaxRecordSize));
        assert_eq!(shown(Kind::Date, &i32::MAX.to_le_bytes()), Err(BAD));
        assert_eq!(shown(Kind::Double, &[0; 4]), Err(BAD));
        let millis = Kind::Time { unit: Unit::Millis, utc: true };
        assert_eq!(shown(millis, &i64::MAX.to_le_bytes()), Err(BAD));
    }
}
