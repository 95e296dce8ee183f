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
}
