//! The first start: the organisation, its management account, and the key to enter with.

use kurodo_arn::AccountId;
use kurodo_store::{CoreDoor, StoreError, Transaction};

use crate::{
    AccessKey, Account, Attachments, Joined, KeyOwner, Member, OrgPolicyKind, Organization, RandomError,
    ReadRecords, RootUser, Secret, Tags, WriteRecords, iam_scope, id, keys, org_scope,
};

/// A root user's access key.
#[derive(Debug, Clone)]
pub struct RootCredentials {
    /// The account.
    pub account: AccountId,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
}

/// Why an account or the organisation was not created.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There was no randomness for ids and secrets.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// There is no organisation yet.
    #[error("there is no organisation yet: start the server once")]
    NoOrganization,
    /// The permit is not for the organisation.
    #[error("accounts are created with a permit for the organisation")]
    Permit,
    /// The data belongs to another account than the one that was asked for.
    #[error(
        "the data directory belongs to account {0}: leave --account-id out, or choose another --data-dir"
    )]
    OtherAccount(AccountId),
}

/// What the first start left, now or earlier.
#[derive(Debug)]
pub struct Founded {
    /// The management account.
    pub account: AccountId,
    /// A key of its root user; none if all were deleted or made inactive since.
    pub credentials: Option<RootCredentials>,
    /// Whether it was this call that created everything.
    pub created: bool,
}

/// Creates the organisation, its management account and a root access key, in one transaction; or finds what
/// an earlier start created.
///
/// # Errors
/// [`FoundError`]; nothing is then left half done.
pub async fn first_start(
    door: &CoreDoor,
    account: Option<AccountId>,
    email: &str,
    now: i64,
) -> Result<Founded, FoundError> {
    if let Some(found) = earlier(door)? {
        return match account.filter(|wanted| *wanted != found.account) {
            Some(_) => Err(FoundError::OtherAccount(found.account)),
            None => Ok(found),
        };
    }
    let id = account.map_or_else(id::account, Ok)?;
    let organization = Organization {
        id: id::organization()?,
        root: id::root()?,
        management: id,
        created: now,
        enabled: vec![OrgPolicyKind::Scp],
        root_tags: Vec::new(),
    };
    let writer = door.write();
    let mut transaction = writer.transaction();
    let scope = org_scope();
    transaction.create(&keys::organization().below(&scope), &organization)?;
    attach_full_access(&mut transaction, &organization, &organization.root)?;
    let (joined_by, tags) = (Joined::Invited, Vec::new());
    let new = NewAccount { id, name: "management", email, joined_by, tags, now };
    let credentials = new.write_with_root_key(&mut transaction, &organization)?;
    transaction.commit().await?;
    Ok(Founded { account: id, credentials: Some(credentials), created: true })
}

/// What an earlier start created.
fn earlier(door: &CoreDoor) -> Result<Option<Founded>, FoundError> {
    let reader = door.read();
    let organization = reader.record(&keys::organization().below(&org_scope()))?;
    let Some(account) = organization.map(|found| found.value.management) else { return Ok(None) };
    let keys = reader.all(&keys::access_keys().below(&iam_scope(account)))?;
    let key = keys.into_iter().filter(|key| key.active && key.owner == KeyOwner::Root);
    let oldest = key.min_by_key(|key| key.created);
    let credentials =
        oldest.map(|key| RootCredentials { account, access_key_id: key.id, secret: key.secret });
    Ok(Some(Founded { account, credentials, created: false }))
}

/// An account in the making.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: AccountId,
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) joined_by: Joined,
    pub(crate) tags: Tags,
    pub(crate) now: i64,
}

impl NewAccount<'_> {
    /// Writes the account and its place in the organisation.
    pub(crate) fn write(
        &self,
        transaction: &mut Transaction<'_>,
        organization: &Organization,
        root: RootUser,
    ) -> Result<(), FoundError> {
        let account = Account {
            id: self.id,
            name: self.name.to_owned(),
            email: self.email.to_owned(),
            canonical_id: id::canonical()?,
            created: self.now,
            alias: None,
            root,
            signature_v2: false,
        };
        let member = Member {
            account: self.id,
            name: self.name.to_owned(),
            email: self.email.to_owned(),
            parent: organization.root.clone(),
            joined_by: self.joined_by,
            joined: self.now,
            tags: self.tags.clone(),
        };
        transaction
            .create(&keys::account().below(&iam_scope(self.id)), &account)?
            .create(&keys::member(self.id).below(&org_scope()), &member)?;
        attach_full_access(transaction, organization, &self.id.to_string())?;
        Ok(())
    }

    /// Writes the account with a key of its root user. Only the first account has one from the start: there is
    /// nobody yet who could let anyone in.
    fn write_with_root_key(
        &self,
        transaction: &mut Transaction<'_>,
        organization: &Organization,
    ) -> Result<RootCredentials, FoundError> {
        let key = AccessKey {
            id: id::access_key(self.id)?,
            secret: id::secret()?,
            owner: KeyOwner::Root,
            active: true,
            created: self.now,
        };
        self.write(transaction, organization, RootUser { keys: vec![key.id.clone()], mfa: Vec::new() })?;
        transaction.create(&keys::access_key(&key.id).below(&iam_scope(self.id)), &key)?;
        Ok(RootCredentials { account: self.id, access_key_id: key.id, secret: key.secret })
    }
}

/// What everything new in the organisation starts with, as long as the type is in force.
fn attach_full_access(
    transaction: &mut Transaction<'_>,
    organization: &Organization,
    target: &str,
) -> Result<(), StoreError> {
    let key = keys::attachments().exactly(target).below(&org_scope());
    transaction.create(&key, &Attachments::new(organization))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn the_second_start_finds_what_the_first_created() {
        let fixture = Fixture::new().await;
        let again = first_start(&fixture.door, None, "root@example.com", 9).await.unwrap();
        assert!(!again.created);
        assert_eq!(again.account, fixture.account);
        assert_eq!(again.credentials.unwrap().access_key_id, fixture.root.access_key_id);
        let other = AccountId::new(fixture.account.value() ^ 1);
        let refused = first_start(&fixture.door, other, "root@example.com", 9).await;
        assert!(matches!(refused, Err(FoundError::OtherAccount(id)) if id == fixture.account));
    }
}
