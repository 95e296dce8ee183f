//! Keys as answers carry them.

use jiff::Timestamp;
use kurodo_arn::{AccountId, Region};

use crate::{
    Error,
    key::Key,
    model::{
        CustomerMasterKeySpec, EncryptionAlgorithmSpec, KeyManagerType, KeyMetadata, KeySpec, KeyState,
        KeyUsageType, MacAlgorithmSpec, OriginType,
    },
    names::key_arn,
};

/// A time, in milliseconds since 1970.
pub(crate) fn time(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or_default()
}

/// What is told of a key.
pub(crate) fn metadata(key: &Key, account: AccountId, region: &Region) -> Result<KeyMetadata, Error> {
    let (spec, usage, state) = (key.form()?, key.usage()?, key.state());
    let encrypts = usage == KeyUsageType::EncryptDecrypt;
    Ok(KeyMetadata {
        aws_account_id: Some(account.to_string()),
        key_id: key.id.clone(),
        arn: Some(key_arn(account, region, &key.id)),
        creation_date: Some(time(key.created)),
        enabled: Some(state == KeyState::Enabled),
        description: Some(key.description.clone()),
        key_usage: Some(usage),
        key_state: Some(state),
        deletion_date: key.deletion.map(|(at, _)| time(at)),
        valid_to: None,
        origin: Some(OriginType::AwsKms),
        custom_key_store_id: None,
        cloud_hsm_cluster_id: None,
        expiration_model: None,
        key_manager: Some(manager(key)),
        customer_master_key_spec: CustomerMasterKeySpec::parse(spec.as_str()),
        key_spec: Some(spec),
        encryption_algorithms: encrypts.then(|| vec![EncryptionAlgorithmSpec::SymmetricDefault]),
        signing_algorithms: None,
        key_agreement_algorithms: None,
        encapsulation_algorithms: None,
        multi_region: Some(false),
        multi_region_configuration: None,
        pending_deletion_window_in_days: None,
        mac_algorithms: mac_algorithm(spec).map(|algorithm| vec![algorithm]),
        xks_key_configuration: None,
        current_key_material_id: match encrypts {
            true => Some(key.current()?.id.clone()),
            false => None,
        },
    })
}

fn manager(key: &Key) -> KeyManagerType {
    if key.managed_by.is_some() { KeyManagerType::Aws } else { KeyManagerType::Customer }
}

/// The algorithm of the codes that keys of this form make.
pub(crate) fn mac_algorithm(spec: KeySpec) -> Option<MacAlgorithmSpec> {
    Some(match spec {
        KeySpec::Hmac224 => MacAlgorithmSpec::HmacSha224,
        KeySpec::Hmac256 => MacAlgorithmSpec::HmacSha256,
        KeySpec::Hmac384 => MacAlgorithmSpec::HmacSha384,
        KeySpec::Hmac512 => MacAlgorithmSpec::HmacSha512,
        _ => return None,
    })
}
