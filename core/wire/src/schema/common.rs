//! Shapes that say nothing but their type.

use super::{Kind, Schema};

/// A string.
pub static STRING: Schema = Schema::new("String", Kind::String);
/// A string that must not be shown.
pub static SECRET_STRING: Schema = Schema::new("String", Kind::String).sensitive();
/// A boolean.
pub static BOOLEAN: Schema = Schema::new("Boolean", Kind::Boolean);
/// 32 bits, signed.
pub static INTEGER: Schema = Schema::new("Integer", Kind::Integer);
/// 64 bits, signed.
pub static LONG: Schema = Schema::new("Long", Kind::Long);
/// Single precision.
pub static FLOAT: Schema = Schema::new("Float", Kind::Float);
/// Double precision.
pub static DOUBLE: Schema = Schema::new("Double", Kind::Double);
/// Bytes.
pub static BLOB: Schema = Schema::new("Blob", Kind::Blob);
/// Bytes that must not be shown.
pub static SECRET_BLOB: Schema = Schema::new("Blob", Kind::Blob).sensitive();
/// A point in time.
pub static TIMESTAMP: Schema = Schema::new("Timestamp", Kind::Timestamp);
/// Any JSON.
pub static DOCUMENT: Schema = Schema::new("Document", Kind::Document);
/// No input, or no output: an operation's end that the facts leave out.
pub static UNIT: Schema = Schema::structure("Unit", &[]);
