use kurodo_gateway::{Authorized, Body, Call, Handler};

use super::{
    Answer,
    described::{new_expiry, new_version, show_checksum, show_encryption},
    making::{Made, Making, wish},
    rights,
};
use crate::{
    Error, S3,
    acl::asked,
    checksum::{Algorithm, Declared, given},
    content::{Customer, Source, customer, receive},
    kms::{asked_encryption, shown_context},
    metadata::{self, meta},
    model::{PutObjectInput, PutObjectOutput, op},
    object_lock::{self, locking},
    records::{Class, Lock},
    resources::Object,
    tags,
    versions::WriteConditions,
};

impl Handler<op::PutObject> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::PutObject>) -> Answer<op::PutObject> {
        let Authorized { mut input, permits: (permit, ..), body, call, .. } = call;
        let customer = customer!(input)?;
        let made = self.take(&mut input, customer.as_ref(), permit.resource(), body, call).await?;
        let conditions = WriteConditions {
            if_match: input.if_match.as_deref(),
            if_none_match: input.if_none_match.as_deref(),
        };
        let id = self.publish(&permit, &made.object, conditions, None).await?;

        let mut output = PutObjectOutput { e_tag: Some(made.etag.to_string()), ..PutObjectOutput::default() };
        output.version_id = new_version(id);
        output.expiration = new_expiry(permit.resource(), &made.object)?;
        output.request_charged = permit.resource().charged();
        show_checksum!(output, made.checksum);
        show_encryption!(output, &customer, made.kms.as_deref());
        output.ssekms_encryption_context = made.kms.as_ref().and_then(|kms| shown_context(&kms.context));
        Ok(output.into())
    }
}

/// As S3 says it.
const UNSUMMED: &str = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object \
                        Lock parameters";

impl S3 {
    /// Receives the object whole.
    async fn take(
        &self,
        input: &mut PutObjectInput,
        customer: Option<&Customer>,
        place: &Object,
        body: &mut Body,
        call: &Call,
    ) -> Result<Made, Error> {
        let wish = wish(asked_encryption!(input, customer), place, call)?;
        let declared =
            Declared::read(call, input.content_md5.as_ref(), input.checksum_algorithm, &given!(input))?;
        let lock = object_lock::of_new(locking!(input, call.now_ms)?, place.facts(), call.now_ms)?;
        if lock != Lock::default() && !declared.has_md5() && declared.algorithm().is_none() {
            return Err(Error::InvalidRequest(UNSUMMED.into()));
        }
        let making = Making {
            rights: rights::of_new(asked!(input, None, None)?.as_ref(), place, call)?,
            tags: input.tagging.as_deref().map(tags::from_header).transpose()?.unwrap_or_default(),
            meta: meta!(input)?,
            sealing: self.sealing(customer, wish, place, &call.caller).await?,
            lock,
            class: Class::asked(input.storage_class)?,
            algorithm: declared.algorithm().unwrap_or(Algorithm::Crc64Nvme),
        };
        let length = metadata::length(call, input.content_length)?;
        let plan = making.plan(length, declared.has_md5());
        let received = receive(self, Source::Client(body), plan).await?;
        declared.check(body, &received.sums)?;
        making.make(received, place, call).await
    }
}
