use kurodo_authz::{Another, Need};
use kurodo_gateway::Find;

use super::managed;
use crate::{
    Error, Kms,
    grant::Token,
    key::usage,
    model::{
        CreateKeyInput, CustomerMasterKeySpec, DeleteAliasInput, DescribeKeyInput, KeySpec,
        PutKeyPolicyInput, ScheduleKeyDeletionInput, TagResourceInput, UpdateAliasInput,
    },
    resources::{Key, alias, keys},
    table::action,
    tags,
};

/// A need of the key, and that a service makes it first.
pub(super) type KeyNeeds<A> = (Need<A>, Option<Another<Need<action::CreateManagedKey>>>);

/// The form of the key that is asked for.
pub(crate) fn spec(input: &CreateKeyInput) -> Result<KeySpec, Error> {
    let old = input.customer_master_key_spec.map(CustomerMasterKeySpec::as_str).and_then(KeySpec::parse);
    match (input.key_spec, old) {
        (Some(_), Some(_)) => Err(Error::Validation(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated."
                .to_owned(),
        )),
        (spec, old) => Ok(spec.or(old).unwrap_or(KeySpec::SymmetricDefault)),
    }
}

/// The right to make a key of this form; and, where it is to have tags, the right to give it those.
pub(crate) async fn create_key(
    find: &Find<'_, Kms>,
    input: &mut CreateKeyInput,
) -> Result<(Need<action::CreateKey>, Option<Need<action::TagNewKey>>), Error> {
    let spec = spec(input)?;
    let bypass = input.bypass_policy_lockout_safety_check.unwrap_or_default();
    let create = Need::new(keys(find).await?)
        .with("kms:KeySpec", spec.as_str())
        .with("kms:KeyUsage", input.key_usage.unwrap_or_else(|| usage(spec)).as_str())
        .with("kms:KeyOrigin", input.origin.map_or("AWS_KMS", |origin| origin.as_str()))
        .with("kms:MultiRegion", input.multi_region.unwrap_or_default())
        .with("kms:BypassPolicyLockoutSafetyCheck", bypass);
    let Some(given) = &input.tags else { return Ok((create, None)) };
    let tag = Need::new(keys(find).await?);
    Ok((tags::conditions(given, create), Some(tags::conditions(given, tag))))
}

/// The key; made by the service whose it is, where nobody asked for it before.
pub(crate) async fn describe_key(
    find: &Find<'_, Kms>,
    input: &mut DescribeKeyInput,
) -> Result<KeyNeeds<action::DescribeKey>, Error> {
    tokens(&input.grant_tokens)?;
    let key = Key::find(find, &input.key_id)?;
    let managed = managed::need(find, &key)?;
    Ok((Need::new(key), managed))
}

/// The key, and how long it is to wait.
pub(crate) async fn schedule_key_deletion(
    find: &Find<'_, Kms>,
    input: &mut ScheduleKeyDeletionInput,
) -> Result<Need<action::ScheduleKeyDeletion>, Error> {
    let days = i64::from(input.pending_window_in_days.unwrap_or(30));
    let need = Need::new(Key::named(find, &input.key_id)?);
    Ok(need.with("kms:ScheduleKeyDeletionPendingWindowInDays", days))
}

/// The key, and whether its owner might lock itself out.
pub(crate) async fn put_key_policy(
    find: &Find<'_, Kms>,
    input: &mut PutKeyPolicyInput,
) -> Result<Need<action::PutKeyPolicy>, Error> {
    let bypass = input.bypass_policy_lockout_safety_check.unwrap_or_default();
    Ok(Need::new(Key::named(find, &input.key_id)?).with("kms:BypassPolicyLockoutSafetyCheck", bypass))
}

/// The key, under the tags that it is to have.
pub(crate) async fn tag_resource(
    find: &Find<'_, Kms>,
    input: &mut TagResourceInput,
) -> Result<Need<action::TagResource>, Error> {
    Ok(tags::conditions(&input.tags, Need::new(Key::named(find, &input.key_id)?)))
}

type AliasNeeds = (Need<action::UpdateAlias>, Need<action::UpdateAliasOfKey>, Need<action::UpdateAliasOfKey>);

/// The alias, the key that it names, and the key that it is to name.
pub(crate) async fn update_alias(
    find: &Find<'_, Kms>,
    input: &mut UpdateAliasInput,
) -> Result<AliasNeeds, Error> {
    let alias = alias(find, &input.alias_name).await?;
    let current = Key::of(find, alias.account, alias.existing()?.key.clone(), None)?;
    let next = Key::named(find, &input.target_key_id)?;
    Ok((Need::new(alias), Need::new(current), Need::new(next)))
}

/// The alias, and the key that it names, where there still is one.
pub(crate) async fn delete_alias(
    find: &Find<'_, Kms>,
    input: &mut DeleteAliasInput,
) -> Result<(Need<action::DeleteAlias>, Option<Need<action::DeleteAliasOfKey>>), Error> {
    let alias = alias(find, &input.alias_name).await?;
    let key = match Key::of(find, alias.account, alias.existing()?.key.clone(), None) {
        Err(Error::NotFound(_)) => None,
        found => Some(Need::new(found?)),
    };
    Ok((Need::new(alias), key))
}

/// Grants hold at once, so that tokens open nothing; but a token must be one.
pub(super) fn tokens(tokens: &Option<Vec<String>>) -> Result<(), Error> {
    tokens.iter().flatten().try_for_each(|token| Token::read(token).map(drop))
}
