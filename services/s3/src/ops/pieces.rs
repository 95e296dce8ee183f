//! Choosing the parts that a completed upload's object is made of.

use kurodo_store::blobs::BlobId;

use super::uploads::{Underway, Uploaded, part_number};
use crate::{
    Error,
    checksum::{Algorithm, Checksum, Combined, Kind, Stored, given},
    limits,
    model::{CompleteMultipartUploadInput, CompletedPart},
    records::{ETag, Part, PartEntry, Upload},
};

/// A part as the request lists it.
pub(super) struct Listed<'a> {
    number: u16,
    etag: &'a str,
    checksum: Option<Checksum>,
}

/// The parts that a request lists, in order.
///
/// Source: S3 API Reference, `CompleteMultipartUpload`, "Errors".
pub(super) fn listed(input: &CompleteMultipartUploadInput) -> Result<Vec<Listed<'_>>, Error> {
    let parts = input.multipart_upload.as_ref().and_then(|upload| upload.parts.as_deref());
    let parts = parts.filter(|parts| !parts.is_empty()).ok_or(Error::MalformedXml)?;
    let listed = parts.iter().map(Listed::read).collect::<Result<Vec<_>, _>>()?;
    let ordered = listed.iter().zip(listed.iter().skip(1)).all(|(part, next)| part.number < next.number);
    if ordered { Ok(listed) } else { Err(Error::InvalidPartOrder(input.upload_id.clone())) }
}

impl<'a> Listed<'a> {
    fn read(part: &'a CompletedPart) -> Result<Self, Error> {
        let (number, etag) = part.part_number.zip(part.e_tag.as_deref()).ok_or(Error::MalformedXml)?;
        Ok(Self { number: part_number(number)?, etag, checksum: checksum(part)? })
    }

    fn bare(&self) -> String {
        self.etag.trim_matches('"').to_owned()
    }
}

/// The only checksum of a listed part.
fn checksum(part: &CompletedPart) -> Result<Option<Checksum>, Error> {
    let given = given!(part);
    let present: Vec<_> =
        given.iter().filter_map(|(algorithm, text)| text.map(|text| (*algorithm, text))).collect();
    let Some((algorithm, text)) = present.first() else { return Ok(None) };
    let checksum = Checksum::parse(*algorithm, text).filter(|_| present.len() == 1);
    checksum.map(Some).ok_or_else(|| {
        let sent: String =
            present.iter().map(|(algorithm, text)| format!("{}:{text};", algorithm.word())).collect();
        Error::argument("Checksum", sent, "Invalid Base64 or multiple checksums present in request")
    })
}

/// The parts that an object is made of.
pub(super) struct Pieces<'a>(Vec<&'a Uploaded>);

impl<'a> Pieces<'a> {
    /// Finds the listed parts among those that were uploaded, and checks each.
    pub(super) fn pick(
        underway: &Underway,
        uploaded: &'a [Uploaded],
        listed: &[Listed<'_>],
    ) -> Result<Self, Error> {
        let mut pieces = Vec::with_capacity(listed.len());
        for wanted in listed {
            let found = uploaded.binary_search_by_key(&wanted.number, |part| part.number).ok();
            let found = found.and_then(|at| uploaded.get(at)).filter(|part| is(&part.part, wanted));
            check_sum(&underway.upload, wanted)?;
            pieces.push(found.ok_or_else(|| Error::InvalidPart {
                upload: underway.id.to_string(),
                part: wanted.number.into(),
                etag: wanted.bare(),
            })?);
        }
        let (_last, others) = pieces.split_last().ok_or(Error::MalformedXml)?;
        match others.iter().find(|piece| piece.part.blob.length() < limits::MIN_PART) {
            Some(small) => Err(Error::EntityTooSmall {
                proposed: small.part.blob.length(),
                part: small.number.into(),
                etag: ETag::whole(small.part.etag).bare(),
            }),
            None => Ok(Self(pieces)),
        }
    }

    pub(super) fn size(&self) -> u64 {
        self.0.iter().map(|piece| piece.part.blob.length()).sum()
    }

    pub(super) fn etag(&self) -> ETag {
        ETag::of_parts(&self.0.iter().map(|piece| piece.part.etag).collect::<Vec<_>>())
    }

    /// The object's checksum.
    pub(super) fn checksum(&self, upload: &Upload) -> Option<Stored> {
        let mut combined = Combined::new(upload.effective(), upload.kind);
        for piece in &self.0 {
            combined.add(&piece.part.checksum?, piece.part.blob.length());
        }
        combined.finish()
    }

    pub(super) fn entries(&self) -> Vec<PartEntry> {
        let entry = |part: &Part| PartEntry { blob: part.blob.clone(), checksum: part.checksum };
        self.0.iter().map(|piece| entry(&piece.part)).collect()
    }

    /// The contents of the uploaded parts that are not among these.
    pub(super) fn others(&self, uploaded: &[Uploaded]) -> Vec<BlobId> {
        let unused =
            |part: &&Uploaded| self.0.binary_search_by_key(&part.number, |piece| piece.number).is_err();
        uploaded.iter().filter(unused).map(|part| part.part.blob.id()).collect()
    }
}

/// Whether an uploaded part is the one that is meant.
fn is(part: &Part, wanted: &Listed<'_>) -> bool {
    let same = |checksum: &Checksum| [part.checksum, part.given].contains(&Some(*checksum));
    ETag::whole(part.etag).is(wanted.etag) && wanted.checksum.as_ref().is_none_or(same)
}

/// Each part of a composite checksum must be given its own, in the algorithm that the upload began with.
fn check_sum(upload: &Upload, wanted: &Listed<'_>) -> Result<(), Error> {
    let Some(expected) = upload.algorithm.map(Algorithm::suffix) else { return Ok(()) };
    let number = wanted.number;
    match wanted.checksum.map(|checksum| checksum.algorithm()) {
        Some(sent) if sent.suffix() != expected => {
            let sent = sent.suffix();
            let message = format!("The {sent} you specified for part {number} did not match what we received.");
            Err(Error::BadDigest(message.into()))
        }
        None if upload.kind == Kind::Composite => Err(Error::InvalidRequest(
            format!(
                "The upload was created using a {expected} checksum. The complete request must include the checksum \
                 for each part. It was missing for part {number} in the request."
            )
            .into(),
        )),
        _ => Ok(()),
    }
}
