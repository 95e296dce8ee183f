use serde_json::Value;

/// Why KMS gave no data key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Nobody lets the caller use the key.
    #[error("{0}")]
    Denied(String),
    /// KMS refuses for another reason: the key is disabled, or there is none.
    #[error("{message}")]
    Refused {
        /// The code of KMS's own error, such as `DisabledException`.
        code: String,
        /// What it says.
        message: String,
    },
    /// KMS did not answer as it should.
    #[error("{0}")]
    Unavailable(String),
    /// What is stored is nothing that was sealed under a data key.
    #[error("what is stored under a key of KMS cannot be opened; run `kurodo check`")]
    Damaged,
}

impl EnvelopeError {
    /// From KMS's reply.
    pub(crate) fn told(status: u16, content: &[u8]) -> Self {
        let told: Value = serde_json::from_slice(content).unwrap_or_default();
        let text = |name: &str| told.get(name).and_then(Value::as_str);
        let code = text("__type").and_then(|code| code.rsplit('#').next()).unwrap_or_default();
        let message = text("message").or_else(|| text("Message")).unwrap_or_default().to_owned();
        match code {
            "AccessDeniedException" => Self::Denied(message),
            "" => Self::Unavailable(format!("KMS answers {status}")),
            _ if status >= 500 => Self::Unavailable(format!("KMS answers {status} {code}: {message}")),
            code => Self::Refused { code: code.to_owned(), message },
        }
    }

    /// KMS answers what cannot be read.
    pub(crate) fn strange() -> Self {
        Self::Unavailable("KMS answers what is no key".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_from_denials_and_failures() {
        let denied = EnvelopeError::told(400, br#"{"__type":"AccessDeniedException","Message":"no"}"#);
        assert_eq!(denied, EnvelopeError::Denied("no".to_owned()));
        let disabled =
            EnvelopeError::told(400, br#"{"__type":"com.amazonaws.kms#DisabledException","message":"off"}"#);
        assert_eq!(disabled.to_string(), "off");
        assert!(matches!(disabled, EnvelopeError::Refused { code, .. } if code == "DisabledException"));
        let failed = EnvelopeError::told(500, br#"{"__type":"KMSInternalException"}"#);
        assert!(matches!(failed, EnvelopeError::Unavailable(_)));
        assert!(matches!(EnvelopeError::told(400, b""), EnvelopeError::Unavailable(_)));
    }
}
