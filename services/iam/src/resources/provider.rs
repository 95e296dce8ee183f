use kurodo_arn::{AccountId, Arn};
use kurodo_authz::{Named, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{OidcProvider as OidcRecord, SamlProvider as SamlRecord, iam_scope, keys};
use kurodo_policy::Context;

use super::{
    home,
    seen::{Seen, Subject, load},
    stored, within,
};
use crate::{Error, Iam, error::Missing, room::Look};

/// A SAML identity provider.
#[derive(Debug)]
pub struct SamlProvider {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    seen: Option<Seen>,
}

impl SamlProvider {
    /// The provider's record, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<SamlRecord, Error> {
        let key = keys::saml_providers().exactly(&self.name);
        load(look, &key, self.seen.as_ref(), || Missing::Saml(self.arn()))
    }
}

impl Resource for SamlProvider {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        iam_scope(self.account)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(seen) = &self.seen {
            seen.tags_to(&["aws:ResourceTag/"], context);
        }
    }
}

/// The SAML provider with this ARN.
pub async fn saml_provider(find: &Find<'_, Iam>, arn: &str) -> Result<SamlProvider, Error> {
    let (account, name) = account_and_name(arn, "saml-provider/")?;
    let found: Option<SamlRecord> = stored(find, account, &keys::saml_providers().exactly(&name))?;
    Ok(SamlProvider { account, name, seen: found.map(|record| record.seen()) })
}

/// A SAML provider that does not exist yet.
pub async fn new_saml_provider(find: &Find<'_, Iam>, name: &str) -> Result<SamlProvider, Error> {
    Ok(SamlProvider { account: home(find)?, name: name.to_owned(), seen: None })
}

/// An OpenID Connect identity provider.
#[derive(Debug)]
pub struct OidcProvider {
    /// The account.
    pub account: AccountId,
    /// The issuer's URL without its scheme.
    pub url: String,
    seen: Option<Seen>,
}

impl OidcProvider {
    /// The provider's record, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<OidcRecord, Error> {
        let key = keys::oidc_providers().exactly(&self.url);
        load(look, &key, self.seen.as_ref(), || Missing::Oidc(self.arn()))
    }
}

impl Resource for OidcProvider {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        iam_scope(self.account)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(seen) = &self.seen {
            seen.tags_to(&["aws:ResourceTag/"], context);
        }
    }
}

/// The OpenID Connect provider with this ARN.
pub async fn oidc_provider(find: &Find<'_, Iam>, arn: &str) -> Result<OidcProvider, Error> {
    let (account, url) = account_and_name(arn, "oidc-provider/")?;
    let found: Option<OidcRecord> = stored(find, account, &keys::oidc_providers().exactly(&url))?;
    Ok(OidcProvider { account, url, seen: found.map(|record| record.seen()) })
}

/// An OpenID Connect provider that does not exist yet.
pub async fn new_oidc_provider(find: &Find<'_, Iam>, url: &str) -> Result<OidcProvider, Error> {
    let url = url.strip_prefix("https://").unwrap_or(url).to_owned();
    Ok(OidcProvider { account: home(find)?, url, seen: None })
}

fn account_and_name(arn: &str, kind: &str) -> Result<(AccountId, String), Error> {
    let read = || {
        let parsed: Arn = arn.parse().ok()?;
        let (account, name) = within(&parsed, kind)?;
        Some((account.parse().ok()?, name.to_owned()))
    };
    read().filter(|(_, name): &(_, String)| !name.is_empty()).ok_or_else(|| Error::arn(arn))
}
