use serde::{Deserialize, Serialize};

/// That a table is under a key of KMS, as its definition has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Protection {
    /// The ARN of the key.
    pub(crate) arn: String,
    /// The table key, sealed under a data key of it, which goes with it as KMS wrapped it.
    #[serde(with = "base64")]
    pub(super) sealed: Vec<u8>,
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
        let protection = Protection { arn: "arn:aws:kms:x".to_owned(), sealed: vec![0, 255, 7] };
        let stored = serde_json::to_string(&protection).unwrap();
        assert_eq!(serde_json::from_str::<Protection>(&stored).unwrap(), protection);
        assert!(serde_json::from_str::<Protection>(r#"{"arn":"a","sealed":"%"}"#).is_err());
    }
}
