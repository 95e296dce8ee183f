//! What requests need, where the table alone does not say.

mod chores;
mod ciphers;
mod grants;
mod keys;
pub(crate) mod managed;

pub(crate) use chores::{doomed, worn};
pub(crate) use ciphers::{
    decrypt, encrypt, generate_data_key, generate_data_key_without_plaintext, generate_mac, re_encrypt,
    verify_mac,
};
pub(crate) use grants::{create_grant, draft, retire_grant};
pub(crate) use keys::{
    create_key, delete_alias, describe_key, put_key_policy, schedule_key_deletion, spec, tag_resource,
    update_alias,
};
