//! What Organizations answers when it does not do what it was asked, in AWS's codes and words.
//!
//! Source: Organizations API Reference, the errors of each operation; the messages are those that AWS sends,
//! as far as they are known.

use kurodo_gateway::Failure;
use kurodo_identity::{FoundError, RandomError};
use kurodo_store::StoreError;
use kurodo_wire::{ErrorSchema, Valued};

use crate::model::{
    ConstraintViolationException, ConstraintViolationExceptionReason, InvalidInputException,
    InvalidInputExceptionReason, PolicyType, SERVICE,
};

/// Why an operation failed. All but the last ones are the caller's doing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such thing.
    #[error("You specified {} that doesn't exist.", .0.noun())]
    NotFound(Missing),
    /// There is no organisation, or the caller's account is not in it.
    #[error("Your account is not a member of an organization.")]
    NotInUse,
    /// A unit below the same parent has the name.
    #[error("An OU with the same name already exists.")]
    DuplicateUnit,
    /// A policy of the type has the name.
    #[error("A policy with the specified name and type already exists.")]
    DuplicatePolicy,
    /// The policy is attached there already.
    #[error("A policy with the specified name and type already exists.")]
    DuplicateAttachment,
    /// The account is there already.
    #[error("That account is already present in the specified destination.")]
    DuplicateAccount,
    /// Accounts or units are in it.
    #[error("You specified an organizational unit that is not empty.")]
    UnitNotEmpty,
    /// The policy is attached somewhere.
    #[error("This policy is in use by one or more targets: detach it first.")]
    PolicyInUse,
    /// The policy is not attached there.
    #[error("The policy isn't attached to the specified target in the specified root.")]
    PolicyNotAttached,
    /// The policies of the type are in force already.
    #[error("The specified policy type is already enabled in the specified root.")]
    TypeAlreadyEnabled,
    /// The policies of the type are not in force.
    #[error("This operation can be performed only for enabled policy types.")]
    TypeNotEnabled,
    /// Kurodo knows no policies of this type.
    #[error("Policies of the type {} are not available in Kurodo.", .0.as_str())]
    TypeNotAvailable(PolicyType),
    /// A document is not a policy of its type.
    #[error("The provided policy document does not meet the requirements of the specified policy type.")]
    MalformedPolicyDocument,
    /// A limit would be broken.
    #[error("{1}")]
    Constraint(ConstraintViolationExceptionReason, &'static str),
    /// A parameter cannot be used as it is.
    #[error("{1}")]
    Invalid(InvalidInputExceptionReason, &'static str),
    /// Others changed the organisation at the same time, too often to get in between.
    #[error(
        "AWS Organizations can't complete your request because it conflicts with another attempt to modify the same entity. Try again later."
    )]
    ConcurrentModification,
    /// Nobody signed.
    #[error("Request is missing Authentication Token")]
    Unsigned,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There were no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The account could not be created.
    #[error(transparent)]
    Found(#[from] FoundError),
    /// A stored thing refers to another that is not there.
    #[error("the records of the organisation do not fit together: {0}; run `kurodo check`")]
    Inconsistent(&'static str),
}

/// What is not there, by the parameter that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// An account.
    Account,
    /// An account or a unit.
    Child,
    /// A request to create an account.
    CreateAccountStatus,
    /// Where an account should go.
    DestinationParent,
    /// A root or a unit.
    Parent,
    /// A policy.
    Policy,
    /// A root.
    Root,
    /// Where an account should come from.
    SourceParent,
    /// A root, a unit, an account or a policy.
    Target,
    /// A unit.
    Unit,
}

impl Missing {
    fn noun(self) -> &'static str {
        match self {
            Self::Account => "an account",
            Self::Child => "a child",
            Self::CreateAccountStatus => "a create account request",
            Self::DestinationParent => "a destination parent",
            Self::Parent => "a parent",
            Self::Policy => "a policy",
            Self::Root => "a root",
            Self::SourceParent => "a source parent",
            Self::Target => "a target",
            Self::Unit => "an organizational unit",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Account => "AccountNotFoundException",
            Self::Child => "ChildNotFoundException",
            Self::CreateAccountStatus => "CreateAccountStatusNotFoundException",
            Self::DestinationParent => "DestinationParentNotFoundException",
            Self::Parent => "ParentNotFoundException",
            Self::Policy => "PolicyNotFoundException",
            Self::Root => "RootNotFoundException",
            Self::SourceParent => "SourceParentNotFoundException",
            Self::Target => "TargetNotFoundException",
            Self::Unit => "OrganizationalUnitNotFoundException",
        }
    }
}

impl Error {
    /// AWS's code; `None` for what is not the caller's doing. The status is always 400.
    pub(crate) fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound(missing) => missing.code(),
            Self::NotInUse => "AWSOrganizationsNotInUseException",
            Self::DuplicateUnit => "DuplicateOrganizationalUnitException",
            Self::DuplicatePolicy => "DuplicatePolicyException",
            Self::DuplicateAttachment => "DuplicatePolicyAttachmentException",
            Self::DuplicateAccount => "DuplicateAccountException",
            Self::UnitNotEmpty => "OrganizationalUnitNotEmptyException",
            Self::PolicyInUse => "PolicyInUseException",
            Self::PolicyNotAttached => "PolicyNotAttachedException",
            Self::TypeAlreadyEnabled => "PolicyTypeAlreadyEnabledException",
            Self::TypeNotEnabled => "PolicyTypeNotEnabledException",
            Self::TypeNotAvailable(_) => "PolicyTypeNotAvailableForOrganizationException",
            Self::MalformedPolicyDocument => "MalformedPolicyDocumentException",
            Self::Constraint(..) => "ConstraintViolationException",
            Self::Invalid(..) => "InvalidInputException",
            Self::ConcurrentModification => "ConcurrentModificationException",
            Self::Unsigned => "MissingAuthenticationTokenException",
            Self::Store(_) | Self::Random(_) | Self::Found(_) | Self::Inconsistent(_) => return None,
        })
    }

    /// The error's own members, where it has more than its message.
    fn modeled(&self) -> Option<(&'static ErrorSchema, kurodo_wire::Value)> {
        let value = match *self {
            Self::Constraint(reason, _) => {
                ConstraintViolationException { message: None, reason: Some(reason) }.into_value()
            }
            Self::Invalid(reason, _) => {
                InvalidInputException { message: None, reason: Some(reason) }.into_value()
            }
            _ => return None,
        };
        let code = self.code()?;
        let schema = SERVICE.error(code)?;
        Some((schema, value))
    }
}

impl From<Missing> for Error {
    fn from(missing: Missing) -> Self {
        Self::NotFound(missing)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.code() {
            Some(code) => Self { modeled: error.modeled(), ..Self::new(code, 400, error.to_string()) },
            None => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_bad_parameters_say_which() {
        let error = Error::Constraint(ConstraintViolationExceptionReason::OuDepthLimitExceeded, "deep");
        let failure = Failure::from(error);
        assert_eq!((&*failure.code, &*failure.message), ("ConstraintViolationException", "deep"));
        let (schema, _) = failure.modeled.unwrap();
        assert_eq!(schema.code, "ConstraintViolationException");
        assert!(Failure::from(Error::NotInUse).modeled.is_none());
    }
}
