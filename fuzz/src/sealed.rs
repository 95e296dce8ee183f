//! What is read back from the disk, and tokens that only we can have sealed.

use kurodo_identity::SessionSealer;
use kurodo_keys::{SecretKey, StoredKeyring, WrappedKey};
use kurodo_store::{KeyParser, blobs::BlobRef};

/// Reads a ciphertext of KMS: none that was not sealed opens.
pub fn kms_ciphertext(data: &[u8]) {
    assert!(!kurodo_kms::opens(data));
}

/// Reads bytes as every form that is stored; and changes a session's token, which must then be nobody's.
pub fn stored(data: &[u8]) {
    let _ = BlobRef::from_bytes(data);
    if let Ok(wrapped) = WrappedKey::from_bytes(data) {
        assert_eq!(wrapped.to_bytes(), data);
    }
    if let Ok(keyring) = StoredKeyring::from_bytes(data) {
        assert!(keyring.versions().count() > 0);
    }
    let mut parser = KeyParser::new(data);
    while parser.part().is_ok() && parser.number().is_ok() {}
    token(data);
}

fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let sealer = SessionSealer::new(SecretKey::from_bytes([7; 32]));
    let (id, token) = text.split_once('\n').unwrap_or(("ASIAIOSFODNN7EXAMPLE", text));
    assert!(sealer.open(id, token).is_err());
}
