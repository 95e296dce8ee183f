use kurodo_gateway::{Authorized, Handler};
use kurodo_store::Expectation;

use super::{
    Answer,
    described::{show_abort, show_encryption},
    making::wish,
    rights,
    uploads::{checksum, initiator},
};
use crate::{
    Error, S3,
    acl::asked,
    content::customer,
    kms::{asked_encryption, shown_context},
    metadata::meta,
    model::{CreateMultipartUploadOutput, op},
    object_lock::{self, locking},
    records::{Class, Upload},
    tags,
};

impl Handler<op::CreateMultipartUpload> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::CreateMultipartUpload>,
    ) -> Answer<op::CreateMultipartUpload> {
        let Authorized { mut input, permits: (permit, ..), call, .. } = call;
        super::named(call, "initiate multipart uploads")?;
        let (object, customer) = (permit.resource(), customer!(input)?);
        let wish = wish(asked_encryption!(input, customer), object, call)?;
        let (algorithm, kind) = checksum(input.checksum_algorithm, input.checksum_type)?;
        let lock = locking!(input, call.now_ms)?;
        // What the bucket adds is added when the upload is completed.
        object_lock::of_new(lock, object.facts(), call.now_ms)?;
        let sealing = self.sealing(customer.as_ref(), wish, object, &call.caller).await?;
        let upload = Upload {
            initiated_ms: call.now_ms,
            initiator: initiator(call)?,
            rights: rights::of_new(asked!(input, None, None)?.as_ref(), object, call)?,
            tags: input.tagging.as_deref().map(tags::from_header).transpose()?.unwrap_or_default(),
            meta: meta!(input)?,
            customer_key: sealing.customer_key,
            kms: sealing.kms.as_deref().cloned(),
            lock,
            class: Class::asked(input.storage_class)?,
            algorithm,
            kind,
        };
        let writer = self.store.write(&permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&object.facts().exists).expect_absent("").put("", upload.to_record()?);
        transaction.commit().await.map_err(|error| match error.conflict() {
            Some(conflict) if conflict.expectation == Expectation::Fact => {
                Error::NoSuchBucket(input.bucket.clone())
            }
            _ => error.into(),
        })?;

        let mut output = CreateMultipartUploadOutput {
            upload_id: object.upload_id().map(|id| id.to_string()),
            bucket: Some(object.facts().name.clone()),
            key: Some(input.key),
            checksum_algorithm: algorithm.map(|algorithm| algorithm.word()),
            checksum_type: algorithm.map(|_| kind.word()),
            request_charged: object.charged(),
            ..CreateMultipartUploadOutput::default()
        };
        show_abort!(output, object.facts(), object.key(), call.now_ms);
        show_encryption!(output, &customer, sealing.kms.as_deref());
        output.ssekms_encryption_context = sealing.kms.as_ref().and_then(|kms| shown_context(&kms.context));
        Ok(output.into())
    }
}
