use super::{Keys, Logging};
use crate::{
    Error,
    acl::{self, Right},
    facts::BucketFacts,
    model::{
        BucketLogsPermission, LoggingEnabled, PartitionDateSource, PartitionedPrefix, SimplePrefix,
        TargetGrant, TargetObjectKeyFormat,
    },
    records::Ownership,
};

impl Logging {
    /// Reads what a request asks for.
    ///
    /// # Errors
    /// A document that says it twice, or not at all; a grantee that is none.
    pub(crate) fn read(asked: &LoggingEnabled) -> Result<Self, Error> {
        let grants = asked.target_grants.iter().flatten().map(grant).collect::<Result<_, _>>()?;
        Ok(Self {
            target: asked.target_bucket.clone(),
            prefix: asked.target_prefix.clone(),
            grants,
            keys: asked.target_object_key_format.as_ref().map(keys).transpose()?,
        })
    }

    /// That the logs of a bucket can go there: to a bucket of the same account and region, which has not shut out log
    /// delivery. What its policy says counts when they are delivered.
    ///
    /// Source: S3 User Guide, "Enabling Amazon S3 server access logging", "Permissions for log delivery"; S3 API
    /// Reference, "Error responses".
    pub(crate) fn check(&self, source: &BucketFacts, target: Option<&BucketFacts>) -> Result<(), Error> {
        let wrong = |why| Error::InvalidTargetBucketForLogging { bucket: self.target.clone(), why };
        let target = target.ok_or_else(|| wrong("The target bucket for logging does not exist"))?;
        if target.account != source.account {
            return Err(wrong(
                "The owner for the bucket to be logged and the target bucket must be the same.",
            ));
        }
        if target.region != source.region {
            let (from, to) = (source.region.clone(), target.region.clone());
            return Err(Error::CrossLocationLogging { from, to });
        }
        if target.ownership() == Ownership::Enforced {
            let plain = self.grants.is_empty();
            return if plain { Ok(()) } else { Err(Error::AccessControlListNotSupported) };
        }
        let listed = acl::lets_logs_in(&target.acl());
        match listed || target.policy.is_some() {
            true => Ok(()),
            false => Err(wrong(
                "You must give the log-delivery group WRITE and READ_ACP permissions to the target bucket",
            )),
        }
    }

    /// As replies show it.
    pub(crate) fn shown(&self) -> LoggingEnabled {
        let grant = |(who, right): &(acl::Grantee, Right)| TargetGrant {
            grantee: Some(acl::shown_grantee(who)),
            permission: permission(*right),
        };
        let grants: Vec<_> = self.grants.iter().map(grant).collect();
        LoggingEnabled {
            target_bucket: self.target.clone(),
            target_grants: (!grants.is_empty()).then_some(grants),
            target_prefix: self.prefix.clone(),
            target_object_key_format: self.keys.map(shown_keys),
        }
    }
}

fn grant(grant: &TargetGrant) -> Result<(acl::Grantee, Right), Error> {
    let (grantee, permission) = grant.grantee.as_ref().zip(grant.permission).ok_or(Error::MalformedXml)?;
    let right = match permission {
        BucketLogsPermission::FullControl => Right::FullControl,
        BucketLogsPermission::Read => Right::Read,
        BucketLogsPermission::Write => Right::Write,
    };
    Ok((acl::grantee(grantee)?, right))
}

fn permission(right: Right) -> Option<BucketLogsPermission> {
    match right {
        Right::FullControl => Some(BucketLogsPermission::FullControl),
        Right::Read => Some(BucketLogsPermission::Read),
        Right::Write => Some(BucketLogsPermission::Write),
        Right::ReadAcp | Right::WriteAcp => None,
    }
}

fn keys(format: &TargetObjectKeyFormat) -> Result<Keys, Error> {
    match (&format.simple_prefix, &format.partitioned_prefix) {
        (Some(_), None) => Ok(Keys::Simple),
        (None, Some(PartitionedPrefix { partition_date_source })) => match partition_date_source {
            Some(PartitionDateSource::EventTime) => Ok(Keys::ByEvent),
            Some(PartitionDateSource::DeliveryTime) => Ok(Keys::ByDelivery),
            None => Err(Error::MalformedXml),
        },
        _ => Err(Error::MalformedXml),
    }
}

fn shown_keys(keys: Keys) -> TargetObjectKeyFormat {
    let by = |source| TargetObjectKeyFormat {
        partitioned_prefix: Some(PartitionedPrefix { partition_date_source: Some(source) }),
        ..TargetObjectKeyFormat::default()
    };
    match keys {
        Keys::Simple => {
            TargetObjectKeyFormat { simple_prefix: Some(SimplePrefix {}), ..TargetObjectKeyFormat::default() }
        }
        Keys::ByEvent => by(PartitionDateSource::EventTime),
        Keys::ByDelivery => by(PartitionDateSource::DeliveryTime),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_in_one_way_only() {
        for way in [Keys::Simple, Keys::ByEvent, Keys::ByDelivery] {
            assert_eq!(keys(&shown_keys(way)).unwrap(), way);
        }
        let both =
            TargetObjectKeyFormat { simple_prefix: Some(SimplePrefix {}), ..shown_keys(Keys::ByEvent) };
        let dateless = TargetObjectKeyFormat {
            partitioned_prefix: Some(PartitionedPrefix::default()),
            ..TargetObjectKeyFormat::default()
        };
        for wrong in [both, dateless, TargetObjectKeyFormat::default()] {
            assert!(matches!(keys(&wrong), Err(Error::MalformedXml)));
        }
    }
}
