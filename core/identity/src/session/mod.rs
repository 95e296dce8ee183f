//! Temporary credentials: what a session is, and the sealed token that carries it.
//!
//! Nothing of a session is stored. The token holds all of it, encrypted and authenticated under a key that
//! only this deployment has, and bound to its access key id.

mod pack;
mod size;
mod token;

pub use size::{PackedSize, TooLarge, compact};
pub use token::{SessionSealer, TokenError};

use kurodo_policy::Context;

use crate::{Secret, Tags};

/// A temporary credential and what it may do.
#[derive(Debug, Clone)]
pub struct Session {
    /// The access key id, `ASIA..`; the session's account can be read from it.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
    /// Who acts in the session.
    pub subject: Subject,
    /// When it was issued.
    pub issued: i64,
    /// When it ends.
    pub expires: i64,
    /// When a one-time code was shown for it, if one was.
    pub mfa: Option<i64>,
    /// The inline session policy, compacted.
    pub policy: Option<String>,
    /// The ARNs of the managed session policies.
    pub policy_arns: Vec<String>,
    /// The session tags.
    pub tags: Tags,
    /// The keys of the session tags that go on to the next session when a role is assumed from this one.
    pub transitive: Vec<String>,
    /// The source identity: set once, then carried through every role.
    pub source_identity: Option<String>,
    /// Which identity system vouched for whoever assumed the role, if one did.
    pub origin: Option<Origin>,
}

/// The identity system that vouched for a session, and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The ARN of the provider in IAM.
    pub provider: String,
    /// What it said, by condition keys.
    pub claims: Vec<(String, Vec<String>)>,
}

impl Origin {
    /// Sets the condition keys that tell of it.
    pub fn describe(&self, context: &mut Context) {
        context.set("aws:FederatedProvider", self.provider.as_str());
        for (key, values) in &self.claims {
            match &values[..] {
                [one] => context.set(key.clone(), one.as_str()),
                _ => context.set(key.clone(), values.clone()),
            }
        }
    }
}

/// Who acts in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A role (`AssumeRole`).
    Role {
        /// The role's unique id, `AROA..`.
        id: String,
        /// The session's name.
        name: String,
    },
    /// The same principal as before, now with a temporary credential (`GetSessionToken`).
    Same(Parent),
    /// A user outside of IAM (`GetFederationToken`).
    Federated {
        /// The name that the caller gave.
        name: String,
        /// Who called, and whose policies limit the session.
        by: Parent,
    },
}

/// Whose long-term credential a session was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The user's unique id, `AIDA..`; `None` for the root user.
    pub user: Option<String>,
    /// The access key that signed. The session ends when it is deleted or made inactive.
    pub key: String,
}
