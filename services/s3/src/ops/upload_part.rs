use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    described::{check_unasked, show_encryption, show_part_checksum},
    parting::Parting,
    uploads::{Underway, part_number},
};
use crate::{
    Error, S3,
    checksum::{Algorithm, Declared, Kind, given},
    content::{Source, customer, receive},
    metadata,
    model::{UploadPartOutput, op},
    records::{ETag, Upload},
};

impl Handler<op::UploadPart> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::UploadPart>) -> Answer<op::UploadPart> {
        let Authorized { input, permits: permit, body, call, .. } = call;
        check_unasked(call)?;
        let number = part_number(input.part_number)?;
        let underway = Underway::read(&self.store.read(&permit), &permit)?;
        let customer = customer!(input)?;
        underway.check(customer.as_ref(), permit.resource().facts())?;
        let declared =
            Declared::read(call, input.content_md5.as_ref(), input.checksum_algorithm, &given!(input))?;
        agree(&underway.upload, declared.algorithm())?;
        let keys = underway.unlock(self, customer.as_ref(), permit.resource(), call).await?;
        let parting = Parting::new(&underway, keys);

        let length = metadata::length(call, input.content_length)?;
        let plan = parting.plan(length, declared.has_md5(), declared.algorithm());
        let received = receive(self, Source::Client(body), plan).await?;
        let shown = declared.algorithm().or(underway.upload.algorithm);
        let shown = shown.and_then(|algorithm| received.sums.of(algorithm));
        let declared_in = declared.algorithm();
        declared.check(body, &received.sums)?;
        let part = parting.part(received, declared_in, call).await?;
        self.keep_part(&permit, &underway, number, &part).await?;

        let tag = ETag::whole(part.etag).to_string();
        let mut output = UploadPartOutput { e_tag: Some(tag), ..UploadPartOutput::default() };
        output.request_charged = permit.resource().charged();
        show_part_checksum!(output, shown);
        show_encryption!(output, &customer, underway.upload.kms.as_ref());
        Ok(output.into())
    }
}

/// A part has its checksum in the algorithm that the upload began with. Where the object's checksum covers the
/// content itself, the service can compute it.
fn agree(upload: &Upload, sent: Option<Algorithm>) -> Result<(), Error> {
    let name = |algorithm: Option<Algorithm>| algorithm.map_or("null", Algorithm::suffix);
    let wrong = match (upload.algorithm, sent) {
        (Some(expected), Some(sent)) => expected != sent,
        (Some(_), None) => upload.kind == Kind::Composite,
        (None, _) => false,
    };
    if !wrong {
        return Ok(());
    }
    let (expected, actual) = (name(upload.algorithm), name(sent));
    Err(Error::InvalidRequest(
        format!("Checksum Type mismatch occurred, expected checksum Type: {expected}, actual checksum Type: {actual}")
            .into(),
    ))
}
