//! Long-term access keys.

mod create_access_key;
mod delete_access_key;
mod get_access_key_last_used;
mod holder;
mod list_access_keys;
mod update_access_key;

use holder::Holder;
