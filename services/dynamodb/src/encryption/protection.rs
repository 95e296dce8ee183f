use serde::{Deserialize, Serialize};

/// That a table is under a key of KMS, as its definition has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Protection {
    /// The ARN of the key.
    pub(crate) arn: String,
    /// The table key, sealed under a data key of it, which goes with it as KMS wrapped it.
    #[serde(with = "base64")]
    pub(super) sealed: Vec<u8>,
    /// The id of the grant on it by which DynamoDB opens the table key by itself; none in tables that are older than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) grant: Option<String>,
}

mod base64 {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_stored() {
        for grant in [None, Some("g".to_owned())] {
            let protection = Protection { arn: "arn:aws:kms:x".to_owned(), sealed: vec![0, 255, 7], grant };
            let stored = serde_json::to_string(&protection).unwrap();
            assert_eq!(serde_json::from_str::<Protection>(&stored).unwrap(), protection);
        }
        assert!(serde_json::from_str::<Protection>(r#"{"arn":"a","sealed":""}"#).is_ok(), "an older one");
        assert!(serde_json::from_str::<Protection>(r#"{"arn":"a","sealed":"%"}"#).is_err());
    }
}
