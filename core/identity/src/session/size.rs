use super::Session;

/// Bytes that session policies and their ARNs may take in a token.
const POLICY_SPACE: usize = 2048;
/// Bytes that session tags may take in a token. AWS allots some 460 bytes.
const TAG_SPACE: usize = 768;

/// How much of the allotted space a session's policies and tags take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedSize {
    /// The policies', in per cent, rounded up.
    pub policies: usize,
    /// The tags', in per cent, rounded up.
    pub tags: usize,
}

/// A session whose token would be too large. The messages are AWS's for `PackedPolicyTooLarge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLarge {
    /// The policies are.
    #[error("Packed policy consumes {0}% of allotted space, please use smaller policy.")]
    Policies(usize),
    /// The tags are.
    #[error("Packed size of session tags consumes {0}% of allotted space.")]
    Tags(usize),
}

impl PackedSize {
    /// The size of a session's policies and tags.
    ///
    /// # Errors
    /// [`TooLarge`] past 100 per cent.
    pub fn of(session: &Session) -> Result<Self, TooLarge> {
        let arns: usize = session.policy_arns.iter().map(|arn| 2 + arn.len()).sum();
        let policies = session.policy.as_ref().map_or(0, |policy| 2 + policy.len()) + arns;
        let pairs: usize = session.tags.iter().map(|tag| 4 + tag.key.len() + tag.value.len()).sum();
        let transitive: usize = session.transitive.iter().map(|key| 2 + key.len()).sum();
        let size =
            Self { policies: percent(policies, POLICY_SPACE), tags: percent(pairs + transitive, TAG_SPACE) };
        match size {
            Self { policies, .. } if policies > 100 => Err(TooLarge::Policies(policies)),
            Self { tags, .. } if tags > 100 => Err(TooLarge::Tags(tags)),
            fits => Ok(fits),
        }
    }

    /// What `PackedPolicySize` says: the larger of the two; `None` where there are neither policies nor tags.
    pub fn reported(self) -> Option<i32> {
        let larger = self.policies.max(self.tags);
        (larger > 0).then(|| i32::try_from(larger).unwrap_or(i32::MAX))
    }
}

fn percent(size: usize, space: usize) -> usize {
    (size * 100).div_ceil(space)
}

/// A JSON text without the white space between its tokens.
pub fn compact(json: &str) -> String {
    let mut inside = false;
    let mut escaped = false;
    json.chars()
        .filter(|&character| {
            if inside {
                inside = escaped || character != '"';
                escaped = !escaped && character == '\\';
                return true;
            }
            inside = character == '"';
            !matches!(character, ' ' | '\t' | '\r' | '\n')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_goes_from_between_the_tokens_only() {
        let text = "{ \"a b\" :\t\"c \\\" d\" ,\r\n \"e\\\\\" : [ 1 , 2 ] }";
        assert_eq!(compact(text), "{\"a b\":\"c \\\" d\",\"e\\\\\":[1,2]}");
    }

    proptest! {
        #[test]
        fn compacting_changes_no_value(key: String, value: String) {
            let json = serde_json::json!({ key: [value, { "n": [1, null] }] });
            let compacted = compact(&serde_json::to_string_pretty(&json).unwrap());
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&compacted).unwrap(), json);
        }
    }
}
