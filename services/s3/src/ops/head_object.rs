use kurodo_authz::Grant;
use kurodo_gateway::{Authorized, Handler, Reply};

use super::{
    Answer,
    described::{Extent, check_key, describe, parts_count, reading, show_checksum, show_lock},
    get_object::tag_count,
};
use crate::{
    S3,
    content::customer,
    model::{HeadObjectOutput, op},
    range,
    resources::Object,
};

impl Handler<op::HeadObject> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::HeadObject>) -> Answer<op::HeadObject> {
        let Authorized { mut input, permits: (permit, _missing, tags, retention, hold), call, .. } = call;
        let head = Object::granted(&permit)?;
        let customer = customer!(input)?;
        check_key(customer.as_ref(), head, permit.resource().facts())?;
        let reading = reading!(input);
        reading.check(call)?;
        let part = self.part(&permit, reading.part)?;
        let extent = reading.extent(head, part.as_ref())?;
        let checksum = reading.shown_checksum(head, &extent, part.as_ref());
        self.check_telling(checksum.is_some(), head, permit.resource(), call).await?;

        let mut output = HeadObjectOutput::default();
        show_checksum!(output, checksum);
        // A part's checksum is shown with the kind of the whole.
        output.checksum_type = checksum.and(head.checksum).map(|stored| stored.kind.word());
        describe!(output, input, &permit, &customer);
        show_lock!(output, head, retention, hold);
        output.restore = head.restored.and_then(|restored| restored.shown(call.now_ms));
        output.request_charged = Grant::resource(&permit).charged();
        output.tag_count = tag_count(head, tags.flatten().is_some())?;
        output.parts_count = part.and_then(|_| parts_count(head));
        if extent == Extent::NotModified {
            return Ok(Reply::from(output).with_status(304));
        }
        let bytes = extent.range(head.size);
        output.content_length = i64::try_from(bytes.end - bytes.start).ok();
        let partial = matches!(extent, Extent::Range(_));
        output.content_range = partial.then(|| range::shown(&bytes, head.size));
        let reply = Reply::from(output);
        Ok(if partial { reply.with_status(206) } else { reply })
    }
}
