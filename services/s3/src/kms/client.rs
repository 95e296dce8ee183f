use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::Request;
use kurodo_arn::Region;
use kurodo_authz::Caller;
use kurodo_gateway::{Order, Relay};
use kurodo_keys::SecretKey;
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::{Zeroize, Zeroizing};

use crate::Error;

/// The host name of S3, as policies see it in `aws:CalledVia`.
const VIA: &str = "s3.amazonaws.com";

/// KMS, as a caller reaches it by S3.
pub(crate) struct Kms<'r> {
    pub(crate) relay: &'r Relay,
    pub(crate) caller: Arc<Caller>,
    pub(crate) region: Region,
}

/// A data key that KMS made.
pub(crate) struct Made {
    /// The ARN of the key that wraps it.
    pub(crate) arn: String,
    pub(crate) wrapped: Vec<u8>,
    pub(crate) data: SecretKey,
}

/// What KMS answers. The plaintext is in base64.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    key_id: String,
    plaintext: String,
    #[serde(default)]
    ciphertext_blob: String,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.plaintext.zeroize();
    }
}

impl Answer {
    fn data(&self) -> Result<SecretKey, Error> {
        let bytes = BASE64.decode(&self.plaintext).map(Zeroizing::new).map_err(|_| strange())?;
        let bytes: Zeroizing<[u8; SecretKey::LEN]> =
            bytes.as_slice().try_into().map(Zeroizing::new).map_err(|_| strange())?;
        Ok(SecretKey::from_bytes(*bytes))
    }
}

fn strange() -> Error {
    Error::Relay("KMS answers what is no key".to_owned())
}

impl Kms<'_> {
    /// A new data key under this key, which is an id, ARN or alias.
    ///
    /// # Errors
    /// [`Error::Kms`] and [`Error::AccessDenied`]: what KMS says; [`Error::Relay`].
    pub(crate) async fn generate(
        &self,
        key: &str,
        context: &BTreeMap<String, String>,
    ) -> Result<Made, Error> {
        let asked = json!({ "KeyId": key, "KeySpec": "AES_256", "EncryptionContext": context });
        let answer = self.ask("GenerateDataKey", &asked).await?;
        let wrapped = BASE64.decode(&answer.ciphertext_blob).ok().filter(|wrapped| !wrapped.is_empty());
        Ok(Made { arn: answer.key_id.clone(), wrapped: wrapped.ok_or_else(strange)?, data: answer.data()? })
    }

    /// The data key that the key of this ARN wraps, if this is the encryption context that it was made with.
    ///
    /// # Errors
    /// As [`Kms::generate`]'s.
    pub(crate) async fn decrypt(
        &self,
        arn: &str,
        wrapped: &[u8],
        context: &BTreeMap<String, String>,
    ) -> Result<SecretKey, Error> {
        let wrapped = BASE64.encode(wrapped);
        let asked = json!({ "KeyId": arn, "CiphertextBlob": wrapped, "EncryptionContext": context });
        self.ask("Decrypt", &asked).await?.data()
    }

    async fn ask(&self, operation: &str, asked: &Value) -> Result<Answer, Error> {
        let failed = |why: String| Error::Relay(why);
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("TrentService.{operation}"))
            .body(asked.to_string().into())
            .map_err(|error| failed(error.to_string()))?;
        let (caller, region) = (Arc::clone(&self.caller), self.region.clone());
        let order = Order { service: "kms", via: VIA, caller, region, request };
        let answer = self.relay.send(order).await.map_err(|failure| failed(failure.message.to_string()))?;
        if answer.status >= 300 {
            return Err(refused(answer.status, &answer.content));
        }
        let read = serde_json::from_slice(&answer.content).map_err(|_| strange());
        erase(answer.content);
        read
    }
}

/// Overwrites what told a key, if nobody else holds it.
fn erase(content: Bytes) {
    if let Ok(mut content) = content.try_into_mut() {
        content.as_mut().zeroize();
    }
}

/// What S3 says of KMS's refusals: denials are its own, other errors have KMS's name in front.
///
/// Source: S3 API Reference, "Error responses", `KMS.DisabledException` and its like.
fn refused(status: u16, content: &[u8]) -> Error {
    let told: Value = serde_json::from_slice(content).unwrap_or_default();
    let text = |name: &str| told.get(name).and_then(Value::as_str);
    let code = text("__type").and_then(|code| code.rsplit('#').next()).unwrap_or_default();
    let message = text("message").or_else(|| text("Message")).unwrap_or_default().to_owned();
    match code {
        "AccessDeniedException" => Error::AccessDenied(message.into()),
        "" => Error::Relay(format!("KMS answers {status}")),
        _ if status >= 500 => Error::Relay(format!("KMS answers {status} {code}: {message}")),
        code => Error::Kms { code: code.to_owned(), message },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_as_s3_tells_them() {
        let denied = refused(400, br#"{"__type":"AccessDeniedException","Message":"no"}"#);
        assert!(matches!(denied, Error::AccessDenied(text) if text == "no"));
        let disabled = refused(400, br#"{"__type":"com.amazonaws.kms#DisabledException","message":"off"}"#);
        assert_eq!(disabled.to_string(), "off");
        assert!(matches!(disabled, Error::Kms { code, .. } if code == "DisabledException"));
        assert!(matches!(refused(500, br#"{"__type":"KMSInternalException"}"#), Error::Relay(_)));
        assert!(matches!(refused(400, b""), Error::Relay(_)));
    }
}
