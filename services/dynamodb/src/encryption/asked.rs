use crate::{
    Error,
    error::invalid_values,
    model::{SSESpecification, SSEType},
};

/// DynamoDB's own key, which KMS makes in each account that uses it.
const MANAGED: &str = "alias/aws/dynamodb";

/// The encryption that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// What every table has.
    Default,
    /// Under this key of KMS: an id, ARN or alias.
    Kms(String),
}

/// What a specification asks for.
///
/// # Errors
/// What contradicts itself, in words of DynamoDB's replies.
///
/// Source: DynamoDB API Reference, SSESpecification.
pub(crate) fn wish(given: Option<&SSESpecification>) -> Result<Wish, Error> {
    let Some(given) = given else { return Ok(Wish::Default) };
    match (given.sse_type, &given.kms_master_key_id) {
        (Some(kind), _) if kind != SSEType::Kms => {
            Err(invalid_values(format!("SSEType {kind} is not supported")))
        }
        (None, Some(_)) => Err(invalid_values("SSEType KMS is required if KMSMasterKeyId is specified")),
        (Some(_), _) if given.enabled != Some(true) => {
            Err(invalid_values("SSEType can only be specified when SSE is enabled"))
        }
        (_, key) if given.enabled == Some(true) => {
            Ok(Wish::Kms(key.as_deref().unwrap_or(MANAGED).to_owned()))
        }
        _ => Ok(Wish::Default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(enabled: Option<bool>, sse_type: Option<SSEType>, key: Option<&str>) -> Result<Wish, String> {
        let given = SSESpecification { enabled, sse_type, kms_master_key_id: key.map(str::to_owned) };
        wish(Some(&given)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_specification_asks_for_the_default_or_for_a_key() {
        assert_eq!(wish(None).unwrap(), Wish::Default);
        assert_eq!(told(Some(false), None, None), Ok(Wish::Default));
        let kms = |key: &str| Ok(Wish::Kms(key.to_owned()));
        for kind in [None, Some(SSEType::Kms)] {
            assert_eq!(told(Some(true), kind, None), kms(MANAGED));
        }
        assert_eq!(told(Some(true), Some(SSEType::Kms), Some("k")), kms("k"));
        assert!(
            told(Some(true), Some(SSEType::Aes256), None).unwrap_err().contains("AES256 is not supported")
        );
        assert!(told(Some(true), None, Some("k")).unwrap_err().contains("SSEType KMS is required"));
        for enabled in [None, Some(false)] {
            assert!(told(enabled, Some(SSEType::Kms), Some("k")).is_err(), "nothing is ignored");
        }
    }
}
