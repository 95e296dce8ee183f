use std::{borrow::Cow, fmt};

use crate::{
    fault::{DateFault, ExpiresFault, MissingParts, ScopeFault},
    stamp,
};

/// Where a request carries its authentication.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// In the `Authorization` field.
    #[default]
    Header,
    /// In the query (presigned).
    Query,
    /// In the fields of a form that a browser posts.
    Form,
}

/// What S3 tells a client whose signature does not match. The expected signature is not part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The access key id that the client named.
    pub access_key_id: String,
    /// The signature that the client sent.
    pub signature_provided: String,
    /// The text whose signature was expected.
    pub string_to_sign: String,
    /// The canonical request behind it; empty where the form of authentication has none.
    /// It repeats the client's signed headers, a session token among them: for the client's eyes only.
    pub canonical_request: String,
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mismatch").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Why a request is not authenticated. One variant per cause that AWS tells apart; the code and status
/// depend on the service's protocol and are chosen by the caller. `Display` is AWS's text outside S3,
/// [`AuthError::s3_message`] is S3's.
///
/// Sources: Amazon S3 API Reference, "Error responses"; IAM User Guide, "Troubleshoot Signature
/// Version 4 signing for AWS API requests".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request is unsigned, and the operation is not for everyone. Chosen by the caller.
    #[error("Missing Authentication Token")]
    MissingAuthenticationToken,
    /// Authentication is given in two places, or twice in one.
    #[error("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")]
    MultipleMechanisms,
    /// The `Authorization` field's first word is no scheme of AWS's.
    #[error("Unsupported Authorization scheme '{scheme}': sign with AWS4-HMAC-SHA256")]
    UnsupportedScheme {
        /// The word, cut to a printable length.
        scheme: String,
    },
    /// The algorithm is not known.
    #[error(
        "Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256 for now). "
    )]
    UnsupportedAlgorithm {
        /// Where it was given.
        place: Place,
        /// The algorithm, cut to a printable length.
        algorithm: String,
    },
    /// Signature Version 2, which the account did not opt in to.
    #[error("The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")]
    VersionTwoRefused,
    /// Parts of the authentication are absent.
    #[error("{}", .0.message())]
    MissingParts(Box<MissingParts>),
    /// A piece of the `Authorization` field is not `key=value`, or not a known key.
    #[error(
        "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '{authorization_hash}'."
    )]
    NotKeyValue {
        /// The piece, cut to a printable length.
        part: String,
        /// SHA-256 of the field in base64.
        authorization_hash: String,
    },
    /// An authentication parameter is given twice.
    #[error("'{part}' is given more than once: send each authentication parameter once")]
    Repeated {
        /// Where.
        place: Place,
        /// Which.
        part: Cow<'static, str>,
    },
    /// The credential is not `keyid/date/region/service/term`.
    #[error(
        "Credential must have exactly {elements} slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
    )]
    CredentialShape {
        /// Where it was given.
        place: Place,
        /// How many elements it should have: 5, or 4 for SigV4A.
        elements: u8,
        /// The credential, cut to a printable length.
        credential: String,
    },
    /// The access key id is empty or longer than 128 characters.
    #[error("a non-empty Access Key (AKID) must be provided in the credential.")]
    AccessKeyShape {
        /// Where it was given.
        place: Place,
    },
    /// The list of signed headers is not lower-case, ascending and free of repeats.
    #[error(
        "SignedHeaders must be a semicolon-separated list of lower-case header names in ascending order, each once"
    )]
    SignedHeadersShape {
        /// Where it was given.
        place: Place,
    },
    /// No date, or one of the wrong form.
    #[error("Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601", .0.got.as_deref().unwrap_or_default())]
    Date(DateFault),
    /// The credential is scoped to something else than this request.
    #[error("{}", .0.message())]
    Scope(Box<ScopeFault>),
    /// The host is not signed.
    #[error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    HostNotSigned,
    /// No host, two hosts, or an `:authority` that names another host than `Host`.
    #[error(
        "the request must name one host: send a single Host header, equal to :authority where both are given"
    )]
    HostAmbiguous,
    /// Fields that must be signed are not.
    #[error("There were headers present in the request which were not signed")]
    HeadersNotSigned {
        /// Their names, lower case.
        names: Vec<String>,
    },
    /// The signature is not the one that the secret gives.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    SignatureDoesNotMatch(Box<Mismatch>),
    /// The request's time is too far from ours.
    #[error("{}", skew_text(*.request_time, *.server_time, *.allowed_seconds))]
    RequestTimeTooSkewed {
        /// The request's time, in seconds since 1970.
        request_time: i64,
        /// Our time, in seconds since 1970.
        server_time: i64,
        /// How far they may lie apart, in seconds.
        allowed_seconds: i64,
    },
    /// A presigned request or a POST policy that has run out.
    #[error("{}", skew_text(*.signed_at, *.server_time, *.server_time - *.expires_at))]
    Expired {
        /// When it was signed, in seconds since 1970.
        signed_at: i64,
        /// When it ran out, in seconds since 1970.
        expires_at: i64,
        /// How long it was valid, in seconds (`X-Amz-Expires`).
        expires_seconds: i64,
        /// Our time, in seconds since 1970.
        server_time: i64,
    },
    /// A presigned request dated in the future.
    #[error("{}", skew_text(*.request_time, *.server_time, *.allowed_seconds))]
    NotYetValid {
        /// The request's time, in seconds since 1970.
        request_time: i64,
        /// Our time, in seconds since 1970.
        server_time: i64,
        /// How far ahead it may lie, in seconds.
        allowed_seconds: i64,
    },
    /// `X-Amz-Expires` is not acceptable.
    #[error(transparent)]
    Expires(#[from] ExpiresFault),
    /// S3's mandatory `x-amz-content-sha256` is absent.
    #[error("Missing required header for this request: x-amz-content-sha256")]
    ContentSha256Missing,
    /// `x-amz-content-sha256` is neither a hash nor one of the known words.
    #[error(
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value."
    )]
    ContentSha256Malformed {
        /// What was given, cut to a printable length.
        value: String,
    },
    /// The body's hash is not the one that was signed.
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    ContentSha256Mismatch {
        /// The hash that the client signed, in hex.
        client: String,
        /// The hash of the body that arrived, in hex.
        computed: String,
    },
    /// This service or algorithm does not take this form of body.
    #[error("x-amz-content-sha256 '{payload}' is not supported here: sign the body's SHA-256")]
    PayloadRefused {
        /// The form, as `x-amz-content-sha256` names it.
        payload: &'static str,
    },
    /// The caller did not hash a body that the canonical request needs. Never a client's fault.
    #[error("the body must be hashed before this signature can be verified")]
    BodyNotHashed,
    /// SigV4A: no region set, or a malformed one.
    #[error("X-Amz-Region-Set must be given once, as a comma-separated list of regions that may hold '*'")]
    RegionSetShape,
    /// SigV4A: the region set does not hold the endpoint's region.
    #[error("Credential should be scoped to a valid region, not '{region_set}'. ")]
    RegionSetMismatch {
        /// The set that was signed.
        region_set: String,
        /// The endpoint's region.
        region: String,
    },
    /// Bytes that are no chunk of an aws-chunked body.
    #[error(
        "The request body's chunk {number} is malformed: write size, signature and data as aws-chunked demands"
    )]
    ChunkMalformed {
        /// Which chunk, counted from 1.
        number: u64,
    },
    /// A chunk that is not the last is under 8 KiB, or one is over what can be held before it is verified.
    #[error("Only the last chunk is allowed to have a size less than 8192 bytes")]
    ChunkSize {
        /// Which chunk, counted from 1.
        number: u64,
        /// Its size in bytes.
        size: u64,
    },
    /// `x-amz-decoded-content-length` is absent.
    #[error("You must provide the Content-Length HTTP header.")]
    DecodedLengthMissing,
    /// `x-amz-decoded-content-length` is no number.
    #[error("x-amz-decoded-content-length must be a decimal number of bytes, given once")]
    DecodedLengthMalformed,
    /// The chunks hold more or fewer bytes than `x-amz-decoded-content-length` says.
    #[error(
        "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header"
    )]
    DecodedLengthMismatch {
        /// The number of bytes that was announced.
        declared: u64,
        /// The number of bytes that arrived, or that the chunks so far announce.
        received: u64,
    },
    /// The body ended before its last chunk.
    #[error("The request body terminated unexpectedly")]
    BodyIncomplete,
    /// A trailer that is not well-formed, not announced, or announced and absent.
    #[error(
        "The request contained trailing data that was not well-formed or did not conform to our published schema."
    )]
    TrailerMalformed,
    /// The session token is not one of ours, or not this access key's. Chosen by the caller.
    #[error("The provided token is malformed or otherwise invalid.")]
    InvalidToken,
    /// A part of the head is longer than any real request's.
    #[error("{what} is longer than {limit} bytes: shorten it")]
    TooLong {
        /// Which part.
        what: &'static str,
        /// The longest accepted, in bytes.
        limit: usize,
    },
    /// A form field that POST authentication needs is absent.
    #[error(
        "Bucket POST must contain a field named '{field}'.  If it is specified, please check the order of the fields."
    )]
    FormFieldMissing {
        /// The field.
        field: &'static str,
    },
    /// A POST policy that is no policy.
    #[error("Invalid Policy: {reason}")]
    PolicyMalformed {
        /// What is wrong with it.
        reason: String,
    },
    /// A POST policy that has run out.
    #[error("Invalid according to Policy: Policy expired.")]
    PolicyExpired,
    /// A form field does not meet a condition.
    #[error("Invalid according to Policy: Policy Condition failed: {condition}")]
    PolicyConditionFailed {
        /// The condition as JSON.
        condition: String,
    },
    /// A form field that no condition covers.
    #[error("Invalid according to Policy: Extra input fields: {field}")]
    PolicyExtraField {
        /// The field's name.
        field: String,
    },
}

fn skew_text(request: i64, server: i64, allowed: i64) -> String {
    let (at, now, minutes) = (stamp::basic(request), stamp::basic(server), allowed / 60);
    if request < server {
        let limit = stamp::basic(server - allowed);
        format!("Signature expired: {at} is now earlier than {limit} ({now} - {minutes} min.)")
    } else {
        let limit = stamp::basic(server + allowed);
        format!("Signature not yet current: {at} is still later than {limit} ({now} + {minutes} min.)")
    }
}

const S3_QUERY_PARTS: &str = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
const S3_HEADER_PARTS: &str = "The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.";

impl AuthError {
    /// S3's text for this cause.
    pub fn s3_message(&self) -> Cow<'static, str> {
        let plain = match self {
            Self::MissingAuthenticationToken => "Access Denied",
            Self::MultipleMechanisms => {
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"
            }
            Self::UnsupportedScheme { .. } => "Unsupported Authorization Type",
            Self::UnsupportedAlgorithm { .. } => {
                "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\""
            }
            Self::MissingParts(parts) if parts.place == Place::Header && !parts.any_but_date() => {
                "AWS authentication requires a valid Date or x-amz-date header"
            }
            Self::MissingParts(parts) if parts.place == Place::Header => S3_HEADER_PARTS,
            Self::MissingParts(_) => S3_QUERY_PARTS,
            Self::Date(fault) if fault.place == Place::Header => {
                "AWS authentication requires a valid Date or x-amz-date header"
            }
            Self::Date(_) => "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
            Self::SignatureDoesNotMatch(_) => {
                "The request signature we calculated does not match the signature you provided. Check your key and signing method."
            }
            Self::RequestTimeTooSkewed { .. } => {
                "The difference between the request time and the current time is too large."
            }
            Self::Expired { .. } => "Request has expired",
            Self::NotYetValid { .. } => "Request is not valid yet",
            _ => return self.s3_composed(),
        };
        Cow::Borrowed(plain)
    }

    /// The texts that quote the request.
    fn s3_composed(&self) -> Cow<'static, str> {
        let text = match self {
            Self::Scope(fault) => fault.s3_message(),
            Self::NotKeyValue { part, .. } => {
                format!("{}the authorization component \"{part}\" is malformed.", lead(Place::Header))
            }
            Self::CredentialShape { elements: 2, .. } => {
                "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature".to_owned()
            }
            Self::CredentialShape { place, .. } => format!(
                "{}the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
                lead(*place)
            ),
            Self::AccessKeyShape { place }
            | Self::SignedHeadersShape { place }
            | Self::Repeated { place, .. } => {
                format!("{}{self}", lead(*place))
            }
            other => other.to_string(),
        };
        Cow::Owned(text)
    }
}

fn lead(place: Place) -> &'static str {
    match place {
        Place::Header => "The authorization header is malformed; ",
        Place::Query => "Error parsing the X-Amz-Credential parameter; ",
        Place::Form => "Error parsing the x-amz-credential field; ",
    }
}

/// At most 256 characters of what a client sent, to be shown back to it.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(256).collect()
}
