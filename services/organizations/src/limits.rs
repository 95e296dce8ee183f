//! How much there may be of everything.
//!
//! Source: Organizations User Guide, "Quotas and service limits for AWS Organizations".

use kurodo_identity::OrgPolicyKind;

use crate::{Error, model::ConstraintViolationExceptionReason as Reason};

/// A limit, and what is said past it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    most: usize,
    reason: Reason,
    message: &'static str,
}

impl Limit {
    const fn new(most: usize, reason: Reason, message: &'static str) -> Self {
        Self { most, reason, message }
    }

    /// Whether there may be one more than these.
    pub(crate) fn admits_another(self, existing: usize) -> Result<(), Error> {
        self.admits(existing.saturating_add(1))
    }

    /// Whether there may be so many, or so much.
    pub(crate) fn admits(self, wanted: usize) -> Result<(), Error> {
        if wanted > self.most { Err(Error::Constraint(self.reason, self.message)) } else { Ok(()) }
    }
}

pub(crate) const UNITS: Limit = Limit::new(
    2000,
    Reason::OuNumberLimitExceeded,
    "You have exceeded the allowed number of organizational units.",
);

/// Units below each other, the root not counted.
pub(crate) const DEPTH: Limit = Limit::new(
    5,
    Reason::OuDepthLimitExceeded,
    "You have exceeded the allowed number of levels of organizational units.",
);

pub(crate) const TAGS: Limit = Limit::new(
    50,
    Reason::MaxTagLimitExceeded,
    "You have exceeded the allowed number of tags on this resource.",
);

/// Policies of one type.
pub(crate) const fn policies(kind: OrgPolicyKind) -> Limit {
    let most = match kind {
        OrgPolicyKind::Scp => 10_000,
        OrgPolicyKind::Rcp => 1000,
    };
    let message = "You have exceeded the allowed number of policies of this type.";
    Limit::new(most, Reason::PolicyNumberLimitExceeded, message)
}

/// Characters of a policy's document, white space counted.
pub(crate) const fn document(kind: OrgPolicyKind) -> Limit {
    let most = match kind {
        OrgPolicyKind::Scp => 10_240,
        OrgPolicyKind::Rcp => 5120,
    };
    let message = "You have exceeded the allowed number of characters in a policy document.";
    Limit::new(most, Reason::PolicyContentLimitExceeded, message)
}

/// Policies of one type on one root, unit or account; those that AWS provides count.
pub(crate) const fn attached(kind: OrgPolicyKind) -> Limit {
    let most = match kind {
        OrgPolicyKind::Scp => 10,
        OrgPolicyKind::Rcp => 5,
    };
    let message = "You have attached the maximum number of policies to the specified target.";
    Limit::new(most, Reason::MaxPolicyTypeAttachmentLimitExceeded, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_is_admitted_and_the_next_is_not() {
        for limit in [UNITS, DEPTH, TAGS, policies(OrgPolicyKind::Rcp), attached(OrgPolicyKind::Scp)] {
            assert!(limit.admits_another(limit.most - 1).is_ok());
            let refused = limit.admits_another(limit.most).unwrap_err();
            assert_eq!(refused.code(), Some("ConstraintViolationException"));
        }
    }
}
