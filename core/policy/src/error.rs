use crate::Position;

/// Why a policy document is refused. The texts follow AWS's `MalformedPolicyDocument` messages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not JSON, not the policy grammar, or a key twice in one object.
    #[error("Syntax errors in policy.")]
    Syntax {
        /// Where the reader stopped.
        at: Position,
        /// What is wrong there, for explanations; not part of AWS's message.
        detail: String,
    },
}
