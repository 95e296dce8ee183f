/// What there is too much of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Exceeded {
    /// A number of things, or the size of one.
    #[error("Cannot exceed quota for {name}: {limit}")]
    Quota {
        /// The quota's name.
        name: &'static str,
        /// The most there may be.
        limit: usize,
    },
    /// The inline policies of one user, group or role together.
    #[error("Maximum policy size of {limit} bytes exceeded for {of} {name}")]
    Inline {
        /// The most characters there may be, white space not counted.
        limit: usize,
        /// `user`, `group` or `role`.
        of: &'static str,
        /// Its name.
        name: String,
    },
    /// The versions of a managed policy.
    #[error(
        "A managed policy can have up to {0} versions. Before you create a new version, you must delete an existing version."
    )]
    Versions(usize),
    /// Tags.
    #[error("The number of tags has reached the maximum limit.")]
    Tags,
}
