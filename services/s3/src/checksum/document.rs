use kurodo_gateway::{Body, Call};
use kurodo_wire::{HeaderName, OperationSchema};

use super::{Algorithm, Declared, Given, Hasher};
use crate::{Error, model::ChecksumAlgorithm};

/// The operations whose documents S3 takes only with a digest. SDKs send one with others too, which plain clients do not.
///
/// Source: S3 API Reference, "Content-MD5" of each; clients that S3 takes documents from without it, such as s3cmd.
const DEMANDED: [&str; 9] = [
    "DeleteObjects",
    "PutBucketCors",
    "PutBucketLifecycleConfiguration",
    "PutBucketReplication",
    "PutBucketTagging",
    "PutObjectLegalHold",
    "PutObjectLockConfiguration",
    "PutObjectRetention",
    "PutObjectTagging",
];

/// Compares a document, which came whole, with the digests that the request gives of it.
pub(crate) fn check_document(
    call: &Call,
    schema: &OperationSchema,
    content: &[u8],
    body: &Body,
) -> Result<(), Error> {
    if schema.streams_input() || schema.checksum.request_algorithm_member.is_none() {
        return Ok(());
    }
    let header = |name: &str| call.head.header(name).map(str::to_owned);
    let texts = Algorithm::ALL.map(|algorithm| header(&format!("x-amz-checksum-{}", algorithm.suffix())));
    let mut texts = texts.iter();
    let given: Given<'_> = Algorithm::ALL.map(|algorithm| (algorithm, texts.next().and_then(Option::as_ref)));
    let asked = header("x-amz-sdk-checksum-algorithm").and_then(|word| ChecksumAlgorithm::parse(&word));
    refuse_others(call)?;
    let declared = Declared::read(call, header("content-md5").as_ref(), asked, &given)?;
    let demanded = schema.checksum.request_required && DEMANDED.contains(&schema.name);
    if demanded && !declared.has_md5() && declared.algorithm().is_none() {
        let message = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
        return Err(Error::InvalidRequest(message.into()));
    }
    let algorithms: Vec<_> = declared.algorithm().into_iter().collect();
    let mut hasher = Hasher::new(declared.has_md5(), &algorithms);
    hasher.update(content);
    declared.check(body, &hasher.finish())
}

/// Digests of algorithms that Kurodo does not compute are not passed over.
fn refuse_others(call: &Call) -> Result<(), Error> {
    let names = call.head.headers().keys().map(HeaderName::as_str);
    let suffixes = names.filter_map(|name| name.strip_prefix("x-amz-checksum-"));
    let known = |suffix: &&str| Algorithm::ALL.into_iter().any(|algorithm| algorithm.suffix() == *suffix);
    match suffixes
        .filter(|suffix| !matches!(*suffix, "algorithm" | "type" | "mode"))
        .find(|suffix| !known(suffix))
    {
        Some(suffix) => Err(Error::NotImplemented(format!("x-amz-checksum-{suffix}").into())),
        None => Ok(()),
    }
}
