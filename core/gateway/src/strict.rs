//! What no request may be, whoever sends it: too long, or read in two ways.

use http::header;
use kurodo_sigv4::AuthError;

use crate::{Dialect, Failure, call::Connection, head::Head, signature};

/// Why a head is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It is longer than the gateway takes.
    TooLong(usize),
    /// No host, or more than one.
    Host,
    /// A field that counts once is given again.
    Repeated(&'static str),
    /// Two lengths of the content.
    Lengths,
    /// The content's length is not told beforehand, and need not be found out.
    Unannounced,
}

/// Fields that decide what a request is. Some of those that authenticate it have refusals of their own.
const ONCE: [&str; 7] = [
    "content-type",
    "content-md5",
    "x-amz-target",
    "x-amz-content-sha256",
    "x-amz-decoded-content-length",
    "x-amz-trailer",
    "transfer-encoding",
];

/// Checks a head by itself.
pub(crate) fn check(head: &Head, connection: &Connection) -> Result<(), Broken> {
    let fields = head.headers();
    let limits = &connection.limits;
    let bytes: usize = fields.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if bytes + head.path().len() + head.query().len() > limits.head_bytes
        || fields.len() > limits.header_fields
    {
        return Err(Broken::TooLong(limits.head_bytes));
    }
    if head.signed().host_is_ambiguous() || head.authority().is_empty() {
        return Err(Broken::Host);
    }
    let repeats = |name: &&str| fields.get_all(*name).iter().nth(1).is_some();
    if fields.len() > fields.keys_len()
        && let Some(name) = ONCE.into_iter().find(repeats)
    {
        return Err(Broken::Repeated(name));
    }
    if connection.framing.is_ambiguous() {
        return Err(Broken::Lengths);
    }
    Ok(())
}

/// Whether the content's length is told, where the service wants to know it beforehand: S3 takes content of unknown
/// length only where the content frames itself.
pub(crate) fn announced(head: &Head, dialect: Dialect) -> Result<(), Broken> {
    let framed = || head.header("x-amz-content-sha256").is_some_and(|text| text.starts_with("STREAMING-"));
    let open = dialect == Dialect::S3 && head.headers().contains_key(header::TRANSFER_ENCODING);
    if open && !framed() { Err(Broken::Unannounced) } else { Ok(()) }
}

impl Broken {
    /// Sources: S3 API Reference, "Error responses"; the other services' "Common errors".
    pub(crate) fn failure(self, dialect: Dialect) -> Failure {
        let malformed = |message: String| match dialect {
            Dialect::S3 => Failure::new("InvalidRequest", 400, message),
            _ => Failure::new("MalformedHttpRequestException", 400, message),
        };
        match self {
            Self::TooLong(most) => Failure::new(
                "RequestHeaderSectionTooLarge",
                400,
                "Your request header and query parameters exceed the maximum allowed size",
            )
            .with("MaxSizeAllowed", most.to_string()),
            Self::Host => signature::failure(dialect, &AuthError::HostAmbiguous),
            Self::Repeated(name) => malformed(format!("The header {name} must be given once.")),
            Self::Lengths => malformed(
                "The request gives its length twice: send Content-Length or Transfer-Encoding, and once."
                    .to_owned(),
            ),
            Self::Unannounced => Failure::new(
                "NotImplemented",
                501,
                "A header you provided implies functionality that is not implemented",
            )
            .with("Header", "Transfer-Encoding"),
        }
    }
}
