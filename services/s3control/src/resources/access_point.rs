use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Kind, Policy, Principal, PrincipalKind};
use kurodo_store::{Fact, Reader};

use crate::{
    Error, S3Control,
    access_points::{self, AccessPoint as Stored},
    block::block_of,
};

/// An access point, whether or not there is one of the name.
pub struct AccessPoint {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    stored: Option<Stored>,
    /// That it is so.
    current: Fact,
    policy: Option<Attached>,
    /// What else has this alias: nothing.
    alias: String,
    /// Whether the bucket, its account or the access point's refuses public policies, with the facts that they do or not.
    refusals: Vec<(bool, Fact)>,
}

impl AccessPoint {
    /// The access point of this name in the request's region. One of another region is none.
    pub(crate) fn find(find: &Find<'_, S3Control>, account: &str, name: &str) -> Result<Self, Error> {
        let account: AccountId = account.parse().map_err(|_| Error::InvalidAccount)?;
        let reader = find.stored();
        let (found, current) = reader.fact(access_points::one(account, name).prefix())?;
        let read = |value: &[u8]| access_points::read::<Stored>(value).ok_or(Error::Damaged);
        let stored = found.map(|found| read(&found.value)).transpose()?;
        let region = find.region().clone();
        let policy = stored.as_ref().and_then(|stored| stored.policy.as_ref());
        let policy = policy.map(|(_, bound)| compile(name, bound)).transpose()?;
        let alias = stored.as_ref().map(|stored| stored.alias.clone()).unwrap_or_default();
        let refusals = stored.as_ref().map(|stored| refusals(find, &reader, account, stored)).transpose()?;
        let refusals = refusals.unwrap_or_default();
        Ok(Self { region, account, name: name.to_owned(), stored, current, policy, alias, refusals })
    }

    /// Whether a public policy is refused: by itself, its bucket or their accounts. The most restrictive of them counts.
    ///
    /// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "BlockPublicPolicy".
    pub(crate) fn refuses_public_policies(&self) -> bool {
        let own = self.stored.as_ref().is_some_and(|stored| stored.block.block_public_policy);
        own || self.refusals.iter().any(|(refuses, _)| *refuses)
    }

    /// That others refuse public policies, or do not, as it was decided on.
    pub(crate) fn refusals(&self) -> impl Iterator<Item = &Fact> {
        self.refusals.iter().map(|(_, fact)| fact)
    }

    /// The same new one, which is to have this alias.
    pub(crate) fn called(self, alias: String) -> Self {
        Self { alias, ..self }
    }

    /// The alias that it has, or is to have.
    pub(crate) fn alias(&self) -> &str {
        &self.alias
    }

    /// What there is of the name, in any region.
    pub(crate) fn any(&self) -> Option<&Stored> {
        self.stored.as_ref()
    }

    /// The access point, and the fact that it is so.
    pub(crate) fn existing(&self) -> Result<(&Stored, &Fact), Error> {
        let here = self.any().filter(|stored| stored.region == self.region.as_str());
        Ok((here.ok_or(Error::NoSuchAccessPoint)?, &self.current))
    }

    /// That it is as it was decided on.
    pub(crate) fn current(&self) -> &Fact {
        &self.current
    }

    /// Its ARN.
    pub(crate) fn arn(&self) -> String {
        access_points::arn(self.region.as_str(), self.account, &self.name)
    }
}

/// What refuses public policies, beside the access point itself.
fn refusals(
    find: &Find<'_, S3Control>,
    reader: &Reader<'_>,
    account: AccountId,
    stored: &Stored,
) -> Result<Vec<(bool, Fact)>, Error> {
    let bucket = (find.service.buckets.refuse_public_policies)(reader, &stored.bucket)?;
    let mut refusals = vec![bucket];
    let other = Some(stored.bucket_account).filter(|other| *other != account);
    for account in std::iter::once(account).chain(other) {
        let (block, fact) = block_of(reader, account)?;
        refusals.push((block.block_public_policy, fact));
    }
    Ok(refusals)
}

/// Compiles a policy that is stored.
pub(crate) fn compile(name: &str, bound: &str) -> Result<Attached, Error> {
    let policy = Policy::parse(bound, Kind::Resource).map_err(|_| Error::Damaged)?;
    Ok(Attached { name: format!("access-point-policy:{name}"), policy: Arc::new(policy) })
}

impl Resource for AccessPoint {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        access_points::one(self.account, &self.name)
    }

    fn policy(&self) -> Option<&Attached> {
        self.policy.as_ref()
    }

    /// Access points are the business of their account alone; and no policy keeps out its root user from changing it, who
    /// could otherwise be locked out for good.
    ///
    /// Source: S3 User Guide, "Restrictions and limitations for access points".
    fn hears(&self, action: &str, principal: &Principal) -> bool {
        let of_policy = ["s3:PutAccessPointPolicy", "s3:DeleteAccessPointPolicy"].contains(&action);
        principal.account == Some(self.account) && !(of_policy && principal.kind == PrincipalKind::Root)
    }

    fn describe(&self, context: &mut Context) {
        context.set("s3:DataAccessPointAccount", self.account.to_string());
        context.set("s3:DataAccessPointArn", self.arn());
        context.set("s3:AccessPointNetworkOrigin", "Internet");
    }
}

/// The alias.
impl Annexed for AccessPoint {
    fn annex(&self) -> Scope {
        access_points::alias(&self.alias)
    }
}

/// The access point that the request names.
pub(crate) async fn access_point(
    find: &Find<'_, S3Control>,
    account: &str,
    name: &str,
) -> Result<AccessPoint, Error> {
    AccessPoint::find(find, account, name)
}

/// The access points of an account.
#[derive(Debug)]
pub struct Points {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

impl Resource for Points {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        access_points::all(self.account)
    }
}

/// The access points of the account that the request names.
pub(crate) async fn points(find: &Find<'_, S3Control>, account: &str) -> Result<Points, Error> {
    let account = account.parse().map_err(|_| Error::InvalidAccount)?;
    Ok(Points { account, region: find.region().clone() })
}
