use kurodo_authz::{Grant, OneOf, Permit};
use kurodo_gateway::{Authorized, Call, Handler};

use super::{
    Answer,
    described::{
        check_active, new_expiry, new_version, show_checksum, show_encryption, shown_version,
        source_conditions,
    },
    making::{Made, Making, Sealing, wish},
    rights,
};
use crate::{
    Error, S3,
    acl::asked,
    action,
    checksum::Algorithm,
    content::{Keys, Reading, Source, customer, receive},
    kms::{asked_encryption, shown_context},
    limits,
    metadata::{self, meta},
    model::{
        ChecksumAlgorithm, CopyObjectInput, CopyObjectOutput, CopyObjectResult, MetadataDirective,
        TaggingDirective, op,
    },
    object_lock::{self, locking},
    records::{Class, Head, Meta, Tags},
    resources::Object,
    tags, times,
    versions::WriteConditions,
};

type MayRead<'r> = OneOf<Permit<'r, action::GetObject>, Permit<'r, action::GetObjectVersion>>;

impl Handler<op::CopyObject> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::CopyObject>) -> Answer<op::CopyObject> {
        let Authorized { mut input, permits: (source, _missing, _tags, target, ..), call, .. } = call;
        super::named(call, "copy objects")?;
        let head = Object::source(&source)?;
        source_conditions!(input).weigh_source(head)?;
        let customer = customer!(input)?;
        check_active(head, call.now_ms)?;
        let wish = wish(asked_encryption!(input, customer), target.resource(), call)?;
        check(&input, &source, target.resource(), customer.is_some())?;
        let (given, stored) = (customer!(input, source)?, (head.customer_key.as_ref(), head.kms.as_deref()));
        let keys = self.unlock(given.as_ref(), stored, source.resource(), call).await?;
        let sealing = self.sealing(customer.as_ref(), wish, target.resource(), &call.caller).await?;

        let made = self.copy(&mut input, (&source, &keys), target.resource(), sealing, call).await?;
        let conditions = WriteConditions {
            if_match: input.if_match.as_deref(),
            if_none_match: input.if_none_match.as_deref(),
        };
        let id = self.publish(&target, &made.object, conditions, None).await?;

        let mut result = CopyObjectResult {
            e_tag: Some(made.etag.to_string()),
            last_modified: Some(times::shown(call.now_ms)),
            ..CopyObjectResult::default()
        };
        show_checksum!(result, made.checksum);
        let mut output = CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() };
        output.version_id = new_version(id);
        output.expiration = new_expiry(target.resource(), &made.object)?;
        output.copy_source_version_id = shown_version(&source)?;
        output.request_charged = source.resource().charged().or(target.resource().charged());
        show_encryption!(output, &customer, made.kms.as_deref());
        output.ssekms_encryption_context = made.kms.as_ref().and_then(|kms| shown_context(&kms.context));
        Ok(output.into())
    }
}

impl S3 {
    async fn copy(
        &self,
        input: &mut CopyObjectInput,
        (source, keys): (&MayRead<'_>, &Keys),
        place: &Object,
        sealing: Sealing,
        call: &Call,
    ) -> Result<Made, Error> {
        let head = Object::granted(source)?;
        let making = Making {
            rights: rights::of_new(asked!(input, None, None)?.as_ref(), place, call)?,
            tags: tags_of(input, head)?,
            algorithm: algorithm(input.checksum_algorithm, head)?,
            meta: meta_of(input, head)?,
            sealing,
            lock: object_lock::of_new(locking!(input, call.now_ms)?, place.facts(), call.now_ms)?,
            class: Class::asked(input.storage_class)?,
        };
        let reading = Reading::open(self, source, keys, 0..head.size).await?;
        let received = receive(self, Source::Object(reading), making.plan(head.size, false)).await?;
        making.make(received, place, call).await
    }
}

fn check(
    input: &CopyObjectInput,
    source: &MayRead<'_>,
    target: &Object,
    customer: bool,
) -> Result<(), Error> {
    let head = Object::granted(source)?;
    if head.size > limits::SINGLE {
        let message = "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120";
        return Err(Error::InvalidRequest(message.into()));
    }
    // An older version that is copied over the current one is brought back.
    let changes = source.resource().version().is_some()
        || input.metadata_directive == Some(MetadataDirective::Replace)
        || input.storage_class.is_some()
        || input.website_redirect_location.is_some()
        || input.server_side_encryption.is_some()
        || customer;
    let source = source.resource();
    if !changes && (&source.bucket, &source.key) == (&target.bucket, &target.key) {
        let message = "This copy request is illegal because it is trying to copy an object to itself without changing \
                       the object's metadata, storage class, website redirect location or encryption attributes.";
        return Err(Error::InvalidRequest(message.into()));
    }
    Ok(())
}

/// The source's, or others if the request says so. Where the object redirects to is never copied.
fn meta_of(input: &mut CopyObjectInput, head: &Head) -> Result<Meta, Error> {
    match input.metadata_directive {
        Some(MetadataDirective::Replace) => meta!(input),
        _ => metadata::checked(Meta {
            website_redirect_location: input.website_redirect_location.take(),
            upload: None,
            replication: None,
            ..head.meta()?
        }),
    }
}

fn tags_of(input: &CopyObjectInput, head: &Head) -> Result<Tags, Error> {
    match input.tagging_directive {
        Some(TaggingDirective::Replace) => {
            Ok(input.tagging.as_deref().map(tags::from_header).transpose()?.unwrap_or_default())
        }
        _ => Ok(head.tags()?),
    }
}

/// The algorithm that is asked for, or the source's.
fn algorithm(asked: Option<ChecksumAlgorithm>, head: &Head) -> Result<Algorithm, Error> {
    match (asked, &head.checksum) {
        (Some(word), _) => Algorithm::asked(word),
        (None, Some(stored)) => Ok(stored.checksum.algorithm()),
        (None, None) => Ok(Algorithm::Crc64Nvme),
    }
}
