//! The first start: the organisation, its management account, and the key to enter with. And every further
//! account.

use kurodo_arn::AccountId;
use kurodo_store::{CoreDoor, StoreError, Transaction};

use crate::{
    AccessKey, Account, Attachments, Entity, Joined, KeyOwner, Member, OrgPolicyKind, Organization,
    RandomError, ReadRecords, Role, RootUser, Secret, WriteRecords, iam_scope,
    id::{self, Prefix},
    keys, org_scope,
};

/// The role by which the management account enters the accounts that it creates. Source: Organizations User
/// Guide, "Accessing member accounts in an organization".
pub const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

/// The service control policy that everything starts with.
const FULL_ACCESS: &str = "p-FullAWSAccess";

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
    /// Another account has the address.
    #[error("another account has the address {0}: choose another --email")]
    EmailTaken(String),
    /// The data belongs to another account than the one that was asked for.
    #[error(
        "the data directory belongs to account {0}: leave --account-id out, or choose another --data-dir"
    )]
    OtherAccount(AccountId),
    /// The id is an account's already.
    #[error("the account {0} exists already: choose another id")]
    AccountTaken(AccountId),
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
    attach_full_access(&mut transaction, &organization.root)?;
    let new = NewAccount { id, name: "management", email, joined_by: Joined::Invited, now };
    let credentials = new.write(&mut transaction, &organization)?;
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

/// How often an account's creation is tried again when another one came in between.
const ATTEMPTS: usize = 16;

/// Creates an account in the organisation, with [`ACCESS_ROLE`] or a role of another name for the management
/// account to enter by, and a root access key.
///
/// # Errors
/// [`FoundError`]; nothing is then left half done.
pub async fn create_account(
    door: &CoreDoor,
    name: &str,
    email: &str,
    role: &str,
    now: i64,
) -> Result<RootCredentials, FoundError> {
    for _ in 1..ATTEMPTS {
        match try_create_account(door, name, email, role, now).await {
            Err(FoundError::Store(StoreError::Conflict(_))) => {}
            other => return other,
        }
    }
    try_create_account(door, name, email, role, now).await
}

async fn try_create_account(
    door: &CoreDoor,
    name: &str,
    email: &str,
    role: &str,
    now: i64,
) -> Result<RootCredentials, FoundError> {
    let writer = door.write();
    let organization = writer.record(&keys::organization().below(&org_scope()))?;
    let organization = organization.ok_or(FoundError::NoOrganization)?;
    let members = writer.all(&keys::members().below(&org_scope()))?;
    if members.iter().any(|member| member.email.eq_ignore_ascii_case(email)) {
        return Err(FoundError::EmailTaken(email.to_owned()));
    }
    let id = id::account()?;
    if members.iter().any(|member| member.account == id) {
        return Err(FoundError::AccountTaken(id));
    }
    let mut transaction = writer.transaction();
    // Two at once with the same address: the second one finds the organisation changed.
    transaction.replace(
        &keys::organization().below(&org_scope()),
        organization.version,
        &organization.value,
    )?;
    let new = NewAccount { id, name, email, joined_by: Joined::Created, now };
    let credentials = new.write(&mut transaction, &organization.value)?;
    new.write_access_role(&mut transaction, &organization.value, role)?;
    transaction.commit().await?;
    Ok(credentials)
}

struct NewAccount<'a> {
    id: AccountId,
    name: &'a str,
    email: &'a str,
    joined_by: Joined,
    now: i64,
}

impl NewAccount<'_> {
    fn write(
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
        let account = Account {
            id: self.id,
            name: self.name.to_owned(),
            email: self.email.to_owned(),
            canonical_id: id::canonical()?,
            created: self.now,
            alias: None,
            root: RootUser { keys: vec![key.id.clone()], mfa: Vec::new() },
            signature_v2: false,
        };
        let member = Member {
            account: self.id,
            name: self.name.to_owned(),
            email: self.email.to_owned(),
            parent: organization.root.clone(),
            joined_by: self.joined_by,
            joined: self.now,
            tags: Vec::new(),
        };
        let scope = iam_scope(self.id);
        transaction
            .create(&keys::account().below(&scope), &account)?
            .create(&keys::access_key(&key.id).below(&scope), &key)?
            .create(&keys::member(self.id).below(&org_scope()), &member)?;
        attach_full_access(transaction, &self.id.to_string())?;
        Ok(RootCredentials { account: self.id, access_key_id: key.id, secret: key.secret })
    }

    fn write_access_role(
        &self,
        transaction: &mut Transaction<'_>,
        organization: &Organization,
        name: &str,
    ) -> Result<(), FoundError> {
        let trusted = format!("arn:aws:iam::{}:root", organization.management);
        let trust = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": { "AWS": trusted }, "Action": "sts:AssumeRole" }],
        });
        let role = Role {
            name: name.to_owned(),
            id: id::unique(Prefix::Role, self.id)?,
            path: "/".to_owned(),
            created: self.now,
            trust: trust.to_string(),
            max_session: Role::MAX_SESSION,
            description: None,
            boundary: None,
            tags: Vec::new(),
            attached: vec!["arn:aws:iam::aws:policy/AdministratorAccess".to_owned()],
            inline: std::collections::BTreeMap::default(),
            service: None,
        };
        let scope = iam_scope(self.id);
        transaction
            .create(&keys::role(name).below(&scope), &role)?
            .create(&keys::entity(&role.id).below(&scope), &Entity::Role(name.to_owned()))?;
        Ok(())
    }
}

fn attach_full_access(transaction: &mut Transaction<'_>, target: &str) -> Result<(), StoreError> {
    let key = keys::attachments().exactly(target).below(&org_scope());
    transaction.create(&key, &Attachments { policies: vec![FULL_ACCESS.to_owned()] })?;
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

    #[tokio::test]
    async fn a_new_account_can_be_entered_from_the_management_account() {
        let fixture = Fixture::new().await;
        let new = create_account(&fixture.door, "data", "data@example.com", ACCESS_ROLE, 5).await.unwrap();
        let role = keys::role(ACCESS_ROLE).below(&iam_scope(new.account));
        let role = fixture.door.read().record(&role).unwrap().unwrap().value;
        assert!(role.trust.contains(&format!("arn:aws:iam::{}:root", fixture.account)));
    }

    #[tokio::test]
    async fn an_address_is_used_once_also_at_the_same_time() {
        let fixture = Fixture::new().await;
        let create = |email| create_account(&fixture.door, "x", email, ACCESS_ROLE, 5);
        let (one, two) = tokio::join!(create("a@example.com"), create("A@example.com"));
        assert!(one.is_ok() != two.is_ok());
        assert!(matches!(one.and(two), Err(FoundError::EmailTaken(_))));
    }
}
