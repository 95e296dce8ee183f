use crate::{Error, quota, room::Look, text};

/// The trust policy as it is stored.
pub(super) fn accept(_look: &impl Look, document: &str) -> Result<String, Error> {
    text::trust_policy(document)?;
    quota::TRUST_POLICY_SIZE.admits(text::size(document))?;
    Ok(document.to_owned())
}
