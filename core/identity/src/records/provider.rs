use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

use super::Tags;

/// A SAML identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlProvider {
    /// The name.
    pub name: String,
    /// The provider's metadata document.
    pub metadata: String,
    /// When it was created.
    pub created: i64,
    /// When the metadata ends to be valid.
    pub valid_until: i64,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
}

impl SamlProvider {
    /// `arn:aws:iam::<account>:saml-provider/<name>`.
    pub fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:saml-provider/{}", self.name)
    }
}

/// An OpenID Connect identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OidcProvider {
    /// The issuer's URL without its scheme.
    pub url: String,
    /// The audiences that may be asked for.
    pub client_ids: Vec<String>,
    /// SHA-1 hashes of the certificates that the issuer's keys may be fetched under.
    pub thumbprints: Vec<String>,
    /// When it was created.
    pub created: i64,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
}

impl OidcProvider {
    /// `arn:aws:iam::<account>:oidc-provider/<url>`.
    pub fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:oidc-provider/{}", self.url)
    }
}
