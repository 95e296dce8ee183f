use kurodo_authz::Permit;
use kurodo_gateway::{Authorized, Call, Handler};

use super::{
    Answer,
    described::{expiry, new_expiry, new_version, show_checksum, show_key},
    pieces::{Pieces, listed},
    rights,
    uploads::Underway,
};
use crate::{
    Error, S3, action,
    checksum::{Algorithm, Checksum, Given, Kind, Stored, given, single},
    content::customer,
    model::{CompleteMultipartUploadInput, CompleteMultipartUploadOutput, op},
    object_lock,
    records::{CustomerKey, ETag, HeadParts, KmsKey, Meta, PartList, Upload},
    resources::Object,
    versions::{Ends, NewObject, Versions, WriteConditions},
};

impl Handler<op::CompleteMultipartUpload> for S3 {
    /// Nothing is copied: the object is made of the parts where they lie.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::CompleteMultipartUpload>,
    ) -> Answer<op::CompleteMultipartUpload> {
        let Authorized { input, permits: (place, permit, _known), call, .. } = call;
        let reader = self.store.read(&permit);
        let underway = match Underway::read(&reader, &permit) {
            Err(Error::NoSuchUpload(id)) => return self.completed(&place, &id, call),
            read => read?,
        };
        let customer = customer!(input)?;
        if customer.is_some() {
            underway.check(customer.as_ref(), permit.resource().facts())?;
        }
        let uploaded = Underway::parts(&reader)?;
        let wanted = listed(&input)?;
        let pieces = Pieces::pick(&underway, &uploaded, &wanted)?;
        let (etag, checksum) = (pieces.etag(), pieces.checksum(&underway.upload));
        check(&input, &underway.upload, pieces.size(), checksum.as_ref())?;
        if underway.upload.kms.is_some() {
            // As AWS does, though nothing is read: whoever completes an upload must be able to read its parts.
            underway.unlock(self, None, permit.resource(), call).await?;
        }

        let object = object(&underway, &pieces, etag, checksum, (place.resource(), call))?;
        let parts = uploaded.iter().map(|part| (part.key.clone(), part.version)).collect();
        let ends = Ends { permit: &permit, id: underway.id, version: underway.version, parts };
        let conditions = WriteConditions {
            if_match: input.if_match.as_deref(),
            if_none_match: input.if_none_match.as_deref(),
        };
        let id = self.publish(&place, &object, conditions, Some(&ends)).await?;
        pieces.others(&uploaded).into_iter().for_each(|blob| self.readers.discard(vec![blob]));
        self.clear_upload(&permit).await?;
        let upload = &underway.upload;
        let protected = (upload.customer_key.as_ref(), upload.kms.as_ref());
        let mut output = answer(place.resource(), call, protected, etag, checksum);
        output.version_id = new_version(id);
        output.expiration = new_expiry(place.resource(), &object)?;
        output.request_charged = permit.resource().charged();
        Ok(output.into())
    }
}

impl S3 {
    /// The upload was completed before: as long as its object is the current version, the answer is the same again.
    fn completed(
        &self,
        place: &Permit<'_, action::PutObject>,
        upload: &str,
        call: &Call,
    ) -> Answer<op::CompleteMultipartUpload> {
        let gone = || Error::NoSuchUpload(upload.to_owned());
        let current = Versions::granted(&self.store.read(place), place).object()?;
        let head = current.as_ref().and_then(|current| current.kept.head()).ok_or_else(gone)?;
        if head.meta()?.upload.as_deref() != Some(upload) {
            return Err(gone());
        }
        let protected = (head.customer_key.as_ref(), head.kms.as_deref());
        let mut output = answer(place.resource(), call, protected, head.etag, head.checksum);
        output.version_id = new_version(head.id);
        output.expiration = expiry(place.resource(), head)?;
        output.request_charged = place.resource().charged();
        Ok(output.into())
    }
}

/// What the request says of the whole must be so.
fn check(
    input: &CompleteMultipartUploadInput,
    upload: &Upload,
    size: u64,
    checksum: Option<&Stored>,
) -> Result<(), Error> {
    if input.checksum_type.is_some_and(|kind| Kind::from(kind) != upload.kind) {
        let kind = upload.kind.word();
        return Err(Error::InvalidRequest(
            format!(
                "The upload was created using the {kind} checksum mode. The complete request must use the same \
                 checksum mode."
            )
            .into(),
        ));
    }
    if let Some(said) = input.mpu_object_size.filter(|said| u64::try_from(*said) != Ok(size)) {
        return Err(Error::InvalidRequest(
            format!("The provided 'x-amz-mp-object-size' header value {said} does not match what was computed: {size}")
                .into(),
        ));
    }
    compare(&given!(input), upload, checksum)
}

/// Compares the checksum that the request gives for the object; a composite one may end in the number of parts.
fn compare(given: &Given<'_>, upload: &Upload, checksum: Option<&Stored>) -> Result<(), Error> {
    let Some((algorithm, text)) = single(given)? else { return Ok(()) };
    let (expected, actual) = (upload.effective(), algorithm);
    if expected != actual {
        let (expected, actual) = (upload.algorithm.map_or("null", Algorithm::suffix), actual.suffix());
        return Err(Error::InvalidRequest(
            format!(
                "Checksum Type mismatch occurred, expected checksum Type: {expected}, actual checksum Type: {actual}"
            )
            .into(),
        ));
    }
    let (text, count) = match text.split_once('-').filter(|_| upload.kind == Kind::Composite) {
        Some((text, count)) => (text, Some(count.parse::<u16>().map_err(|_| algorithm.invalid_header())?)),
        None => (text, None),
    };
    let sent = Checksum::parse(algorithm, text).ok_or_else(|| algorithm.invalid_header())?;
    let same = checksum
        .is_some_and(|stored| stored.checksum == sent && count.is_none_or(|count| count == stored.parts));
    if same {
        return Ok(());
    }
    let name = algorithm.suffix();
    Err(Error::BadDigest(format!("The {name} you specified did not match the calculated checksum.").into()))
}

fn object(
    underway: &Underway,
    pieces: &Pieces<'_>,
    etag: ETag,
    checksum: Option<Stored>,
    (place, call): (&Object, &Call),
) -> Result<NewObject, Error> {
    let (id, parts, upload) = (place.new_version(call.now_ms)?, pieces.entries(), &underway.upload);
    // What was let through when the upload began may be blocked by now.
    if let Some((_, acl)) = &upload.rights {
        rights::check_block(acl, place, call)?;
    }
    let meta = Meta { upload: Some(underway.id.to_string()), ..upload.meta.clone() };
    let content = PartList::content(&parts);
    let record = HeadParts {
        id,
        size: pieces.size(),
        modified_ms: call.now_ms,
        etag,
        checksum,
        content: &content,
        customer_key: upload.customer_key,
        kms: upload.kms.as_ref(),
        lock: object_lock::of_new(upload.lock, place.facts(), call.now_ms)?,
        class: upload.class,
        restored: None,
        meta: &meta,
        tags: &upload.tags,
        rights: upload.rights.as_ref(),
    };
    Ok(NewObject::of_parts(id, record.to_record()?, parts))
}

fn answer(
    place: &Object,
    call: &Call,
    (customer, kms): (Option<&CustomerKey>, Option<&KmsKey>),
    etag: ETag,
    checksum: Option<Stored>,
) -> CompleteMultipartUploadOutput {
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("https://{}{}", call.head.authority(), call.head.path())),
        // However the request called it.
        bucket: Some(place.facts().name.clone()),
        key: Some(place.key().to_owned()),
        e_tag: Some(etag.to_string()),
        ..CompleteMultipartUploadOutput::default()
    };
    show_checksum!(output, checksum);
    if customer.is_none() {
        show_key!(output, kms);
    }
    output
}
