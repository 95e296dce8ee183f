//! Needs that a row cannot say in a line: those of requests that ask for more than their operation's own
//! action.

use kurodo_authz::{Action, Need};
use kurodo_gateway::{ConditionValue, Find};

use crate::{
    Error, Iam,
    model::{
        CreateInstanceProfileInput, CreateOpenIDConnectProviderInput, CreatePolicyInput, CreateRoleInput,
        CreateSAMLProviderInput, CreateUserInput, CreateVirtualMFADeviceInput, Tag, UpdateGroupInput,
        UpdateUserInput,
    },
    resources,
    table::action,
};

/// The action, with the tags that the request has.
fn tagged<A: Action>(resource: A::Resource, tags: &Option<Vec<Tag>>) -> Need<A> {
    let need = tags.condition("aws:RequestTag/*", Need::new(resource));
    tags.condition("aws:TagKeys", need)
}

/// Who creates with tags must be allowed to tag.
macro_rules! create_and_tag {
    ($($(#[$doc:meta])* $name:ident($input:ty): $create:ident, $tag:ident on $new:ident($($field:ident),*)
        $(with $key:literal = $value:ident)?;)*) => {
        $(
            $(#[$doc])*
            pub(crate) async fn $name(
                find: &Find<'_, Iam>,
                input: &$input,
            ) -> Result<(Need<action::$create>, Option<Need<action::$tag>>), Error> {
                let create = tagged(resources::$new(find, $(&input.$field),*).await?, &input.tags);
                $(let create = input.$value.condition($key, create);)?
                let asked = input.tags.as_ref().is_some_and(|tags| !tags.is_empty());
                let tag = match asked {
                    true => Some(tagged(resources::$new(find, $(&input.$field),*).await?, &input.tags)),
                    false => None,
                };
                Ok((create, tag))
            }
        )*
    };
}

create_and_tag! {
    /// A new user, and its tags.
    create_user(CreateUserInput): CreateUser, TagUser on new_user(path, user_name)
        with "iam:PermissionsBoundary" = permissions_boundary;
    /// A new role, and its tags.
    create_role(CreateRoleInput): CreateRole, TagRole on new_role(path, role_name)
        with "iam:PermissionsBoundary" = permissions_boundary;
    /// A new managed policy, and its tags.
    create_policy(CreatePolicyInput): CreatePolicy, TagPolicy on new_policy(path, policy_name);
    /// A new instance profile, and its tags.
    create_instance_profile(CreateInstanceProfileInput): CreateInstanceProfile, TagInstanceProfile
        on new_instance_profile(path, instance_profile_name);
    /// A new virtual MFA device, and its tags.
    create_virtual_mfa_device(CreateVirtualMFADeviceInput): CreateVirtualMFADevice, TagMFADevice
        on new_mfa_device(path, virtual_mfa_device_name);
    /// A new SAML provider, and its tags.
    create_saml_provider(CreateSAMLProviderInput): CreateSAMLProvider, TagSAMLProvider
        on new_saml_provider(name);
    /// A new OpenID Connect provider, and its tags.
    create_oidc_provider(CreateOpenIDConnectProviderInput): CreateOpenIDConnectProvider,
        TagOpenIDConnectProvider on new_oidc_provider(url);
}

/// Who renames or moves a user must be allowed to do it to what it is and to what it becomes.
pub(crate) async fn update_user(
    find: &Find<'_, Iam>,
    input: &UpdateUserInput,
) -> Result<(Need<action::UpdateUser>, Option<Need<action::UpdateUser>>), Error> {
    let user = resources::user(find, &input.user_name).await?;
    if input.new_path.is_none() && input.new_user_name.is_none() {
        return Ok((Need::new(user), None));
    }
    let renamed = user.renamed(input.new_path.as_deref(), input.new_user_name.as_deref());
    Ok((Need::new(user), Some(Need::new(renamed))))
}

/// Who renames or moves a group must be allowed to do it to what it is and to what it becomes.
pub(crate) async fn update_group(
    find: &Find<'_, Iam>,
    input: &UpdateGroupInput,
) -> Result<(Need<action::UpdateGroup>, Option<Need<action::UpdateGroup>>), Error> {
    let group = resources::group(find, &input.group_name).await?;
    if input.new_path.is_none() && input.new_group_name.is_none() {
        return Ok((Need::new(group), None));
    }
    let renamed = group.renamed(input.new_path.as_deref(), input.new_group_name.as_deref());
    Ok((Need::new(group), Some(Need::new(renamed))))
}
