//! What a request says of the object that it puts.

use kurodo_gateway::Call;

use crate::{Error, limits, records::Meta};

/// The metadata members of an input that has them all.
macro_rules! meta {
    ($input:expr) => {
        $crate::metadata::checked($crate::records::Meta {
            content_type: $input.content_type.take(),
            cache_control: $input.cache_control.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input.content_encoding.take(),
            content_language: $input.content_language.take(),
            expires: $input.expires.take(),
            website_redirect_location: $input.website_redirect_location.take(),
            upload: None,
            replication: None,
            user: $input.metadata.take().unwrap_or_default(),
        })
    };
}
pub(crate) use meta;

/// Refuses more metadata than an object may have. `aws-chunked` says how the content travelled, not what it is.
pub(crate) fn checked(mut meta: Meta) -> Result<Meta, Error> {
    let size = meta.user.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > limits::METADATA {
        return Err(Error::MetadataTooLarge(size));
    }
    if let Some(encoding) = meta.content_encoding.take() {
        let codings = encoding.split(',').map(str::trim);
        let left: Vec<_> = codings.filter(|coding| !coding.eq_ignore_ascii_case("aws-chunked")).collect();
        meta.content_encoding = (!left.is_empty()).then(|| left.join(", "));
    }
    if let Some(location) = &meta.website_redirect_location {
        check_redirect(location)?;
    }
    Ok(meta)
}

fn check_redirect(location: &str) -> Result<(), Error> {
    if ["/", "http://", "https://"].iter().any(|start| location.starts_with(start))
        && location.len() <= limits::METADATA
    {
        return Ok(());
    }
    let message = "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.";
    Err(Error::InvalidRequest(message.into()))
}

/// The length of the content in bytes, without the framing that it travels in.
pub(crate) fn length(call: &Call, content_length: Option<i64>) -> Result<u64, Error> {
    let number = |text: &str| text.parse().map_err(|_| Error::MissingContentLength);
    match call.head.header("x-amz-decoded-content-length") {
        Some(decoded) => number(decoded),
        None => {
            content_length.and_then(|length| u64::try_from(length).ok()).ok_or(Error::MissingContentLength)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_travelling_coding_is_not_kept() {
        let kept = |encoding: &str| {
            let meta = Meta { content_encoding: Some(encoding.to_owned()), ..Meta::default() };
            checked(meta).unwrap().content_encoding
        };
        assert_eq!(kept("aws-chunked"), None);
        assert_eq!(kept("gzip,aws-chunked").as_deref(), Some("gzip"));
        assert_eq!(kept("aws-chunked, gzip, br").as_deref(), Some("gzip, br"));
    }

    #[test]
    fn names_and_values_count() {
        let user =
            |length: usize| Meta { user: [("n".to_owned(), "v".repeat(length))].into(), ..Meta::default() };
        assert!(checked(user(2047)).is_ok());
        assert!(matches!(checked(user(2048)), Err(Error::MetadataTooLarge(2049))));
    }
}
