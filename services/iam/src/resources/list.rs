//! What lists are asked of: all things of a kind below a path.

use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::iam_scope;

use super::{home, path};
use crate::{Error, Iam};

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident: $locate:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name {
                /// The account.
                pub account: AccountId,
                /// What the paths start with.
                pub path: String,
            }

            impl Resource for $name {
                fn owner(&self) -> AccountId {
                    self.account
                }

                fn scope(&self) -> Scope {
                    iam_scope(self.account)
                }
            }

            $(#[$doc])*
            pub async fn $locate(find: &Find<'_, Iam>, prefix: &Option<String>) -> Result<$name, Error> {
                Ok($name { account: home(find)?, path: path(prefix) })
            }
        )*
    };
}

lists! {
    /// The users below a path.
    Users: users;
    /// The groups below a path.
    Groups: groups;
    /// The roles below a path.
    Roles: roles;
    /// The managed policies below a path.
    Policies: policies;
    /// The instance profiles below a path.
    InstanceProfiles: instance_profiles;
}

macro_rules! whole_lists {
    ($($(#[$doc:meta])* $name:ident: $locate:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name {
                /// The account.
                pub account: AccountId,
            }

            impl Resource for $name {
                fn owner(&self) -> AccountId {
                    self.account
                }

                fn scope(&self) -> Scope {
                    iam_scope(self.account)
                }
            }

            $(#[$doc])*
            pub async fn $locate(find: &Find<'_, Iam>) -> Result<$name, Error> {
                Ok($name { account: home(find)? })
            }
        )*
    };
}

whole_lists! {
    /// The virtual MFA devices.
    MfaDevices: mfa_devices;
    /// The SAML providers.
    SamlProviders: saml_providers;
    /// The OpenID Connect providers.
    OidcProviders: oidc_providers;
}
