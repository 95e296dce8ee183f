//! Actions: what `Action` and `NotAction` match. Case does not count.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Action".

use crate::{
    Context,
    pattern::{Pattern, Reading},
};

/// One value of `Action` or `NotAction`.
#[derive(Debug, Clone)]
pub(crate) struct ActionPattern {
    pattern: Pattern,
}

impl ActionPattern {
    pub(crate) fn new(text: &str) -> Self {
        let reading = Reading { wildcards: true, variables: false };
        Self { pattern: Pattern::new(&text.to_ascii_lowercase(), reading) }
    }

    /// Whether the action, already in lower case, matches.
    pub(crate) fn matches(&self, action: &str) -> bool {
        self.pattern.matches(action, Context::EMPTY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_count_and_wildcards_stand_anywhere() {
        for pattern in
            ["*", "S3:GETobject", "s3:*", "s3:Get*", "s3:*Object", "s3:?etObject", "*:*", "s3:G*t*t"]
        {
            assert!(ActionPattern::new(pattern).matches("s3:getobject"), "{pattern}");
        }
        for pattern in ["s3:GetObjectAcl", "s3:Put*", "s3", "s:*", "s3:?GetObject"] {
            assert!(!ActionPattern::new(pattern).matches("s3:getobject"), "{pattern}");
        }
    }
}
