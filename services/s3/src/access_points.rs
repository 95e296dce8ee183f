//! Access points: other names of buckets, each with a policy of its own that has its say on what comes through it.
//!
//! Another service keeps them. A request names one by its label, which is `name-account` as in the host names of AWS's
//! endpoints, or by its alias. No bucket is made under a label that is taken, and no access point under a bucket's name.
//!
//! Source: S3 User Guide, "Managing access to shared datasets with access points".

use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_authz::Gate;
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Kind, Policy, Principal, PrincipalKind, is_public};
use kurodo_store::{Fact, Reader, StoreError};

use crate::{
    Error, S3,
    facts::BucketFacts,
    layout::{self, Setting},
    records::{BlockPublic, Damaged, Identity},
    resources::{at_home, located},
};

/// Where access points are found.
#[derive(Clone, Copy)]
pub struct AccessPoints {
    /// The namespace that they lie in.
    pub namespace: u8,
    /// The access point of this label or alias in this region, by a reader of everything.
    pub find: fn(&Reader<'_>, &str, &str) -> Result<Option<AccessPoint>, StoreError>,
    /// Whether this is the label of one in any region, with the fact that it is so.
    pub is_label: fn(&Reader<'_>, &str) -> Found,
    /// Whether the bucket of this name has access points of this account, with the fact that it is so.
    pub of_bucket: fn(&Reader<'_>, &str, AccountId) -> Found,
}

/// Whether something is so, with the fact that it is.
pub type Found = Result<(bool, Fact), StoreError>;

/// An access point.
#[derive(Debug, Clone)]
pub struct AccessPoint {
    /// Its ARN.
    pub arn: String,
    /// Whose it is.
    pub account: AccountId,
    /// The bucket that it leads to, as long as it is this account's.
    pub bucket: String,
    /// The bucket's account.
    pub bucket_account: AccountId,
    /// What it blocks, beside what the bucket does.
    pub block: BlockPublic,
    /// Its policy's text.
    pub policy: Option<String>,
}

/// An access point that a request comes through.
pub(crate) struct Passage {
    pub(crate) arn: String,
    account: AccountId,
    /// The policy, as far as it counts for the caller.
    policy: Option<Attached>,
}

impl Passage {
    /// The passage of this principal. Where what is public is restricted, by the access point, its bucket or their accounts, a
    /// public policy lets in the owner's account and services only.
    ///
    /// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "Performing block public access operations on
    /// an access point".
    fn of(point: AccessPoint, principal: &Principal, block: BlockPublic) -> Result<Self, Error> {
        let AccessPoint { arn, account, policy, .. } = point;
        let policy = policy.map(|text| compile(&arn, &text)).transpose()?;
        let inside = principal.account == Some(account) || principal.kind == PrincipalKind::Service;
        let policy = policy.filter(|policy| inside || !block.restrict || !is_public(&policy.policy));
        Ok(Self { arn, account, policy })
    }

    /// The gate to a key of the bucket, or to the bucket.
    pub(crate) fn gate(&self, key: Option<&str>) -> Gate<'_> {
        let arn = match key {
            Some(key) => format!("{}/object/{key}", self.arn),
            None => self.arn.clone(),
        };
        Gate { arn, owner: self.account, policy: self.policy.as_ref() }
    }

    /// The condition keys of what comes through it.
    ///
    /// Source: Service Authorization Reference, `s3:DataAccessPointArn` and its like.
    pub(crate) fn describe(&self, context: &mut Context) {
        context.set("s3:DataAccessPointArn", self.arn.as_str());
        context.set("s3:DataAccessPointAccount", self.account.to_string());
        context.set("s3:AccessPointNetworkOrigin", "Internet");
    }
}

fn compile(arn: &str, text: &str) -> Result<Attached, Error> {
    let policy = Policy::parse(text, Kind::Resource).map_err(|_| Damaged("access point's policy"))?;
    Ok(Attached { name: format!("access-point-policy:{arn}"), policy: Arc::new(policy) })
}

/// Whether this may be an access point's label or alias.
fn may_be(name: &str) -> bool {
    let is_label = |(name, account): (&str, &str)| {
        !name.is_empty() && account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())
    };
    name.ends_with("-s3alias") || name.rsplit_once('-').is_some_and(is_label)
}

/// The access point of this label or alias.
fn point(find: &Find<'_, S3>, name: &str) -> Result<Option<AccessPoint>, Error> {
    match may_be(name) {
        true => Ok((find.service.points.find)(&find.stored(), name, find.region().as_str())?),
        false => Ok(None),
    }
}

/// The facts of a bucket that the request may go to by its name, or through an access point.
pub(crate) fn entered(
    find: &Find<'_, S3>,
    name: &str,
    expected_owner: &Option<String>,
) -> Result<Arc<BucketFacts>, Error> {
    let Some(point) = point(find, name)? else { return located(find, name, expected_owner) };
    if find.call.context.get("s3:signatureversion").is_some_and(|version| version.single() == Some("AWS")) {
        return Err(Error::AccessPointSignature);
    }
    let facts = at_home(find, &point.bucket, expected_owner)?;
    if facts.account != point.bucket_account {
        return Err(Error::NoSuchBucket(name.to_owned()));
    }
    let block_public = Some(facts.block_public.unwrap_or_default().or(point.block));
    let (of_account, _) = (find.service.accounts.of)(&find.stored(), point.account)?;
    let block = facts.blocks().or(point.block).or(of_account);
    let gate = Some(Arc::new(Passage::of(point, &find.call.caller.principal, block)?));
    Ok(Arc::new(BucketFacts { gate, block_public, ..BucketFacts::clone(&facts) }))
}

/// That a name is no access point's: what it names is for buckets alone.
///
/// Source: S3 User Guide, "Access point compatibility".
pub(crate) fn check_bucket(find: &Find<'_, S3>, name: &str) -> Result<(), Error> {
    point(find, name)?.map_or(Ok(()), |_| Err(Error::NotForAccessPoints))
}

/// The facts of a bucket that a request named, also where it came through an access point.
pub(crate) fn behind(
    service: &S3,
    stored: &Reader<'_>,
    name: &str,
    region: &str,
) -> Result<Option<Arc<BucketFacts>>, Error> {
    let point = if may_be(name) { (service.points.find)(stored, name, region)? } else { None };
    let Some(point) = point else { return service.facts_of(stored, name) };
    let facts = service.facts_of(stored, &point.bucket)?;
    let AccessPoint { arn, account, bucket_account, .. } = point;
    let gate = Some(Arc::new(Passage { arn, account, policy: None }));
    let facts = facts.filter(|facts| facts.account == bucket_account);
    Ok(facts.map(|facts| Arc::new(BucketFacts { gate, ..BucketFacts::clone(&facts) })))
}

/// The account and the region of a bucket, if there is one of this name, with the fact that it is so; by a reader of
/// everything.
///
/// # Errors
/// As [`Reader::get`].
pub fn home(reader: &Reader<'_>, bucket: &str) -> Result<(Option<(AccountId, String)>, Fact), StoreError> {
    let key = [layout::bucket(bucket).as_ref(), &Setting::Identity.key()].concat();
    let (found, fact) = reader.fact(key)?;
    let identity = found.and_then(|found| serde_json::from_slice::<Identity>(&found.value).ok());
    Ok((identity.and_then(|identity| Some((identity.account().ok()?, identity.region))), fact))
}

/// Whether a bucket refuses public policies, with the fact that it is so; by a reader of everything.
///
/// # Errors
/// As [`Reader::get`]; a record that cannot be read refuses them.
pub fn refuses_public_policies(reader: &Reader<'_>, bucket: &str) -> Found {
    let key = [layout::bucket(bucket).as_ref(), &Setting::PublicAccessBlock.key()].concat();
    let (found, fact) = reader.fact(key)?;
    let block = |value: &[u8]| serde_json::from_slice(value).unwrap_or(BlockPublic::ALL);
    Ok((found.is_some_and(|found| block(&found.value).policy), fact))
}

/// That a new bucket of this name would not take an access point's label; `None` where it cannot.
pub(crate) fn unlabelled(find: &Find<'_, S3>, name: &str) -> Result<Option<Fact>, Error> {
    if !may_be(name) {
        return Ok(None);
    }
    match (find.service.points.is_label)(&find.stored(), name)? {
        (false, fact) => Ok(Some(fact)),
        (true, _) => Err(Error::BucketAlreadyExists(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_aliases_are_told_from_names_of_buckets() {
        for name in ["a-111122223333", "my-point-111122223333", "my-point-abc-s3alias"] {
            assert!(may_be(name), "{name}");
        }
        for name in
            ["a", "111122223333", "-111122223333", "a-11112222333", "a-11112222333x", "a.111122223333"]
        {
            assert!(!may_be(name), "{name}");
        }
    }
}
