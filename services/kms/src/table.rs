//! What every operation of KMS demands.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Key Management Service".

use kurodo_gateway::service;

use crate::Kms;

service! { Kms:
    resources {
        // A key: its metadata, policy, tags and material; its grants are annexed.
        Key { region, account, id } = "arn:aws:kms:{region}:{account}:key/{id}";
        Alias { region, account, name } = "arn:aws:kms:{region}:{account}:alias/{name}";
        // A key that a service keeps for an account, before there is one; its alias is annexed.
        ManagedKey { region, account, id } = "arn:aws:kms:{region}:{account}:key/{id}";
        // The caller's account: its keys.
        Keys {} = "*";
        // The caller's account: its aliases.
        Aliases {} = "*";
        // The caller's account: the grants of its keys.
        Grants {} = "*";
    }
    actions {
        CancelKeyDeletion: Write on Key = "kms:CancelKeyDeletion";
        CreateAlias: Write on Alias = "kms:CreateAlias";
        CreateAliasOfKey: Read on Key = "kms:CreateAlias";
        CreateGrant: Write on Key = "kms:CreateGrant";
        CreateKey: Write on Keys = "kms:CreateKey";
        CreateManagedKey: Write on ManagedKey = "kms:CreateKey";
        Decrypt: Read on Key = "kms:Decrypt";
        DeleteAlias: Write on Alias = "kms:DeleteAlias";
        DeleteAliasOfKey: Read on Key = "kms:DeleteAlias";
        DescribeKey: Read on Key = "kms:DescribeKey";
        DestroyKey: Write on Key = "kms:ScheduleKeyDeletion";
        DisableKey: Write on Key = "kms:DisableKey";
        DisableKeyRotation: Write on Key = "kms:DisableKeyRotation";
        EnableKey: Write on Key = "kms:EnableKey";
        EnableKeyRotation: Write on Key = "kms:EnableKeyRotation";
        Encrypt: Read on Key = "kms:Encrypt";
        GenerateDataKey: Read on Key = "kms:GenerateDataKey";
        GenerateDataKeyWithoutPlaintext: Read on Key = "kms:GenerateDataKeyWithoutPlaintext";
        GenerateMac: Read on Key = "kms:GenerateMac";
        GenerateRandom: Read on Keys = "kms:GenerateRandom";
        GetKeyPolicy: Read on Key = "kms:GetKeyPolicy";
        GetKeyRotationStatus: Read on Key = "kms:GetKeyRotationStatus";
        ListAliases: Read on Aliases = "kms:ListAliases";
        ListGrants: Read on Key = "kms:ListGrants";
        ListKeyPolicies: Read on Key = "kms:ListKeyPolicies";
        ListKeyRotations: Read on Key = "kms:ListKeyRotations";
        ListKeys: Read on Keys = "kms:ListKeys";
        ListResourceTags: Read on Key = "kms:ListResourceTags";
        ListRetirableGrants: Read on Grants = "kms:ListRetirableGrants";
        PutKeyPolicy: Write on Key = "kms:PutKeyPolicy";
        ReEncryptFrom: Read on Key = "kms:ReEncryptFrom";
        ReEncryptTo: Read on Key = "kms:ReEncryptTo";
        RetireGrant: Write on Key = "kms:RetireGrant";
        RevokeGrant: Write on Key = "kms:RevokeGrant";
        RotateKey: Write on Key = "kms:RotateKeyOnDemand";
        RotateKeyOnDemand: Write on Key = "kms:RotateKeyOnDemand";
        ScheduleKeyDeletion: Write on Key = "kms:ScheduleKeyDeletion";
        TagNewKey: Read on Keys = "kms:TagResource";
        TagResource: Write on Key = "kms:TagResource";
        UntagResource: Write on Key = "kms:UntagResource";
        UpdateAlias: Write on Alias = "kms:UpdateAlias";
        UpdateAliasOfKey: Read on Key = "kms:UpdateAlias";
        UpdateKeyDescription: Write on Key = "kms:UpdateKeyDescription";
        VerifyMac: Read on Key = "kms:VerifyMac";
    }
    operations {
        CreateKey: [CreateKey, TagNewKey if asked] by needs::create_key refusing ["CustomKeyStoreId", "XksKeyId"];
        DescribeKey: [DescribeKey, CreateManagedKey by another if asked] by needs::describe_key;
        ListKeys: ListKeys on keys() refusing ["ResourceOwners"];
        EnableKey: EnableKey on key(key_id);
        DisableKey: DisableKey on key(key_id);
        UpdateKeyDescription: UpdateKeyDescription on key(key_id);
        ScheduleKeyDeletion: [ScheduleKeyDeletion] by needs::schedule_key_deletion;
        CancelKeyDeletion: CancelKeyDeletion on key(key_id);
        GetKeyPolicy: GetKeyPolicy on key(key_id);
        PutKeyPolicy: [PutKeyPolicy] by needs::put_key_policy;
        ListKeyPolicies: ListKeyPolicies on key(key_id);
        TagResource: [TagResource] by needs::tag_resource;
        UntagResource: UntagResource on key(key_id) with "aws:TagKeys" = tag_keys;
        ListResourceTags: ListResourceTags on key(key_id);

        CreateAlias: CreateAlias on alias(alias_name), CreateAliasOfKey on key(target_key_id);
        UpdateAlias: [UpdateAlias, UpdateAliasOfKey, UpdateAliasOfKey] by needs::update_alias;
        DeleteAlias: [DeleteAlias, DeleteAliasOfKey if asked] by needs::delete_alias;
        ListAliases: ListAliases on aliases();

        Encrypt: [Encrypt, CreateManagedKey by another if asked] by needs::encrypt;
        Decrypt: [Decrypt] by needs::decrypt refusing ["Recipient", "DryRunModifiers"];
        ReEncrypt: [ReEncryptFrom, ReEncryptTo] by needs::re_encrypt refusing ["DryRunModifiers"];
        GenerateDataKey: [GenerateDataKey, CreateManagedKey by another if asked] by needs::generate_data_key
            refusing ["Recipient"];
        GenerateDataKeyWithoutPlaintext: [GenerateDataKeyWithoutPlaintext, CreateManagedKey by another if asked]
            by needs::generate_data_key_without_plaintext;
        GenerateRandom: GenerateRandom on keys() refusing ["CustomKeyStoreId", "Recipient"];
        GenerateMac: [GenerateMac] by needs::generate_mac;
        VerifyMac: [VerifyMac] by needs::verify_mac;

        CreateGrant: [CreateGrant] by needs::create_grant
            refusing ["GranteeServicePrincipal", "RetiringServicePrincipal", "Constraints.SourceArn"];
        ListGrants: ListGrants on key(key_id) refusing ["GranteeServicePrincipal"];
        ListRetirableGrants: ListRetirableGrants on grants() refusing ["RetiringServicePrincipal"];
        RevokeGrant: RevokeGrant on key(key_id);
        // By the grant's token, or by its key and id.
        RetireGrant: [RetireGrant] by needs::retire_grant;

        EnableKeyRotation: EnableKeyRotation on key(key_id) with "kms:RotationPeriodInDays" = rotation_period_in_days;
        DisableKeyRotation: DisableKeyRotation on key(key_id);
        GetKeyRotationStatus: GetKeyRotationStatus on key(key_id);
        RotateKeyOnDemand: RotateKeyOnDemand on key(key_id);
        ListKeyRotations: ListKeyRotations on key(key_id);
    }
    chores {
        // Keys whose days are over.
        DestroyKeys: [DestroyKey for all] by needs::doomed every 60 seconds;
        // Keys whose material is old enough.
        RotateKeys: [RotateKey for all] by needs::worn every 60 seconds;
    }
    refused {
        ConnectCustomKeyStore, CreateCustomKeyStore, DeleteCustomKeyStore, DescribeCustomKeyStores,
        DisconnectCustomKeyStore, UpdateCustomKeyStore,
        DeleteImportedKeyMaterial, GetParametersForImport, ImportKeyMaterial,
        ReplicateKey, UpdatePrimaryRegion,
        Decapsulate, DeriveSharedSecret, Encapsulate, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext,
        GetPublicKey, Sign, Verify,
        GetKeyLastUsage,
    }
}

#[cfg(test)]
mod tests {
    use kurodo_gateway::Table;

    use crate::{Kms, model::FACTS_OPERATIONS};

    #[test]
    fn every_operation_is_served_or_refused() {
        let served = Kms::ROWS.iter().map(|row| row.facts.operation);
        let mut known: Vec<_> = served.chain(Kms::REFUSED.iter().copied()).collect();
        known.sort_unstable();
        assert_eq!(known, FACTS_OPERATIONS);
    }
}
