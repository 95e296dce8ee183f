/// The operation as a line names it: `REST`, the method, and what it is about.
///
/// Source: S3 User Guide, "Amazon S3 server access log format", "Operation"; the names that AWS's logs have.
pub(super) fn name(method: &str, operation: &str, has_key: bool) -> String {
    let method = if operation.contains("Copy") { "COPY" } else { method };
    let about = match operation {
        "ListBuckets" => "SERVICE",
        "ListObjectVersions" => "BUCKETVERSIONS",
        "GetBucketLocation" => "LOCATION",
        "GetBucketVersioning" | "PutBucketVersioning" => "VERSIONING",
        "GetBucketPolicy" | "PutBucketPolicy" | "DeleteBucketPolicy" => "BUCKETPOLICY",
        "GetBucketPolicyStatus" => "POLICY_STATUS",
        "GetPublicAccessBlock" | "PutPublicAccessBlock" | "DeletePublicAccessBlock" => "PUBLIC_ACCESS_BLOCK",
        "GetBucketOwnershipControls" | "PutBucketOwnershipControls" | "DeleteBucketOwnershipControls" => {
            "OWNERSHIP_CONTROLS"
        }
        "GetBucketAcl" | "PutBucketAcl" | "GetObjectAcl" | "PutObjectAcl" => "ACL",
        "GetBucketTagging" | "PutBucketTagging" | "DeleteBucketTagging" => "TAGGING",
        "GetObjectTagging" | "PutObjectTagging" | "DeleteObjectTagging" => "OBJECT_TAGGING",
        "GetBucketEncryption" | "PutBucketEncryption" | "DeleteBucketEncryption" => "ENCRYPTION",
        "GetBucketLifecycleConfiguration" | "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => {
            "LIFECYCLE"
        }
        "GetBucketCors" | "PutBucketCors" | "DeleteBucketCors" => "CORS",
        "GetBucketRequestPayment" | "PutBucketRequestPayment" => "REQUEST_PAYMENT",
        "GetBucketLogging" | "PutBucketLogging" => "LOGGING_STATUS",
        "GetBucketReplication" | "PutBucketReplication" | "DeleteBucketReplication" => "REPLICATION",
        "GetObjectLockConfiguration" | "PutObjectLockConfiguration" => "OBJECT_LOCK",
        "GetObjectRetention" | "PutObjectRetention" => "OBJECT_LOCK_RETENTION",
        "GetObjectLegalHold" | "PutObjectLegalHold" => "OBJECT_LOCK_LEGALHOLD",
        "GetObjectAttributes" => "OBJECT_ATTRIBUTES",
        "RestoreObject" => "RESTORE",
        "SelectObjectContent" => "SELECT",
        "DeleteObjects" => "MULTI_OBJECT_DELETE",
        "ListMultipartUploads" | "CreateMultipartUpload" => "UPLOADS",
        "ListParts" | "CompleteMultipartUpload" | "AbortMultipartUpload" => "UPLOAD",
        "UploadPart" | "UploadPartCopy" => "PART",
        _ if operation.contains("InventoryConfiguration") => "INVENTORY",
        _ if has_key => "OBJECT",
        _ => "BUCKET",
    };
    format!("REST.{method}.{about}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_the_names_of_aws() {
        for (method, operation, key, expected) in [
            ("GET", "GetBucketVersioning", false, "REST.GET.VERSIONING"),
            ("GET", "GetBucketLogging", false, "REST.GET.LOGGING_STATUS"),
            ("PUT", "PutObject", true, "REST.PUT.OBJECT"),
            ("PUT", "CopyObject", true, "REST.COPY.OBJECT"),
            ("PUT", "UploadPartCopy", true, "REST.COPY.PART"),
            ("GET", "ListObjectsV2", false, "REST.GET.BUCKET"),
            ("GET", "", true, "REST.GET.OBJECT"),
            ("POST", "CompleteMultipartUpload", true, "REST.POST.UPLOAD"),
        ] {
            assert_eq!(name(method, operation, key), expected);
        }
    }
}
