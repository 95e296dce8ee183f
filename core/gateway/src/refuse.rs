//! What is said to a request that does not reach its handler: AWS's codes, one table per dialect.

use kurodo_authz::Denial;
use kurodo_identity::CredentialError;
use kurodo_wire::{Protocol, Violation, WireError, violation_message};

use crate::{BodyError, Dialect, Failure, Gateway, authenticate::Unauthenticated, form, message, signature};

/// The failure of a request whose caller is not known.
pub(crate) fn unauthenticated(dialect: Dialect, error: &Unauthenticated) -> Failure {
    match error {
        Unauthenticated::Signature(error) => signature::failure(dialect, error),
        Unauthenticated::Credential(error) => credential(dialect, *error),
        Unauthenticated::Body(error) => body(dialect, error),
        Unauthenticated::Region { asked, ours } => signature::bad_region(dialect, asked, ours),
    }
}

/// The failure of a request whose access key, or token, is not that of anybody.
///
/// Sources: S3 API Reference, "Error responses"; IAM, STS, DynamoDB and EC2 API References, "Common errors".
pub(crate) fn credential(dialect: Dialect, error: CredentialError) -> Failure {
    use CredentialError as E;
    match (error, dialect) {
        (E::Unavailable, _) => Failure::internal(&error),
        (E::Unknown, Dialect::S3) => Failure::new(
            "InvalidAccessKeyId",
            403,
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        (E::Unknown | E::Token, Dialect::Ec2) => {
            Failure::new("AuthFailure", 401, "AWS was not able to validate the provided access credentials")
        }
        (E::Token, Dialect::S3) => {
            Failure::new("InvalidToken", 400, "The provided token is malformed or otherwise invalid.")
        }
        (E::Unknown | E::Token, Dialect::Query) => Failure::new(
            "InvalidClientTokenId",
            403,
            "The security token included in the request is invalid.",
        ),
        (E::Unknown | E::Token, Dialect::Json) => Failure::new(
            "UnrecognizedClientException",
            400,
            "The security token included in the request is invalid.",
        ),
        (E::Expired, Dialect::S3) => Failure::new("ExpiredToken", 400, "The provided token has expired."),
        (E::Expired, Dialect::Query) => {
            Failure::new("ExpiredToken", 403, "The security token included in the request is expired")
        }
        (E::Expired, Dialect::Ec2) => Failure::new("RequestExpired", 400, "Request has expired."),
        (E::Expired, Dialect::Json) => Failure::new(
            "ExpiredTokenException",
            400,
            "The security token included in the request is expired",
        ),
    }
}

/// The failure of a request that the authorizer denied. It carries the decision, sealed, for
/// `sts:DecodeAuthorizationMessage`.
pub(crate) fn denied(dialect: Dialect, gateway: &Gateway, denial: &Denial) -> Failure {
    let message = denial.message();
    let failure = match dialect {
        Dialect::S3 => Failure::new("AccessDenied", 403, denial.s3_message()),
        Dialect::Query => Failure::new("AccessDenied", 403, message),
        Dialect::Json => Failure::new("AccessDeniedException", 400, message),
        Dialect::Ec2 => Failure::new("UnauthorizedOperation", 403, message),
    };
    match message::encoded(gateway, denial) {
        Some(encoded) => failure.with_header("x-amzn-encoded-authorization-message", encoded),
        None => failure,
    }
}

/// The failure of a body that was not received as it was announced and signed.
pub fn body(dialect: Dialect, error: &BodyError) -> Failure {
    match error {
        BodyError::Unauthentic(error) => signature::failure(dialect, error),
        BodyError::Incomplete => Failure::new("IncompleteBody", 400, error.to_string()),
        BodyError::TooSlow => Failure::new("RequestTimeout", 400, error.to_string()),
        BodyError::TooLarge { .. } => match dialect {
            Dialect::S3 => Failure::new("MaxMessageLengthExceeded", 400, "Your request was too large."),
            Dialect::Json => Failure::new("RequestEntityTooLargeException", 413, error.to_string()),
            Dialect::Query | Dialect::Ec2 => Failure::new("RequestEntityTooLarge", 413, error.to_string()),
        },
        BodyError::Form(error) => form::failure(error),
        BodyError::Full(_) => busy(dialect),
    }
}

/// The failure of a request that came while too many others were open, or held as much as all may hold.
///
/// Sources: S3 API Reference, "Error responses"; IAM and EC2 API References, "Common errors"; DynamoDB Developer
/// Guide, "Error handling".
pub(crate) fn busy(dialect: Dialect) -> Failure {
    match dialect {
        Dialect::S3 => Failure::new("SlowDown", 503, "Please reduce your request rate."),
        Dialect::Query => Failure::new("Throttling", 400, "Rate exceeded"),
        Dialect::Json => Failure::new("ThrottlingException", 400, "Rate exceeded"),
        Dialect::Ec2 => Failure::new("RequestLimitExceeded", 503, "Request limit exceeded."),
    }
}

/// The failure of a request that no service is for.
pub(crate) fn unknown_service() -> Failure {
    Failure::new(
        "UnknownService",
        404,
        "Kurodo has no service of this name: look at X-Amz-Target and at the service in the credential scope.",
    )
}

/// The failure of a query or form that cannot be decoded.
pub(crate) fn broken_query(dialect: Dialect) -> Failure {
    match dialect {
        Dialect::S3 => Failure::new("InvalidURI", 400, "Couldn't parse the specified URI."),
        _ => Failure::new("MalformedQueryString", 400, "The query string contains a syntax error."),
    }
}

/// The failure of a body or parameter that is not what its protocol says.
pub(crate) fn wire(protocol: Protocol, error: &WireError) -> Failure {
    if let WireError::Reply(_) = error {
        return Failure::internal(error);
    }
    let failure = Failure::new(error.code(protocol), 400, error.to_string());
    match error {
        WireError::InvalidArgument { name, value, .. } if protocol == Protocol::RestXml => {
            failure.with("ArgumentName", name.clone()).with("ArgumentValue", value.clone())
        }
        _ => failure,
    }
}

/// The failure of an input that breaks the constraints of the API facts.
pub(crate) fn invalid(dialect: Dialect, violations: &[Violation]) -> Failure {
    let message = violation_message(violations);
    match dialect {
        Dialect::S3 => Failure::new("InvalidArgument", 400, message),
        Dialect::Json => Failure::new("ValidationException", 400, message),
        Dialect::Query | Dialect::Ec2 => Failure::new("ValidationError", 400, message),
    }
}

/// The failure of an input that has a member which AWS knows and the operation does not honour.
pub(crate) fn not_honoured(operation: &str, member: &str) -> Failure {
    Failure::new("NotImplemented", 501, format!("{operation} does not implement {member} in Kurodo."))
}
