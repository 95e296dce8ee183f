//! The codes of a signature that is missing, malformed, too old or wrong: one table per dialect.

use kurodo_arn::Region;
use kurodo_sigv4::{AuthError, Place, stamp};

use crate::{Dialect, Failure};

/// The failure in the service's words.
pub(crate) fn failure(dialect: Dialect, error: &AuthError) -> Failure {
    if matches!(error, AuthError::BodyNotHashed) {
        return Failure::internal(error);
    }
    match dialect {
        Dialect::S3 => s3(error),
        Dialect::Query => query(error),
        Dialect::Json => json(error),
        Dialect::Ec2 => ec2(error),
    }
}

/// The failure of a scope whose region no region can be called. Clients of S3 that know of none learn one from it.
pub(crate) fn bad_region(dialect: Dialect, asked: &str, ours: &Region) -> Failure {
    let (code, status) = match dialect {
        Dialect::S3 => {
            let message = format!(
                "The authorization header is malformed; the region '{asked}' is wrong; expecting '{ours}'"
            );
            return Failure::new("AuthorizationHeaderMalformed", 400, message)
                .with("Region", ours.to_string());
        }
        Dialect::Query | Dialect::Ec2 => ("SignatureDoesNotMatch", 403),
        Dialect::Json => ("InvalidSignatureException", 400),
    };
    Failure::new(code, status, "Credential should be scoped to a valid region: write it like eu-central-1.")
}

/// Source: S3 API Reference, "Error responses".
fn s3(error: &AuthError) -> Failure {
    let (code, status) = s3_code(error);
    let failure = Failure::new(code, status, error.s3_message());
    match error {
        AuthError::SignatureDoesNotMatch(mismatch) => failure
            .with("AWSAccessKeyId", mismatch.access_key_id.clone())
            .with("StringToSign", mismatch.string_to_sign.clone())
            .with("SignatureProvided", mismatch.signature_provided.clone())
            .with("CanonicalRequest", mismatch.canonical_request.clone()),
        AuthError::RequestTimeTooSkewed { request_time, server_time, allowed_seconds } => failure
            .with("RequestTime", stamp::basic(*request_time))
            .with("ServerTime", stamp::extended(*server_time))
            .with("MaxAllowedSkewMilliseconds", (allowed_seconds * 1000).to_string()),
        AuthError::Expired { expires_at, expires_seconds, server_time, .. } => failure
            .with("X-Amz-Expires", expires_seconds.to_string())
            .with("Expires", stamp::extended(*expires_at))
            .with("ServerTime", stamp::extended(*server_time)),
        AuthError::HeadersNotSigned { names } => failure.with("HeadersNotSigned", names.join(", ")),
        AuthError::ContentSha256Mismatch { client, computed } => failure
            .with("ClientComputedContentSHA256", client.clone())
            .with("S3ComputedContentSHA256", computed.clone()),
        AuthError::ContentSha256Malformed { value } => {
            failure.with("ArgumentName", "x-amz-content-sha256").with("ArgumentValue", value.clone())
        }
        AuthError::ChunkSize { number, size } => {
            failure.with("Chunk", number.to_string()).with("BadChunkSize", size.to_string())
        }
        _ => failure,
    }
}

fn s3_code(error: &AuthError) -> (&'static str, u16) {
    use AuthError as E;
    match error {
        E::MissingAuthenticationToken
        | E::HostNotSigned
        | E::HeadersNotSigned { .. }
        | E::Expired { .. }
        | E::NotYetValid { .. }
        | E::PolicyExpired
        | E::PolicyConditionFailed { .. }
        | E::PolicyExtraField { .. } => ("AccessDenied", 403),
        E::SignatureDoesNotMatch(_) => ("SignatureDoesNotMatch", 403),
        E::RequestTimeTooSkewed { .. } => ("RequestTimeTooSkewed", 403),
        E::MultipleMechanisms
        | E::CredentialShape { elements: 2, .. }
        | E::UnsupportedScheme { .. }
        | E::ContentSha256Malformed { .. }
        | E::DecodedLengthMalformed
        | E::FormFieldMissing { .. } => ("InvalidArgument", 400),
        E::VersionTwoRefused | E::ContentSha256Missing | E::PayloadRefused { .. } | E::HostAmbiguous => {
            ("InvalidRequest", 400)
        }
        E::MissingParts(parts) if parts.place == Place::Header && !parts.any_but_date() => {
            ("AccessDenied", 403)
        }
        E::Date(fault) if fault.place == Place::Header => ("AccessDenied", 403),
        E::MissingParts(parts) => s3_malformed(parts.place),
        E::Date(fault) => s3_malformed(fault.place),
        E::Scope(fault) => s3_malformed(fault.place),
        E::CredentialShape { place, .. }
        | E::AccessKeyShape { place }
        | E::SignedHeadersShape { place }
        | E::Repeated { place, .. }
        | E::UnsupportedAlgorithm { place, .. } => s3_malformed(*place),
        E::NotKeyValue { .. } | E::RegionSetShape | E::RegionSetMismatch { .. } => {
            s3_malformed(Place::Header)
        }
        E::Expires(_) => s3_malformed(Place::Query),
        E::ContentSha256Mismatch { .. } => ("XAmzContentSHA256Mismatch", 400),
        E::ChunkSize { .. } => ("InvalidChunkSizeError", 403),
        E::DecodedLengthMissing => ("MissingContentLength", 411),
        E::ChunkMalformed { .. } | E::DecodedLengthMismatch { .. } | E::BodyIncomplete => {
            ("IncompleteBody", 400)
        }
        E::TrailerMalformed => ("MalformedTrailerError", 400),
        E::InvalidToken => ("InvalidToken", 400),
        E::TooLong { .. } => ("RequestHeaderSectionTooLarge", 400),
        E::PolicyMalformed { .. } => ("InvalidPolicyDocument", 400),
        E::BodyNotHashed => ("InternalError", 500),
    }
}

fn s3_malformed(place: Place) -> (&'static str, u16) {
    match place {
        Place::Header => ("AuthorizationHeaderMalformed", 400),
        Place::Query => ("AuthorizationQueryParametersError", 400),
        Place::Form => ("InvalidArgument", 400),
    }
}

/// What is wrong, as the services other than S3 tell it apart.
enum Cause {
    Missing,
    Incomplete,
    Wrong,
    Refused,
    /// The session token.
    Token,
}

const BAD_TOKEN: &str = "The security token included in the request is invalid.";

fn cause(error: &AuthError) -> Cause {
    use AuthError as E;
    match error {
        E::MissingAuthenticationToken => Cause::Missing,
        E::SignatureDoesNotMatch(_)
        | E::RequestTimeTooSkewed { .. }
        | E::Expired { .. }
        | E::NotYetValid { .. }
        | E::Scope(_)
        | E::HostNotSigned
        | E::HeadersNotSigned { .. }
        | E::RegionSetMismatch { .. }
        | E::ContentSha256Mismatch { .. }
        | E::PayloadRefused { .. } => Cause::Wrong,
        E::VersionTwoRefused => Cause::Refused,
        E::InvalidToken => Cause::Token,
        _ => Cause::Incomplete,
    }
}

/// Sources: IAM and STS API References, "Common errors"; seen at STS.
fn query(error: &AuthError) -> Failure {
    let (code, status) = match cause(error) {
        Cause::Missing => ("MissingAuthenticationToken", 403),
        Cause::Incomplete => ("IncompleteSignature", 400),
        Cause::Wrong => ("SignatureDoesNotMatch", 403),
        Cause::Refused => ("InvalidSignatureVersion", 400),
        Cause::Token => return Failure::new("InvalidClientTokenId", 403, BAD_TOKEN),
    };
    Failure::new(code, status, error.to_string())
}

/// Source: DynamoDB Developer Guide, "Error handling".
fn json(error: &AuthError) -> Failure {
    match error {
        AuthError::MissingParts(parts) if parts.algorithm_parameter => {
            return json(&AuthError::MissingAuthenticationToken);
        }
        AuthError::MultipleMechanisms => {
            return Failure::new("InvalidSignatureException", 400, error.to_string());
        }
        _ => {}
    }
    let code = match cause(error) {
        Cause::Missing => "MissingAuthenticationTokenException",
        Cause::Incomplete => "IncompleteSignatureException",
        Cause::Wrong | Cause::Refused => "InvalidSignatureException",
        Cause::Token => return Failure::new("UnrecognizedClientException", 400, BAD_TOKEN),
    };
    Failure::new(code, 400, error.to_string())
}

/// Source: EC2 API Reference, "Error codes".
fn ec2(error: &AuthError) -> Failure {
    let (code, status) = match (cause(error), error) {
        (_, AuthError::RequestTimeTooSkewed { .. } | AuthError::Expired { .. }) => ("RequestExpired", 400),
        (Cause::Missing, _) => ("MissingAuthenticationToken", 403),
        (Cause::Incomplete, _) => ("IncompleteSignature", 400),
        (Cause::Wrong | Cause::Refused | Cause::Token, _) => ("AuthFailure", 401),
    };
    Failure::new(code, status, error.to_string())
}
