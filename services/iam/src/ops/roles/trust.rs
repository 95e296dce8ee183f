use kurodo_identity::Principals;

use crate::{Error, quota, text};

/// A trust policy as it is stored.
#[derive(Debug)]
pub(super) struct Trust {
    /// As it was given.
    pub(super) document: String,
    /// With those whom it names today: who bears the name later is not trusted for it.
    pub(super) bound: String,
}

impl Trust {
    /// Reads a trust policy.
    pub(super) fn accept(principals: &Principals, document: &str) -> Result<Self, Error> {
        text::trust_policy(document)?;
        quota::TRUST_POLICY_SIZE.admits(text::size(document))?;
        Ok(Self { document: document.to_owned(), bound: principals.bind(document)? })
    }
}
