use crate::{
    encoding,
    error::{AuthError, shown},
};

/// What the signature says about the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// The body's SHA-256, as the client states it.
    Sha256([u8; 32]),
    /// The signature does not cover the body.
    Unsigned,
    /// The body is aws-chunked.
    Streaming {
        /// Each chunk is signed.
        signed: bool,
        /// Trailer fields follow the last chunk.
        trailer: bool,
    },
    /// Nothing stated: S3's presigned requests leave the body unsigned, other services hash it.
    Implicit,
}

/// The two algorithms of Signature Version 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Hmac,
    Ecdsa,
}

impl Algorithm {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hmac => "AWS4-HMAC-SHA256",
            Self::Ecdsa => "AWS4-ECDSA-P256-SHA256",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Hmac, Self::Ecdsa].into_iter().find(|algorithm| algorithm.name() == name)
    }
}

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
const HMAC: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const HMAC_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const ECDSA: &str = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD";
const ECDSA_TRAILER: &str = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER";

impl Payload {
    /// Reads the value of `x-amz-content-sha256`.
    pub(crate) fn parse(text: &str, algorithm: Algorithm) -> Result<Self, AuthError> {
        let (payload, of) = match text {
            UNSIGNED => (Self::Unsigned, None),
            UNSIGNED_TRAILER => (Self::Streaming { signed: false, trailer: true }, None),
            HMAC => (Self::Streaming { signed: true, trailer: false }, Some(Algorithm::Hmac)),
            HMAC_TRAILER => (Self::Streaming { signed: true, trailer: true }, Some(Algorithm::Hmac)),
            ECDSA => (Self::Streaming { signed: true, trailer: false }, Some(Algorithm::Ecdsa)),
            ECDSA_TRAILER => (Self::Streaming { signed: true, trailer: true }, Some(Algorithm::Ecdsa)),
            hash => {
                let hash = encoding::unhex32(hash);
                let malformed = || AuthError::ContentSha256Malformed { value: shown(text) };
                return hash.map(Self::Sha256).ok_or_else(malformed);
            }
        };
        match of {
            Some(of) if of != algorithm => Err(AuthError::PayloadRefused { payload: payload.word(of) }),
            _ => Ok(payload),
        }
    }

    /// The word that stands for this form of body in `x-amz-content-sha256`.
    pub(crate) fn word(self, algorithm: Algorithm) -> &'static str {
        match (self, algorithm) {
            (Self::Streaming { signed: false, .. }, _) => UNSIGNED_TRAILER,
            (Self::Streaming { trailer: false, .. }, Algorithm::Hmac) => HMAC,
            (Self::Streaming { trailer: true, .. }, Algorithm::Hmac) => HMAC_TRAILER,
            (Self::Streaming { trailer: false, .. }, Algorithm::Ecdsa) => ECDSA,
            (Self::Streaming { trailer: true, .. }, Algorithm::Ecdsa) => ECDSA_TRAILER,
            _ => UNSIGNED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_read_and_written_back() {
        for (text, algorithm) in [
            (UNSIGNED, Algorithm::Hmac),
            (UNSIGNED_TRAILER, Algorithm::Ecdsa),
            (HMAC, Algorithm::Hmac),
            (HMAC_TRAILER, Algorithm::Hmac),
            (ECDSA, Algorithm::Ecdsa),
            (ECDSA_TRAILER, Algorithm::Ecdsa),
        ] {
            assert_eq!(Payload::parse(text, algorithm).unwrap().word(algorithm), text);
        }
    }

    #[test]
    fn other_values_are_refused() {
        let upper = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
        for text in ["", "unsigned-payload", "abc", upper, "STREAMING-UNSIGNED-PAYLOAD"] {
            let error = Payload::parse(text, Algorithm::Hmac).unwrap_err();
            assert_eq!(error, AuthError::ContentSha256Malformed { value: text.to_owned() });
        }
        let error = Payload::parse(ECDSA, Algorithm::Hmac).unwrap_err();
        assert_eq!(error, AuthError::PayloadRefused { payload: ECDSA });
    }
}
