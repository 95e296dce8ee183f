use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::Request;
use kurodo_arn::Region;
use kurodo_authz::Caller;
use kurodo_gateway::{Order, Relay};
use kurodo_keys::SecretKey;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use zeroize::{Zeroize, Zeroizing};

use crate::EnvelopeError;

/// What a data key is bound to: whoever opens it must say the same.
pub type EncryptionContext = BTreeMap<String, String>;

/// KMS, as a caller reaches it by a service.
#[derive(Debug, Clone)]
pub struct Kms<'r> {
    /// The way there.
    pub relay: &'r Relay,
    /// The host name of the service that asks, as policies see it in `aws:CalledVia`.
    pub via: &'static str,
    /// In whose name.
    pub caller: Arc<Caller>,
    /// Where the key lies.
    pub region: Region,
}

/// A data key that KMS made.
pub struct Made {
    /// The ARN of the key that wraps it.
    pub arn: String,
    /// As it is stored.
    pub wrapped: Vec<u8>,
    /// What it encrypts with.
    pub data: SecretKey,
}

/// What KMS says of a key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    /// Its ARN.
    pub arn: String,
    /// Its state, such as `Enabled`.
    pub key_state: String,
    /// What it is for, such as `ENCRYPT_DECRYPT`.
    pub key_usage: String,
    /// Its kind, such as `SYMMETRIC_DEFAULT`.
    pub key_spec: String,
    /// `AWS` for the key that KMS makes for a service, `CUSTOMER` for others.
    pub key_manager: String,
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
    fn data(&self) -> Result<SecretKey, EnvelopeError> {
        let bytes = BASE64.decode(&self.plaintext).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| EnvelopeError::strange())?;
        let bytes: Zeroizing<[u8; SecretKey::LEN]> =
            bytes.as_slice().try_into().map(Zeroizing::new).map_err(|_| EnvelopeError::strange())?;
        Ok(SecretKey::from_bytes(*bytes))
    }
}

impl Kms<'_> {
    /// A new data key under this key, which is an id, ARN or alias.
    ///
    /// # Errors
    /// Nobody lets the caller do this, KMS refuses it, or does not answer.
    pub async fn generate(&self, key: &str, context: &EncryptionContext) -> Result<Made, EnvelopeError> {
        let asked = json!({ "KeyId": key, "KeySpec": "AES_256", "EncryptionContext": context });
        let answer: Answer = self.ask("GenerateDataKey", &asked).await?;
        let wrapped = BASE64.decode(&answer.ciphertext_blob).ok().filter(|wrapped| !wrapped.is_empty());
        let wrapped = wrapped.ok_or_else(EnvelopeError::strange)?;
        Ok(Made { arn: answer.key_id.clone(), wrapped, data: answer.data()? })
    }

    /// Whether KMS would make a data key for the caller; it makes none.
    ///
    /// # Errors
    /// It would not, as [`Kms::generate`]'s.
    pub async fn would_generate(&self, key: &str, context: &EncryptionContext) -> Result<(), EnvelopeError> {
        let asked =
            json!({ "KeyId": key, "KeySpec": "AES_256", "EncryptionContext": context, "DryRun": true });
        match self.ask::<Value>("GenerateDataKey", &asked).await {
            Err(EnvelopeError::Refused { code, .. }) if code == "DryRunOperationException" => Ok(()),
            Err(refused) => Err(refused),
            Ok(_) => Err(EnvelopeError::strange()),
        }
    }

    /// The data key that was wrapped so, if this is the encryption context that it was made with. A ciphertext knows its
    /// key; where one is named, it must be that one.
    ///
    /// # Errors
    /// As [`Kms::generate`]'s.
    pub async fn decrypt(
        &self,
        key: Option<&str>,
        wrapped: &[u8],
        context: &EncryptionContext,
    ) -> Result<SecretKey, EnvelopeError> {
        let mut asked = json!({ "CiphertextBlob": BASE64.encode(wrapped), "EncryptionContext": context });
        if let (Some(key), Some(members)) = (key, asked.as_object_mut()) {
            members.insert("KeyId".to_owned(), key.into());
        }
        self.ask::<Answer>("Decrypt", &asked).await?.data()
    }

    /// What there is to know of a key, which is named by id, ARN or alias.
    ///
    /// # Errors
    /// As [`Kms::generate`]'s.
    pub async fn describe(&self, key: &str) -> Result<Described, EnvelopeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Answer {
            key_metadata: Described,
        }
        let answer: Answer = self.ask("DescribeKey", &json!({ "KeyId": key })).await?;
        Ok(answer.key_metadata)
    }

    /// Lets somebody do these operations with a key, by itself, on what is bound to this context or to more; whoever is let
    /// may give it up. Answers the grant's id.
    ///
    /// Source: KMS API Reference, CreateGrant.
    ///
    /// # Errors
    /// As [`Kms::generate`]'s.
    pub async fn grant(
        &self,
        key: &str,
        grantee: &str,
        operations: &[&str],
        context: &EncryptionContext,
    ) -> Result<String, EnvelopeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Answer {
            grant_id: String,
        }
        let answer: Answer = self
            .ask(
                "CreateGrant",
                &json!({
                    "KeyId": key,
                    "GranteePrincipal": grantee,
                    "RetiringPrincipal": grantee,
                    "Operations": operations,
                    "Constraints": { "EncryptionContextSubset": context },
                }),
            )
            .await?;
        Ok(answer.grant_id)
    }

    /// Gives up a grant.
    ///
    /// # Errors
    /// There is none, or it is not the caller's to give up; KMS does not answer.
    pub async fn retire(&self, key: &str, grant: &str) -> Result<(), EnvelopeError> {
        self.done("RetireGrant", &json!({ "KeyId": key, "GrantId": grant })).await
    }

    async fn ask<T: DeserializeOwned>(&self, operation: &str, asked: &Value) -> Result<T, EnvelopeError> {
        let content = self.send(operation, asked).await?;
        let read = serde_json::from_slice(&content).map_err(|_| EnvelopeError::strange());
        erase(content);
        read
    }

    /// Asks for what has no answer but that it is done.
    async fn done(&self, operation: &str, asked: &Value) -> Result<(), EnvelopeError> {
        self.send(operation, asked).await.map(|_| ())
    }

    async fn send(&self, operation: &str, asked: &Value) -> Result<Bytes, EnvelopeError> {
        let failed = EnvelopeError::Unavailable;
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("TrentService.{operation}"))
            .body(asked.to_string().into())
            .map_err(|error| failed(error.to_string()))?;
        let (caller, region) = (Arc::clone(&self.caller), self.region.clone());
        let order = Order { service: "kms", via: self.via, caller, region, request };
        let answer = self.relay.send(order).await.map_err(|failure| failed(failure.message.to_string()))?;
        if answer.status >= 300 {
            return Err(EnvelopeError::told(answer.status, &answer.content));
        }
        Ok(answer.content)
    }
}

/// Overwrites what told a key, if nobody else holds it.
fn erase(content: Bytes) {
    if let Ok(mut content) = content.try_into_mut() {
        content.as_mut().zeroize();
    }
}
