use crate::{PolicyError, Statement, grammar};

/// What a document is used as; decides which elements are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Attached to a user, group or role.
    Identity,
    /// On a resource, such as a bucket policy.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A permissions boundary.
    Boundary,
    /// Passed when a session is made.
    Session,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A VPC endpoint's policy.
    Endpoint,
    /// A KMS key's policy.
    KeyPolicy,
}

/// The version of the policy language that a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `2008-10-17`, also meant where the element is missing: `${..}` is ordinary text.
    V2008,
    /// `2012-10-17`: with policy variables.
    V2012,
}

/// A compiled policy and its source text.
#[derive(Debug)]
pub struct Policy {
    pub(crate) source: Box<str>,
    pub(crate) kind: Kind,
    pub(crate) version: Version,
    pub(crate) statements: Vec<Statement>,
}

impl Policy {
    /// Reads, validates and compiles a document.
    ///
    /// # Errors
    /// What AWS refuses when such a policy is stored, as far as the document alone tells. Left to the
    /// caller: its size, whether its principals exist, whether a bucket's policy speaks of that bucket, and
    /// that managed policies want [`Version::V2012`] ([`Policy::current`]).
    pub fn parse(text: &str, kind: Kind) -> Result<Self, PolicyError> {
        let (version, statements) = grammar::read(text, kind)?;
        Ok(Self { source: text.into(), kind, version, statements })
    }

    /// The same policy, if it is written in the current version, as AWS asks of managed policies.
    ///
    /// # Errors
    /// [`PolicyError::Version`] otherwise.
    pub fn current(self) -> Result<Self, PolicyError> {
        if self.version == Version::V2012 { Ok(self) } else { Err(PolicyError::Version) }
    }

    /// The document as it was given.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What the document was read as.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The version of the language.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The statements in order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

/// Every condition key and policy variable that a policy mentions, sorted, each once, as first written.
pub fn context_keys(policy: &Policy) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for statement in policy.statements() {
        for key in statement.keys() {
            if !keys.iter().any(|known| crate::context::same_name(known, key)) {
                keys.push(key.to_owned());
            }
        }
    }
    keys.sort();
    keys
}
