//! Where each record of KMS lies.
//!
//! | key | record |
//! |---|---|
//! | `42` account region key | a key: its metadata, policy, tags, and its material, wrapped |
//! | `43` account region alias | an alias |
//! | `44` account region key grant | a grant |

use kurodo_arn::{AccountId, Region};
use kurodo_authz::Scope;
use kurodo_store::KeyBuilder;

/// The namespace of keys.
pub(crate) const KEYS: u8 = 42;
pub(crate) const ALIASES: u8 = 43;
pub(crate) const GRANTS: u8 = 44;

fn within(namespace: u8, account: AccountId, region: &Region) -> KeyBuilder {
    KeyBuilder::new(namespace).number(account.value()).part(region.as_str())
}

/// All keys of an account, in all regions.
pub(crate) fn keys_everywhere(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(KEYS).number(account.value()).build())
}

/// All keys of an account in a region.
pub(crate) fn keys(account: AccountId, region: &Region) -> Scope {
    Scope::new(within(KEYS, account, region).build())
}

/// One key.
pub(crate) fn key(account: AccountId, region: &Region, id: &str) -> Scope {
    Scope::new(within(KEYS, account, region).part(id).build())
}

/// All aliases of an account in a region.
pub(crate) fn aliases(account: AccountId, region: &Region) -> Scope {
    Scope::new(within(ALIASES, account, region).build())
}

/// One alias, by its name without `alias/`.
pub(crate) fn alias(account: AccountId, region: &Region, name: &str) -> Scope {
    Scope::new(within(ALIASES, account, region).part(name).build())
}

/// All grants of an account's keys in a region.
pub(crate) fn all_grants(account: AccountId, region: &Region) -> Scope {
    Scope::new(within(GRANTS, account, region).build())
}

/// All grants of a key.
pub(crate) fn grants(account: AccountId, region: &Region, key: &str) -> Scope {
    Scope::new(within(GRANTS, account, region).part(key).build())
}
