//! Keys that services keep for accounts.
//!
//! Source: KMS Developer Guide, "AWS managed keys".

use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_authz::{Another, Caller, Need, Steward};
use kurodo_gateway::Find;

use crate::{
    Error, Kms,
    key::Key as Stored,
    model::KeySpec,
    names::random_uuid,
    policy,
    resources::{Key, ManagedKey},
    table::action,
};

/// The services that have keys of their own.
const SERVICES: [&str; 4] = ["s3", "dynamodb", "kinesis", "logs"];

/// The service whose key this alias names, if it is one of those that have keys. The name is without `alias/`.
pub(crate) fn service(alias: &str) -> Option<&'static str> {
    let name = alias.strip_prefix("aws/")?;
    SERVICES.into_iter().find(|service| *service == name)
}

/// The key that a service would have, without its material.
pub(crate) fn key(find: &Find<'_, Kms>, account: AccountId, service: &'static str) -> Result<Stored, Error> {
    let policy = policy::managed(service, account, find.region());
    let mut key = Stored::new(random_uuid()?, KeySpec::SymmetricDefault, find.call.now_ms);
    key.description = format!("Default key that protects my {service} data when no other key is defined");
    key.managed_by = Some(service.to_owned());
    (key.bound_policy, key.policy) = (policy.clone(), policy);
    key.rotate_every(365, find.call.now_ms);
    Ok(key)
}

/// That the service makes its key, where the request is the first to need it.
pub(crate) fn need(
    find: &Find<'_, Kms>,
    key: &Key,
) -> Result<Option<Another<Need<action::CreateManagedKey>>>, Error> {
    let Some(stored) = key.to_be_made() else { return Ok(None) };
    let service = stored.managed_by.clone().ok_or(Error::Damaged)?;
    let host = format!("{service}.amazonaws.com");
    let steward =
        Steward { host: &host, role: "AWSServiceRoleForKeyManagementService", work: "CreateManagedKey" };
    let caller = Caller::steward(key.account, &steward, &["kms:CreateKey"]).map_err(|_| Error::Damaged)?;
    let (region, account, id) = (key.region.clone(), key.account, key.id.clone());
    let managed = ManagedKey { region, account, id, alias: format!("aws/{service}") };
    Ok(Some(find.call.another(Arc::new(caller), Need::new(managed))))
}
