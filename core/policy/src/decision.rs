use serde::{Deserialize, Serialize};

/// The role that a policy plays in an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A policy on the resource.
    Resource,
    /// A role's trust policy.
    Trust,
    /// An identity policy.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A VPC endpoint's policy.
    Endpoint,
}

impl Layer {
    /// The name that AWS's denial messages use.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Endpoint => "VPC endpoint policy",
        }
    }

    fn article(self) -> &'static str {
        match self {
            Self::Identity => "an",
            Self::Trust => "the",
            _ => "a",
        }
    }
}

/// Why a request was allowed or denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// A statement denies it.
    ExplicitDeny {
        /// The role of the policy that holds the statement.
        kind: Layer,
        /// The policy's name.
        policy: String,
        /// The statement's id, if it has one.
        sid: Option<String>,
        /// The statement's place in the policy, from 0.
        statement: usize,
    },
    /// No policy of this kind allows it.
    ImplicitDeny {
        /// The kind of the allow that is missing.
        kind: Layer,
    },
    /// A statement allows it, and nothing stands against it.
    Allow {
        /// The role of the policy that holds the statement.
        kind: Layer,
        /// The policy's name.
        policy: String,
        /// The statement's id, if it has one.
        sid: Option<String>,
        /// The statement's place in the policy, from 0.
        statement: usize,
    },
    /// The root user acts in its own account.
    AllowRoot,
    /// A grant outside any policy allows it, and nothing stands against it.
    AllowGrant {
        /// What the grant is.
        grant: String,
    },
    /// The request was not authenticated, and nothing lets everyone in.
    AnonymousDenied,
}

/// The outcome of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Why.
    pub reason: Reason,
}

impl Decision {
    pub(crate) fn implicit(kind: Layer) -> Self {
        Self { allowed: false, reason: Reason::ImplicitDeny { kind } }
    }

    /// The kind of denial, and of the policy that it comes from; nothing of what is allowed.
    pub fn denial(&self) -> Option<(&'static str, &'static str)> {
        match &self.reason {
            Reason::ExplicitDeny { kind, .. } => Some(("ExplicitDeny", kind.phrase())),
            Reason::ImplicitDeny { kind } => Some(("ImplicitDeny", kind.phrase())),
            Reason::AnonymousDenied => Some(("ImplicitDeny", Layer::Resource.phrase())),
            Reason::Allow { .. } | Reason::AllowRoot | Reason::AllowGrant { .. } => None,
        }
    }

    /// The clause that AWS appends to "... is not authorized to perform: ...", without a leading space;
    /// empty for what AWS leaves unexplained.
    ///
    /// Source: IAM User Guide, "Troubleshoot access denied error messages".
    pub fn clause(&self, action: &str) -> String {
        match &self.reason {
            Reason::ExplicitDeny { kind, .. } => {
                format!("with an explicit deny in {} {}", kind.article(), kind.phrase())
            }
            Reason::ImplicitDeny { kind } => {
                format!("because no {} allows the {action} action", kind.phrase())
            }
            Reason::AnonymousDenied => {
                format!("because no {} allows the {action} action", Layer::Resource.phrase())
            }
            Reason::Allow { .. } | Reason::AllowRoot | Reason::AllowGrant { .. } => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_worded_as_in_aws() {
        let missing = Decision::implicit(Layer::Boundary);
        assert_eq!(
            missing.clause("s3:GetObject"),
            "because no permissions boundary allows the s3:GetObject action"
        );
        let denied = |kind| Decision {
            allowed: false,
            reason: Reason::ExplicitDeny { kind, policy: String::new(), sid: None, statement: 0 },
        };
        for (kind, text) in [
            (Layer::Identity, "with an explicit deny in an identity-based policy"),
            (Layer::Scp, "with an explicit deny in a service control policy"),
            (Layer::Trust, "with an explicit deny in the role trust policy"),
            (Layer::Endpoint, "with an explicit deny in a VPC endpoint policy"),
        ] {
            assert_eq!(denied(kind).clause("x:Y"), text);
        }
    }
}
