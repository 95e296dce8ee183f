//! Root elements of S3's replies, from the response syntax in the Amazon S3 API Reference.

use super::Root;

pub(super) const ROOTS: &[Root] = &[
    root("CompleteMultipartUpload", "CompleteMultipartUploadResult"),
    root("CreateMultipartUpload", "InitiateMultipartUploadResult"),
    root("CreateSession", "CreateSessionResult"),
    root("DeleteObjects", "DeleteResult"),
    root("GetBucketAccelerateConfiguration", "AccelerateConfiguration"),
    root("GetBucketAcl", "AccessControlPolicy"),
    root("GetBucketCors", "CORSConfiguration"),
    root("GetBucketLifecycle", "LifecycleConfiguration"),
    root("GetBucketLifecycleConfiguration", "LifecycleConfiguration"),
    Root { operation: "GetBucketLocation", name: "LocationConstraint", unwrapped: true },
    root("GetBucketLogging", "BucketLoggingStatus"),
    root("GetBucketNotification", "NotificationConfiguration"),
    root("GetBucketNotificationConfiguration", "NotificationConfiguration"),
    root("GetBucketRequestPayment", "RequestPaymentConfiguration"),
    root("GetBucketTagging", "Tagging"),
    root("GetBucketVersioning", "VersioningConfiguration"),
    root("GetBucketWebsite", "WebsiteConfiguration"),
    root("GetObjectAcl", "AccessControlPolicy"),
    root("GetObjectAttributes", "GetObjectAttributesResponse"),
    root("GetObjectTagging", "Tagging"),
    root("ListBucketAnalyticsConfigurations", "ListBucketAnalyticsConfigurationResult"),
    root("ListBucketInventoryConfigurations", "ListInventoryConfigurationsResult"),
    root("ListBucketMetricsConfigurations", "ListMetricsConfigurationsResult"),
    root("ListBuckets", "ListAllMyBucketsResult"),
    root("ListDirectoryBuckets", "ListAllMyDirectoryBucketsResult"),
    root("ListMultipartUploads", "ListMultipartUploadsResult"),
    root("ListObjectVersions", "ListVersionsResult"),
    root("ListObjects", "ListBucketResult"),
    root("ListObjectsV2", "ListBucketResult"),
    root("ListParts", "ListPartsResult"),
];

const fn root(operation: &'static str, name: &'static str) -> Root {
    Root { operation, name, unwrapped: false }
}

/// Words that S3 takes besides those of the facts. `enabled` is written by the SDK for C++, and so by Apache Arrow; the
/// others are in the S3 User Guide, "Access control list (ACL) overview", "Canned ACL".
pub(super) const ORDERS: &[(&str, &[&str])] = &[
    ("ChecksumMode", &["ENABLED", "enabled"]),
    (
        "BucketCannedACL",
        &["log-delivery-write", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control"],
    ),
];
