//! What S3 tells beside code and message.

use super::{Error, Text};
use crate::times;

impl Error {
    /// The header fields that S3 adds.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        const MARKER: &str = "x-amz-delete-marker";
        match self {
            Self::PermanentRedirect { region, .. } => vec![("x-amz-bucket-region", region.clone())],
            Self::Deleted { marker, .. } => {
                vec![(MARKER, "true".to_owned()), ("x-amz-version-id", marker.clone())]
            }
            Self::IsDeleteMarker { marker, modified_ms } => vec![
                (MARKER, "true".to_owned()),
                ("x-amz-version-id", marker.clone()),
                ("last-modified", times::in_header(times::shown(*modified_ms))),
                ("allow", "DELETE".to_owned()),
            ],
            _ => Vec::new(),
        }
    }

    /// What S3 adds beside code and message.
    pub(super) fn fields(&self) -> Vec<(&'static str, Text)> {
        let text = |name, value: &dyn ToString| (name, Text::from(value.to_string()));
        match self {
            Self::BucketAlreadyExists(bucket)
            | Self::BucketAlreadyOwnedByYou(bucket)
            | Self::BucketNotEmpty { bucket, .. }
            | Self::InvalidBucketName(bucket)
            | Self::NoObjectLockConfiguration(bucket)
            | Self::NoSuchLifecycleConfiguration(bucket)
            | Self::NoOwnershipControls(bucket)
            | Self::NoReplicationConfiguration(bucket)
            | Self::NoSuchBucket(bucket)
            | Self::NoSuchBucketPolicy(bucket)
            | Self::NoSuchCors(bucket)
            | Self::NoSuchWebsite(bucket)
            | Self::NoSuchPublicAccessBlock(bucket)
            | Self::NoSuchTagSet(bucket) => vec![text("BucketName", bucket)],
            Self::NoSuchVersion { key, version } => vec![text("Key", key), text("VersionId", version)],
            Self::Deleted { key, .. } | Self::NoSuchKey(key) | Self::ConditionalRequestConflict(key) => {
                vec![text("Key", key)]
            }
            Self::NoSuchUpload(upload) | Self::InvalidPartOrder(upload) => vec![text("UploadId", upload)],
            Self::CorsForbidden { method, resource, .. } => {
                vec![text("Method", method), text("ResourceType", resource)]
            }
            Self::InvalidS3DestinationBucket(bucket) => vec![text("DestinationBucket", bucket)],
            Self::InvalidTargetBucketForLogging { bucket, .. } => vec![text("TargetBucket", bucket)],
            Self::CrossLocationLogging { from, to } => {
                vec![text("SourceBucketLocation", from), text("TargetBucketLocation", to)]
            }
            Self::EntityTooLarge { proposed, limit } => {
                vec![text("ProposedSize", proposed), text("MaxSizeAllowed", limit)]
            }
            Self::EntityTooSmall { proposed, part, etag } => vec![
                text("ProposedSize", proposed),
                text("MinSizeAllowed", &crate::limits::MIN_PART),
                text("PartNumber", part),
                text("ETag", etag),
            ],
            Self::InvalidArgument { name, value, .. } => {
                vec![text("ArgumentName", name), text("ArgumentValue", value)]
            }
            Self::InvalidLocationConstraint(region) => vec![text("LocationConstraint", region)],
            Self::InvalidPart { upload, part, etag } => {
                vec![text("UploadId", upload), text("PartNumber", part), text("ETag", etag)]
            }
            Self::InvalidPartNumber { requested, actual } => {
                vec![text("PartNumberRequested", requested), text("ActualPartCount", actual)]
            }
            Self::InvalidRange { requested, size } => {
                vec![text("RangeRequested", requested), text("ActualObjectSize", size)]
            }
            Self::InvalidObjectState(class) | Self::NotArchived(class) => vec![text("StorageClass", class)],
            Self::InvalidStorageClass(class) => vec![text("StorageClassRequested", class)],
            Self::InvalidTag { key: Some(key), .. } => vec![text("TagKey", key)],
            Self::KeyTooLong(size) => vec![text("Size", size), text("MaxSizeAllowed", &crate::limits::KEY)],
            Self::MetadataTooLarge(size) => {
                vec![text("Size", size), text("MaxSizeAllowed", &crate::limits::METADATA)]
            }
            Self::IsDeleteMarker { .. } => vec![text("ResourceType", &"DeleteMarker")],
            Self::MethodNotAllowed(resource) => vec![text("ResourceType", resource)],
            Self::PermanentRedirect { bucket, region } => {
                vec![text("Bucket", bucket), text("Endpoint", &format!("s3.{region}.amazonaws.com"))]
            }
            Self::MissingSecurityHeader(name) => vec![text("MissingHeaderName", name)],
            Self::PreconditionFailed(condition) => vec![text("Condition", condition)],
            _ => Vec::new(),
        }
    }
}
