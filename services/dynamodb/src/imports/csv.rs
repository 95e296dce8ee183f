//! Items as fields with a delimiter between them.
//!
//! Source: DynamoDB Developer Guide, "Amazon S3 import formats for DynamoDB", "CSV"; RFC 4180.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use crate::{
    attribute::{Attribute, Item, Type},
    definition::Definition,
};

/// The fields of a line; `None` where it is no text, or a quote is not closed.
pub(super) fn fields(line: &[u8], delimiter: char) -> Option<Vec<String>> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = std::str::from_utf8(line).ok()?.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            letter if letter == delimiter && !quoted => fields.push(std::mem::take(&mut field)),
            letter => field.push(letter),
        }
    }
    fields.push(field);
    Some(fields).filter(|_| !quoted)
}

/// The item of these fields. Attributes of keys are of their types, all others are strings.
pub(super) fn item(names: &[String], fields: Vec<String>, definition: &Definition) -> Option<Item> {
    if names.len() != fields.len() {
        return None;
    }
    let attribute = |(name, field): (&String, String)| {
        let known = definition.attributes.iter().find(|known| known.name == *name);
        let value = match known.map(|known| known.kind) {
            Some(Type::N) => Attribute::Number(field.parse().ok()?),
            Some(Type::B) => Attribute::Binary(BASE64.decode(field).ok()?.into()),
            _ => Attribute::String(field),
        };
        Some((name.clone(), value))
    };
    names.iter().zip(fields).map(attribute).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_delimiters_and_quotes() {
        let found = |line: &str| fields(line.as_bytes(), ',').map(|fields| fields.join("|"));
        assert_eq!(found("a,b,,c").unwrap(), "a|b||c");
        assert_eq!(found(r#""a,b","c ""d""",e"f"#).unwrap(), r#"a,b|c "d"|e"f"#);
        assert_eq!(found("").unwrap(), "");
        assert!(found("\"open").is_none() && fields(b"\xff", ',').is_none());
        assert_eq!(fields(b"a;b,c", ';').unwrap(), ["a", "b,c"]);
    }
}
