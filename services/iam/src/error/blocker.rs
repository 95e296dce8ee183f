/// What must go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Blocker {
    /// A user's access keys.
    #[error("Cannot delete entity, must delete access keys first.")]
    AccessKeys,
    /// A user's password.
    #[error("Cannot delete entity, must delete login profile first.")]
    LoginProfile,
    /// A user's MFA devices.
    #[error("Cannot delete entity, must delete MFA device first.")]
    Mfa,
    /// Inline policies.
    #[error("Cannot delete entity, must delete policies first.")]
    Inline,
    /// Attached policies.
    #[error("Cannot delete entity, must detach all policies first.")]
    Attached,
    /// A user is in a group.
    #[error("Cannot delete entity, must remove users from group first.")]
    Membership,
    /// A role is in an instance profile.
    #[error("Cannot delete entity, must remove roles from instance profile first.")]
    InstanceProfile,
    /// A policy is attached, or is a boundary.
    #[error("Cannot delete a policy attached to entities.")]
    Entities,
    /// A policy has versions beside its default one.
    #[error(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."
    )]
    Versions,
    /// A policy's version is its default one.
    #[error("Cannot delete the default version of a policy.")]
    DefaultVersion,
    /// A virtual MFA device is enabled.
    #[error("MFA VirtualDevice in use. Must deactivate first.")]
    MfaInUse,
}
