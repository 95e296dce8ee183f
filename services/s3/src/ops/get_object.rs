use kurodo_authz::Grant;
use kurodo_gateway::{Authorized, Handler, Reply};

use super::{
    Answer,
    described::{
        Extent, Part, check_key, check_readable, describe, parts_count, reading, show_checksum, show_lock,
    },
};
use crate::{
    Error, S3,
    checksum::Stored,
    content::{Reading, customer},
    model::{GetObjectOutput, op},
    range,
    records::{Content, Head, PartEntry},
    resources::Object,
};

impl Handler<op::GetObject> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetObject>) -> Answer<op::GetObject> {
        let Authorized { mut input, permits: (permit, _missing, tags, retention, hold), call, .. } = call;
        let head = Object::granted(&permit)?;
        let customer = customer!(input)?;
        check_key(customer.as_ref(), head, permit.resource().facts())?;
        check_readable(head, call.now_ms)?;
        let reading = reading!(input);
        reading.check(call)?;
        let part = self.part(&permit, reading.part)?;
        let extent = reading.extent(head, part.as_ref())?;
        let checksum = reading.shown_checksum(head, &extent, part.as_ref());

        let mut output = GetObjectOutput::default();
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
        let length = bytes.end - bytes.start;
        output.content_length = i64::try_from(length).ok();
        let partial = matches!(extent, Extent::Range(_));
        output.content_range = partial.then(|| range::shown(&bytes, head.size));
        let stored = (head.customer_key.as_ref(), head.kms.as_deref());
        let keys = self.unlock(customer.as_ref(), stored, permit.resource(), call).await?;
        let content = Reading::open(self, &permit, &keys, bytes).await?;
        let reply = Reply::from(output).with_content(length, content.send());
        Ok(if partial { reply.with_status(206) } else { reply })
    }
}

impl S3 {
    /// Where the part with this number lies. An object that was put whole is its own first part.
    pub(super) fn part<G: Grant<Resource = Object>>(
        &self,
        permit: &G,
        number: Option<i32>,
    ) -> Result<Option<Part>, Error> {
        let Some(requested) = number else { return Ok(None) };
        if !(1..=10_000).contains(&requested) {
            let message = "Part number must be an integer between 1 and 10000, inclusive";
            return Err(Error::argument("partNumber", requested, message));
        }
        let head = Object::granted(permit)?;
        let Content::Parts { count, .. } = head.content else {
            return match requested {
                1 if head.size == 0 => Ok(None),
                1 => Ok(Some(Part { range: 0..head.size, checksum: head.checksum })),
                _ => Err(Error::InvalidPartNumber { requested, actual: 1 }),
            };
        };
        let index = usize::try_from(requested).ok().and_then(|number| number.checked_sub(1));
        let parts = self.parts(permit)?;
        let missing = Error::InvalidPartNumber { requested, actual: count };
        let (index, part) =
            index.and_then(|index| parts.get(index).map(|part| (index, part))).ok_or(missing)?;
        let before = |parts: &[PartEntry]| parts.iter().map(|part| part.blob.length()).sum::<u64>();
        let start = before(parts.get(..index).unwrap_or_default());
        let range = start..start + part.blob.length();
        Ok(Some(Part { range, checksum: part.checksum.map(Stored::whole) }))
    }
}

/// The number of tags, to whoever may read them.
pub(super) fn tag_count(head: &Head, may: bool) -> Result<Option<i32>, Error> {
    if may { Ok(i32::try_from(head.tags()?.0.len()).ok()) } else { Ok(None) }
}
