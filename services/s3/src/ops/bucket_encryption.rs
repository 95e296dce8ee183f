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
    records::{DefaultKms, Encryption},
};

impl Handler<op::GetBucketEncryption> for S3 {
    /// There always is a default.
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetBucketEncryption>,
    ) -> Answer<op::GetBucketEncryption> {
        let encryption = &call.permits.resource().facts()?.encryption;
        let blocked = BlockedEncryptionTypes { encryption_type: Some(vec![EncryptionType::SseC]) };
        let rule = ServerSideEncryptionRule {
            apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
                sse_algorithm: encryption.kms.as_ref().map_or(ServerSideEncryption::Aes256, algorithm),
                kms_master_key_id: encryption.kms.as_ref().and_then(|kms| Some(kms.key.as_deref()?.into())),
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

fn algorithm(kms: &DefaultKms) -> ServerSideEncryption {
    if kms.dual { ServerSideEncryption::AwsKmsDsse } else { ServerSideEncryption::AwsKms }
}

/// Whether KMS has the key, and lets anybody use it, is found out when an object is put, as in AWS.
fn read(rule: &ServerSideEncryptionRule) -> Result<Encryption, Error> {
    let default = rule.apply_server_side_encryption_by_default.as_ref();
    let kms = default.map(default_kms).transpose()?.flatten();
    if rule.bucket_key_enabled == Some(true) && kms.as_ref().is_some_and(|kms| kms.dual) {
        let message = "Bucket keys are not supported with aws:kms:dsse";
        return Err(Error::argument("BucketKeyEnabled", true, message));
    }
    let blocked = rule.blocked_encryption_types.as_ref().and_then(|types| types.encryption_type.as_deref());
    Ok(Encryption {
        blocks_customer_keys: blocked.is_some_and(|types| types.contains(&EncryptionType::SseC)),
        bucket_key: rule.bucket_key_enabled.unwrap_or_default(),
        kms,
    })
}

fn default_kms(default: &ServerSideEncryptionByDefault) -> Result<Option<DefaultKms>, Error> {
    let key = default.kms_master_key_id.as_ref().map(|key| key.expose().to_owned());
    match default.sse_algorithm {
        ServerSideEncryption::AwsKms => Ok(Some(DefaultKms { dual: false, key })),
        ServerSideEncryption::AwsKmsDsse => Ok(Some(DefaultKms { dual: true, key })),
        ServerSideEncryption::Aes256 if key.is_some() => {
            let message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
            Err(Error::argument("ApplyServerSideEncryptionByDefault", "AES256", message))
        }
        ServerSideEncryption::Aes256 => Ok(None),
        other => Err(Error::NotImplemented(format!("the default encryption {other}").into())),
    }
}
