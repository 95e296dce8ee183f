use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, EcdsaVerificationAlgorithm,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
};

/// How a token is signed.
///
/// Source: IAM User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM", prerequisites; RFC 7518, sections
/// 3.3 and 3.4.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Algorithm {
    /// RSASSA-PKCS1-v1_5, of 2,048 bits at least.
    Rsa(&'static str, &'static RsaParameters),
    /// ECDSA, with the curve that goes with it.
    Ecdsa(&'static str, &'static str, &'static EcdsaVerificationAlgorithm),
}

impl Algorithm {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rsa("RS256", &RSA_PKCS1_2048_8192_SHA256),
            "RS384" => Self::Rsa("RS384", &RSA_PKCS1_2048_8192_SHA384),
            "RS512" => Self::Rsa("RS512", &RSA_PKCS1_2048_8192_SHA512),
            "ES256" => Self::Ecdsa("ES256", "P-256", &ECDSA_P256_SHA256_FIXED),
            "ES384" => Self::Ecdsa("ES384", "P-384", &ECDSA_P384_SHA384_FIXED),
            "ES512" => Self::Ecdsa("ES512", "P-521", &ECDSA_P521_SHA512_FIXED),
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        let (Self::Rsa(name, _) | Self::Ecdsa(name, ..)) = self;
        name
    }
}
