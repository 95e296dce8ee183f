//! What a file says of its columns, as far as queries need it.
//!
//! Source: Apache Parquet, "Logical Types", "Nested Types"; Amazon S3 User Guide, "Supported Parquet types".

use parquet::{
    basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Stored},
    schema::types::Type,
};

use super::{
    BAD,
    kind::{Kind, Unit},
};
use crate::{
    SelectError,
    sql::{Name, Step},
};

/// How a value lies in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Physical {
    Bit,
    /// So many bytes, one at least.
    Fixed(usize),
    Bytes,
}

/// A column of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) kind: Kind,
    pub(super) physical: Physical,
    /// The levels of definition and repetition that a value has at most.
    pub(super) def: u32,
    pub(super) rep: u32,
    /// Bytes that a value has beside its own: the names of what it is in, where no column before it has them.
    pub(super) names: usize,
}

/// A column as queries see it, or something in one.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) times: Times,
    /// The levels of it.
    pub(super) def: u32,
    pub(super) rep: u32,
    pub(super) shape: Shape,
    /// The columns of values below it.
    pub(super) leaves: std::ops::Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Once,
    OnceAtMost,
    Often,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    Value,
    Group(Vec<Field>),
    /// Elements have these levels or higher ones.
    List {
        def: u32,
        rep: u32,
        element: Box<Field>,
    },
}

/// What a file has.
pub(super) struct Schema {
    pub(super) fields: Vec<Field>,
    /// By number of the column. `None` for values of types that S3 Select does not know.
    pub(super) columns: Vec<Option<Column>>,
}

impl Schema {
    pub(super) fn of(root: &Type) -> Result<Self, SelectError> {
        let mut schema = Self { fields: Vec::new(), columns: Vec::new() };
        if !root.is_group() {
            return Err(BAD);
        }
        for field in root.get_fields() {
            let field = schema.field(field, 0, 0)?;
            schema.fields.push(field);
        }
        Ok(schema)
    }

    fn field(&mut self, kind: &Type, def: u32, rep: u32) -> Result<Field, SelectError> {
        let info = kind.get_basic_info();
        let (times, def, rep) = match info.has_repetition().then(|| info.repetition()) {
            None | Some(Repetition::REQUIRED) => (Times::Once, def, rep),
            Some(Repetition::OPTIONAL) => (Times::OnceAtMost, def + 1, rep),
            Some(Repetition::REPEATED) => (Times::Often, def + 1, rep + 1),
        };
        let first = self.columns.len();
        let shape = self.shape(kind, def, rep)?;
        let leaves = first..self.columns.len();
        if leaves.is_empty() {
            return Err(BAD);
        }
        Ok(Field { name: kind.name().to_owned(), times, def, rep, shape, leaves })
    }

    fn shape(&mut self, kind: &Type, def: u32, rep: u32) -> Result<Shape, SelectError> {
        if !kind.is_group() {
            self.columns.push(column(kind, def, rep));
            return Ok(Shape::Value);
        }
        if is(kind, &LogicalType::List, ConvertedType::LIST)
            && let [repeated] = kind.get_fields()
            && repeated.get_basic_info().has_repetition()
            && repeated.get_basic_info().repetition() == Repetition::REPEATED
        {
            return self.list(kind, repeated, def + 1, rep + 1);
        }
        let first = self.columns.len();
        let fields = kind.get_fields().iter().map(|field| self.member(field, def, rep));
        let fields = fields.collect::<Result<_, _>>()?;
        let known = kind.get_basic_info();
        if known.logical_type_ref().is_some() || known.converted_type() != ConvertedType::NONE {
            // Maps and what else is more than a group.
            self.columns.iter_mut().skip(first).for_each(|column| *column = None);
        }
        Ok(Shape::Group(fields))
    }

    fn member(&mut self, kind: &Type, def: u32, rep: u32) -> Result<Field, SelectError> {
        let field = self.field(kind, def, rep)?;
        if let Some(Some(column)) = self.columns.get_mut(field.leaves.start) {
            column.names += field.name.len();
        }
        Ok(field)
    }

    /// A list in three levels, or in two as they were written once.
    fn list(&mut self, list: &Type, repeated: &Type, def: u32, rep: u32) -> Result<Shape, SelectError> {
        let inner = match repeated.is_group() {
            true => match repeated.get_fields() {
                [only] if !is_element(list, repeated, only) => Some(only),
                _ => None,
            },
            false => None,
        };
        let element = match inner {
            Some(inner) => self.field(inner, def, rep)?,
            None => {
                let first = self.columns.len();
                let shape = self.shape(repeated, def, rep)?;
                let (name, leaves) = (repeated.name().to_owned(), first..self.columns.len());
                Field { name, times: Times::Once, def, rep, shape, leaves }
            }
        };
        Ok(Shape::List { def, rep, element: Box::new(element) })
    }
}

/// Whether a repeated group is the element, and not what is in it.
fn is_element(list: &Type, repeated: &Type, only: &Type) -> bool {
    let often = only.get_basic_info();
    (often.has_repetition() && often.repetition() == Repetition::REPEATED)
        || repeated.name() == "array"
        || repeated.name() == format!("{}_tuple", list.name())
}

fn is(kind: &Type, logical: &LogicalType, converted: ConvertedType) -> bool {
    let info = kind.get_basic_info();
    info.logical_type_ref() == Some(logical)
        || (info.logical_type_ref().is_none() && info.converted_type() == converted)
}

fn column(stored: &Type, def: u32, rep: u32) -> Option<Column> {
    let Type::PrimitiveType { physical_type, type_length, scale, precision, .. } = stored else {
        return None;
    };
    let info = stored.get_basic_info();
    let physical = match physical_type {
        Stored::BOOLEAN => Physical::Bit,
        Stored::INT32 | Stored::FLOAT => Physical::Fixed(4),
        Stored::INT64 | Stored::DOUBLE => Physical::Fixed(8),
        Stored::INT96 => Physical::Fixed(12),
        Stored::BYTE_ARRAY => Physical::Bytes,
        Stored::FIXED_LEN_BYTE_ARRAY => {
            Physical::Fixed(usize::try_from(*type_length).ok().filter(|width| *width > 0)?)
        }
    };
    let kind = match info.logical_type_ref() {
        Some(logical) => annotated(logical, *physical_type)?,
        None => converted(info.converted_type(), *physical_type, (*scale, *precision))?,
    };
    Some(Column { kind, physical, def, rep, names: 0 })
}

fn annotated(logical: &LogicalType, physical: Stored) -> Option<Kind> {
    match (logical, physical) {
        (LogicalType::String | LogicalType::Enum, Stored::BYTE_ARRAY) => Some(Kind::Text),
        (LogicalType::Date, Stored::INT32) => Some(Kind::Date),
        (LogicalType::Integer(int), Stored::INT32) => Some(Kind::Int32 { signed: int.is_signed }),
        (LogicalType::Integer(int), Stored::INT64) => Some(Kind::Int64 { signed: int.is_signed }),
        (LogicalType::Timestamp(time), Stored::INT64) => {
            let unit = match time.unit {
                TimeUnit::MILLIS => Unit::Millis,
                TimeUnit::MICROS => Unit::Micros,
                TimeUnit::NANOS => Unit::Nanos,
            };
            Some(Kind::Time { unit, utc: time.is_adjusted_to_u_t_c })
        }
        (LogicalType::Decimal(decimal), _) => exact(physical, (decimal.scale, decimal.precision)),
        _ => None,
    }
}

fn converted(converted: ConvertedType, physical: Stored, decimal: (i32, i32)) -> Option<Kind> {
    let time = |unit| Some(Kind::Time { unit, utc: true });
    match (converted, physical) {
        (ConvertedType::UTF8 | ConvertedType::ENUM, Stored::BYTE_ARRAY) => Some(Kind::Text),
        (ConvertedType::DATE, Stored::INT32) => Some(Kind::Date),
        (ConvertedType::TIMESTAMP_MILLIS, Stored::INT64) => time(Unit::Millis),
        (ConvertedType::TIMESTAMP_MICROS, Stored::INT64) => time(Unit::Micros),
        (ConvertedType::DECIMAL, _) => exact(physical, decimal),
        (ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32, Stored::INT32) => {
            Some(Kind::Int32 { signed: false })
        }
        (ConvertedType::UINT_64, Stored::INT64) => Some(Kind::Int64 { signed: false }),
        (
            ConvertedType::NONE | ConvertedType::INT_8 | ConvertedType::INT_16 | ConvertedType::INT_32,
            Stored::INT32,
        ) => Some(Kind::Int32 { signed: true }),
        (ConvertedType::NONE | ConvertedType::INT_64, Stored::INT64) => Some(Kind::Int64 { signed: true }),
        (ConvertedType::NONE, Stored::BOOLEAN) => Some(Kind::Bool),
        (ConvertedType::NONE, Stored::INT96) => Some(Kind::Int96),
        (ConvertedType::NONE, Stored::FLOAT) => Some(Kind::Float),
        (ConvertedType::NONE, Stored::DOUBLE) => Some(Kind::Double),
        _ => None,
    }
}

/// A decimal number. S3 Select's have 38 digits at most.
fn exact(physical: Stored, (scale, precision): (i32, i32)) -> Option<Kind> {
    let known = (1..=38).contains(&precision) && (0..=precision).contains(&scale);
    let scale = u8::try_from(scale).ok().filter(|_| known)?;
    match physical {
        Stored::INT32 | Stored::INT64 => Some(Kind::Decimal { scale, big_endian: false }),
        Stored::BYTE_ARRAY | Stored::FIXED_LEN_BYTE_ARRAY => Some(Kind::Decimal { scale, big_endian: true }),
        _ => None,
    }
}

impl Field {
    /// Whether a path can lead to something in it.
    pub(super) fn has(&self, path: &[Step]) -> Result<bool, SelectError> {
        let Some((step, rest)) = path.split_first() else { return Ok(true) };
        match (step, &self.shape) {
            (Step::Name(name), Shape::Group(fields)) => match one(name, fields)? {
                Some(index) => fields.get(index).map_or(Ok(false), |field| field.has(rest)),
                None => Ok(false),
            },
            (Step::Index(_), Shape::List { element, .. }) => element.has(rest),
            _ => Ok(false),
        }
    }
}

/// The place of the field that a name means.
pub(super) fn one(name: &Name, fields: &[Field]) -> Result<Option<usize>, SelectError> {
    let mut found = fields.iter().enumerate().filter(|(_, field)| name.is(&field.name));
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(SelectError::AmbiguousFieldName),
        (found, _) => Ok(found.map(|(index, _)| index)),
    }
}
