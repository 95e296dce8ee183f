use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, header};

use crate::{
    error::{AuthError, Place, shown},
    fault::{DateFault, MissingParts, ScopeFault},
    head::Head,
    payload::{Algorithm, Payload},
    presigned,
    scope::{Scope, ScopeDate, TERMINAL},
    signed_headers::SignedHeaders,
    stamp,
    v2::{self, V2Claim},
    v4a::{RegionSet, V4aClaim},
};

/// The form of authentication that a request's head carries, read but not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// None.
    Anonymous,
    /// Signature Version 4, in the header or the query.
    V4(V4Claim),
    /// Signature Version 4A, in the header or the query.
    V4a(V4aClaim),
    /// Signature Version 2, in the header or the query.
    V2(V2Claim),
    /// A browser's form. Never found in a head: S3 finds it in the body with [`crate::post_policy::read`].
    PostForm,
}

/// How long a presigned request asks to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presigned {
    /// `X-Amz-Expires`, in seconds from the request's time: 0 to 604 800.
    pub expires: Option<u32>,
}

/// What a request signed with Signature Version 4 says of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct V4Claim {
    /// The access key id.
    pub access_key_id: String,
    /// The day, region and service that the signing key is derived for.
    pub scope: Scope,
    /// The signed header fields.
    pub signed_headers: SignedHeaders,
    /// The signature, as sent.
    pub signature: String,
    /// The request's time, in seconds since 1970.
    pub time: i64,
    /// The session token of temporary credentials.
    pub token: Option<String>,
    /// Present when the authentication is in the query.
    pub presigned: Option<Presigned>,
    /// What is signed about the body.
    pub payload: Payload,
}

impl fmt::Debug for V4Claim {
    /// Without the session token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("V4Claim")
            .field("access_key_id", &self.access_key_id)
            .field("scope", &self.scope)
            .field("time", &self.time)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

/// The parts of the authentication, wherever they came from.
pub(crate) struct Parts<'a> {
    pub place: Place,
    pub credential: &'a str,
    pub signed_headers: &'a str,
    pub signature: &'a str,
    pub time: i64,
    pub token: Option<String>,
    pub presigned: Option<Presigned>,
    pub payload: Payload,
    pub region_set: Option<String>,
}

const MAX_PATH: usize = 16 << 10;
const MAX_QUERY: usize = 64 << 10;
const MAX_AUTHORIZATION: usize = 8 << 10;
pub(crate) const MAX_TOKEN: usize = 16 << 10;
const MAX_SIGNATURE: usize = 256;
const MAX_NAME: usize = 128;

/// Finds the authentication in a request's head.
///
/// # Errors
/// Authentication that is malformed, incomplete, unknown, or given more than once.
pub fn read(head: &Head<'_>) -> Result<Claim, AuthError> {
    at_most(MAX_PATH, "the path", head.path)?;
    at_most(MAX_QUERY, "the query", head.query)?;
    let mut fields = head.headers.get_all(header::AUTHORIZATION).iter();
    let field = fields.next();
    match (field, presigned::detect(head.query)?) {
        (None, presigned::Form::None) => Ok(Claim::Anonymous),
        (None, presigned::Form::V4) => presigned::read(head),
        (None, presigned::Form::V2) => v2::read_presigned(head).map(Claim::V2),
        (Some(value), presigned::Form::None) if fields.next().is_none() => match value.is_empty() {
            true => Ok(Claim::Anonymous),
            false => read_field(head, value),
        },
        _ => Err(AuthError::MultipleMechanisms),
    }
}

pub(crate) fn at_most(limit: usize, what: &'static str, text: &str) -> Result<(), AuthError> {
    if text.len() > limit { Err(AuthError::TooLong { what, limit }) } else { Ok(()) }
}

fn read_field(head: &Head<'_>, value: &HeaderValue) -> Result<Claim, AuthError> {
    let text = value.to_str().map_err(|_| not_key_value(value.as_bytes(), "not ASCII"))?.trim();
    at_most(MAX_AUTHORIZATION, "the Authorization header", text)?;
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    match Algorithm::parse(scheme) {
        Some(algorithm) => read_parts(head, text, rest, algorithm),
        None if scheme == "AWS" => v2::read_header(head, rest).map(Claim::V2),
        None if scheme.starts_with("AWS4-") => {
            Err(AuthError::UnsupportedAlgorithm { place: Place::Header, algorithm: shown(scheme) })
        }
        None => Err(AuthError::UnsupportedScheme { scheme: shown(scheme) }),
    }
}

fn hashed(authorization: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, authorization))
}

fn not_key_value(authorization: &[u8], part: &str) -> AuthError {
    AuthError::NotKeyValue { part: shown(part), authorization_hash: hashed(authorization) }
}

/// The three components of the `Authorization` field.
#[derive(Default)]
struct Components<'a> {
    credential: Option<&'a str>,
    signed_headers: Option<&'a str>,
    signature: Option<&'a str>,
}

impl<'a> Components<'a> {
    fn read(text: &'a str, whole: &str) -> Result<Self, AuthError> {
        let mut found = Self::default();
        for piece in text.split(',').map(str::trim).filter(|piece| !piece.is_empty()) {
            let (key, value) = piece.split_once('=').ok_or_else(|| not_key_value(whole.as_bytes(), piece))?;
            let (slot, part) = match key {
                "Credential" => (&mut found.credential, "Credential"),
                "SignedHeaders" => (&mut found.signed_headers, "SignedHeaders"),
                "Signature" => (&mut found.signature, "Signature"),
                _ => return Err(not_key_value(whole.as_bytes(), piece)),
            };
            if slot.replace(value).is_some() {
                return Err(AuthError::Repeated { place: Place::Header, part: part.into() });
            }
        }
        Ok(found)
    }
}

fn read_parts(head: &Head<'_>, whole: &str, text: &str, algorithm: Algorithm) -> Result<Claim, AuthError> {
    let found = Components::read(text, whole)?;
    let time = header_time(head)?;
    let (Some(credential), Some(signed_headers), Some(signature), Some(time)) =
        (found.credential, found.signed_headers, found.signature, time)
    else {
        return Err(AuthError::MissingParts(Box::new(MissingParts {
            credential: found.credential.is_none(),
            signature: found.signature.is_none(),
            signed_headers: found.signed_headers.is_none(),
            date: time.is_none(),
            authorization_hash: hashed(whole.as_bytes()),
            ..MissingParts::default()
        })));
    };
    let payload = content_sha256(head)?.map(|text| Payload::parse(text, algorithm));
    Parts {
        place: Place::Header,
        credential,
        signed_headers,
        signature,
        time,
        token: header_token(head)?,
        presigned: None,
        payload: payload.transpose()?.unwrap_or(Payload::Implicit),
        region_set: region_set(head)?,
    }
    .claim(algorithm)
}

/// The request's time: `X-Amz-Date`, else `Date`.
fn header_time(head: &Head<'_>) -> Result<Option<i64>, AuthError> {
    let fault = |got: &str| AuthError::Date(DateFault { place: Place::Header, got: Some(shown(got)) });
    if let Some(text) = head.single("x-amz-date").map_err(|()| fault("more than one date"))? {
        return stamp::parse_basic(text).map(Some).ok_or_else(|| fault(text));
    }
    match head.single("date").map_err(|()| fault("more than one date"))? {
        Some(text) => stamp::parse_date_header(text).map(Some).ok_or_else(|| fault(text)),
        None => Ok(None),
    }
}

/// `x-amz-content-sha256`.
pub(crate) fn content_sha256<'a>(head: &Head<'a>) -> Result<Option<&'a str>, AuthError> {
    let fault =
        |()| AuthError::ContentSha256Malformed { value: "given more than once, or not ASCII".to_owned() };
    head.single("x-amz-content-sha256").map_err(fault)
}

/// `x-amz-security-token`.
pub(crate) fn header_token(head: &Head<'_>) -> Result<Option<String>, AuthError> {
    let token = head.single("x-amz-security-token").map_err(|()| AuthError::InvalidToken)?;
    at_most(MAX_TOKEN, "the session token", token.unwrap_or_default())?;
    Ok(token.map(str::to_owned))
}

/// `x-amz-region-set`.
pub(crate) fn region_set(head: &Head<'_>) -> Result<Option<String>, AuthError> {
    let text = head.single("x-amz-region-set").map_err(|()| AuthError::RegionSetShape)?;
    Ok(text.map(str::to_owned))
}

impl Parts<'_> {
    /// The claim that these parts make.
    pub(crate) fn claim(self, algorithm: Algorithm) -> Result<Claim, AuthError> {
        at_most(MAX_SIGNATURE, "the signature", self.signature)?;
        let place = self.place;
        let shape = || AuthError::SignedHeadersShape { place };
        let signed_headers = SignedHeaders::parse(self.signed_headers).ok_or_else(shape)?;
        match algorithm {
            Algorithm::Hmac => {
                let (access_key_id, scope) = self.credential()?;
                Ok(Claim::V4(V4Claim {
                    access_key_id,
                    scope,
                    signed_headers,
                    signature: self.signature.to_owned(),
                    time: self.time,
                    token: self.token,
                    presigned: self.presigned,
                    payload: self.payload,
                }))
            }
            Algorithm::Ecdsa => {
                let (access_key_id, date, service) = self.global_credential()?;
                Ok(Claim::V4a(V4aClaim {
                    access_key_id,
                    date,
                    service,
                    region_set: RegionSet::parse(self.region_set.as_deref().unwrap_or_default())?,
                    signed_headers,
                    signature: self.signature.to_owned(),
                    time: self.time,
                    token: self.token,
                    presigned: self.presigned,
                    payload: self.payload,
                }))
            }
        }
    }

    /// `keyid/date/region/service/aws4_request`.
    fn credential(&self) -> Result<(String, Scope), AuthError> {
        credential(self.place, self.credential, self.time)
    }

    /// `keyid/date/service/aws4_request`.
    fn global_credential(&self) -> Result<(String, ScopeDate, Box<str>), AuthError> {
        let pieces: Vec<&str> = self.credential.splitn(6, '/').collect();
        let shape = || self.shape(4);
        let [key, date, service, terminal] = pieces.try_into().map_err(|_| shape())?;
        if !is_name(service) {
            return Err(shape());
        }
        Ok((access_key(self.place, key)?, day(self.place, date, terminal, self.time)?, service.into()))
    }

    fn shape(&self, elements: u8) -> AuthError {
        AuthError::CredentialShape { place: self.place, elements, credential: shown(self.credential) }
    }
}

/// Reads `keyid/date/region/service/aws4_request`.
pub(crate) fn credential(place: Place, text: &str, time: i64) -> Result<(String, Scope), AuthError> {
    let shape = || AuthError::CredentialShape { place, elements: 5, credential: shown(text) };
    let mut pieces = text.split('/');
    let mut next = || pieces.next().ok_or_else(shape);
    let (key, date, region, service, terminal) = (next()?, next()?, next()?, next()?, next()?);
    if pieces.next().is_some() || !is_name(region) || !is_name(service) {
        return Err(shape());
    }
    let key = access_key(place, key)?;
    let date = day(place, date, terminal, time)?;
    Ok((key, Scope { date, region: region.into(), service: service.into() }))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(|b| b.is_ascii_graphic())
}

fn access_key(place: Place, text: &str) -> Result<String, AuthError> {
    if is_name(text) { Ok(text.to_owned()) } else { Err(AuthError::AccessKeyShape { place }) }
}

fn day(place: Place, date: &str, terminal: &str, time: i64) -> Result<ScopeDate, AuthError> {
    let day = ScopeDate::parse(date);
    let fault = ScopeFault {
        terminal: (terminal != TERMINAL).then(|| shown(terminal)),
        date: day.is_none().then(|| (shown(date), time)),
        ..ScopeFault::none(place)
    };
    match day {
        Some(day) if !fault.any() => Ok(day),
        _ => Err(AuthError::Scope(Box::new(fault))),
    }
}
