use kurodo_outside::OutsideError;

/// Why a token was not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not three parts of base64url with JSON in them.
    #[error("the token is no JSON Web Token")]
    Malformed,
    /// Signed by an algorithm that no issuer's public key verifies, `none` among them; or with parts that must be
    /// understood and are not.
    #[error("the token is not signed by RS256, RS384, RS512, ES256, ES384 or ES512")]
    Algorithm,
    /// The issuer's keys could not be had.
    #[error(transparent)]
    Keys(#[from] FetchError),
    /// None of the issuer's keys made the signature.
    #[error("no key of the issuer made the token's signature")]
    Signature,
    /// A claim that every token must have is missing, or is none. Holds its name.
    #[error("the token lacks the claim {0}")]
    Missing(&'static str),
    /// The token is for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// It is too late for the token: now, and its end, in seconds since 1970.
    #[error("the token ended at {end}, and it is {now}")]
    Expired {
        /// The time.
        now: i64,
        /// The token's end.
        end: i64,
    },
    /// It is too early for the token.
    #[error("the token is not valid yet")]
    Early,
    /// What the token says of session tags is not in AWS's form.
    #[error("the token's session tags have another form")]
    Tags,
}

/// Why an issuer's keys could not be fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// There was no answer.
    #[error(transparent)]
    Outside(#[from] OutsideError),
    /// The connection could not be prepared.
    #[error("{0}")]
    Client(String),
    /// The answer was another than 200.
    #[error("{address} answered {status}")]
    Status {
        /// The address.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not the document that it should be, or too long.
    #[error("{address} is not {document}")]
    Content {
        /// The address.
        address: String,
        /// What it should be.
        document: &'static str,
    },
    /// The configuration is another issuer's.
    #[error("the configuration under {address} is that of {issuer}")]
    Issuer {
        /// The address.
        address: String,
        /// The issuer that the configuration names.
        issuer: String,
    },
}
