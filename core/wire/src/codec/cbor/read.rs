//! Values from CBOR.

use std::borrow::Cow;

use minicbor::{
    Decoder,
    data::{Tag, Type},
};

use super::Times;
use crate::{
    Kind, Member, Structure, Value, WireError,
    codec::{budget::Budget, json::last_of_equal, text, time},
};

/// How deep lists and maps may nest.
const MAX_DEPTH: u16 = 128;

/// Reads a whole document that stands for this structure. No body at all is an empty map.
pub(crate) fn structure(
    body: &[u8],
    schema: &Structure,
    times: Times,
    budget: Budget,
) -> Result<Value, WireError> {
    if body.is_empty() {
        return Ok(Value::Struct(vec![Value::Null; schema.members.len()].into()));
    }
    let mut reader = Reader { decoder: Decoder::new(body), depth: 0, times, budget };
    let value = reader.members(schema)?;
    if reader.decoder.position() == body.len() { Ok(value) } else { Err(malformed()) }
}

fn malformed() -> WireError {
    WireError::serialization("the body is not well-formed CBOR")
}

fn unexpected(member: &Member) -> WireError {
    WireError::serialization(format!("`{}` is of another type", member.wire_name))
}

struct Reader<'b> {
    decoder: Decoder<'b>,
    depth: u16,
    times: Times,
    budget: Budget,
}

impl<'b> Reader<'b> {
    fn next(&self) -> Result<Type, WireError> {
        self.decoder.datatype().map_err(|_| malformed())
    }

    fn value(&mut self, member: &Member) -> Result<Value, WireError> {
        let next = self.next()?;
        match (&member.target().kind, next) {
            (_, Type::Null | Type::Undefined) => {
                self.decoder.skip().map_err(|_| malformed())?;
                Ok(Value::Null)
            }
            (Kind::Structure(schema), Type::Map | Type::MapIndef) => self.members(schema),
            (Kind::List { item }, Type::Array | Type::ArrayIndef) => self.list(item),
            (Kind::Map { value, .. }, Type::Map | Type::MapIndef) => self.map(value),
            (Kind::String, Type::String | Type::StringIndef) => Ok(text::string(member, self.string()?)),
            (Kind::Blob, Type::Bytes | Type::BytesIndef) => Ok(text::bytes_value(member, self.bytes()?)),
            (Kind::Boolean, Type::Bool) => self.decoder.bool().map(Value::Bool).map_err(|_| malformed()),
            (Kind::Integer | Kind::Long, _) => self.integer(member),
            (Kind::Float | Kind::Double, _) => {
                let number = self.number()?.ok_or_else(|| unexpected(member))?;
                Ok(Value::Float(text::precise(member.target(), number)))
            }
            (Kind::Timestamp, Type::Tag) => self.timestamp(member),
            _ => Err(unexpected(member)),
        }
    }

    fn enter(&mut self) -> Result<(), WireError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(WireError::serialization("the body nests too deep")) } else { Ok(()) }
    }

    /// Whether a list or map that announced `left` items has another one; of indefinite ones, passes the break.
    fn more(&mut self, left: &mut Option<u64>) -> Result<bool, WireError> {
        let more = match left {
            Some(0) => false,
            Some(count) => {
                *count -= 1;
                true
            }
            None if self.next()? == Type::Break => {
                self.decoder.skip().map_err(|_| malformed())?;
                false
            }
            None => true,
        };
        self.depth -= u16::from(!more);
        Ok(more)
    }

    fn members(&mut self, schema: &Structure) -> Result<Value, WireError> {
        if schema.sparse {
            return self.sparse(schema);
        }
        self.budget.take(schema.members.len())?;
        let mut values = vec![Value::Null; schema.members.len()];
        let mut left = self.decoder.map().map_err(|_| malformed())?;
        self.enter()?;
        while self.more(&mut left)? {
            let key = self.string()?;
            let known = schema.members.iter().zip(&mut values).find(|(member, _)| member.wire_name == key);
            match known {
                Some((member, slot)) => *slot = self.value(member)?,
                None => self.skip()?,
            }
        }
        Ok(Value::Struct(values.into()))
    }

    fn sparse(&mut self, schema: &Structure) -> Result<Value, WireError> {
        let mut values = Vec::with_capacity(1);
        let mut left = self.decoder.map().map_err(|_| malformed())?;
        self.enter()?;
        while self.more(&mut left)? {
            self.budget.take(1)?;
            let key = self.string()?;
            match schema.members.iter().enumerate().find(|(_, member)| member.wire_name == key) {
                Some((at, member)) => {
                    let value = self.value(member)?;
                    if !value.is_null() {
                        values.push((at, value));
                    }
                }
                None => self.skip()?,
            }
        }
        Ok(Value::Sparse(values))
    }

    fn list(&mut self, item: &Member) -> Result<Value, WireError> {
        let mut items = Vec::new();
        let mut left = self.decoder.array().map_err(|_| malformed())?;
        self.enter()?;
        while self.more(&mut left)? {
            self.budget.take(1)?;
            items.push(self.value(item)?);
        }
        Ok(Value::List(items))
    }

    fn map(&mut self, item: &Member) -> Result<Value, WireError> {
        let mut pairs = Vec::new();
        let mut left = self.decoder.map().map_err(|_| malformed())?;
        self.enter()?;
        while self.more(&mut left)? {
            self.budget.take(1)?;
            let key = self.string()?.into_owned();
            pairs.push((key, self.value(item)?));
        }
        Ok(Value::Map(last_of_equal(pairs)))
    }

    /// Passes over a value that no member takes, with the same bound on nesting.
    fn skip(&mut self) -> Result<(), WireError> {
        match self.next()? {
            Type::Array | Type::ArrayIndef => {
                let mut left = self.decoder.array().map_err(|_| malformed())?;
                self.enter()?;
                while self.more(&mut left)? {
                    self.skip()?;
                }
            }
            Type::Map | Type::MapIndef => {
                let mut left = self.decoder.map().map_err(|_| malformed())?;
                self.enter()?;
                while self.more(&mut left)? {
                    self.skip()?;
                    self.skip()?;
                }
            }
            Type::Tag => {
                self.decoder.tag().map_err(|_| malformed())?;
                self.enter()?;
                self.skip()?;
                self.depth -= 1;
            }
            Type::Break => return Err(malformed()),
            _ => self.decoder.skip().map_err(|_| malformed())?,
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'b, str>, WireError> {
        match self.next()? {
            Type::String => self.decoder.str().map(Cow::Borrowed).map_err(|_| malformed()),
            Type::StringIndef => {
                let parts = self.decoder.str_iter().map_err(|_| malformed())?;
                parts.collect::<Result<String, _>>().map(Cow::Owned).map_err(|_| malformed())
            }
            _ => Err(malformed()),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, WireError> {
        let parts = self.decoder.bytes_iter().map_err(|_| malformed())?;
        let mut whole = Vec::new();
        for part in parts {
            whole.extend_from_slice(part.map_err(|_| malformed())?);
        }
        Ok(whole)
    }

    fn integer(&mut self, member: &Member) -> Result<Value, WireError> {
        let number = match self.next()? {
            Type::F16 | Type::F32 | Type::F64 => {
                whole_number(self.number()?.ok_or_else(malformed)?).ok_or_else(|| unexpected(member))?
            }
            Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::I8
            | Type::I16
            | Type::I32
            | Type::I64
            | Type::Int => self.decoder.i64().map_err(|_| unexpected(member))?,
            _ => return Err(unexpected(member)),
        };
        if matches!(member.target().kind, Kind::Integer) && i32::try_from(number).is_err() {
            return Err(unexpected(member));
        }
        Ok(Value::Int(number))
    }

    /// A number of any width; `None` when there is none.
    fn number(&mut self) -> Result<Option<f64>, WireError> {
        let read = match self.next()? {
            Type::F16 => self.decoder.f16().map(f64::from),
            Type::F32 => self.decoder.f32().map(f64::from),
            Type::F64 => self.decoder.f64(),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a double holds what it can of an integer, as in AWS"
            )]
            Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 => {
                self.decoder.i64().map(|number| number as f64)
            }
            _ => return Ok(None),
        };
        read.map(Some).map_err(|_| malformed())
    }

    /// Tag 1: seconds since 1970.
    fn timestamp(&mut self, member: &Member) -> Result<Value, WireError> {
        if self.decoder.tag().map_err(|_| malformed())? != Tag::new(1) {
            return Err(unexpected(member));
        }
        let number = self.number()?.map(|number| match self.times {
            Times::Seconds => number,
            Times::Milliseconds => number / 1000.0,
        });
        let seconds = number.and_then(time::from_seconds);
        seconds.map(Value::Timestamp).ok_or_else(|| unexpected(member))
    }
}

fn whole_number(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within what a double counts exactly")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
