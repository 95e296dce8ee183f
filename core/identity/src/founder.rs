//! Every account after the first.

use std::collections::BTreeMap;

use kurodo_arn::AccountId;
use kurodo_authz::{Grant, Resource, Write};
use kurodo_store::{CoreDoor, StoreError, Transaction, Version};

use crate::{
    CreateAccountFailure, CreateAccountRequest, CreateAccountState, Entity, FoundError, Joined, Member,
    Organization, ReadRecords, Role, RootUser, Tags, WriteRecords,
    found::NewAccount,
    iam_scope,
    id::{self, Prefix},
    keys, org_scope,
};

/// The role by which the management account enters the accounts that it creates. Source: Organizations User
/// Guide, "Accessing member accounts in an organization".
pub const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

/// Accounts that an organisation has at most: what AWS grants to those who ask for more than its default.
/// Source: Organizations User Guide, "Quotas and service limits".
const MOST_ACCOUNTS: usize = 10_000;

/// How often an account's creation is tried again when something else in the organisation changed meanwhile.
const ATTEMPTS: usize = 64;

/// What is asked for a new account.
#[derive(Debug, Clone)]
pub struct AccountOrder<'a> {
    /// The name that people know it by.
    pub name: &'a str,
    /// The root user's address; unique in the organisation, in whatever case.
    pub email: &'a str,
    /// The name of the role that the management account enters by, such as [`ACCESS_ROLE`].
    pub role: &'a str,
    /// The account's tags.
    pub tags: Tags,
    /// When it was asked for.
    pub now: i64,
}

/// Creates accounts for those who may change the organisation. An account's own records lie outside the
/// organisation's, so that no permit reaches both; this writes both at once.
#[derive(Debug, Clone)]
pub struct Founder {
    door: CoreDoor,
}

impl Founder {
    /// The founder of accounts behind this door.
    pub fn new(door: CoreDoor) -> Self {
        Self { door }
    }

    /// Creates an account, with a role for the management account to enter by. Nobody holds a credential of
    /// the new account itself, its root user included. What came of it is kept as a request.
    ///
    /// # Errors
    /// [`FoundError`]; nothing is then left half done. That the address is taken is no error, but how the
    /// request ended.
    pub async fn create<G: Grant<Access = Write>>(
        &self,
        permit: &G,
        order: &AccountOrder<'_>,
    ) -> Result<CreateAccountRequest, FoundError> {
        if permit.resource().scope() != org_scope() {
            return Err(FoundError::Permit);
        }
        create_account(&self.door, order).await
    }
}

/// Creates an account; see [`Founder::create`].
pub(crate) async fn create_account(
    door: &CoreDoor,
    order: &AccountOrder<'_>,
) -> Result<CreateAccountRequest, FoundError> {
    for _ in 1..ATTEMPTS {
        match try_create(door, order).await {
            Err(FoundError::Store(StoreError::Conflict(_))) => tokio::task::yield_now().await,
            other => return other,
        }
    }
    try_create(door, order).await
}

async fn try_create(door: &CoreDoor, order: &AccountOrder<'_>) -> Result<CreateAccountRequest, FoundError> {
    let writer = door.write();
    let organization = writer.record(&keys::organization().below(&org_scope()))?;
    let organization = organization.ok_or(FoundError::NoOrganization)?;
    let members = writer.all(&keys::members().below(&org_scope()))?;

    let mut transaction = writer.transaction();
    let state = match refusal(&members, order) {
        Some(failure) => CreateAccountState::Failed(failure),
        None => {
            let account = unused_id(&members)?;
            write(&mut transaction, account, &organization.value, order)?;
            CreateAccountState::Succeeded(account)
        }
    };
    let request = CreateAccountRequest {
        id: id::create_account()?,
        name: order.name.to_owned(),
        requested: order.now,
        completed: order.now,
        state,
    };
    let key = keys::create_account_requests().exactly(&request.id).below(&org_scope());
    transaction.create(&key, &request)?;
    keep_apart(&mut transaction, organization.version, &organization.value)?;
    transaction.commit().await?;
    Ok(request)
}

/// Of two that create with the same address at once, the second finds the organisation changed.
fn keep_apart(
    transaction: &mut Transaction<'_>,
    version: Version,
    organization: &Organization,
) -> Result<(), FoundError> {
    transaction.replace(&keys::organization().below(&org_scope()), version, organization)?;
    Ok(())
}

/// Why there will be no such account.
fn refusal(members: &[Member], order: &AccountOrder<'_>) -> Option<CreateAccountFailure> {
    if members.iter().any(|member| member.email.eq_ignore_ascii_case(order.email)) {
        return Some(CreateAccountFailure::EmailAlreadyExists);
    }
    (members.len() >= MOST_ACCOUNTS).then_some(CreateAccountFailure::AccountLimitExceeded)
}

fn unused_id(members: &[Member]) -> Result<AccountId, FoundError> {
    loop {
        let id = id::account()?;
        if members.iter().all(|member| member.account != id) {
            return Ok(id);
        }
    }
}

fn write(
    transaction: &mut Transaction<'_>,
    id: AccountId,
    organization: &Organization,
    order: &AccountOrder<'_>,
) -> Result<(), FoundError> {
    let AccountOrder { name, email, now, .. } = *order;
    let new = NewAccount { id, name, email, joined_by: Joined::Created, tags: order.tags.clone(), now };
    new.write(transaction, organization, RootUser::default())?;
    let role = access_role(id, organization, order)?;
    let scope = iam_scope(id);
    transaction
        .create(&keys::role(&role.name).below(&scope), &role)?
        .create(&keys::entity(&role.id).below(&scope), &Entity::Role(role.name.clone()))?;
    Ok(())
}

/// The role that the management account enters by: it trusts nobody else, and may do everything.
fn access_role(
    account: AccountId,
    organization: &Organization,
    order: &AccountOrder<'_>,
) -> Result<Role, FoundError> {
    let trusted = format!("arn:aws:iam::{}:root", organization.management);
    let trust = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "AWS": trusted }, "Action": "sts:AssumeRole" }],
    });
    Ok(Role {
        name: order.role.to_owned(),
        id: id::unique(Prefix::Role, account)?,
        path: "/".to_owned(),
        created: order.now,
        trust: trust.to_string(),
        bound_trust: None,
        max_session: Role::MAX_SESSION,
        description: None,
        boundary: None,
        tags: Vec::new(),
        attached: vec!["arn:aws:iam::aws:policy/AdministratorAccess".to_owned()],
        inline: BTreeMap::default(),
        service: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn order<'a>(name: &'a str, email: &'a str) -> AccountOrder<'a> {
        AccountOrder { name, email, role: ACCESS_ROLE, tags: Vec::new(), now: 5 }
    }

    #[tokio::test]
    async fn a_new_account_can_be_entered_from_the_management_account_and_by_nobody_else() {
        let fixture = Fixture::new().await;
        let request = create_account(&fixture.door, &order("data", "data@example.com")).await.unwrap();
        let CreateAccountState::Succeeded(account) = request.state else { panic!("{request:?}") };
        let reader = fixture.door.read();
        let scope = iam_scope(account);
        let role = reader.record(&keys::role(ACCESS_ROLE).below(&scope)).unwrap().unwrap().value;
        assert!(role.trust.contains(&format!("arn:aws:iam::{}:root", fixture.account)));
        assert!(reader.all(&keys::access_keys().below(&scope)).unwrap().is_empty(), "nobody holds a key");
        let key = keys::create_account_requests().exactly(&request.id).below(&org_scope());
        assert_eq!(reader.record(&key).unwrap().unwrap().value, request);
    }

    #[tokio::test]
    async fn an_address_is_used_once_also_at_the_same_time() {
        let fixture = Fixture::new().await;
        let (first, second) = (order("x", "a@example.com"), order("x", "A@example.com"));
        let (one, two) =
            tokio::join!(create_account(&fixture.door, &first), create_account(&fixture.door, &second));
        let taken = CreateAccountState::Failed(CreateAccountFailure::EmailAlreadyExists);
        let failed = [one.unwrap(), two.unwrap()].iter().filter(|request| request.state == taken).count();
        assert_eq!(failed, 1);
    }
}
