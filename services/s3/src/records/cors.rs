use serde::{Deserialize, Serialize};

/// What pages of other origins may do with a bucket, rule by rule; the first that fits counts.
///
/// Source: S3 User Guide, "Elements of a CORS configuration".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cors(pub(crate) Vec<CorsRule>);

/// One rule. Origins and headers may have one `*` each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CorsRule {
    pub(crate) id: Option<String>,
    pub(crate) origins: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) exposed: Vec<String>,
    /// Seconds that a browser may remember the answer.
    pub(crate) max_age: Option<i32>,
}
