use super::Source;
use crate::{
    Context, PolicyError,
    document::Node,
    pattern::{Pattern, Reading},
};

const IAM_PATHS: [&str; 14] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
    "u2f/",
];

/// Refuses what is neither `*` nor an ARN of this partition with its service named in full.
pub(super) fn check(text: &str, statement: &Node, source: &Source<'_>) -> Result<(), PolicyError> {
    if text == "*" {
        return Ok(());
    }
    let checked = arn(text, statement, source);
    if source.is_resource() { checked.map_err(|_| PolicyError::Resource) } else { checked }
}

fn arn(text: &str, statement: &Node, source: &Source<'_>) -> Result<(), PolicyError> {
    let Some(("arn", _)) = text.split_once(':') else {
        return Err(PolicyError::ResourceFormat(text.to_owned()));
    };
    let mut given = text.splitn(6, ':').skip(1);
    let mut part = || given.next().unwrap_or("*");
    let (partition, service, region, account, path) = (part(), part(), part(), part(), part());
    if !in_partition(partition) {
        let resource = format!("arn:{partition}:{service}:{region}:{account}:{path}");
        return Err(PolicyError::ResourcePartition { partition: partition.to_owned(), resource });
    }
    if service.contains(['*', '?']) {
        return Err(PolicyError::ResourceVendor);
    }
    if service.is_empty() {
        return Err(source.legacy(statement, "a resource's service is missing"));
    }
    match service {
        "s3" if !region.is_empty() && !regional_s3(text) => Err(PolicyError::ResourceRegion(text.to_owned())),
        "iam" if !region.is_empty() => Err(PolicyError::IamRegion(text.to_owned())),
        "iam" if !iam_path(path) => Err(PolicyError::IamPath(IAM_PATHS.join(", "))),
        _ => Ok(()),
    }
}

/// Of S3's resources, buckets and objects are global; what is regional names its type.
fn regional_s3(text: &str) -> bool {
    let types = [
        "accesspoint/",
        "job/",
        "storage-lens/",
        "storage-lens-group/",
        "async-request/",
        "access-grants/",
        "*",
    ];
    let path = text.splitn(6, ':').nth(5);
    path.is_some_and(|path| types.iter().any(|known| path.starts_with(known)))
}

/// Wildcards may stand in the partition, as policies for several partitions have them.
fn in_partition(text: &str) -> bool {
    let reading = Reading { wildcards: true, variables: false };
    Pattern::new(text, reading).matches(kurodo_arn::PARTITION, Context::EMPTY)
}

/// A known type of resource, the account's root, or a wildcard before the type ends.
fn iam_path(path: &str) -> bool {
    let kind = path.split('/').next().unwrap_or("");
    path == "root" || kind.contains(['*', '?']) || IAM_PATHS.iter().any(|known| path.starts_with(known))
}
