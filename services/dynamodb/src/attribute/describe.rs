//! Values as AWS's messages show them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::Attribute;

/// Such as `{S:abc}`.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}:", self.type_of().name())?;
        match self {
            Self::String(text) => f.write_str(text)?,
            Self::Number(number) => write!(f, "{number}")?,
            Self::Binary(bytes) => f.write_str(&BASE64.encode(bytes))?,
            Self::Bool(flag) => write!(f, "{flag}")?,
            Self::Null => f.write_str("true")?,
            Self::Strings(all) => list(f, all)?,
            Self::Numbers(all) => list(f, all)?,
            Self::Binaries(all) => list(f, all.iter().map(|one| BASE64.encode(one)))?,
            Self::List(all) => list(f, all)?,
            Self::Map(pairs) => {
                f.write_str("{")?;
                for (at, (name, value)) in pairs.iter().enumerate() {
                    write!(f, "{}{name}={value}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("}")?;
            }
        }
        f.write_str("}")
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, all: impl IntoIterator<Item = T>) -> fmt::Result {
    f.write_str("[")?;
    for (at, one) in all.into_iter().enumerate() {
        write!(f, "{}{one}", if at > 0 { ", " } else { "" })?;
    }
    f.write_str("]")
}
