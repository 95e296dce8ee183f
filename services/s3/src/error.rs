mod fields;

use std::borrow::Cow;

use kurodo_envelope::EnvelopeError;
use kurodo_gateway::{BodyError, Failure};
use kurodo_keys::KeyError;
use kurodo_store::{StoreError, blobs::BlobError};

use crate::{checksum::Algorithm, records::Damaged};

type Text = Cow<'static, str>;

/// What else must go before a bucket with versions does.
const ALL_VERSIONS: &str = ". You must delete all versions in the bucket.";

/// Why an operation of S3 fails.
///
/// Source: S3 API Reference, "Error responses", "List of error codes"; the texts as S3 sends them.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bucket does not take access control lists.
    #[error("The bucket does not allow ACLs")]
    AccessControlListNotSupported,
    /// Denied by something other than a policy; the text says by what.
    #[error("{0}")]
    AccessDenied(Text),
    /// The content is not what its digest says.
    #[error("{0}")]
    BadDigest(Text),
    /// More tags than an object or bucket may have.
    #[error("{0}")]
    BadRequest(Text),
    /// Somebody else has a bucket of this name.
    #[error(
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. \
         Please select a different name and try again."
    )]
    BucketAlreadyExists(String),
    /// The caller has the bucket already.
    #[error("Your previous request to create the named bucket succeeded and you already own it.")]
    BucketAlreadyOwnedByYou(String),
    /// A bucket with objects cannot be deleted.
    #[error("The bucket you tried to delete is not empty{}", if *.versioned { ALL_VERSIONS } else { "" })]
    BucketNotEmpty {
        /// The bucket.
        bucket: String,
        /// Whether it may have older versions.
        versioned: bool,
    },
    /// Another write to the key was faster.
    #[error(
        "The conditional request cannot succeed due to a conflicting operation against this resource. Please try again."
    )]
    ConditionalRequestConflict(String),
    /// A page of another origin may not see the answer.
    #[error("{why}")]
    CorsForbidden {
        /// Why not.
        why: &'static str,
        /// The method that it asks for.
        method: String,
        /// What the path names.
        resource: &'static str,
    },
    /// The current version is a delete marker.
    #[error("The specified key does not exist.")]
    Deleted {
        /// The key.
        key: String,
        /// The marker's version id.
        marker: String,
    },
    /// Content larger than one request may bring.
    #[error("Your proposed upload exceeds the maximum allowed size")]
    EntityTooLarge {
        /// What was proposed, in bytes.
        proposed: u64,
        /// The most that is taken, in bytes.
        limit: u64,
    },
    /// A part, other than the last one, is too small.
    #[error("Your proposed upload is smaller than the minimum allowed size")]
    EntityTooSmall {
        /// The part's size in bytes.
        proposed: u64,
        /// The part's number.
        part: i32,
        /// The part's entity tag.
        etag: String,
    },
    /// The bucket would be in another region than the request.
    #[error(
        "The {0} location constraint is incompatible for the region specific endpoint this request was sent to."
    )]
    IllegalLocationConstraint(String),
    /// The client closed the connection early.
    #[error("You did not provide the number of bytes specified by the Content-Length HTTP header.")]
    IncompleteBody,
    /// An expected owner that no account can be.
    #[error("The value of the expected bucket owner parameter must be an AWS account ID")]
    InvalidExpectedOwner,
    /// A versioning setting that does not say whether there are to be versions.
    #[error("The Versioning element must be specified")]
    IllegalVersioningConfiguration,
    /// A parameter's value is wrong.
    #[error("{message}")]
    InvalidArgument {
        /// What is wrong.
        message: Text,
        /// The parameter, as S3 calls it.
        name: &'static str,
        /// What was sent.
        value: String,
    },
    /// An access control list that contradicts the bucket's ownership setting.
    #[error("Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")]
    InvalidBucketAclWithObjectOwnership,
    /// A public access control list on a new bucket, which blocks public access.
    #[error("Bucket cannot have public ACLs set with BlockPublicAccess enabled")]
    InvalidBucketAclWithBlockPublicAccess,
    /// Requests to access points are signed by Signature Version 4.
    #[error("Requests to access points require AWS Signature Version 4.")]
    AccessPointSignature,
    /// What only buckets can do.
    #[error("The specified method is not allowed against this resource.")]
    NotForAccessPoints,
    /// A bucket that access points lead to is not deleted. Holds its name.
    #[error(
        "The bucket you are attempting to delete has access points attached. Delete your access points and try again."
    )]
    BucketHasAccessPoints(String),
    /// KMS refuses, for another reason than that the caller may not.
    #[error("{message}")]
    Kms {
        /// KMS's code.
        code: String,
        /// What KMS says.
        message: String,
    },
    /// The object must be restored before it is read.
    #[error("The operation is not valid for the object's storage class")]
    InvalidObjectState(String),
    /// Only archived objects are restored.
    #[error("Restore is not allowed for the object's current storage class")]
    NotArchived(String),
    /// The object is in a tier that is read at once.
    #[error("Restore is not allowed, as object's storage tier is not archived.")]
    ObjectAlreadyInActiveTier,
    /// The object is being restored, at least as fast.
    #[error("Object restore is already in progress")]
    RestoreAlreadyInProgress,
    /// Not a storage class that objects of a bucket can have.
    #[error("The storage class you specified is not valid")]
    InvalidStorageClass(String),
    /// Not the name of a bucket.
    #[error("The specified bucket is not valid.")]
    InvalidBucketName(String),
    /// A setting that another setting of the bucket rules out.
    #[error("{0}")]
    InvalidBucketState(Text),
    /// The version is a delete marker, of which there is nothing to read.
    #[error("The specified method is not allowed against this resource.")]
    IsDeleteMarker {
        /// Its version id.
        marker: String,
        /// When it was put, in milliseconds since 1970.
        modified_ms: i64,
    },
    /// `Content-MD5` is not an MD5.
    #[error("The Content-MD5 you specified was invalid.")]
    InvalidDigest,
    /// An encryption algorithm that S3 does not know.
    #[error("The Encryption request you specified is not valid. Supported value: AES256.")]
    InvalidEncryptionAlgorithm,
    /// A region that no bucket can be in.
    #[error("The specified location-constraint is not valid")]
    InvalidLocationConstraint(String),
    /// A part that was not uploaded, or another one than the client means.
    #[error(
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the \
         specified entity tag may not match the part's entity tag."
    )]
    InvalidPart {
        /// The upload.
        upload: String,
        /// The part's number.
        part: i32,
        /// The entity tag that was sent.
        etag: String,
    },
    /// A part number that the object does not have.
    #[error("The requested partnumber is not satisfiable")]
    InvalidPartNumber {
        /// What was asked for.
        requested: i32,
        /// The parts that there are.
        actual: u16,
    },
    /// Parts that are not listed in ascending order.
    #[error("The list of parts was not in ascending order. Parts must be ordered by part number.")]
    InvalidPartOrder(String),
    /// A range that does not lie within the object.
    #[error("The requested range is not satisfiable")]
    InvalidRange {
        /// What was asked for.
        requested: String,
        /// The object's size in bytes.
        size: u64,
    },
    /// Parameters that contradict each other or the object.
    #[error("{0}")]
    InvalidRequest(Text),
    /// A tag that is not allowed.
    #[error("{message}")]
    InvalidTag {
        /// What is wrong.
        message: Text,
        /// The tag's key, where it is known.
        key: Option<String>,
    },
    /// The key is longer than a key may be.
    #[error("Your key is too long")]
    KeyTooLong(usize),
    /// An access control list that is not one.
    #[error("The XML you provided was not well-formed or did not validate against our published schema")]
    MalformedAcl,
    /// A bucket policy that S3 refuses.
    #[error("{0}")]
    MalformedPolicy(Text),
    /// The fields behind the content are not those that were announced.
    #[error(
        "The request contained trailing data that was not well-formed or did not conform to our published schema."
    )]
    MalformedTrailer,
    /// A document that breaks a rule which the schema cannot say.
    #[error("The XML you provided was not well-formed or did not validate against our published schema")]
    MalformedXml,
    /// More metadata than an object may have.
    #[error("Your metadata headers exceed the maximum allowed metadata size")]
    MetadataTooLarge(usize),
    /// The operation is not for this caller or resource.
    #[error("The specified method is not allowed against this resource.")]
    MethodNotAllowed(Text),
    /// The request does not say what access control list it asks for.
    #[error("Your request was missing a required header")]
    MissingSecurityHeader(&'static str),
    /// Content of unknown length.
    #[error("You must provide the Content-Length HTTP header.")]
    MissingContentLength,
    /// No such bucket.
    #[error("The specified bucket does not exist")]
    NoSuchBucket(String),
    /// The bucket says nothing of other origins.
    #[error("The CORS configuration does not exist")]
    NoSuchCors(String),
    /// The bucket of this name is no website.
    #[error("The specified bucket does not have a website configuration")]
    NoSuchWebsite(String),
    /// The bucket has no policy.
    #[error("The bucket policy does not exist")]
    NoSuchBucketPolicy(String),
    /// No such object.
    #[error("The specified key does not exist.")]
    NoSuchKey(String),
    /// The bucket has no lifecycle configuration.
    #[error("The lifecycle configuration does not exist")]
    NoSuchLifecycleConfiguration(String),
    /// The version cannot be locked, or was never.
    #[error("The specified object does not have a ObjectLock configuration")]
    NoSuchObjectLock,
    /// No such version.
    #[error("The specified version does not exist.")]
    NoSuchVersion {
        /// The key.
        key: String,
        /// The version's id.
        version: String,
    },
    /// Versions in the bucket cannot be locked.
    #[error("Object Lock configuration does not exist for this bucket")]
    NoObjectLockConfiguration(String),
    /// The bucket has no public access block.
    #[error("The public access block configuration was not found")]
    NoSuchPublicAccessBlock(String),
    /// The bucket has no tags.
    #[error("The TagSet does not exist")]
    NoSuchTagSet(String),
    /// No such upload.
    #[error(
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or \
         completed."
    )]
    NoSuchUpload(String),
    /// The source of a copy must be restored before it is read.
    #[error(
        "The source object of the COPY operation is not in the active tier and is only stored in Amazon S3 Glacier."
    )]
    ObjectNotInActiveTier,
    /// Lists of what is in a bucket cannot go there.
    #[error("The destination bucket does not exist, or is named by no bucket's ARN.")]
    InvalidS3DestinationBucket(String),
    /// The bucket has no configuration of this id.
    #[error("The specified configuration does not exist.")]
    NoSuchConfiguration,
    /// The bucket has as many configurations as it may.
    #[error(
        "You are attempting to create a new configuration but have already reached the 1,000-configuration limit."
    )]
    TooManyConfigurations,
    /// The bucket has no replication rules.
    #[error("The replication configuration was not found")]
    NoReplicationConfiguration(String),
    /// Logs do not go to a bucket of another region.
    #[error("Cross S3 location logging not allowed.")]
    CrossLocationLogging {
        /// The region of the bucket whose requests are logged.
        from: String,
        /// The region of the bucket that the logs would go to.
        to: String,
    },
    /// Logs cannot go to this bucket.
    #[error("{why}")]
    InvalidTargetBucketForLogging {
        /// The bucket.
        bucket: String,
        /// Why.
        why: &'static str,
    },
    /// The bucket has no ownership setting.
    #[error("The bucket ownership controls were not found")]
    NoOwnershipControls(String),
    /// Something that S3 has and Kurodo does not, by name.
    #[error("Kurodo does not implement {0}.")]
    NotImplemented(Text),
    /// Another request changed the same thing meanwhile.
    #[error(
        "A conflicting conditional operation is currently in progress against this resource. Please try again."
    )]
    OperationAborted,
    /// The bucket is in another region.
    #[error(
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all \
         future requests to this endpoint."
    )]
    PermanentRedirect {
        /// The bucket.
        bucket: String,
        /// Its region.
        region: String,
    },
    /// A condition in the request does not hold.
    #[error("At least one of the pre-conditions you specified did not hold")]
    PreconditionFailed(&'static str),
    /// The object was replaced between the decision and the reading.
    #[error("The object was replaced while it was being opened. Please try again.")]
    Replaced,
    /// Content beside headers that say everything.
    #[error("This request contains unsupported content")]
    UnexpectedContent,
    /// The upload ended while its object was being published.
    #[error("The upload is over.")]
    UploadOver,
    /// The bucket began or ceased to keep versions while something was written.
    #[error("The versioning of the bucket was changed meanwhile. Please try again.")]
    VersioningChanged,
    /// The content could not be received.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The disk is full.
    #[error("The disk is full; nothing was stored. Free some space, then repeat the request.")]
    Full,
    /// The records could not be read or written.
    #[error(transparent)]
    Store(StoreError),
    /// Content could not be read or written.
    #[error(transparent)]
    Blob(BlobError),
    /// Another service could not be asked.
    #[error("another service could not be asked: {0}")]
    Relay(String),
    /// Sealing or opening failed.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A stored record is not what was written.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// Queries hold as much of objects as they may, all together.
    #[error("The service is unavailable. Try again later.")]
    Busy,
    /// A query that S3 Select refuses.
    #[error(transparent)]
    Select(#[from] kurodo_select::SelectError),
}

impl Error {
    /// An argument that is not allowed.
    pub(crate) fn argument(
        name: &'static str,
        value: impl std::fmt::Display,
        message: impl Into<Text>,
    ) -> Self {
        Self::InvalidArgument { message: message.into(), name, value: value.to_string() }
    }

    /// Content that does not have its checksum.
    pub(crate) fn bad_checksum(algorithm: Algorithm) -> Self {
        let name = algorithm.word().as_str();
        Self::BadDigest(format!("The {name} you specified did not match the calculated checksum.").into())
    }

    /// S3's code and HTTP status.
    pub(crate) fn code(&self) -> (&'static str, u16) {
        match self {
            Self::AccessControlListNotSupported => ("AccessControlListNotSupported", 400),
            Self::AccessDenied(_) => ("AccessDenied", 403),
            Self::BadDigest(_) => ("BadDigest", 400),
            Self::BadRequest(_) => ("BadRequest", 400),
            Self::BucketAlreadyExists(_) => ("BucketAlreadyExists", 409),
            Self::BucketAlreadyOwnedByYou(_) => ("BucketAlreadyOwnedByYou", 409),
            Self::BucketNotEmpty { .. } => ("BucketNotEmpty", 409),
            Self::ConditionalRequestConflict(_) => ("ConditionalRequestConflict", 409),
            Self::CorsForbidden { .. } => ("AccessForbidden", 403),
            Self::Deleted { .. } => ("NoSuchKey", 404),
            Self::CrossLocationLogging { .. } => ("CrossLocationLoggingProhibited", 403),
            Self::EntityTooLarge { .. } => ("EntityTooLarge", 400),
            Self::EntityTooSmall { .. } => ("EntityTooSmall", 400),
            Self::IllegalLocationConstraint(_) => ("IllegalLocationConstraintException", 400),
            Self::IllegalVersioningConfiguration => ("IllegalVersioningConfigurationException", 400),
            Self::IncompleteBody => ("IncompleteBody", 400),
            Self::InvalidArgument { .. } => ("InvalidArgument", 400),
            Self::InvalidBucketAclWithObjectOwnership => ("InvalidBucketAclWithObjectOwnership", 400),
            Self::InvalidBucketAclWithBlockPublicAccess => {
                ("InvalidBucketAclWithBlockPublicAccessError", 400)
            }
            Self::InvalidBucketName(_) => ("InvalidBucketName", 400),
            Self::InvalidBucketState(_) => ("InvalidBucketState", 409),
            Self::InvalidDigest => ("InvalidDigest", 400),
            Self::InvalidEncryptionAlgorithm => ("InvalidEncryptionAlgorithmError", 400),
            Self::InvalidLocationConstraint(_) => ("InvalidLocationConstraint", 400),
            Self::InvalidObjectState(_) | Self::NotArchived(_) => ("InvalidObjectState", 403),
            Self::ObjectAlreadyInActiveTier => ("ObjectAlreadyInActiveTierError", 403),
            Self::RestoreAlreadyInProgress => ("RestoreAlreadyInProgress", 409),
            Self::InvalidStorageClass(_) => ("InvalidStorageClass", 400),
            Self::InvalidExpectedOwner => ("InvalidBucketOwnerAWSAccountID", 400),
            Self::ObjectNotInActiveTier => ("ObjectNotInActiveTierError", 403),
            Self::InvalidPart { .. } => ("InvalidPart", 400),
            Self::InvalidPartNumber { .. } => ("InvalidPartNumber", 416),
            Self::InvalidPartOrder(_) => ("InvalidPartOrder", 400),
            Self::InvalidRange { .. } => ("InvalidRange", 416),
            Self::InvalidRequest(_) => ("InvalidRequest", 400),
            Self::InvalidTag { .. } => ("InvalidTag", 400),
            Self::InvalidS3DestinationBucket(_) => ("InvalidS3DestinationBucket", 400),
            Self::NoSuchConfiguration => ("NoSuchConfiguration", 404),
            Self::TooManyConfigurations => ("TooManyConfigurations", 400),
            Self::InvalidTargetBucketForLogging { .. } => ("InvalidTargetBucketForLogging", 400),
            Self::KeyTooLong(_) => ("KeyTooLongError", 400),
            Self::MalformedAcl => ("MalformedACLError", 400),
            Self::MalformedPolicy(_) => ("MalformedPolicy", 400),
            Self::MalformedTrailer => ("MalformedTrailerError", 400),
            Self::MalformedXml => ("MalformedXML", 400),
            Self::MetadataTooLarge(_) => ("MetadataTooLarge", 400),
            Self::MethodNotAllowed(_) | Self::IsDeleteMarker { .. } => ("MethodNotAllowed", 405),
            Self::MissingContentLength => ("MissingContentLength", 411),
            Self::MissingSecurityHeader(_) => ("MissingSecurityHeader", 400),
            Self::NoSuchBucket(_) => ("NoSuchBucket", 404),
            Self::NoSuchCors(_) => ("NoSuchCORSConfiguration", 404),
            Self::NoSuchWebsite(_) => ("NoSuchWebsiteConfiguration", 404),
            Self::NoSuchBucketPolicy(_) => ("NoSuchBucketPolicy", 404),
            Self::NoSuchKey(_) => ("NoSuchKey", 404),
            Self::NoSuchLifecycleConfiguration(_) => ("NoSuchLifecycleConfiguration", 404),
            Self::NoSuchObjectLock => ("NoSuchObjectLockConfiguration", 404),
            Self::NoObjectLockConfiguration(_) => ("ObjectLockConfigurationNotFoundError", 404),
            Self::NoSuchVersion { .. } => ("NoSuchVersion", 404),
            Self::NoSuchPublicAccessBlock(_) => ("NoSuchPublicAccessBlockConfiguration", 404),
            Self::NoSuchTagSet(_) => ("NoSuchTagSet", 404),
            Self::NoSuchUpload(_) | Self::UploadOver => ("NoSuchUpload", 404),
            Self::NoReplicationConfiguration(_) => ("ReplicationConfigurationNotFoundError", 404),
            Self::NoOwnershipControls(_) => ("OwnershipControlsNotFoundError", 404),
            Self::NotImplemented(_) => ("NotImplemented", 501),
            Self::OperationAborted => ("OperationAborted", 409),
            Self::PermanentRedirect { .. } => ("PermanentRedirect", 301),
            Self::PreconditionFailed(_) => ("PreconditionFailed", 412),
            Self::Replaced | Self::VersioningChanged => ("SlowDown", 503),
            Self::UnexpectedContent => ("UnexpectedContent", 400),
            Self::Full => ("ServiceUnavailable", 503),
            Self::Kms { .. } => ("KMS", 400),
            Self::AccessPointSignature => ("InvalidRequest", 400),
            Self::Busy => ("Busy", 503),
            Self::Select(error) => (error.code(), 400),
            Self::NotForAccessPoints => ("MethodNotAllowed", 405),
            Self::BucketHasAccessPoints(_) => ("BucketHasAccessPointsAttached", 400),
            Self::Body(_)
            | Self::Store(_)
            | Self::Blob(_)
            | Self::Relay(_)
            | Self::Keys(_)
            | Self::Damaged(_) => ("InternalError", 500),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::Conflict(_) => Self::OperationAborted,
            other => Self::Store(other),
        }
    }
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Full => Self::Full,
            other => Self::Blob(other),
        }
    }
}

/// What S3 says of KMS's refusals: denials are its own, other errors have KMS's name in front.
///
/// Source: S3 API Reference, "Error responses", `KMS.DisabledException` and its like.
impl From<EnvelopeError> for Error {
    fn from(error: EnvelopeError) -> Self {
        match error {
            EnvelopeError::Denied(message) => Self::AccessDenied(message.into()),
            EnvelopeError::Refused { code, message } => Self::Kms { code, message },
            EnvelopeError::Unavailable(why) => Self::Relay(why),
            EnvelopeError::Damaged => Self::Relay(error.to_string()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Error::Body(error) = error {
            return kurodo_gateway::body_failure(kurodo_gateway::Dialect::S3, &error);
        }
        let (code, status) = error.code();
        if status == 500 {
            return Self::internal(&error);
        }
        let mut failure = Self::new(code, status, error.to_string());
        if let Error::Kms { code, .. } = &error {
            failure.code = format!("KMS.{code}").into();
        }
        failure.fields = error.fields();
        failure.headers = error.headers();
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_what_it_is_about() {
        let failure = Failure::from(Error::NoSuchBucket("b".into()));
        assert_eq!((failure.code.as_ref(), failure.status), ("NoSuchBucket", 404));
        assert_eq!(failure.fields, [("BucketName", Text::from("b"))]);
    }

    #[test]
    fn damage_is_not_shown_to_clients() {
        let failure = Failure::from(Error::from(Damaged("head")));
        assert_eq!((failure.code.as_ref(), failure.status), ("InternalError", 500));
        assert!(!failure.message.contains("head"));
    }
}
