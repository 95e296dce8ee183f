use kurodo_gateway::{Authorized, Body, Call, Handler};

use super::{
    Answer,
    described::{show_checksum, show_encryption},
    rights,
};
use crate::{
    Error, S3,
    acl::asked,
    checksum::{Algorithm, Declared, Hasher, Stored, given},
    content::{Customer, NewObject, Plan, Source, WriteConditions, customer, receive},
    metadata::{self, meta},
    model::{PutObjectInput, PutObjectOutput, op},
    records::{ETag, HeadParts},
    resources::Object,
    tags,
};

impl Handler<op::PutObject> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::PutObject>) -> Answer<op::PutObject> {
        let Authorized { mut input, permits: (permit, _acl, _tagging, _known), mut body, call, .. } = call;
        let customer = customer!(input)?;
        let new =
            self.receive_object(&mut input, customer.as_ref(), permit.resource(), &mut body, call).await?;
        let conditions = WriteConditions {
            if_match: input.if_match.as_deref(),
            if_none_match: input.if_none_match.as_deref(),
        };
        self.publish(&permit, &new.object, conditions, |_| {}).await?;

        let mut output = PutObjectOutput { e_tag: Some(new.etag.to_string()), ..PutObjectOutput::default() };
        show_checksum!(output, new.checksum);
        show_encryption!(output, &customer);
        Ok(output.into())
    }
}

/// An object that was received whole and found to be what the client signed.
struct Received {
    object: NewObject,
    etag: ETag,
    checksum: Option<Stored>,
}

impl S3 {
    async fn receive_object(
        &self,
        input: &mut PutObjectInput,
        customer: Option<&Customer>,
        object: &Object,
        body: &mut Body,
        call: &Call,
    ) -> Result<Received, Error> {
        let facts = object.facts();
        metadata::check_class(input.storage_class)?;
        metadata::check_encryption(input.server_side_encryption, customer.is_some())?;
        let rights = rights::of_new(asked!(input, None, None)?.as_ref(), facts, call)?;
        let tags = input.tagging.as_deref().map(tags::from_header).transpose()?.unwrap_or_default();
        let meta = meta!(input)?;
        let declared =
            Declared::read(call, input.content_md5.as_ref(), input.checksum_algorithm, &given!(input))?;
        let length = metadata::length(call, input.content_length)?;
        let (customer_key, wrapping) = Customer::lock(customer, facts)?;

        let algorithm = declared.algorithm().unwrap_or(Algorithm::Crc64Nvme);
        let hasher = Hasher::new(customer.is_none() || declared.has_md5(), &[algorithm]);
        let plan = Plan { length, wrapping: &wrapping, hasher, inline: true };
        let received = receive(self, Source::Client(body), plan).await?;
        declared.check(body, &received.sums)?;
        let etag = ETag::of_content(received.sums.md5.filter(|_| customer.is_none()))?;
        let checksum = received.sums.of(algorithm).map(Stored::whole);
        let content = received.keep(&wrapping, object.lies_at().prefix()).await?;
        let record = HeadParts {
            size: length,
            modified_ms: call.now_ms,
            etag,
            checksum,
            content: &content,
            customer_key,
            meta: &meta,
            tags: &tags,
            rights: rights.as_ref(),
        };
        let object = NewObject { record: record.to_record()?, parts: Vec::new() };
        Ok(Received { object, etag, checksum })
    }
}
