//! Authentication in the query: presigned requests.

use crate::{
    claim::{self, Claim, Parts, Presigned},
    encoding::{decode, pairs},
    error::{AuthError, Place, shown},
    fault::{DateFault, ExpiresFault, MissingParts},
    head::Head,
    payload::{Algorithm, Payload},
    stamp,
};

/// Which form of authentication a query carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    None,
    V4,
    V2,
}

/// Looks for the parameters that make a query a signed one.
pub(crate) fn detect(query: &str) -> Result<Form, AuthError> {
    let mut form = Form::None;
    for (name, _) in pairs(query) {
        let found = match &*decode(name, true) {
            b"X-Amz-Algorithm" | b"X-Amz-Credential" | b"X-Amz-Signature" => Form::V4,
            b"AWSAccessKeyId" | b"Signature" => Form::V2,
            _ => continue,
        };
        if form != Form::None && form != found {
            return Err(AuthError::MultipleMechanisms);
        }
        form = found;
    }
    Ok(form)
}

const NAMES: [&str; 9] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Region-Set",
    "X-Amz-Content-Sha256",
];

/// The decoded values of the parameters, in the order of [`NAMES`].
type Values = [Option<String>; 9];

fn values(query: &str) -> Result<Values, AuthError> {
    let mut values = Values::default();
    for (name, value) in pairs(query) {
        let name = decode(name, true);
        let slots = NAMES.iter().zip(&mut values);
        let Some((part, slot)) = slots.into_iter().find(|(known, _)| known.as_bytes() == &*name) else {
            continue;
        };
        let value = String::from_utf8_lossy(&decode(value, true)).into_owned();
        if slot.replace(value).is_some() {
            return Err(AuthError::Repeated { place: Place::Query, part: (*part).into() });
        }
    }
    Ok(values)
}

/// Reads a presigned request.
pub(crate) fn read(head: &Head<'_>) -> Result<Claim, AuthError> {
    let [algorithm, credential, signature, date, signed_headers, expires, token, region_set, sha256] =
        values(head.query)?;
    let (Some(name), Some(credential), Some(signature), Some(date), Some(signed_headers)) =
        (&algorithm, &credential, &signature, &date, &signed_headers)
    else {
        return Err(AuthError::MissingParts(Box::new(MissingParts {
            place: Place::Query,
            algorithm: algorithm.as_deref().is_none_or(str::is_empty),
            algorithm_parameter: algorithm.is_none(),
            credential: credential.is_none(),
            signature: signature.is_none(),
            signed_headers: signed_headers.is_none(),
            date: date.is_none(),
            ..MissingParts::default()
        })));
    };
    let unsupported = || AuthError::UnsupportedAlgorithm { place: Place::Query, algorithm: shown(name) };
    let algorithm = Algorithm::parse(name).ok_or_else(unsupported)?;
    let fault = || AuthError::Date(DateFault { place: Place::Query, got: Some(shown(date)) });
    let payload = one_of("X-Amz-Content-Sha256", sha256, claim::content_sha256(head)?.map(str::to_owned))?;
    let payload = payload.map(|text| Payload::parse(&text, algorithm)).transpose()?;
    let token = one_of("X-Amz-Security-Token", token, claim::header_token(head)?)?;
    claim::at_most(claim::MAX_TOKEN, "the session token", token.as_deref().unwrap_or_default())?;
    Parts {
        place: Place::Query,
        credential,
        signed_headers,
        signature,
        time: stamp::parse_basic(date).ok_or_else(fault)?,
        token,
        presigned: Some(Presigned { expires: expires.as_deref().map(seconds).transpose()? }),
        payload: payload.unwrap_or(Payload::Implicit),
        region_set: one_of("X-Amz-Region-Set", region_set, claim::region_set(head)?)?,
    }
    .claim(algorithm)
}

/// The value from the query or the header; where both are given they must agree.
fn one_of(
    part: &'static str,
    query: Option<String>,
    header: Option<String>,
) -> Result<Option<String>, AuthError> {
    match (query, header) {
        (Some(query), Some(header)) if query != header => {
            Err(AuthError::Repeated { place: Place::Query, part: part.into() })
        }
        (query, header) => Ok(query.or(header)),
    }
}

const WEEK: u32 = 604_800;

/// `X-Amz-Expires`: whole seconds, none to a week.
fn seconds(text: &str) -> Result<u32, ExpiresFault> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ExpiresFault::NotANumber);
    }
    if digits.len() < text.len() && digits.bytes().any(|b| b != b'0') {
        return Err(ExpiresFault::Negative);
    }
    digits.parse().ok().filter(|seconds| *seconds <= WEEK).ok_or(ExpiresFault::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_is_zero_seconds_to_a_week() {
        assert_eq!(seconds("0"), Ok(0));
        assert_eq!(seconds("604800"), Ok(WEEK));
        assert_eq!(seconds("604801"), Err(ExpiresFault::TooLong));
        assert_eq!(seconds("99999999999999999999999"), Err(ExpiresFault::TooLong));
        assert_eq!(seconds("-1"), Err(ExpiresFault::Negative));
        for text in ["", "-", "1.5", "0x10", " 1", "+1", "١"] {
            assert_eq!(seconds(text), Err(ExpiresFault::NotANumber), "{text:?}");
        }
    }

    #[test]
    fn encoded_names_are_found_too() {
        assert_eq!(detect("a=b&X%2DAmz-Signature=x"), Ok(Form::V4));
        assert_eq!(detect("Signature=x&AWSAccessKeyId=y"), Ok(Form::V2));
        assert_eq!(detect("x-id=GetObject"), Ok(Form::None));
        assert_eq!(detect("Signature=x&X-Amz-Signature=x"), Err(AuthError::MultipleMechanisms));
    }
}
