//! Needs that a row cannot say in a line: who creates with tags must be allowed to tag.

use kurodo_authz::{Action, Need};
use kurodo_gateway::{ConditionValue, Find};

use crate::{
    Error, Organizations,
    model::{CreateAccountInput, CreateOrganizationalUnitInput, CreatePolicyInput, Tag},
    resources,
    table::action,
};

/// The action, with the tags that the request has.
fn tagged<A: Action>(resource: A::Resource, tags: &Option<Vec<Tag>>) -> Need<A> {
    let need = tags.condition("aws:RequestTag/*", Need::new(resource));
    tags.condition("aws:TagKeys", need)
}

/// To tag a thing that has no id yet, where the request has tags.
async fn tag(
    find: &Find<'_, Organizations>,
    kind: &str,
    tags: &Option<Vec<Tag>>,
) -> Result<Option<Need<action::TagResource>>, Error> {
    if tags.as_ref().is_none_or(Vec::is_empty) {
        return Ok(None);
    }
    Ok(Some(tagged(resources::new(find, kind).await?, tags)))
}

/// A new account, and its tags.
pub(crate) async fn create_account(
    find: &Find<'_, Organizations>,
    input: &CreateAccountInput,
) -> Result<(Need<action::CreateAccount>, Option<Need<action::TagResource>>), Error> {
    let create = tagged(resources::organization(find).await?, &input.tags);
    Ok((create, tag(find, "account", &input.tags).await?))
}

/// A new unit below a root or unit, and its tags.
pub(crate) async fn create_organizational_unit(
    find: &Find<'_, Organizations>,
    input: &CreateOrganizationalUnitInput,
) -> Result<(Need<action::CreateOrganizationalUnit>, Option<Need<action::TagResource>>), Error> {
    let create = tagged(resources::node(find, &input.parent_id).await?, &input.tags);
    Ok((create, tag(find, "ou", &input.tags).await?))
}

/// A new policy, and its tags.
pub(crate) async fn create_policy(
    find: &Find<'_, Organizations>,
    input: &CreatePolicyInput,
) -> Result<(Need<action::CreatePolicy>, Option<Need<action::TagResource>>), Error> {
    let create = tagged(resources::organization(find).await?, &input.tags);
    let create = input.r#type.condition("organizations:PolicyType", create);
    Ok((create, tag(find, "policy", &input.tags).await?))
}
