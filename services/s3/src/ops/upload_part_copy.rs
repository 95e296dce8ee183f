use kurodo_authz::Grant;
use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    described::{
        check_active, check_unasked, show_encryption, show_part_checksum, shown_version, source_conditions,
    },
    parting::Parting,
    uploads::{Underway, part_number},
};
use crate::{
    S3,
    content::{Reading, Source, customer, receive},
    model::{CopyPartResult, UploadPartCopyOutput, op},
    range,
    records::ETag,
    resources::Object,
    times,
};

impl Handler<op::UploadPartCopy> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::UploadPartCopy>) -> Answer<op::UploadPartCopy> {
        let Authorized { input, permits: (source, _missing, permit), call, .. } = call;
        super::named(call, "copy objects")?;
        check_unasked(call)?;
        let number = part_number(input.part_number)?;
        let head = Object::source(&source)?;
        source_conditions!(input).weigh_source(head)?;
        check_active(head, call.now_ms)?;
        let (given, stored) = (customer!(input, source)?, (head.customer_key.as_ref(), head.kms.as_deref()));
        let from = self.unlock(given.as_ref(), stored, source.resource(), call).await?;
        let underway = Underway::read(&self.store.read(&permit), &permit)?;
        let customer = customer!(input)?;
        let keys = underway.unlock(self, customer.as_ref(), permit.resource(), call).await?;
        let parting = Parting::new(&underway, keys);

        let whole = 0..head.size;
        let bytes =
            input.copy_source_range.as_deref().map_or(Ok(whole), |range| range::copied(range, head.size))?;
        let length = bytes.end - bytes.start;
        let reading = Reading::open(self, &source, &from, bytes).await?;
        let received = receive(self, Source::Object(reading), parting.plan(length, false, None)).await?;
        let part = parting.part(received, None, call).await?;
        self.keep_part(&permit, &underway, number, &part).await?;

        let mut result = CopyPartResult {
            e_tag: Some(ETag::whole(part.etag).to_string()),
            last_modified: Some(times::shown(part.modified_ms)),
            ..CopyPartResult::default()
        };
        show_part_checksum!(result, part.checksum.filter(|_| underway.upload.algorithm.is_some()));
        let mut output =
            UploadPartCopyOutput { copy_part_result: Some(result), ..UploadPartCopyOutput::default() };
        output.copy_source_version_id = shown_version(&source)?;
        output.request_charged = source.resource().charged().or(permit.resource().charged());
        show_encryption!(output, &customer, underway.upload.kms.as_ref());
        Ok(output.into())
    }
}
