use crate::Position;

/// Why a policy document is refused. The texts follow the messages that AWS answers with.
///
/// IAM's are those of `MalformedPolicyDocument`. S3's differ, and are given for [`crate::Kind::Resource`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// A resource's policy is not JSON.
    #[error("Policies must be valid JSON and the first byte must be '{{'")]
    Json {
        /// Where the reader stopped.
        at: Position,
        /// What is wrong there; not part of AWS's message.
        detail: String,
    },
    /// Not JSON, not the policy grammar, or a name twice in one object.
    #[error("Syntax errors in policy.")]
    Syntax {
        /// Where the reader stopped.
        at: Position,
        /// What is wrong there; not part of AWS's message.
        detail: String,
    },
    /// Well formed, but a value is not of its type.
    #[error("The policy failed legacy parsing")]
    Legacy {
        /// Where the value stands.
        at: Position,
        /// What is wrong with it; not part of AWS's message.
        detail: String,
    },
    /// The version is missing or too old for this kind of policy.
    #[error("Policy document must be version 2012-10-17 or greater.")]
    Version,
    /// A resource's policy has an element that does not exist.
    #[error("Unknown field {0}")]
    UnknownField(String),
    /// A resource's policy has an empty list of statements.
    #[error("Could not parse the policy: Statement is empty!")]
    NoStatement,
    /// A resource's policy has an effect that is neither `Allow` nor `Deny`.
    #[error("Invalid effect: {0}")]
    Effect(String),
    /// A resource's policy has a condition operator that does not exist.
    #[error("Invalid Condition type : {0}")]
    ConditionType(String),
    /// A resource's policy has a version that does not exist.
    #[error("The policy must contain a valid version string")]
    UnknownVersion,
    /// Two statements have one id.
    #[error("Statement IDs (SID) in a single policy must be unique.")]
    DuplicateSid,
    /// A statement's id has other characters than letters and digits.
    #[error(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
    )]
    Sid,
    /// A statement has neither `Action` nor `NotAction`, or an empty one.
    #[error("Policy statement must contain actions.")]
    NoActions,
    /// A statement has neither `Resource` nor `NotResource`, or an empty one.
    #[error("Policy statement must contain resources.")]
    NoResources,
    /// An element is required that is not there.
    #[error("Missing required field {0}")]
    Missing(&'static str),
    /// An element is there that this kind of policy must not have.
    #[error("Has prohibited field {0}")]
    Prohibited(&'static str),
    /// An identity's policy names a principal.
    #[error("Policy document should not specify a principal.")]
    PrincipalInIdentityPolicy,
    /// A principal is not of any known form. Holds `: "AWS":"the principal"`, or nothing in S3's manner.
    #[error("Invalid principal in policy{0}")]
    Principal(String),
    /// A trust policy says `"Principal": "*"` instead of `{"AWS": "*"}`.
    #[error("AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".")]
    TrustStar,
    /// `NotPrincipal` in a statement that allows.
    #[error("Allow with NotPrincipal is not allowed.")]
    AllowNotPrincipal,
    /// An action or a condition key without its service.
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    ActionVendor,
    /// An action with more than one colon.
    #[error("Actions/Condition can contain only one colon.")]
    ActionColons,
    /// An action whose service has characters that no service's name has.
    #[error("Vendor {0} is not valid")]
    Vendor(String),
    /// A resource's policy has an action that is not one.
    #[error("Policy has invalid action")]
    Action,
    /// A trust policy with other actions than those that assume roles.
    #[error("AssumeRole policy may only specify STS AssumeRole actions.")]
    TrustAction,
    /// A resource that is neither an ARN nor `*`.
    #[error("Resource {0} must be in ARN format or \"*\".")]
    ResourceFormat(String),
    /// A resource of a partition that does not exist here.
    #[error("Partition \"{partition}\" is not valid for resource \"{resource}\".")]
    ResourcePartition {
        /// The partition as written.
        partition: String,
        /// The ARN, with `*` for parts that were left out.
        resource: String,
    },
    /// A resource whose service is missing or holds a wildcard.
    #[error("Resource vendor must be fully qualified and cannot contain regexes.")]
    ResourceVendor,
    /// An S3 bucket or object with a region.
    #[error("Resource {0} can not contain region information.")]
    ResourceRegion(String),
    /// An IAM resource with a region.
    #[error("IAM resource {0} cannot contain region information.")]
    IamRegion(String),
    /// An IAM resource of an unknown type.
    #[error("IAM resource path must either be \"*\" or start with {0}.")]
    IamPath(String),
    /// A resource's policy has a resource that is neither an ARN nor `*`.
    #[error("Policy has invalid resource")]
    Resource,
    /// An organisation's policy uses what its type does not allow.
    #[error("The provided policy document does not meet the requirements of the specified policy type.")]
    Organization(&'static str),
}
