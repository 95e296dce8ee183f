//! Multipart uploads: what the operations on them share.

use bytes::Bytes;
use kurodo_authz::{Grant, Write};
use kurodo_gateway::Call;
use kurodo_policy::PrincipalKind;
use kurodo_store::{Expectation, Reader, Scan, Version};

use super::caller;
use crate::{
    Error, S3,
    checksum::{Algorithm, Kind},
    content::{Customer, Keys},
    facts::BucketFacts,
    layout, limits,
    model::{self, ChecksumAlgorithm, ChecksumType},
    records::{Damaged, Owner, Part, Upload, UploadId},
    resources::Object,
};

/// An upload that is under way.
pub(super) struct Underway {
    pub(super) id: UploadId,
    pub(super) upload: Upload,
    /// Of the upload's own record. It is written once; the upload is over when it is gone.
    pub(super) version: Version,
}

impl Underway {
    /// The upload that the permit is for.
    pub(super) fn read<G: Grant<Resource = Object>>(reader: &Reader<'_>, permit: &G) -> Result<Self, Error> {
        let id = permit.resource().upload_id().ok_or(Damaged("upload"))?;
        let record = reader.get("")?.ok_or_else(|| Error::NoSuchUpload(id.to_string()))?;
        Ok(Self { id, upload: Upload::read(&record.value)?, version: record.version })
    }

    /// The keys of its parts, if the request brought the customer's key that the upload began with, or if KMS lets its
    /// caller use the one that protects them.
    pub(super) async fn unlock(
        &self,
        service: &S3,
        customer: Option<&Customer>,
        place: &Object,
        call: &Call,
    ) -> Result<Keys, Error> {
        self.check(customer, place.facts())?;
        let stored = (self.upload.customer_key.as_ref(), self.upload.kms.as_ref());
        service.unlock(customer, stored, place, call).await
    }

    /// That the request brought the customer's key that the upload began with, or none as then.
    ///
    /// Source: S3 API Reference, `UploadPart`, "Errors".
    pub(super) fn check(&self, customer: Option<&Customer>, facts: &BucketFacts) -> Result<(), Error> {
        let wrong = match (customer.is_some(), self.upload.customer_key.is_some()) {
            (true, false) => {
                "The multipart upload initiate did not request encryption. Please resend the request without sending \
                 encryption parameters."
            }
            (false, true) => {
                "The multipart upload initiate requested encryption. Subsequent part requests must include the \
                 appropriate encryption parameters."
            }
            _ => "The provided encryption parameters did not match the ones used originally.",
        };
        Customer::check_of(customer, self.upload.customer_key.as_ref(), facts)
            .map_err(|_| Error::InvalidRequest(wrong.into()))
    }

    /// The parts that were uploaded, in order.
    pub(super) fn parts(reader: &Reader<'_>) -> Result<Vec<Uploaded>, Error> {
        let mut parts = Vec::new();
        for record in reader.cursor(&Scan::default())? {
            let record = record?;
            if let Some(number) = record.key.first_chunk().map(|number| u16::from_be_bytes(*number)) {
                let part = Part::read(&record.value)?;
                parts.push(Uploaded { number, part, key: record.key, version: record.version });
            }
        }
        Ok(parts)
    }
}

/// A part that was uploaded.
pub(super) struct Uploaded {
    pub(super) number: u16,
    pub(super) part: Part,
    pub(super) key: Bytes,
    pub(super) version: Version,
}

/// The number of a part, as a request gives it.
pub(super) fn part_number(asked: i32) -> Result<u16, Error> {
    let number = (1..=limits::PARTS).contains(&asked).then(|| u16::try_from(asked).ok()).flatten();
    number.ok_or_else(|| {
        let message = "Part number must be an integer between 1 and 10000, inclusive";
        Error::argument("partNumber", asked, message)
    })
}

impl S3 {
    /// Keeps a part in place of an earlier one with its number, if the upload is still under way.
    pub(super) async fn keep_part<G>(
        &self,
        permit: &G,
        underway: &Underway,
        number: u16,
        part: &Part,
    ) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let key = layout::numbered(number);
        loop {
            let writer = self.store.write(permit);
            let earlier = writer.get(key)?;
            let mut transaction = writer.transaction();
            transaction.expect_version("", underway.version).put(key, part.to_record());
            match &earlier {
                Some(earlier) => transaction.expect_version(key, earlier.version),
                None => transaction.expect_absent(key),
            };
            match transaction.commit().await.map_err(|error| (error.conflict(), error)) {
                Ok(_) => {
                    let replaced = earlier.map(|earlier| Part::read(&earlier.value)).transpose()?;
                    self.readers.discard(replaced.iter().map(|part| part.blob.id()).collect());
                    return Ok(());
                }
                Err((Some(conflict), _)) if conflict.which == 1 => {}
                Err((conflict, error)) => {
                    self.readers.discard(vec![part.blob.id()]);
                    return Err(match conflict {
                        Some(_) => Error::NoSuchUpload(underway.id.to_string()),
                        None => error.into(),
                    });
                }
            }
        }
    }

    /// Removes what came too late: parts that were kept while their upload ended.
    pub(super) async fn clear_upload<G>(&self, permit: &G) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let writer = self.store.write(permit);
        let late = Underway::parts(&writer)?;
        if late.is_empty() {
            return Ok(());
        }
        let mut transaction = writer.transaction();
        for part in &late {
            transaction.delete(&part.key);
        }
        transaction.commit().await?;
        late.iter().for_each(|part| self.readers.discard(vec![part.part.blob.id()]));
        Ok(())
    }
}

/// Whether a transaction failed because the upload was over.
pub(super) fn is_over(error: &kurodo_store::StoreError) -> bool {
    error.conflict().is_some_and(|conflict| conflict.expectation == Expectation::Version)
}

/// The algorithm and kind of the checksum that the object will have.
///
/// Source: S3 User Guide, "Checking object integrity in Amazon S3", "Full object and composite checksum types".
pub(super) fn checksum(
    asked: Option<ChecksumAlgorithm>,
    kind: Option<ChecksumType>,
) -> Result<(Option<Algorithm>, Kind), Error> {
    let Some(word) = asked else {
        return match kind {
            None => Ok((None, Kind::Whole)),
            Some(_) => Err(Error::InvalidRequest(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
                    .into(),
            )),
        };
    };
    let algorithm = Algorithm::asked(word)?;
    let usual = if algorithm == Algorithm::Crc64Nvme { Kind::Whole } else { Kind::Composite };
    let kind = kind.map_or(usual, Kind::from);
    let possible = match kind {
        Kind::Whole => algorithm.is_crc(),
        Kind::Composite => algorithm != Algorithm::Crc64Nvme,
    };
    if possible {
        return Ok((Some(algorithm), kind));
    }
    let (kind, name) = (kind.word(), algorithm.suffix());
    Err(Error::InvalidRequest(
        format!("The {kind} checksum type cannot be used with the {name} checksum algorithm.").into(),
    ))
}

/// Who begins an upload, as S3 shows it: a user or session by its ARN, an account by its canonical id.
pub(super) fn initiator(call: &Call) -> Result<(String, Owner), Error> {
    let (principal, owner) = (&call.caller.principal, caller(call)?);
    let shown = match principal.kind {
        PrincipalKind::Root | PrincipalKind::Anonymous => owner.canonical_id.clone(),
        _ => principal.arn.clone(),
    };
    Ok((shown, owner))
}

/// The initiator, for replies.
pub(super) fn shown_initiator(upload: &Upload) -> model::Initiator {
    model::Initiator { id: Some(upload.initiator.0.clone()), display_name: None }
}

/// Who will own the object.
pub(super) fn owner(upload: &Upload, facts: &BucketFacts) -> Owner {
    upload.rights.as_ref().map_or_else(|| facts.owner.clone(), |(owner, _)| owner.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_checksums_go_with_their_algorithms() {
        use ChecksumAlgorithm as A;
        use ChecksumType as T;
        for (algorithm, kind, expected) in [
            (None, None, Some((None, Kind::Whole))),
            (Some(A::Crc32), None, Some((Some(Algorithm::Crc32), Kind::Composite))),
            (Some(A::Crc32), Some(T::FullObject), Some((Some(Algorithm::Crc32), Kind::Whole))),
            (Some(A::Crc64nvme), None, Some((Some(Algorithm::Crc64Nvme), Kind::Whole))),
            (Some(A::Sha256), Some(T::Composite), Some((Some(Algorithm::Sha256), Kind::Composite))),
            (Some(A::Crc64nvme), Some(T::Composite), None),
            (Some(A::Sha1), Some(T::FullObject), None),
            (None, Some(T::Composite), None),
        ] {
            assert_eq!(checksum(algorithm, kind).ok(), expected, "{algorithm:?} {kind:?}");
        }
    }

    #[test]
    fn parts_are_numbered_from_1_to_10000() {
        assert_eq!(part_number(10_000).ok(), Some(10_000));
        for wrong in [-1, 0, 10_001, i32::MAX] {
            assert!(part_number(wrong).is_err(), "{wrong}");
        }
    }
}
