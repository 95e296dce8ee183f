//! Texts that IAM takes and gives: policy documents, names within ARNs.

use kurodo_policy::{Kind, Policy};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::Error;

/// What stays as it is in a document that is given back, after RFC 3986, section 2.3.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A document as answers carry it.
pub(crate) fn encoded(document: &str) -> String {
    percent_encode(document.as_bytes(), UNRESERVED).to_string()
}

/// How large a document counts: its characters without white space.
pub(crate) fn size(document: &str) -> usize {
    document.chars().filter(|character| !character.is_whitespace()).count()
}

/// A document for a user, group or role.
pub(crate) fn identity_policy(document: &str) -> Result<Policy, Error> {
    policy(document, Kind::Identity)
}

/// A document for a managed policy, which must be in the current version of the language.
pub(crate) fn managed_policy(document: &str) -> Result<Policy, Error> {
    Ok(policy(document, Kind::Identity)?.current()?)
}

/// A document that says who may assume a role.
pub(crate) fn trust_policy(document: &str) -> Result<Policy, Error> {
    policy(document, Kind::Trust)
}

/// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM name requirements".
fn policy(document: &str, kind: Kind) -> Result<Policy, Error> {
    let known = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if !document.chars().all(known) {
        let message = "The policy document holds a character that is not of Latin-1.";
        return Err(Error::MalformedPolicyDocument(message.to_owned()));
    }
    Ok(Policy::parse(document, kind)?)
}

/// The path and the name of `path/name`, the path from `/` to `/`.
pub(crate) fn path_and_name(text: &str) -> Option<(&str, &str)> {
    let slash = text.rfind('/')?;
    let (path, name) = text.split_at_checked(slash + 1)?;
    (path.starts_with('/') && !name.is_empty()).then_some((path, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_given_back_as_sdks_decode_them() {
        assert_eq!(encoded(r#"{"a": "b*é-_.~"}"#), "%7B%22a%22%3A%20%22b%2A%C3%A9-_.~%22%7D");
    }

    #[test]
    fn white_space_does_not_count() {
        assert_eq!(size(" {\n\t\"a\" : 1\r}"), 7);
    }

    #[test]
    fn paths_end_before_the_name() {
        assert_eq!(path_and_name("/bob"), Some(("/", "bob")));
        assert_eq!(path_and_name("/a/b/bob"), Some(("/a/b/", "bob")));
        for text in ["bob", "a/bob", "/a/", ""] {
            assert_eq!(path_and_name(text), None, "{text}");
        }
    }

    #[test]
    fn managed_policies_must_be_current() {
        let statement = r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]"#;
        let old = format!(r#"{{"Version":"2008-10-17","Statement":{statement}}}"#);
        assert!(identity_policy(&old).is_ok());
        let refused = managed_policy(&old).unwrap_err();
        assert_eq!(refused.code(), Some(("MalformedPolicyDocument", 400)));
        assert!(managed_policy(&old.replace("2008-10-17", "2012-10-17")).is_ok());
    }

    #[test]
    fn characters_beyond_latin_1_are_refused() {
        let document = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::☃"}]}"#;
        assert_eq!(identity_policy(document).unwrap_err().code(), Some(("MalformedPolicyDocument", 400)));
    }
}
