//! Access control lists.
//!
//! Source: S3 User Guide, "Access control list (ACL) overview".

mod asked;
mod canned;
mod decide;
mod document;
mod explicit;

use serde::{Deserialize, Serialize};

pub(crate) use asked::{Asked, asked};
pub(crate) use canned::Canned;
pub(crate) use decide::{LOG_DELIVERY, On, grant, lets_logs_in, public_grant};
pub(crate) use document::{grantee, shown, shown_grantee, shown_owner};

use crate::records::Owner;

/// Who is granted something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Grantee {
    /// An account, by its canonical user id.
    Account(String),
    /// Everybody.
    AllUsers,
    /// Everybody who signs.
    AuthenticatedUsers,
    /// The service that delivers access logs.
    LogDelivery,
}

impl Grantee {
    const GROUPS: [(Self, &'static str); 3] = [
        (Self::AllUsers, "http://acs.amazonaws.com/groups/global/AllUsers"),
        (Self::AuthenticatedUsers, "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"),
        (Self::LogDelivery, "http://acs.amazonaws.com/groups/s3/LogDelivery"),
    ];

    /// The group that this URI names.
    fn group(uri: &str) -> Option<Self> {
        Self::GROUPS.into_iter().find(|(_, name)| *name == uri).map(|(group, _)| group)
    }

    /// The URI of a group.
    fn uri(&self) -> Option<&'static str> {
        Self::GROUPS.into_iter().find(|(group, _)| group == self).map(|(_, name)| name)
    }

    /// The account with this canonical id, if it has the form of one.
    fn account(id: &str) -> Option<Self> {
        let hex = id.len() == 64 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        hex.then(|| Self::Account(id.to_owned()))
    }
}

/// What is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Right {
    FullControl,
    Write,
    WriteAcp,
    Read,
    ReadAcp,
}

/// Who has which rights, the owner included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Acl(pub(crate) Vec<(Grantee, Right)>);

impl Acl {
    /// What only the owner has rights by.
    pub(crate) fn private(owner: &Owner) -> Self {
        Self(vec![(Grantee::Account(owner.canonical_id.clone()), Right::FullControl)])
    }

    /// Whether it grants anything to everybody, or to everybody who signs.
    pub(crate) fn is_public(&self) -> bool {
        self.0.iter().any(|(grantee, _)| matches!(grantee, Grantee::AllUsers | Grantee::AuthenticatedUsers))
    }
}
