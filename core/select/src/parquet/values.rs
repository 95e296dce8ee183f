use bytes::Bytes;

use super::{
    BAD,
    bits::{Hybrid, packed},
    delta::Deltas,
    schema::Physical,
};
use crate::{MOST_RECORD, SelectError};

/// The values that a column's pages name by number.
pub(super) struct Dictionary {
    bytes: Bytes,
    physical: Physical,
    /// Where values without a fixed length begin.
    starts: Vec<u32>,
}

impl Dictionary {
    pub(super) fn new(bytes: Bytes, count: usize, physical: Physical) -> Result<Self, SelectError> {
        let mut starts = Vec::new();
        if physical == Physical::Bytes {
            // Each value has its length before it.
            if count > bytes.len() / 4 {
                return Err(BAD);
            }
            let mut at = 0;
            for _ in 0..count {
                starts.push(u32::try_from(at).map_err(|_| BAD)?);
                prefixed(&bytes, &mut at)?;
            }
        }
        Ok(Self { bytes, physical, starts })
    }

    /// The bytes that it holds.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + self.starts.capacity() * 4
    }

    fn get(&self, index: u32) -> Result<&[u8], SelectError> {
        let index = index as usize;
        match self.physical {
            Physical::Bytes => {
                let mut at = *self.starts.get(index).ok_or(BAD)? as usize;
                prefixed(&self.bytes, &mut at)
            }
            Physical::Fixed(width) => fixed(&self.bytes, index, width),
            Physical::Bit => Err(BAD),
        }
    }
}

fn fixed(bytes: &[u8], index: usize, width: usize) -> Result<&[u8], SelectError> {
    let start = index.checked_mul(width).ok_or(BAD)?;
    bytes.get(start..start.checked_add(width).ok_or(BAD)?).ok_or(BAD)
}

/// A value behind its length in four bytes; it moves behind both.
fn prefixed<'a>(bytes: &'a [u8], at: &mut usize) -> Result<&'a [u8], SelectError> {
    let length = bytes.get(*at..).and_then(<[u8]>::first_chunk).ok_or(BAD)?;
    *at += 4;
    part(bytes, at, i64::from(u32::from_le_bytes(*length)))
}

/// The next bytes; it moves behind them.
fn part<'a>(bytes: &'a [u8], at: &mut usize, length: i64) -> Result<&'a [u8], SelectError> {
    let length = usize::try_from(length).map_err(|_| BAD)?;
    let part = at.checked_add(length).and_then(|end| bytes.get(*at..end)).ok_or(BAD)?;
    *at += length;
    Ok(part)
}

/// The values of a page, one after the other: none is made before it is asked for.
///
/// Source: Apache Parquet, "Encodings".
pub(super) struct Values {
    bytes: Bytes,
    form: Form,
    /// A value that lies nowhere as it is.
    made: Vec<u8>,
}

enum Form {
    Plain { physical: Physical, at: usize },
    Runs(Hybrid),
    Dictionary(Hybrid),
    Deltas { deltas: Deltas, width: usize },
    Lengths { lengths: Deltas, at: usize },
    Prefixes { prefixes: Deltas, lengths: Deltas, at: usize },
    Split { width: usize, at: usize },
}

impl Values {
    pub(super) fn new(encoding: i64, bytes: Bytes, physical: Physical) -> Result<Self, SelectError> {
        let form = match (encoding, physical) {
            (0, _) => Form::Plain { physical, at: 0 },
            (2 | 8, _) => match bytes.first() {
                Some(width) => Form::Dictionary(Hybrid::new(bytes.slice(1..), u32::from(*width))?),
                // A page of nothing but nulls.
                None => Form::Plain { physical, at: 0 },
            },
            (3, Physical::Bit) => {
                let mut at = 0;
                let length = prefixed(&bytes, &mut at)?.len();
                Form::Runs(Hybrid::new(bytes.slice(4..4 + length), 1)?)
            }
            (5, Physical::Fixed(width @ (4 | 8))) => {
                Form::Deltas { deltas: Deltas::new(bytes.clone())?, width }
            }
            (6, Physical::Bytes) => Self::lengths(&bytes)?,
            (7, Physical::Bytes | Physical::Fixed(_)) => Self::prefixes(&bytes)?,
            (9, Physical::Fixed(width)) => Form::Split { width, at: 0 },
            _ => return Err(BAD),
        };
        Ok(Self { bytes, form, made: Vec::new() })
    }

    fn lengths(bytes: &Bytes) -> Result<Form, SelectError> {
        let lengths = Deltas::new(bytes.clone())?;
        let at = lengths.end()?;
        Ok(Form::Lengths { lengths, at })
    }

    fn prefixes(bytes: &Bytes) -> Result<Form, SelectError> {
        let prefixes = Deltas::new(bytes.clone())?;
        let begin = prefixes.end()?;
        if begin > bytes.len() {
            return Err(BAD);
        }
        let lengths = Deltas::new(bytes.slice(begin..))?;
        let at = begin + lengths.end()?;
        Ok(Form::Prefixes { prefixes, lengths, at })
    }

    /// The next value, as it lies in a plain page.
    pub(super) fn next<'a>(
        &'a mut self,
        dictionary: Option<&'a Dictionary>,
    ) -> Result<&'a [u8], SelectError> {
        let (bytes, made) = (&self.bytes, &mut self.made);
        match &mut self.form {
            Form::Plain { physical: Physical::Bytes, at } => return prefixed(bytes, at),
            Form::Plain { physical: Physical::Fixed(width), at } => {
                return part(bytes, at, i64::try_from(*width).map_err(|_| BAD)?);
            }
            Form::Plain { physical: Physical::Bit, at } => {
                let bit = packed(bytes, *at, 1)?;
                *at += 1;
                *made = vec![u8::from(bit == 1)];
            }
            Form::Runs(runs) => *made = vec![u8::from(runs.next()? == 1)],
            Form::Dictionary(indexes) => return dictionary.ok_or(BAD)?.get(indexes.next()?),
            Form::Deltas { deltas, width } => {
                let number = deltas.next()?.to_le_bytes();
                *made = number.get(..*width).unwrap_or_default().to_vec();
            }
            Form::Lengths { lengths, at } => return part(bytes, at, lengths.next()?),
            Form::Prefixes { prefixes, lengths, at } => {
                let kept = usize::try_from(prefixes.next()?).ok().filter(|kept| *kept <= made.len());
                made.truncate(kept.ok_or(BAD)?);
                made.extend_from_slice(part(bytes, at, lengths.next()?)?);
                if made.len() > MOST_RECORD {
                    return Err(SelectError::OverMaxRecordSize);
                }
            }
            Form::Split { width, at } => {
                let count = bytes.len() / *width;
                let index = |byte: usize| byte * count + *at;
                if *at >= count {
                    return Err(BAD);
                }
                *made = (0..*width).filter_map(|byte| bytes.get(index(byte)).copied()).collect();
                *at += 1;
            }
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(encoding: i64, bytes: &'static [u8], physical: Physical) -> Values {
        Values::new(encoding, Bytes::from_static(bytes), physical).unwrap()
    }

    #[test]
    fn values_are_read() {
        let mut plain = values(0, b"\x02\0\0\0ab\0\0\0\0\x01\0\0\0", Physical::Bytes);
        assert_eq!(plain.next(None), Ok(&b"ab"[..]));
        assert_eq!(plain.next(None), Ok(&b""[..]));
        assert_eq!(plain.next(None), Err(BAD));
        let mut split = values(9, &[1, 2, 3, 4, 5, 6], Physical::Fixed(2));
        assert_eq!(split.next(None), Ok(&[1, 4][..]));
        assert_eq!(split.next(None), Ok(&[2, 5][..]));
        assert!(split.next(None).is_ok() && split.next(None).is_err());
    }

    #[test]
    fn dictionaries_hold_no_more_than_their_bytes() {
        let bytes = || Bytes::from_static(b"\x01\0\0\0a\x01\0\0\0b");
        let dictionary = Dictionary::new(bytes(), 2, Physical::Bytes).unwrap();
        assert_eq!(dictionary.get(1), Ok(&b"b"[..]));
        assert_eq!(dictionary.get(2), Err(BAD));
        assert!(Dictionary::new(bytes(), 3, Physical::Bytes).is_err());
        assert!(Dictionary::new(bytes(), usize::MAX, Physical::Bytes).is_err());
        let fixed = Dictionary::new(bytes(), usize::MAX, Physical::Fixed(8)).unwrap();
        assert!(fixed.get(0).is_ok() && fixed.get(1).is_err() && fixed.get(u32::MAX).is_err());
    }
}
