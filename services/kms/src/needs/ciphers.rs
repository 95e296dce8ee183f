use kurodo_authz::{Action, Need};
use kurodo_gateway::Find;

use super::{
    keys::{KeyNeeds, tokens},
    managed,
};
use crate::{
    Error, Kms,
    cipher::Sealed,
    encryption_context::Pairs,
    model::{
        DecryptInput, EncryptInput, EncryptionAlgorithmSpec, GenerateDataKeyInput,
        GenerateDataKeyWithoutPlaintextInput, GenerateMacInput, ReEncryptInput, VerifyMacInput,
    },
    resources::Key,
    table::action,
};

const ALGORITHM: &str = "kms:EncryptionAlgorithm";

/// The algorithm of symmetric keys, the only one that there is.
fn algorithm(asked: Option<EncryptionAlgorithmSpec>) -> &'static str {
    asked.unwrap_or(EncryptionAlgorithmSpec::SymmetricDefault).as_str()
}

/// The key under an encryption context; made by the service whose it is, where nobody asked for it before.
fn under<A: Action<Resource = Key>>(
    find: &Find<'_, Kms>,
    key: &str,
    context: &Option<Pairs>,
) -> Result<KeyNeeds<A>, Error> {
    let key = Key::find(find, key)?.under(context.as_ref())?;
    let managed = managed::need(find, &key)?;
    Ok((Need::new(key), managed))
}

/// The key that is named, or that the ciphertext names; under an encryption context.
fn opening(
    find: &Find<'_, Kms>,
    key: &Option<String>,
    blob: Option<&[u8]>,
    context: &Option<Pairs>,
) -> Result<Key, Error> {
    let blob = blob.ok_or_else(|| Error::Validation("CiphertextBlob must not be null".to_owned()))?;
    let key = match key {
        Some(key) => Key::find(find, key)?,
        None => {
            let Sealed { account, key, .. } = Sealed::read(blob)?;
            match Key::of(find, account, key, None) {
                // It was destroyed, or the ciphertext is another region's.
                Err(Error::NotFound(_)) => return Err(Error::InvalidCiphertext),
                found => found?,
            }
        }
    };
    key.under(context.as_ref())
}

/// The key under the encryption context.
pub(crate) async fn encrypt(
    find: &Find<'_, Kms>,
    input: &mut EncryptInput,
) -> Result<KeyNeeds<action::Encrypt>, Error> {
    tokens(&input.grant_tokens)?;
    let (need, managed) = under(find, &input.key_id, &input.encryption_context)?;
    Ok((need.with(ALGORITHM, algorithm(input.encryption_algorithm)), managed))
}

/// The key under the encryption context.
pub(crate) async fn generate_data_key(
    find: &Find<'_, Kms>,
    input: &mut GenerateDataKeyInput,
) -> Result<KeyNeeds<action::GenerateDataKey>, Error> {
    tokens(&input.grant_tokens)?;
    under(find, &input.key_id, &input.encryption_context)
}

/// The key under the encryption context.
pub(crate) async fn generate_data_key_without_plaintext(
    find: &Find<'_, Kms>,
    input: &mut GenerateDataKeyWithoutPlaintextInput,
) -> Result<KeyNeeds<action::GenerateDataKeyWithoutPlaintext>, Error> {
    tokens(&input.grant_tokens)?;
    under(find, &input.key_id, &input.encryption_context)
}

/// The key that is named, or else the ciphertext's.
pub(crate) async fn decrypt(
    find: &Find<'_, Kms>,
    input: &mut DecryptInput,
) -> Result<Need<action::Decrypt>, Error> {
    tokens(&input.grant_tokens)?;
    let key = opening(find, &input.key_id, input.ciphertext_blob.as_deref(), &input.encryption_context)?;
    Ok(Need::new(key).with(ALGORITHM, algorithm(input.encryption_algorithm)))
}

/// The key that opens, and the key that seals again.
pub(crate) async fn re_encrypt(
    find: &Find<'_, Kms>,
    input: &mut ReEncryptInput,
) -> Result<(Need<action::ReEncryptFrom>, Need<action::ReEncryptTo>), Error> {
    tokens(&input.grant_tokens)?;
    let blob = input.ciphertext_blob.as_deref();
    let from = opening(find, &input.source_key_id, blob, &input.source_encryption_context)?;
    let to = Key::find(find, &input.destination_key_id)?;
    if to.to_be_made().is_some() {
        return Err(Error::NotFound(format!("Alias {} is not found.", input.destination_key_id)));
    }
    let to = to.under(input.destination_encryption_context.as_ref())?;
    let same = from.account == to.account && from.id == to.id;
    let (source, destination) =
        (algorithm(input.source_encryption_algorithm), algorithm(input.destination_encryption_algorithm));
    let from = Need::new(from).with("kms:ReEncryptOnSameKey", same).with(ALGORITHM, source);
    Ok((from, Need::new(to).with("kms:ReEncryptOnSameKey", same).with(ALGORITHM, destination)))
}

/// The key, and by which algorithm.
pub(crate) async fn generate_mac(
    find: &Find<'_, Kms>,
    input: &mut GenerateMacInput,
) -> Result<Need<action::GenerateMac>, Error> {
    tokens(&input.grant_tokens)?;
    Ok(Need::new(Key::find(find, &input.key_id)?).with("kms:MacAlgorithm", input.mac_algorithm.as_str()))
}

/// The key, and by which algorithm.
pub(crate) async fn verify_mac(
    find: &Find<'_, Kms>,
    input: &mut VerifyMacInput,
) -> Result<Need<action::VerifyMac>, Error> {
    tokens(&input.grant_tokens)?;
    Ok(Need::new(Key::find(find, &input.key_id)?).with("kms:MacAlgorithm", input.mac_algorithm.as_str()))
}
