use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached as Policy, Context, Principal};
use kurodo_store::Fact;

use super::AccessPoint;
use crate::{Error, S3Control, access_points};

/// An access point, as what leads to a bucket.
pub struct Attached {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    point: AccessPoint,
    bucket: String,
    /// The bucket's account and region, if it is there.
    home: Option<(AccountId, String)>,
    /// That it is so, and that no bucket is called like the access point.
    facts: [Fact; 2],
    /// Whether a bucket is called so.
    taken: bool,
    /// The labels of all that lead to the bucket, and that they are these.
    labels: (Vec<String>, Fact),
}

impl Attached {
    /// The access point that leads, or is to lead, to this bucket.
    pub(crate) fn find(find: &Find<'_, S3Control>, point: AccessPoint, bucket: &str) -> Result<Self, Error> {
        let reader = find.stored();
        let (home, there) = (find.service.buckets.home)(&reader, bucket)?;
        let label = access_points::label(point.account, &point.name);
        let (taken, free) = (find.service.buckets.home)(&reader, &label)?;
        let (found, current) = reader.fact(access_points::of_bucket(bucket).prefix())?;
        let labels =
            found.map(|found| access_points::read(&found.value).ok_or(Error::Damaged)).transpose()?;
        Ok(Self {
            region: point.region.clone(),
            account: point.account,
            name: point.name.clone(),
            point,
            bucket: bucket.to_owned(),
            home,
            facts: [there, free],
            taken: taken.is_some(),
            labels: (labels.unwrap_or_default(), current),
        })
    }

    /// The bucket's account and region.
    pub(crate) fn home(&self) -> Option<&(AccountId, String)> {
        self.home.as_ref()
    }

    /// Whether a bucket is called like the access point.
    pub(crate) fn is_taken(&self) -> bool {
        self.taken
    }

    /// What a new one relies on.
    pub(crate) fn facts(&self) -> &[Fact; 2] {
        &self.facts
    }

    /// The labels of those that lead to the bucket, without this one; and that they are these.
    pub(crate) fn others(&self) -> (Vec<String>, &Fact) {
        let (own, (labels, fact)) = (self.label(), &self.labels);
        (labels.iter().filter(|label| **label != own).cloned().collect(), fact)
    }

    /// What host names call it.
    pub(crate) fn label(&self) -> String {
        access_points::label(self.account, &self.name)
    }
}

impl Resource for Attached {
    fn owner(&self) -> AccountId {
        self.point.owner()
    }

    fn scope(&self) -> Scope {
        access_points::of_bucket(&self.bucket)
    }

    fn policy(&self) -> Option<&Policy> {
        self.point.policy()
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        self.point.hears(action, principal)
    }

    fn describe(&self, context: &mut Context) {
        self.point.describe(context);
    }
}
