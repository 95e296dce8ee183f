use kurodo_authz::Grant;
use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    described::{check_key, show_checksum, show_part_checksum, shown_version},
    listed::count,
};
use crate::{
    S3,
    content::customer,
    listing::page_length,
    model::{
        self, GetObjectAttributesInput, GetObjectAttributesOutput, GetObjectAttributesParts,
        ObjectAttributes, ObjectPart, op,
    },
    records::{Head, PartEntry},
    resources::Object,
    times,
};

impl Handler<op::GetObjectAttributes> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetObjectAttributes>,
    ) -> Answer<op::GetObjectAttributes> {
        let Authorized { input, permits: (permit, _attributes, _missing), call, .. } = call;
        let head = Object::granted(&permit)?;
        check_key(customer!(input)?.as_ref(), head, permit.resource().facts())?;
        let asked = |attribute| input.object_attributes.contains(&attribute);
        let parts = self.parts(&permit)?;
        let object_parts = match asked(ObjectAttributes::ObjectParts) && !parts.is_empty() {
            true => Some(page(&input, &parts)?),
            false => None,
        };
        let tells = checksum_is_told(head, object_parts.as_ref(), asked(ObjectAttributes::Checksum));
        self.check_telling(tells, head, permit.resource(), call).await?;
        let checksum = head.checksum.filter(|_| asked(ObjectAttributes::Checksum)).map(|stored| {
            let mut shown = model::Checksum::default();
            show_checksum!(shown, Some(stored));
            shown
        });
        Ok(GetObjectAttributesOutput {
            version_id: shown_version(&permit)?,
            last_modified: Some(times::shown(head.modified_ms)),
            e_tag: asked(ObjectAttributes::ETag).then(|| head.etag.bare()),
            checksum,
            object_parts,
            storage_class: asked(ObjectAttributes::StorageClass).then(|| head.class.word()),
            object_size: i64::try_from(head.size).ok().filter(|_| asked(ObjectAttributes::ObjectSize)),
            request_charged: permit.resource().charged(),
            ..GetObjectAttributesOutput::default()
        }
        .into())
    }
}

/// Whether the answer has a checksum of the object or of a part.
fn checksum_is_told(head: &Head, parts: Option<&GetObjectAttributesParts>, whole: bool) -> bool {
    head.checksum.is_some() && (whole || parts.is_some_and(|parts| parts.parts.is_some()))
}

/// Some of the parts.
fn page(
    input: &GetObjectAttributesInput,
    parts: &[PartEntry],
) -> Result<GetObjectAttributesParts, crate::Error> {
    let most = page_length("max-parts", input.max_parts)?;
    let marker = input.part_number_marker.unwrap_or_default();
    let numbered = (1..).zip(parts).filter(|(number, _)| *number > marker);
    let shown: Vec<_> = numbered.take(most).map(|(number, part)| part_of(number, part)).collect();
    let last = shown.last().and_then(|part| part.part_number).unwrap_or(marker);
    let total = count(parts.len());
    Ok(GetObjectAttributesParts {
        total_parts_count: total,
        part_number_marker: Some(marker),
        next_part_number_marker: Some(last),
        max_parts: count(most),
        is_truncated: Some(total.is_some_and(|total| last < total)),
        parts: (!shown.is_empty()).then_some(shown),
    })
}

fn part_of(number: i32, part: &PartEntry) -> ObjectPart {
    let size = i64::try_from(part.blob.length()).ok();
    let mut shown = ObjectPart { part_number: Some(number), size, ..ObjectPart::default() };
    show_part_checksum!(shown, part.checksum);
    shown
}
