//! Tokens of other identity systems. They are verified, and never kept.
//!
//! An OpenID Connect token is taken apart by [`Token::parse`], which believes nothing; [`Issuers::verify`] fetches the
//! issuer's keys over TLS, verifies signature, times and audience, and only then gives out what the token [says](Identity).
//!
//! Sources: RFC 7515 (JWS), RFC 7517 (JWK), RFC 7518 (algorithms), RFC 7519 (JWT); OpenID Connect Core 1.0, section
//! 3.1.3.7, "ID Token Validation"; OpenID Connect Discovery 1.0.

mod algorithm;
mod claims;
mod error;
mod fetch;
mod issuers;
mod jwk;
mod token;
mod trust;

pub use claims::{Identity, SessionTag};
pub use error::{FetchError, TokenError};
pub use issuers::{Issuer, Issuers};
pub use token::Token;
