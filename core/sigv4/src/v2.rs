//! Signature Version 2 and S3's own older form, for accounts that opt in to it. The caller refuses the
//! others with [`AuthError::VersionTwoRefused`].
//!
//! Sources: AWS General Reference, "Signature Version 2 signing process"; Amazon S3 User Guide,
//! "Signing and authenticating REST requests (AWS signature version 2)".

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    canonical::write_query,
    claim::{self, at_most},
    encoding::{decode, pairs},
    error::{AuthError, Mismatch, Place, shown},
    fault::{DateFault, MissingParts},
    head::Head,
    key::same,
    rules::Rules,
    stamp, v2_s3,
    verified::{AuthType, BodyCheck, SignatureVersion, Verified},
};

/// What a request signed with Signature Version 2 says of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct V2Claim {
    /// The access key id.
    pub access_key_id: String,
    /// The signature, as sent: base64.
    pub signature: String,
    /// The session token of temporary credentials.
    pub token: Option<String>,
    /// Which of the forms it takes.
    pub form: V2Form,
}

impl fmt::Debug for V2Claim {
    /// Without the session token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("V2Claim")
            .field("access_key_id", &self.access_key_id)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// The forms of Signature Version 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum V2Form {
    /// S3, `Authorization: AWS key:signature`.
    S3Header {
        /// The request's time, in seconds since 1970.
        time: i64,
    },
    /// S3, in the query.
    S3Presigned {
        /// When it runs out, in seconds since 1970.
        expires: i64,
    },
    /// The parameters of a query-protocol service.
    Parameters {
        /// The MAC.
        method: V2Method,
        /// `Timestamp`: the request's time, in seconds since 1970.
        time: Option<i64>,
        /// `Expires`: when it runs out, in seconds since 1970.
        expires: Option<i64>,
    },
}

/// `SignatureMethod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum V2Method {
    /// `HmacSHA1`.
    HmacSha1,
    /// `HmacSHA256`.
    HmacSha256,
}

const MAX_KEY: usize = 128;
const MAX_SIGNATURE: usize = 64;

fn checked(place: Place, key: &str, signature: &str) -> Result<(String, String), AuthError> {
    at_most(MAX_SIGNATURE, "the signature", signature)?;
    if key.is_empty() || key.len() > MAX_KEY || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(AuthError::AccessKeyShape { place });
    }
    Ok((key.to_owned(), signature.to_owned()))
}

/// Reads what follows `AWS ` in the `Authorization` field.
pub(crate) fn read_header(head: &Head<'_>, text: &str) -> Result<V2Claim, AuthError> {
    let shape = || AuthError::CredentialShape { place: Place::Header, elements: 2, credential: shown(text) };
    let (key, signature) = text.trim().rsplit_once(':').ok_or_else(shape)?;
    let (access_key_id, signature) = checked(Place::Header, key, signature)?;
    let fault = |got: Option<&str>| AuthError::Date(DateFault { place: Place::Header, got: got.map(shown) });
    let amz = head.single("x-amz-date").map_err(|()| fault(None))?;
    let date = head.single("date").map_err(|()| fault(None))?;
    let date = amz.or(date).ok_or_else(|| fault(None))?;
    let time = stamp::parse_date_header(date).ok_or_else(|| fault(Some(date)))?;
    Ok(V2Claim {
        access_key_id,
        signature,
        token: claim::header_token(head)?,
        form: V2Form::S3Header { time },
    })
}

const NAMES: [&str; 8] = [
    "AWSAccessKeyId",
    "Signature",
    "Expires",
    "Timestamp",
    "SignatureMethod",
    "SignatureVersion",
    "SecurityToken",
    "x-amz-security-token",
];

type Values = [Option<String>; 8];

fn values(params: &str) -> Result<Values, AuthError> {
    let mut values = Values::default();
    for (name, value) in pairs(params) {
        let name = decode(name, true);
        let known = NAMES.iter().zip(&mut values).find(|(known, _)| known.as_bytes() == &*name);
        let Some((part, slot)) = known else { continue };
        if slot.replace(String::from_utf8_lossy(&decode(value, true)).into_owned()).is_some() {
            return Err(AuthError::Repeated { place: Place::Query, part: (*part).into() });
        }
    }
    Ok(values)
}

/// Reads a signed query.
pub(crate) fn read_presigned(head: &Head<'_>) -> Result<V2Claim, AuthError> {
    read_parameters(values(head.query)?, claim::header_token(head)?)
}

/// Reads the parameters of a query-protocol request's body (`application/x-www-form-urlencoded`).
/// Nothing, if they carry no signature.
///
/// # Errors
/// Authentication that is malformed, incomplete or repeated.
pub fn read_form(body: &str) -> Result<Option<V2Claim>, AuthError> {
    let values = values(body)?;
    match &values {
        [None, None, ..] => Ok(None),
        [.., None, _, _] => Err(missing(false, true)),
        _ => read_parameters(values, None).map(Some),
    }
}

fn missing(credential: bool, signature: bool) -> AuthError {
    AuthError::MissingParts(Box::new(MissingParts {
        place: Place::Query,
        credential,
        signature,
        ..MissingParts::default()
    }))
}

fn read_parameters(values: Values, header_token: Option<String>) -> Result<V2Claim, AuthError> {
    let [key, signature, expires, timestamp, method, version, token, s3_token] = values;
    let (Some(key), Some(signature)) = (&key, &signature) else {
        return Err(missing(key.is_none(), signature.is_none()));
    };
    let (access_key_id, signature) = checked(Place::Query, key, signature)?;
    let form = match version.as_deref() {
        None => V2Form::S3Presigned { expires: epoch(expires.as_deref())? },
        Some("2") => V2Form::Parameters {
            method: parse_method(method.as_deref())?,
            time: timestamp.as_deref().map(moment).transpose()?,
            expires: expires.as_deref().map(moment).transpose()?,
        },
        Some(other) => {
            let algorithm = format!("SignatureVersion {}", shown(other));
            return Err(AuthError::UnsupportedAlgorithm { place: Place::Query, algorithm });
        }
    };
    Ok(V2Claim { access_key_id, signature, token: token.or(s3_token).or(header_token), form })
}

fn date_fault(got: Option<&str>) -> AuthError {
    AuthError::Date(DateFault { place: Place::Query, got: got.map(shown) })
}

fn epoch(text: Option<&str>) -> Result<i64, AuthError> {
    let number = text.filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
    number.and_then(|text| text.parse().ok()).ok_or_else(|| date_fault(text))
}

fn moment(text: &str) -> Result<i64, AuthError> {
    // The examples of AWS leave the zone out; UTC is meant.
    let zoned = || stamp::parse_extended(&format!("{text}Z"));
    let time = stamp::parse_extended(text).or_else(|| stamp::parse_basic(text)).or_else(zoned);
    time.ok_or_else(|| date_fault(Some(text)))
}

fn parse_method(text: Option<&str>) -> Result<V2Method, AuthError> {
    match text {
        Some("HmacSHA1") => Ok(V2Method::HmacSha1),
        Some("HmacSHA256") => Ok(V2Method::HmacSha256),
        other => {
            let algorithm = shown(other.unwrap_or_default());
            Err(AuthError::UnsupportedAlgorithm { place: Place::Query, algorithm })
        }
    }
}

impl V2Claim {
    /// Checks the claim and its signature. `now` is in seconds since 1970; `form` is the body of a posted
    /// query-protocol request; `bucket` is the bucket that S3 found in the host name.
    ///
    /// # Errors
    /// A form that the service does not use, a time that is out of bounds, parameters that this version
    /// leaves unsigned, or a signature that the secret does not give.
    pub fn verify(
        &self,
        head: &Head<'_>,
        secret: &str,
        rules: &Rules<'_>,
        now: i64,
        form: Option<&str>,
        bucket: Option<&str>,
    ) -> Result<Verified, AuthError> {
        if head.host().is_none() || head.host_is_ambiguous() {
            return Err(AuthError::HostAmbiguous);
        }
        self.check_time(rules, now)?;
        let expires = match self.form {
            V2Form::Parameters { method, .. } if !rules.s3 => {
                self.check_signature(secret, method, parameters_text(head, form), None)?;
                return Ok(self.verified(now));
            }
            V2Form::S3Header { .. } if rules.s3 => None,
            V2Form::S3Presigned { expires } if rules.s3 => Some(expires),
            _ => return Err(AuthError::VersionTwoRefused),
        };
        let closed = v2_s3::closed(head.path, bucket);
        let closed =
            closed.map(|path| v2_s3::text(&Head { path: &path, ..*head }, expires, bucket)).transpose()?;
        self.check_signature(secret, V2Method::HmacSha1, v2_s3::text(head, expires, bucket)?, closed)?;
        Ok(self.verified(now))
    }

    /// The signature is of the text, or of another one that means the same.
    fn check_signature(
        &self,
        secret: &str,
        method: V2Method,
        text: Vec<u8>,
        other: Option<Vec<u8>>,
    ) -> Result<(), AuthError> {
        let signs = |text: &Vec<u8>| same(mac(secret, method, text).as_bytes(), self.signature.as_bytes());
        if signs(&text) || other.as_ref().is_some_and(signs) {
            return Ok(());
        }
        Err(AuthError::SignatureDoesNotMatch(Box::new(Mismatch {
            access_key_id: self.access_key_id.clone(),
            signature_provided: self.signature.clone(),
            string_to_sign: String::from_utf8_lossy(&text).into_owned(),
            canonical_request: String::new(),
        })))
    }

    fn check_time(&self, rules: &Rules<'_>, now: i64) -> Result<(), AuthError> {
        let (time, expires) = match self.form {
            V2Form::S3Header { time } => (Some(time), None),
            V2Form::S3Presigned { expires } => (None, Some(expires)),
            V2Form::Parameters { time, expires, .. } => (time, expires),
        };
        let allowed_seconds = rules.skew_seconds;
        match (time, expires) {
            (None, None) => Err(date_fault(None)),
            (_, Some(expires_at)) if now > expires_at => Err(AuthError::Expired {
                signed_at: expires_at,
                expires_at,
                expires_seconds: 0,
                server_time: now,
            }),
            (Some(request_time), None) if now.abs_diff(request_time) > allowed_seconds.unsigned_abs() => {
                Err(AuthError::RequestTimeTooSkewed { request_time, server_time: now, allowed_seconds })
            }
            _ => Ok(()),
        }
    }

    fn verified(&self, now: i64) -> Verified {
        let (auth_type, signed_at) = match self.form {
            V2Form::S3Header { time } => (AuthType::Header, time),
            V2Form::S3Presigned { .. } => (AuthType::QueryString, now),
            V2Form::Parameters { time, .. } => (AuthType::QueryString, time.unwrap_or(now)),
        };
        Verified { auth_type, signature_version: SignatureVersion::V2, signed_at, body: BodyCheck::Unsigned }
    }
}

/// The MAC of some text in base64.
pub(crate) fn mac(secret: &str, method: V2Method, text: &[u8]) -> String {
    let algorithm = match method {
        V2Method::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        V2Method::HmacSha256 => hmac::HMAC_SHA256,
    };
    STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, secret.as_bytes()), text))
}

/// Method, host, path and the ordered parameters, a line each.
fn parameters_text(head: &Head<'_>, form: Option<&str>) -> Vec<u8> {
    let host = String::from_utf8_lossy(head.host().unwrap_or_default()).to_ascii_lowercase();
    let path = if head.path.is_empty() { "/" } else { head.path };
    let mut text = format!("{}\n{host}\n{path}\n", head.method).into_bytes();
    write_query(form.unwrap_or(head.query), |name| name == "Signature", &mut text);
    text
}
