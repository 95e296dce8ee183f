//! Reading tags.
//!
//! Source: S3 User Guide, "Categorizing your objects using tags"; S3 API Reference, `PutBucketTagging`.

use kurodo_policy::same_name;
use percent_encoding::percent_decode_str;

use crate::{Error, limits, model, records::Tags};

const HEADER: &str = "x-amz-tagging";

/// Reads the header `x-amz-tagging`, which is a query string.
pub(crate) fn from_header(text: &str) -> Result<Tags, Error> {
    let wrong = || {
        Error::argument(
            HEADER,
            text,
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag \
             name duplicates.",
        )
    };
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| wrong())
    };
    let mut tags = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = decode(key)?;
        if tags.iter().any(|(known, _)| *known == key) {
            return Err(wrong());
        }
        tags.push((key, decode(value)?));
    }
    of_object(tags)
}

/// Reads an object's tag set.
pub(crate) fn from_object(tags: &[model::Tag]) -> Result<Tags, Error> {
    of_object(pairs(tags))
}

/// Reads a bucket's tag set.
pub(crate) fn from_bucket(tags: &[model::Tag]) -> Result<Tags, Error> {
    let tags = pairs(tags);
    if tags.len() > limits::BUCKET_TAGS {
        return Err(Error::BadRequest("Bucket tag count cannot be greater than 50".into()));
    }
    if tags.iter().any(|(key, _)| key.starts_with("aws:")) {
        return Err(invalid("System tags cannot be added/updated by requester", None));
    }
    checked(tags)
}

/// Reads the tags that a new bucket is to have, which `aws:RequestTag/..` is decided on.
pub(crate) fn from_new_bucket(tags: &[model::Tag]) -> Result<Tags, Error> {
    let tags = from_bucket(tags)?;
    apart(&tags.0).map(|()| tags)
}

/// The tags as replies show them.
pub(crate) fn shown(tags: &Tags) -> Vec<model::Tag> {
    tags.0.iter().map(|(key, value)| model::Tag { key: key.clone(), value: value.clone() }).collect()
}

/// The same in the order of their keys.
pub(crate) fn in_order(tags: &Tags) -> Vec<model::Tag> {
    let mut found = shown(tags);
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

fn pairs(tags: &[model::Tag]) -> Vec<(String, String)> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

fn of_object(tags: Vec<(String, String)>) -> Result<Tags, Error> {
    if tags.len() > limits::OBJECT_TAGS {
        return Err(Error::BadRequest("Object tags cannot be greater than 10".into()));
    }
    if let Some((key, _)) = tags.iter().find(|(key, _)| key.starts_with("aws:")) {
        return Err(invalid("Your TagKey cannot be prefixed with aws:", Some(key)));
    }
    apart(&tags)?;
    checked(tags)
}

/// Conditions on tags do not tell keys apart that differ in nothing but case: one would hide the other's value from a
/// policy.
fn apart(tags: &[(String, String)]) -> Result<(), Error> {
    let hides = |at: usize, key: &str| tags.iter().take(at).any(|(earlier, _)| same_name(earlier, key));
    match tags.iter().enumerate().find(|(at, (key, _))| hides(*at, key)) {
        Some((_, (key, _))) => Err(invalid("Cannot provide multiple Tags with the same key", Some(key))),
        None => Ok(()),
    }
}

fn checked(tags: Vec<(String, String)>) -> Result<Tags, Error> {
    for (at, (key, value)) in tags.iter().enumerate() {
        if !(1..=128).contains(&key.chars().count()) || !key.chars().all(allowed) {
            return Err(invalid("The TagKey you have provided is invalid", Some(key)));
        }
        if value.chars().count() > 256 || !value.chars().all(allowed) {
            return Err(invalid("The TagValue you have provided is invalid", Some(key)));
        }
        if tags.iter().take(at).any(|(earlier, _)| earlier == key) {
            return Err(invalid("Cannot provide multiple Tags with the same key", Some(key)));
        }
    }
    Ok(Tags(tags))
}

/// Letters, digits and spaces of Unicode, and some signs.
fn allowed(character: char) -> bool {
    character.is_alphanumeric() || character == ' ' || "+-=._:/@".contains(character)
}

fn invalid(message: &'static str, key: Option<&String>) -> Error {
    Error::InvalidTag { message: message.into(), key: key.cloned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> model::Tag {
        model::Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_header_is_a_query() {
        let tags = from_header("a=1&b%20c=d%2Be&f=").unwrap();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(tags.0, [pair("a", "1"), pair("b c", "d+e"), pair("f", "")]);
        assert!(matches!(from_header("a=1&a=2"), Err(Error::InvalidArgument { .. })));
        assert!(from_header("a=%ff").is_err());
        assert!(from_header("").unwrap().is_empty());
    }

    #[test]
    fn no_tag_hides_another_from_a_condition() {
        let tags = [tag("team", "a"), tag("Team", "b")];
        assert!(matches!(from_new_bucket(&tags), Err(Error::InvalidTag { .. })));
        assert!(from_object(&tags).is_err());
        assert!(from_bucket(&tags).is_ok(), "no condition is on the tags of a bucket that is there");
    }

    #[test]
    fn an_objects_tags_are_shown_in_order() {
        assert_eq!(in_order(&from_header("b=1&a=2").unwrap()), [tag("a", "2"), tag("b", "1")]);
    }

    #[test]
    fn limits_hold() {
        let many = |n: usize| (0..n).map(|i| tag(&i.to_string(), "")).collect::<Vec<_>>();
        assert!(from_object(&many(10)).is_ok());
        assert!(matches!(from_object(&many(11)), Err(Error::BadRequest(_))));
        assert!(from_bucket(&many(50)).is_ok());
        assert!(matches!(from_bucket(&many(51)), Err(Error::BadRequest(_))));
        for bad in [tag("", ""), tag("a!", ""), tag("a", "{}"), tag("aws:x", ""), tag(&"k".repeat(129), "")] {
            assert!(
                matches!(from_object(std::slice::from_ref(&bad)), Err(Error::InvalidTag { .. })),
                "{bad:?}"
            );
        }
        for same in ["a", "A"] {
            assert!(from_object(&[tag("a", "1"), tag(same, "2")]).is_err(), "{same}");
        }
        assert!(from_bucket(&[tag("a", "1"), tag("A", "2")]).is_ok());
        assert!(from_object(&[tag("schlüssel", "wert: 1/2 @x")]).is_ok());
    }
}
