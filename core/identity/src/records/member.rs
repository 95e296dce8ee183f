use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

use super::Tags;

/// An account's place in the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The account.
    #[serde(with = "crate::text")]
    pub account: AccountId,
    /// The account's name.
    pub name: String,
    /// The root user's address; unique in the organisation.
    pub email: String,
    /// The id of the root or unit that the account is in.
    pub parent: String,
    /// How it came in.
    pub joined_by: Joined,
    /// When it came in.
    pub joined: i64,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
}

/// How an account came into the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Joined {
    /// The organisation made it.
    #[serde(rename = "CREATED")]
    Created,
    /// It was there before: the management account.
    #[serde(rename = "INVITED")]
    Invited,
}
