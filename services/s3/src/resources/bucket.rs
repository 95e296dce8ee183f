use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_authz::{Gate, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Principal, PrincipalKind};
use kurodo_store::{Fact, KeyBuilder, Reader};

use super::{Counts, charged};
use crate::{
    Error, S3,
    access_points::{check_bucket, entered},
    acl::{self, On},
    facts::BucketFacts,
    layout,
    model::RequestCharged,
    names,
    policy::Names,
    records::{VersionId, Wanted},
    versions::Versions,
};

/// A bucket.
#[derive(Clone)]
pub struct Bucket {
    pub(crate) bucket: String,
    account: AccountId,
    /// `None` for a bucket that is to be made.
    facts: Option<Arc<BucketFacts>>,
    reach: Reach,
    counts: Counts,
    acls: bool,
    names: Names,
    charged: Option<RequestCharged>,
    /// Other buckets that the request names.
    others: Vec<Arc<BucketFacts>>,
    /// That the name of a new bucket is no access point's label, where it could be one.
    unlabelled: Option<Fact>,
}

/// What a permit for the bucket reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The bucket and its settings.
    Settings,
    /// What is in it: its objects and the multipart uploads to it.
    Contents,
    /// Its objects.
    Objects,
    /// The multipart uploads to it.
    Uploads,
}

impl Bucket {
    /// A bucket that does not have to be there yet, in the caller's account.
    pub(crate) fn wanted(name: &str, account: AccountId) -> Self {
        Self {
            bucket: name.to_owned(),
            account,
            facts: None,
            reach: Reach::Settings,
            counts: Counts::Nothing,
            acls: false,
            names: Names::default(),
            charged: None,
            others: Vec::new(),
            unlabelled: None,
        }
    }

    pub(crate) fn existing(find: &Find<'_, S3>, facts: &Arc<BucketFacts>, reach: Reach) -> Self {
        let counts = Counts::Whole.restricted(facts, &find.call.caller.principal);
        Self {
            bucket: facts.name.clone(),
            account: facts.account,
            facts: Some(Arc::clone(facts)),
            reach,
            counts,
            acls: counts != Counts::Nothing,
            names: Names::default(),
            charged: None,
            others: Vec::new(),
            unlabelled: None,
        }
    }

    /// The same bucket, with those of the others that the request names that are there.
    pub(crate) fn with_others(self, others: impl IntoIterator<Item = Arc<BucketFacts>>) -> Self {
        Self { others: others.into_iter().collect(), ..self }
    }

    /// Another bucket that the request names, if it is there.
    pub(crate) fn other(&self, name: &str) -> Option<&BucketFacts> {
        self.others.iter().find(|facts| facts.name == name).map(|facts| &**facts)
    }

    /// The same new bucket, whose name is no access point's label.
    pub(crate) fn unlabelled(self, fact: Option<Fact>) -> Self {
        Self { unlabelled: fact, ..self }
    }

    /// What a new bucket relies on.
    pub(crate) fn relies_on(&self) -> Option<&Fact> {
        self.unlabelled.as_ref()
    }

    /// The same bucket, with what the principals of its policy stand for.
    pub(crate) fn with_names(self, names: Names) -> Self {
        Self { names, ..self }
    }

    /// What the principals of the policy stand for.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// The same bucket, where who asks may have to pay.
    fn paid(self, find: &Find<'_, S3>, facts: &BucketFacts) -> Result<Self, Error> {
        Ok(Self { charged: charged(find, facts)?, ..self })
    }

    /// Whether who asks pays.
    pub(crate) fn charged(&self) -> Option<RequestCharged> {
        self.charged
    }

    /// The bucket's name.
    pub(crate) fn name(&self) -> &str {
        &self.bucket
    }

    /// Which version of a key is the null version, by a reader of the bucket's contents.
    pub(crate) fn null_version(&self, contents: &Reader<'_>, key: &str) -> Result<Option<VersionId>, Error> {
        let below = |kind| KeyBuilder::relative().byte(kind).part(key).build();
        let versions = Versions::stored(contents, &below(layout::OBJECTS), &below(layout::VERSIONS));
        Ok(versions.find(&Wanted::Null)?.map(|found| *found.kept.id()))
    }

    /// What is known of the bucket.
    pub(crate) fn facts(&self) -> Result<&Arc<BucketFacts>, Error> {
        self.facts.as_ref().ok_or_else(|| Error::NoSuchBucket(self.bucket.clone()))
    }
}

impl Resource for Bucket {
    /// As for objects.
    fn called(&self) -> Option<String> {
        self.facts.as_ref()?.gate.as_ref().map(|gate| gate.gate(None).arn)
    }

    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match (&self.facts, self.reach) {
            (Some(facts), Reach::Contents) => layout::contents(facts.id),
            (Some(facts), Reach::Objects) => layout::objects(facts.id),
            (Some(facts), Reach::Uploads) => layout::uploads(facts.id),
            _ => layout::settings(&self.bucket),
        }
    }

    fn policy(&self) -> Option<&Attached> {
        self.counts.of(self.facts.as_deref()?)
    }

    fn grant(&self, action: &str, principal: &Principal) -> Option<String> {
        let facts = self.facts.as_deref().filter(|_| self.acls)?;
        acl::grant(&facts.acl(), On::Bucket, action, principal, &facts.owner.canonical_id)
    }

    fn public_grant(&self, action: &str, principal: &Principal) -> Option<String> {
        let facts = self.facts.as_deref().filter(|facts| self.acls && !facts.blocks().ignore_acls)?;
        acl::public_grant(&facts.acl(), On::Bucket, action, principal)
    }

    fn gate(&self) -> Option<Gate<'_>> {
        Some(self.facts.as_ref()?.gate.as_ref()?.gate(None))
    }

    fn describe(&self, context: &mut Context) {
        context.set("s3:ResourceAccount", self.account.to_string());
        if let Some(gate) = self.facts.as_ref().and_then(|facts| facts.gate.as_ref()) {
            gate.describe(context);
        }
    }
}

/// The facts of a bucket that the request may go to: it is there, where the request says, and whose it says.
pub(crate) fn located(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Arc<BucketFacts>, Error> {
    names::check_existing(name)?;
    match at_home(find, name, expected_owner) {
        Err(Error::NoSuchBucket(name)) => {
            check_bucket(find, &name)?;
            Err(Error::NoSuchBucket(name))
        }
        found => found,
    }
}

/// The facts of a bucket that is where the request says, and whose it says.
pub(crate) fn at_home(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Arc<BucketFacts>, Error> {
    let facts = S3::bucket_facts(find, name)?.ok_or_else(|| Error::NoSuchBucket(name.to_owned()))?;
    match expected_owner {
        Some(expected) if expected.parse::<AccountId>().is_err() => return Err(Error::InvalidExpectedOwner),
        Some(expected) if *expected != facts.account.to_string() => {
            return Err(Error::AccessDenied("Access Denied".into()));
        }
        _ => {}
    }
    if !find.call.caller.is_anonymous() && facts.region != find.region().as_str() {
        return Err(Error::PermanentRedirect { bucket: name.to_owned(), region: facts.region.clone() });
    }
    Ok(facts)
}

/// The bucket, with its settings in reach.
///
/// # Errors
/// No such bucket, or it is elsewhere or somebody else's than the request says.
pub async fn bucket(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Bucket, Error> {
    Ok(Bucket::existing(find, &located(find, name, expected_owner)?, Reach::Settings))
}

/// The same of a bucket that an access point may lead to.
///
/// # Errors
/// As [`bucket`]'s.
pub async fn reached(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Bucket, Error> {
    Ok(Bucket::existing(find, &entered(find, name, expected_owner)?, Reach::Settings))
}

/// What is in the bucket: its objects and the uploads to it.
///
/// # Errors
/// As [`bucket`]'s.
pub async fn contents(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Bucket, Error> {
    Ok(Bucket::existing(find, &located(find, name, expected_owner)?, Reach::Contents))
}

/// The bucket's objects, with all of their versions.
///
/// # Errors
/// As [`bucket`]'s.
pub async fn versions(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Bucket, Error> {
    let facts = entered(find, name, expected_owner)?;
    Bucket::existing(find, &facts, Reach::Contents).paid(find, &facts)
}

/// The bucket's objects.
///
/// # Errors
/// As [`bucket`]'s.
pub async fn objects(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Bucket, Error> {
    let facts = entered(find, name, expected_owner)?;
    Bucket::existing(find, &facts, Reach::Objects).paid(find, &facts)
}

/// The multipart uploads to the bucket.
///
/// # Errors
/// As [`bucket`]'s.
pub async fn uploads(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Bucket, Error> {
    let facts = entered(find, name, expected_owner)?;
    Bucket::existing(find, &facts, Reach::Uploads).paid(find, &facts)
}

/// The bucket, as whoever changes its policy finds it: no policy keeps out the root user of the bucket's account, who
/// could otherwise be locked out for good.
///
/// Source: S3 API Reference, `PutBucketPolicy`, `DeleteBucketPolicy`.
///
/// # Errors
/// As [`bucket`]'s.
pub async fn policy_of(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Bucket, Error> {
    let mut bucket = bucket(find, name, expected_owner).await?;
    let principal = &find.call.caller.principal;
    if principal.kind == PrincipalKind::Root && principal.account == Some(bucket.account) {
        bucket.counts = Counts::Nothing;
    }
    Ok(bucket)
}
