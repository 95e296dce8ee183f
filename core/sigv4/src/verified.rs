use crate::{
    chunked::ChunkDecoder,
    claim,
    error::AuthError,
    head::Head,
    payload::{Algorithm, Payload},
};

/// Where the signature was: the condition key `s3:authType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthType {
    /// In the `Authorization` field.
    Header,
    /// In the query.
    QueryString,
    /// In a posted form.
    Post,
}

impl AuthType {
    /// The value of the condition key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Header => "REST-HEADER",
            Self::QueryString => "REST-QUERY-STRING",
            Self::Post => "POST",
        }
    }
}

/// The version of the signature: the condition key `s3:signatureversion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureVersion {
    /// Signature Version 4.
    V4,
    /// Signature Version 4A.
    V4a,
    /// Signature Version 2.
    V2,
}

impl SignatureVersion {
    /// The value of the condition key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V4 => Algorithm::Hmac.name(),
            Self::V4a => Algorithm::Ecdsa.name(),
            Self::V2 => "AWS",
        }
    }
}

/// Proof that a request is signed by the holder of the secret, and what its body still has to satisfy.
#[derive(Debug)]
pub struct Verified {
    /// Where the signature was.
    pub auth_type: AuthType,
    /// Its version.
    pub signature_version: SignatureVersion,
    /// When the request was signed, in seconds since 1970.
    pub signed_at: i64,
    /// What the body still has to satisfy.
    pub body: BodyCheck,
}

/// What a body has to satisfy before anything in it counts.
#[derive(Debug)]
pub enum BodyCheck {
    /// It must have this SHA-256.
    Sha256([u8; 32]),
    /// Nothing: the signature does not cover it.
    Unsigned,
    /// It must pass this decoder, which releases the decoded bytes.
    Chunked(Box<ChunkDecoder>),
}

impl BodyCheck {
    /// What the body of an unsigned request has to satisfy: what `x-amz-content-sha256` says, if it is there.
    ///
    /// # Errors
    /// A value that is malformed or announces signed chunks; a chunked body whose length or trailers are
    /// announced wrongly.
    pub fn anonymous(head: &Head<'_>) -> Result<Self, AuthError> {
        let payload =
            claim::content_sha256(head)?.map(|text| Payload::parse(text, Algorithm::Hmac)).transpose()?;
        match payload {
            None | Some(Payload::Implicit | Payload::Unsigned) => Ok(Self::Unsigned),
            Some(Payload::Sha256(hash)) => Ok(Self::Sha256(hash)),
            Some(Payload::Streaming { signed: false, trailer }) => {
                Ok(Self::Chunked(Box::new(ChunkDecoder::new(head, None, trailer)?)))
            }
            Some(payload) => Err(AuthError::PayloadRefused { payload: payload.word(Algorithm::Hmac) }),
        }
    }
}
