use bytes::Bytes;
use kurodo_authz::Permit;
use kurodo_gateway::{Authorized, Call, Handler};
use kurodo_keys::{KeyWrap, SecretKey};
use kurodo_store::Transaction;
use serde::Serialize;

use super::{Answer, caller};
use crate::{
    Error, S3,
    acl::{Acl, asked},
    action,
    layout::Setting,
    model::{BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, op},
    needs::tags_of_new,
    records::{
        BlockPublic, BucketId, Damaged, Identity, ObjectLock, Owner, Ownership, Versioning, VersioningState,
    },
    tags,
};

/// The region whose endpoint makes buckets anywhere.
const ANYWHERE: &str = "us-east-1";

impl Handler<op::CreateBucket> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::CreateBucket>) -> Answer<op::CreateBucket> {
        let Authorized { input, permits: (permit, ..), call, .. } = call;
        let (region, owner) = (region(&input, call)?, caller(call)?);
        let ownership = input.object_ownership.map_or(Ownership::Enforced, Ownership::from);
        let acl = acl(&input, ownership, &owner)?;
        let tags = tags::from_new_bucket(tags_of_new(&input))?;
        let identity = self.new_identity(owner, region, call.now_ms).await?;

        let writer = self.store.write(&permit);
        let mut transaction = writer.transaction();
        transaction.expect_absent(Setting::Identity.key());
        if let Some(fact) = permit.resource().relies_on() {
            transaction.expect_fact(fact);
        }
        put(&mut transaction, Setting::Identity, &identity)?;
        put(&mut transaction, Setting::Ownership, &ownership)?;
        put(&mut transaction, Setting::PublicAccessBlock, &BlockPublic::ALL)?;
        if input.object_lock_enabled_for_bucket.unwrap_or_default() {
            let kept = Versioning { state: VersioningState::Enabled, ..Versioning::default() };
            put(&mut transaction, Setting::Versioning, &kept)?;
            put(&mut transaction, Setting::ObjectLock, &ObjectLock::default())?;
        }
        if let Some(acl) = acl {
            put(&mut transaction, Setting::Acl, &acl)?;
        }
        if !tags.is_empty() {
            put(&mut transaction, Setting::Tags, &tags)?;
        }
        match transaction.commit().await {
            Ok(_) => {}
            Err(error) if error.conflict().is_some() => self.taken(&permit, &identity)?,
            Err(error) => return Err(error.into()),
        }
        let location = Some(format!("/{}", input.bucket));
        Ok(CreateBucketOutput { location, bucket_arn: Some(format!("arn:aws:s3:::{}", input.bucket)) }.into())
    }
}

impl S3 {
    /// A new bucket, with a key of its own.
    async fn new_identity(&self, owner: Owner, region: String, created_ms: i64) -> Result<Identity, Error> {
        let (id, account) = (BucketId::random()?, owner.account().ok_or(Error::OperationAborted)?);
        let keyring = self.keys.keyring(account).await?;
        let key = keyring.wrap(&SecretKey::generate()?, id.bytes())?.to_bytes();
        Ok(Identity { id, owner, region, created_ms, key })
    }

    /// The name is taken. Who has the bucket in the oldest region already may make it again.
    ///
    /// Source: S3 API Reference, `CreateBucket`, "BucketAlreadyOwnedByYou".
    fn taken(&self, permit: &Permit<'_, action::CreateBucket>, wanted: &Identity) -> Result<(), Error> {
        let name = permit.resource().name().to_owned();
        let found = self.store.read(permit).get(Setting::Identity.key())?.ok_or(Error::OperationAborted)?;
        let there: Identity = serde_json::from_slice(&found.value).map_err(|_| Damaged("bucket"))?;
        match there.owner == wanted.owner {
            false => Err(Error::BucketAlreadyExists(name)),
            true if there.region == ANYWHERE && wanted.region == ANYWHERE => Ok(()),
            true => Err(Error::BucketAlreadyOwnedByYou(name)),
        }
    }
}

fn put(transaction: &mut Transaction<'_>, setting: Setting, value: &impl Serialize) -> Result<(), Error> {
    let record: Bytes = serde_json::to_vec(value).map_err(|_| Damaged("bucket setting"))?.into();
    transaction.put(setting.key(), record);
    Ok(())
}

/// The bucket's region: that of the endpoint, which for the oldest one may be any other.
///
/// Source: S3 API Reference, `CreateBucket`, "LocationConstraint".
fn region(input: &CreateBucketInput, call: &Call) -> Result<String, Error> {
    let asked = input.create_bucket_configuration.as_ref().and_then(|config| config.location_constraint);
    let here = call.region.as_str();
    let asked = match asked {
        Some(BucketLocationConstraint::Eu) => Some("eu-west-1"),
        other => other.map(BucketLocationConstraint::as_str),
    };
    match asked {
        Some(ANYWHERE) => Err(Error::InvalidLocationConstraint(ANYWHERE.to_owned())),
        Some(asked) if asked == here || here == ANYWHERE => Ok(asked.to_owned()),
        None if here == ANYWHERE => Ok(ANYWHERE.to_owned()),
        other => Err(Error::IllegalLocationConstraint(other.unwrap_or("unspecified").to_owned())),
    }
}

fn acl(input: &CreateBucketInput, ownership: Ownership, owner: &Owner) -> Result<Option<Acl>, Error> {
    let Some(asked) = asked!(input, input.grant_write.as_ref(), None)? else { return Ok(None) };
    let acl = asked.acl(owner, owner)?;
    let private = acl == Acl::private(owner);
    match ownership {
        Ownership::Enforced if !private => Err(Error::InvalidBucketAclWithObjectOwnership),
        // A new bucket blocks public access.
        _ if acl.is_public() => Err(Error::InvalidBucketAclWithBlockPublicAccess),
        _ => Ok((!private).then_some(acl)),
    }
}
