use super::{Grantee, Right};
use crate::Error;

/// Reads one of the `x-amz-grant-*` headers: `uri="..", id=".."`.
///
/// Source: S3 API Reference, `PutObjectAcl`, "Specific permissions".
pub(super) fn grantees(name: &'static str, text: &str, right: Right) -> Result<Vec<(Grantee, Right)>, Error> {
    let pieces = text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
    pieces.map(|piece| Ok((grantee(name, piece)?, right))).collect()
}

fn grantee(name: &'static str, piece: &str) -> Result<Grantee, Error> {
    let wrong = |message: &'static str| Error::argument(name, piece, message);
    let (kind, value) = piece.split_once('=').ok_or_else(|| wrong("Argument format not recognized"))?;
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    match kind.trim().to_ascii_lowercase().as_str() {
        "id" => Grantee::account(value).ok_or_else(|| wrong("Invalid id")),
        "uri" => Grantee::group(value).ok_or_else(|| wrong("Invalid group uri")),
        "emailaddress" => Err(Error::MethodNotAllowed("EmailGrantee".into())),
        _ => Err(wrong("Argument format not recognized")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_accounts_are_read() {
        let id = "ab".repeat(32);
        let text = format!("uri=\"http://acs.amazonaws.com/groups/global/AllUsers\", id={id}");
        let found = grantees("x-amz-grant-read", &text, Right::Read).unwrap();
        assert_eq!(found, [(Grantee::AllUsers, Right::Read), (Grantee::Account(id), Right::Read)]);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["AllUsers", "id=\"short\"", "uri=\"http://example.com\"", "name=\"x\"", "emailAddress=\"a@b.c\""]
        {
            assert!(grantees("x-amz-grant-read", text, Right::Read).is_err(), "{text}");
        }
    }
}
