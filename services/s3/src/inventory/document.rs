use super::{Field, Inventory};
use crate::{
    Error,
    model::{
        InventoryConfiguration, InventoryDestination, InventoryEncryption, InventoryFilter, InventoryFormat,
        InventoryFrequency, InventoryIncludedObjectVersions, InventoryOptionalField,
        InventoryS3BucketDestination, InventorySchedule, SSEKMS, SSES3,
    },
};

/// How ARNs of buckets begin.
const ARN: &str = "arn:aws:s3:::";

impl Inventory {
    /// Reads what a request asks for.
    ///
    /// # Errors
    /// An id that is none; a format, a field or an encryption that Kurodo does not have.
    pub(crate) fn read(id: &str, asked: &InventoryConfiguration) -> Result<Self, Error> {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if asked.id != id {
            return Err(Error::argument("Id", id, "The ids of the query and of the document differ."));
        }
        if id.is_empty() || id.len() > 64 || !id.chars().all(known) {
            return Err(Error::argument("Id", id, "The specified configuration id is invalid"));
        }
        let destination = &asked.destination.s3_bucket_destination;
        let format = destination.format;
        if format == InventoryFormat::Orc {
            return Err(Error::NotImplemented(format!("S3 Inventory in the format {format}").into()));
        }
        let target = destination.bucket.strip_prefix(ARN);
        let target = target.ok_or(Error::InvalidS3DestinationBucket(destination.bucket.clone()))?;
        let kms = destination.encryption.as_ref().and_then(|encryption| encryption.ssekms.as_ref());
        Ok(Self {
            id: id.to_owned(),
            enabled: asked.is_enabled,
            versions: asked.included_object_versions == InventoryIncludedObjectVersions::All,
            weekly: asked.schedule.frequency == InventoryFrequency::Weekly,
            filter: asked.filter.as_ref().map(|filter| filter.prefix.clone()),
            target: target.to_owned(),
            account: destination.account_id.clone(),
            prefix: destination.prefix.clone(),
            sealed: destination.encryption.is_some(),
            kms: kms.map(|kms| kms.key_id.expose().to_owned()),
            fields: fields(asked.optional_fields.as_deref().unwrap_or_default())?,
            parquet: format == InventoryFormat::Parquet,
        })
    }

    /// As replies show it.
    pub(crate) fn shown(&self) -> InventoryConfiguration {
        let encryption = self.sealed.then(|| match &self.kms {
            None => InventoryEncryption { sses3: Some(SSES3 {}), ssekms: None },
            Some(key) => {
                InventoryEncryption { sses3: None, ssekms: Some(SSEKMS { key_id: key.as_str().into() }) }
            }
        });
        let fields: Vec<_> = self.fields.iter().filter_map(|field| word(*field)).collect();
        InventoryConfiguration {
            destination: InventoryDestination {
                s3_bucket_destination: InventoryS3BucketDestination {
                    account_id: self.account.clone(),
                    bucket: format!("{ARN}{}", self.target),
                    format: if self.parquet { InventoryFormat::Parquet } else { InventoryFormat::Csv },
                    prefix: self.prefix.clone(),
                    encryption,
                },
            },
            is_enabled: self.enabled,
            filter: self.filter.clone().map(|prefix| InventoryFilter { prefix }),
            id: self.id.clone(),
            included_object_versions: match self.versions {
                true => InventoryIncludedObjectVersions::All,
                false => InventoryIncludedObjectVersions::Current,
            },
            optional_fields: (!fields.is_empty()).then_some(fields),
            schedule: InventorySchedule {
                frequency: if self.weekly { InventoryFrequency::Weekly } else { InventoryFrequency::Daily },
            },
        }
    }
}

fn word(field: Field) -> Option<InventoryOptionalField> {
    InventoryOptionalField::parse(&field.name())
}

/// The fields that a request asks for, in the order of lists.
fn fields(asked: &[InventoryOptionalField]) -> Result<Vec<Field>, Error> {
    if let Some(unknown) =
        asked.iter().find(|one| !Field::ALL.into_iter().any(|field| word(field) == Some(**one)))
    {
        return Err(Error::NotImplemented(format!("the field {unknown} of S3 Inventory").into()));
    }
    Ok(Field::ALL
        .into_iter()
        .filter(|field| word(*field).is_some_and(|word| asked.contains(&word)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_word() {
        assert!(Field::ALL.into_iter().all(|field| word(field).is_some()));
    }

    #[test]
    fn fields_that_cannot_be_told_are_refused_by_name() {
        use InventoryOptionalField::{LastModifiedDate, LifecycleExpirationDate, Size};
        assert_eq!(fields(&[LastModifiedDate, Size]).unwrap(), [Field::Size, Field::LastModifiedDate]);
        assert!(matches!(fields(&[LifecycleExpirationDate]), Err(Error::NotImplemented(_))));
    }
}
