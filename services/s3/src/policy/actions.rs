//! The actions that a bucket's policy can speak of, whether or not Kurodo does them.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// The bucket.
    Bucket,
    /// An object in it.
    Object,
}

/// Whether there is such an action on a bucket or object.
pub(super) fn exists(pattern: &str) -> bool {
    on(pattern, On::Bucket) || on(pattern, On::Object)
}

/// Whether the pattern stands for an action on things of this kind.
pub(super) fn on(pattern: &str, kind: On) -> bool {
    let names: &[&str] = match kind {
        On::Bucket => &BUCKET,
        On::Object => &OBJECT,
    };
    any(pattern, names)
}

/// Whether the pattern stands for one of these actions.
pub(super) fn any(pattern: &str, names: &[&str]) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let name = match pattern.split_once(':') {
        None if pattern == "*" => "*",
        Some(("s3" | "*", name)) => name,
        _ => return false,
    };
    names.iter().any(|known| matches(name.as_bytes(), known.to_ascii_lowercase().as_bytes()))
}

/// Whether a pattern with `*` and `?` matches a name: after a star, what follows is tried further and further on.
fn matches(mut pattern: &[u8], mut name: &[u8]) -> bool {
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), name.split_first()) {
            (Some((b'*', rest)), _) => {
                star = Some((rest, name));
                pattern = rest;
            }
            (None, None) => return true,
            (Some((wanted, rest)), Some((found, behind))) if *wanted == b'?' || wanted == found => {
                (pattern, name) = (rest, behind);
            }
            _ => {
                let Some((rest, (_, behind))) =
                    star.and_then(|(rest, from)| Some((rest, from.split_first()?)))
                else {
                    return false;
                };
                star = Some((rest, behind));
                (pattern, name) = (rest, behind);
            }
        }
    }
}

/// Actions that list a bucket by a prefix.
pub(super) const LISTING: [&str; 3] = ["ListBucket", "ListBucketMultipartUploads", "ListBucketVersions"];

const BUCKET: [&str; 58] = [
    "CreateBucket",
    "CreateBucketMetadataTableConfiguration",
    "DeleteBucket",
    "DeleteBucketMetadataTableConfiguration",
    "DeleteBucketPolicy",
    "DeleteBucketWebsite",
    "GetAccelerateConfiguration",
    "GetAnalyticsConfiguration",
    "GetBucketAbac",
    "GetBucketAcl",
    "GetBucketCORS",
    "GetBucketLocation",
    "GetBucketLogging",
    "GetBucketMetadataTableConfiguration",
    "GetBucketNotification",
    "GetBucketObjectLockConfiguration",
    "GetBucketOwnershipControls",
    "GetBucketPolicy",
    "GetBucketPolicyStatus",
    "GetBucketPublicAccessBlock",
    "GetBucketRequestPayment",
    "GetBucketTagging",
    "GetBucketVersioning",
    "GetBucketWebsite",
    "GetEncryptionConfiguration",
    "GetIntelligentTieringConfiguration",
    "GetInventoryConfiguration",
    "GetLifecycleConfiguration",
    "GetMetricsConfiguration",
    "GetReplicationConfiguration",
    "ListBucket",
    "ListBucketMultipartUploads",
    "ListBucketVersions",
    "ListTagsForResource",
    "PutAccelerateConfiguration",
    "PutAnalyticsConfiguration",
    "PutBucketAbac",
    "PutBucketAcl",
    "PutBucketCORS",
    "PutBucketLogging",
    "PutBucketNotification",
    "PutBucketObjectLockConfiguration",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
    "PutBucketRequestPayment",
    "PutBucketTagging",
    "PutBucketVersioning",
    "PutBucketWebsite",
    "PutEncryptionConfiguration",
    "PutIntelligentTieringConfiguration",
    "PutInventoryConfiguration",
    "PutLifecycleConfiguration",
    "PutMetricsConfiguration",
    "PutReplicationConfiguration",
    "TagResource",
    "UntagResource",
    "UpdateBucketMetadataInventoryTableConfiguration",
];

const OBJECT: [&str; 38] = [
    "AbortMultipartUpload",
    "BypassGovernanceRetention",
    "DeleteObject",
    "DeleteObjectAnnotation",
    "DeleteObjectTagging",
    "DeleteObjectVersion",
    "DeleteObjectVersionTagging",
    "GetObject",
    "GetObjectAcl",
    "GetObjectAnnotation",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectTagging",
    "GetObjectTorrent",
    "GetObjectVersion",
    "GetObjectVersionAcl",
    "GetObjectVersionAttributes",
    "GetObjectVersionForReplication",
    "GetObjectVersionTagging",
    "GetObjectVersionTorrent",
    "InitiateReplication",
    "ListMultipartUploadParts",
    "ObjectOwnerOverrideToBucketOwner",
    "PutObject",
    "PutObjectAcl",
    "PutObjectAnnotation",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "PutObjectVersionAcl",
    "PutObjectVersionTagging",
    "ReplicateDelete",
    "ReplicateObject",
    "ReplicateTags",
    "RestoreObject",
    "UpdateObjectEncryption",
    "ListObjectAnnotations",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_in_whatever_case() {
        for pattern in
            ["*", "s3:*", "S3:getobject", "s3:Get*", "s3:G?tObject", "*:GetObject", "s3:*t", "s3:*Ob*ect*"]
        {
            assert!(any(pattern, &["GetObject"]), "{pattern}");
        }
        for pattern in
            ["s3:GetObjectAcl", "s3:Get", "iam:GetObject", "GetObject", "s3:", "s3:?GetObject", "s3:*a*a*a*"]
        {
            assert!(!any(pattern, &["GetObject"]), "{pattern}");
        }
    }

    #[test]
    fn every_action_of_the_table_is_known_with_what_it_is_done_to() {
        use kurodo_gateway::Table;
        for action in crate::S3::ACTIONS {
            match action.resource {
                "arn:aws:s3:::*" => assert!(!exists(action.name), "{}", action.name),
                // That a role is given away is no bucket's business.
                _ if action.name.starts_with("iam:") => assert!(!exists(action.name), "{}", action.name),
                "arn:aws:s3:::{bucket}" => assert!(on(action.name, On::Bucket), "{}", action.name),
                _ => assert!(on(action.name, On::Object), "{}", action.name),
            }
        }
    }
}
