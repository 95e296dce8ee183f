/// Why a key operation failed. No variant holds key material or plaintext.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The system's random generator gave nothing.
    #[error("the system's random generator failed; check that /dev/urandom is readable")]
    Random,
    /// The ciphertext, its associated data or the key is not the one that was sealed.
    #[error(
        "the data is not authentic: it was changed, or it was sealed by another key or for another place"
    )]
    NotAuthentic,
    /// More bytes than one AES-GCM message holds (about 64 GiB).
    #[error("a message is too long to be sealed in one piece; split it")]
    TooLong,
    /// A nonce sequence is used up; open the store again to begin the next epoch.
    #[error("the nonce sequence is used up; start a new epoch by reopening the store")]
    NoncesExhausted,
    /// Bytes that are no wrapped key or keyring of this version of Kurodo.
    #[error("the bytes are not a wrapped key or keyring that this version of Kurodo knows")]
    Malformed,
    /// A key is wrapped by a version of its parent that the parent no longer has.
    #[error("the key is wrapped by version {0} of its parent, which the parent no longer has")]
    NoSuchVersion(u32),
    /// A keyring has as many versions as it can hold.
    #[error("the keyring has all the versions it can hold; wrap its children anew and retire old versions")]
    TooManyVersions,
    /// The root of trust, such as an HSM, did not answer.
    #[error("the root of trust did not answer: {0}")]
    Root(String),
}
