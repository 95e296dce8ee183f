use kurodo_gateway::{Authorized, Handler};

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    layout::Setting,
    model::{
        BlockedEncryptionTypes, DeleteBucketEncryptionOutput, EncryptionType, GetBucketEncryptionOutput,
        PutBucketEncryptionOutput, ServerSideEncryption, ServerSideEncryptionByDefault,
        ServerSideEncryptionConfiguration, ServerSideEncryptionRule, op,
    },
    records::Encryption,
};

impl Handler<op::GetBucketEncryption> for S3 {
    /// There always is a default.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketEncryption>,
    ) -> Answer<op::GetBucketEncryption> {
        let encryption = call.permits.resource().facts()?.encryption;
        let blocked = BlockedEncryptionTypes { encryption_type: Some(vec![EncryptionType::SseC]) };
        let rule = ServerSideEncryptionRule {
            apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
                sse_algorithm: ServerSideEncryption::Aes256,
                kms_master_key_id: None,
            }),
            bucket_key_enabled: Some(encryption.bucket_key),
            blocked_encryption_types: encryption.blocks_customer_keys.then_some(blocked),
        };
        let configuration = ServerSideEncryptionConfiguration { rules: vec![rule] };
        Ok(GetBucketEncryptionOutput { server_side_encryption_configuration: Some(configuration) }.into())
    }
}

impl Handler<op::PutBucketEncryption> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutBucketEncryption>,
    ) -> Answer<op::PutBucketEncryption> {
        let rules = call.input.server_side_encryption_configuration.rules.as_slice();
        let [rule] = rules else { return Err(Error::MalformedXml) };
        let encryption = read(rule)?;
        self.settle(&call.permits, Setting::Encryption, Some(record(&encryption)?), &[]).await?;
        Ok(PutBucketEncryptionOutput {}.into())
    }
}

impl Handler<op::DeleteBucketEncryption> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteBucketEncryption>,
    ) -> Answer<op::DeleteBucketEncryption> {
        self.settle(&call.permits, Setting::Encryption, None, &[]).await?;
        Ok(DeleteBucketEncryptionOutput {}.into())
    }
}

/// Kurodo's own keys are the one default that there is. Whether a bucket key is to be used says nothing without KMS.
fn read(rule: &ServerSideEncryptionRule) -> Result<Encryption, Error> {
    if let Some(default) = &rule.apply_server_side_encryption_by_default {
        if default.sse_algorithm != ServerSideEncryption::Aes256 {
            return Err(Error::NotImplemented(
                format!("the default encryption {}", default.sse_algorithm).into(),
            ));
        }
        if default.kms_master_key_id.is_some() {
            let message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms";
            return Err(Error::argument("ApplyServerSideEncryptionByDefault", "AES256", message));
        }
    }
    let blocked = rule.blocked_encryption_types.as_ref().and_then(|types| types.encryption_type.as_deref());
    Ok(Encryption {
        blocks_customer_keys: blocked.is_some_and(|types| types.contains(&EncryptionType::SseC)),
        bucket_key: rule.bucket_key_enabled.unwrap_or_default(),
    })
}
