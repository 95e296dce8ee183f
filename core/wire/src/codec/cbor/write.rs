//! CBOR from values.

use std::convert::Infallible;

use minicbor::{Encoder, data::Tag, encode::Error};

use super::Times;
use crate::{Kind, Member, Structure, Value, WireError, codec::text::unfit};

type Out<'a> = Encoder<&'a mut Vec<u8>>;

/// Writing to memory does not fail.
fn done<T>(written: Result<T, Error<Infallible>>) -> Result<(), WireError> {
    written.map(drop).map_err(|_| WireError::reply("CBOR cannot be written"))
}

/// Writes the members of a structure as a map.
pub(crate) fn write_members(
    out: &mut Out<'_>,
    schema: &Structure,
    value: &Value,
    times: Times,
) -> Result<(), WireError> {
    let values = value.as_members().ok_or_else(|| unfit("a member", "a structure", value))?;
    begin(out)?;
    for (member, item) in schema.members.iter().zip(values) {
        if !item.is_null() {
            text(out, member.wire_name)?;
            write_value(out, member, item, times)?;
        }
    }
    end(out)
}

fn sparse(
    out: &mut Out<'_>,
    schema: &Structure,
    pairs: &[(usize, Value)],
    times: Times,
) -> Result<(), WireError> {
    begin(out)?;
    for (at, item) in pairs {
        let member = schema.members.get(*at).ok_or_else(|| WireError::reply("a member that is not there"))?;
        text(out, member.wire_name)?;
        write_value(out, member, item, times)?;
    }
    end(out)
}

/// Begins a map of unannounced length.
pub(crate) fn begin(out: &mut Out<'_>) -> Result<(), WireError> {
    done(out.begin_map())
}

/// Ends it.
pub(crate) fn end(out: &mut Out<'_>) -> Result<(), WireError> {
    done(out.end())
}

/// Writes a string.
pub(crate) fn text(out: &mut Out<'_>, content: &str) -> Result<(), WireError> {
    done(out.str(content))
}

/// Writes a value.
pub(crate) fn write_value(
    out: &mut Out<'_>,
    member: &Member,
    value: &Value,
    times: Times,
) -> Result<(), WireError> {
    match (&member.target().kind, value) {
        (_, Value::Null) => done(out.null()),
        (Kind::Structure(schema), Value::Sparse(pairs)) => sparse(out, schema, pairs, times),
        (Kind::Structure(schema), value) => write_members(out, schema, value, times),
        (Kind::List { item }, Value::List(items)) => {
            done(out.array(items.len() as u64))?;
            items.iter().try_for_each(|content| write_value(out, item, content, times))
        }
        (Kind::Map { value: item, .. }, Value::Map(pairs)) => {
            done(out.map(pairs.len() as u64))?;
            pairs.iter().try_for_each(|(key, content)| {
                text(out, key)?;
                write_value(out, item, content, times)
            })
        }
        (Kind::String, Value::String(content)) => text(out, content),
        (Kind::String, Value::Secret(secret)) => text(out, secret.expose()),
        (Kind::Blob, Value::Blob(bytes)) => done(out.bytes(bytes)),
        (Kind::Blob, Value::SecretBlob(secret)) => done(out.bytes(secret.expose())),
        (Kind::Boolean, Value::Bool(flag)) => done(out.bool(*flag)),
        (Kind::Integer | Kind::Long, Value::Int(number)) => done(out.i64(*number)),
        #[expect(clippy::cast_possible_truncation, reason = "AWS's float has single precision")]
        (Kind::Float, Value::Float(number)) => done(out.f32(*number as f32)),
        (Kind::Double, Value::Float(number)) => done(out.f64(*number)),
        (Kind::Timestamp, Value::Timestamp(at)) => timestamp(out, *at, times),
        (_, other) => Err(unfit(member.name, member.target().name, other)),
    }
}

/// Tag 1: seconds since 1970, with milliseconds where there are any; or milliseconds.
fn timestamp(out: &mut Out<'_>, at: jiff::Timestamp, times: Times) -> Result<(), WireError> {
    done(out.tag(Tag::new(1)))?;
    let millis = at.as_millisecond();
    if times == Times::Milliseconds {
        return done(out.i64(millis));
    }
    if millis % 1000 == 0 {
        return done(out.i64(millis / 1000));
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any date fit a double")]
    let seconds = millis as f64 / 1000.0;
    done(out.f64(seconds))
}
