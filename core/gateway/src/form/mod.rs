//! Forms that browsers post to a bucket: the form becomes the request that PutObject is, and from there goes the
//! same way.
//!
//! Source: Amazon S3 API Reference, "POST Object"; "Browser-Based Uploads Using POST".

mod file;
mod multipart;
mod put;
mod tagging;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use http::{Method, header};
use kurodo_sigv4::{AuthError, Claim, post_policy};

pub(crate) use file::FileEnd;
pub(crate) use put::Posted;

use crate::{Body, BodyError, Dialect, Failure, head::Head, route::Mounted};

/// Why a form is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It is no form.
    #[error("The body of your POST request is not well-formed multipart/form-data.")]
    Malformed,
    /// Its fields are longer than the gateway reads.
    #[error("Your POST request fields preceding the upload file were too large.")]
    FieldsTooLarge,
    /// It has no file.
    #[error("POST requires exactly one file upload per request.")]
    NoFile,
    /// Its key is empty.
    #[error(
        "The bucket POST must contain the specified field name. If it is specified, check the order of the fields."
    )]
    NoKey,
    /// A field that AWS knows and that is not honoured.
    #[error("PostObject does not implement {0} in Kurodo.")]
    NotHonoured(String),
    /// Its tags are no document of tags.
    #[error("The XML you provided was not well-formed or did not validate against our published schema")]
    Tagging,
    /// A field's value that no header field may have.
    #[error("The form's fields must hold no control characters.")]
    Value,
    /// The file is larger than the policy allows.
    #[error("Your proposed upload exceeds the maximum allowed size")]
    TooLarge {
        /// Its size so far, in bytes.
        proposed: u64,
        /// The most bytes that it may have.
        most: u64,
    },
    /// The file is smaller than the policy allows.
    #[error("Your proposed upload is smaller than the minimum allowed size")]
    TooSmall {
        /// Its size in bytes.
        proposed: u64,
        /// The fewest bytes that it may have.
        least: u64,
    },
}

/// Source: S3 API Reference, "Error responses".
pub(crate) fn failure(error: &FormError) -> Failure {
    use FormError as E;
    let (code, status) = match error {
        E::Malformed => ("MalformedPOSTRequest", 400),
        E::FieldsTooLarge => ("MaxPostPreDataLengthExceededError", 400),
        E::NoFile | E::Value => ("InvalidArgument", 400),
        E::NoKey => ("UserKeyMustBeSpecified", 400),
        E::NotHonoured(_) => ("NotImplemented", 501),
        E::Tagging => ("MalformedXML", 400),
        E::TooLarge { .. } => ("EntityTooLarge", 400),
        E::TooSmall { .. } => ("EntityTooSmall", 400),
    };
    let failure = Failure::new(code, status, error.to_string());
    match error {
        E::NoFile => failure.with("ArgumentName", "file").with("ArgumentValue", "0"),
        E::TooLarge { proposed, most } => {
            failure.with("ProposedSize", proposed.to_string()).with("MaxSizeAllowed", most.to_string())
        }
        E::TooSmall { proposed, least } => {
            failure.with("ProposedSize", proposed.to_string()).with("MinSizeAllowed", least.to_string())
        }
        _ => failure,
    }
}

/// A form whose fields were read, and whose file was not.
pub(crate) struct Form {
    /// The fields, with the file's name in place.
    pub(crate) fields: Vec<(String, String)>,
    /// The bucket that it was posted to.
    pub(crate) bucket: String,
    end: FileEnd,
    first: bytes::Bytes,
    /// The length of the file in bytes, were nothing to follow it; `None` where the body's is not announced.
    announced: Option<u64>,
}

/// The bucket and the boundary of a posted form; `None` for every other request. `path` begins with the bucket.
pub(crate) fn of(mounted: &Mounted, head: &Head, claim: &Claim, path: &str) -> Option<(String, String)> {
    let posted = mounted.facts.dialect == Dialect::S3
        && head.method() == Method::POST
        && head.query().is_empty()
        && *claim == Claim::Anonymous;
    let bucket = path.strip_prefix('/')?.trim_end_matches('/');
    if !posted || bucket.is_empty() || bucket.contains('/') {
        return None;
    }
    let boundary = multipart::boundary(head.header(header::CONTENT_TYPE.as_str())?)?;
    let bucket = percent_encoding::percent_decode_str(bucket).decode_utf8().ok()?.into_owned();
    Some((bucket, boundary))
}

/// Reads the fields of a form.
pub(crate) async fn read(
    head: &Head,
    body: &mut Body,
    bucket: String,
    boundary: &str,
) -> Result<Form, BodyError> {
    let length = head.header(header::CONTENT_LENGTH.as_str()).and_then(|text| text.parse::<u64>().ok());
    let multipart::Front { mut fields, filename, end, first } = multipart::front(body, boundary).await?;
    post_policy::expand(&mut fields, &filename);
    let before = body.received() - first.len() as u64 + end.closing();
    let announced = length.and_then(|length| length.checked_sub(before));
    Ok(Form { fields, bucket, end, first, announced })
}

/// A file up to this many bytes is received before the upload goes on, where there is room for it and it comes soon; of
/// another one, the length must follow from the body's.
const HELD: u64 = 8 << 20;
const PATIENCE: Duration = Duration::from_secs(20);

impl Form {
    /// Lets the body give the file, which must be of the size that the policy wants, and tells its length in bytes.
    pub(crate) async fn file(
        &mut self,
        body: &mut Body,
        range: Option<(u64, u64)>,
    ) -> Result<u64, BodyError> {
        let end = std::mem::replace(&mut self.end, FileEnd::new(b"")).within(range);
        body.file(end, std::mem::take(&mut self.first))?;
        let (began, mut held, mut length) = (Instant::now(), VecDeque::new(), 0);
        while length <= HELD
            && let Some(bytes) = body.chunk().await?
        {
            length += bytes.len() as u64;
            held.push_back(bytes);
            let room = body.hold(usize::try_from(length).unwrap_or(usize::MAX));
            if self.announced.is_none() {
                room?;
            } else if room.is_err() || began.elapsed() > PATIENCE {
                break;
            }
        }
        body.put_back(held);
        if body.ended() {
            return Ok(length);
        }
        self.announced.ok_or_else(|| AuthError::DecodedLengthMissing.into())
    }
}
