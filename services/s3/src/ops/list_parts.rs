use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    described::{show_abort, show_part_checksum},
    listed::count,
    uploads::{Underway, Uploaded, owner, shown_initiator},
};
use crate::{
    S3,
    acl::shown_owner,
    content::customer,
    listing::page_length,
    model::{self, ListPartsOutput, op},
    records::{ETag, Upload},
    times,
};

impl Handler<op::ListParts> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::ListParts>) -> Answer<op::ListParts> {
        let Authorized { input, permits: permit, .. } = call;
        let facts = permit.resource().facts();
        let reader = self.store.read(&permit);
        let underway = Underway::read(&reader, &permit)?;
        let customer = customer!(input)?;
        if customer.is_some() {
            underway.check(customer.as_ref(), facts)?;
        }
        let most = page_length("max-parts", input.max_parts)?;
        let marker = input.part_number_marker.unwrap_or_default();
        let mut parts = Underway::parts(&reader)?;
        parts.retain(|part| i32::from(part.number) > marker);
        let more = parts.len() > most;
        parts.truncate(most);
        let upload = &underway.upload;
        let last = parts.last().map(|part| part.number.into());
        let shown: Vec<_> = parts.iter().map(|part| part_of(part, upload)).collect();
        let mut output = ListPartsOutput {
            bucket: Some(facts.name.clone()),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            part_number_marker: Some(marker),
            next_part_number_marker: last.or(Some(marker)),
            max_parts: count(most),
            is_truncated: Some(more),
            parts: (!shown.is_empty()).then_some(shown),
            initiator: Some(shown_initiator(upload)),
            owner: Some(shown_owner(&owner(upload, facts))),
            storage_class: Some(upload.class.word()),
            checksum_algorithm: upload.algorithm.map(|algorithm| algorithm.word()),
            checksum_type: upload.algorithm.map(|_| upload.kind.word()),
            request_charged: permit.resource().charged(),
            ..ListPartsOutput::default()
        };
        show_abort!(output, facts, permit.resource().key(), upload.initiated_ms);
        Ok(output.into())
    }
}

fn part_of(uploaded: &Uploaded, upload: &Upload) -> model::Part {
    let part = &uploaded.part;
    let mut shown = model::Part {
        part_number: Some(uploaded.number.into()),
        last_modified: Some(times::shown(part.modified_ms)),
        e_tag: Some(ETag::whole(part.etag).to_string()),
        size: i64::try_from(part.blob.length()).ok(),
        ..model::Part::default()
    };
    show_part_checksum!(shown, part.checksum.filter(|_| upload.algorithm.is_some()));
    shown
}
