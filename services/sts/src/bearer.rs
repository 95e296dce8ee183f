//! Whoever comes with a token of an OpenID Connect provider.

use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_authz::Caller;
use kurodo_federation::{Identity, Issuer, SessionTag, Token};
use kurodo_gateway::Find;
use kurodo_identity::{OidcProvider, ReadRecords, iam_scope, keys, session::Origin};
use kurodo_policy::{Context, Principal, PrincipalKind};

use crate::{Error, Sts, model, tags::SessionTags};

/// The bearer of a token that was verified.
#[derive(Debug)]
pub(crate) struct Bearer {
    /// The ARN of the provider in IAM.
    pub(crate) provider: String,
    /// Its URL without the scheme.
    url: String,
    pub(crate) identity: Identity,
    /// The tags that the token gives the session.
    pub(crate) tags: SessionTags,
}

impl Bearer {
    /// Verifies a token for an account: its issuer must be a provider of the account's.
    pub(crate) async fn of(find: &Find<'_, Sts>, account: AccountId, token: &str) -> Result<Self, Error> {
        let token = Token::parse(token)?;
        let provider = provider(find, account, token.issuer()?)?;
        let arn = provider.arn(account);
        let OidcProvider { url, thumbprints, client_ids, .. } = provider;
        let issuer = Issuer { url, thumbprints, client_ids };
        let now = find.call.now_ms.div_euclid(1000);
        let identity = find.service.issuers.verify(&issuer, &token, now).await?;
        let tags = session_tags(&identity.tags)?;
        if identity.source_identity.as_deref().is_some_and(|name| !is_source_identity(name)) {
            return Err(Error::InvalidIdentityToken("The token's source identity is invalid".to_owned()));
        }
        Ok(Self { provider: arn, url: issuer.url, identity, tags })
    }

    /// The caller that policies see. It has nothing but what a role's trust policy gives it.
    ///
    /// Source: CloudTrail User Guide, "CloudTrail userIdentity element", `principalId` of a `WebIdentityUser`.
    pub(crate) fn caller(&self) -> Caller {
        let mut context = Context::new();
        self.origin().describe(&mut context);
        if let Some(email) = &self.identity.email {
            context.set(self.key("email"), email.as_str());
        }
        if !self.identity.audiences.is_empty() {
            context.set(self.key("oaud"), self.identity.audiences.clone());
        }
        let principal = Principal {
            kind: PrincipalKind::WebIdentity,
            arn: format!("{}:{}:{}", self.url, self.identity.audience, self.identity.subject),
            federated: Some(self.provider.clone()),
            ..Caller::anonymous().principal
        };
        Caller { principal, context: Arc::new(context), ..Caller::anonymous() }
    }

    /// What the session remembers.
    ///
    /// Source: IAM User Guide, "IAM and AWS STS condition context keys", "Available keys for AWS OIDC federation":
    /// those that are available in the session.
    pub(crate) fn origin(&self) -> Origin {
        Origin { provider: self.provider.clone(), claims: self.claims() }
    }

    fn claims(&self) -> Vec<(String, Vec<String>)> {
        let Identity { subject, audience, methods, .. } = &self.identity;
        let mut claims =
            vec![(self.key("sub"), vec![subject.clone()]), (self.key("aud"), vec![audience.clone()])];
        if !methods.is_empty() {
            claims.push((self.key("amr"), methods.clone()));
        }
        claims
    }

    /// The condition key of a claim.
    fn key(&self, claim: &str) -> String {
        format!("{}:{claim}", self.url)
    }
}

fn provider(find: &Find<'_, Sts>, account: AccountId, issuer: &str) -> Result<OidcProvider, Error> {
    let found = match issuer.strip_prefix("https://") {
        Some(url) => find.stored().record(&keys::oidc_providers().exactly(url).below(&iam_scope(account)))?,
        None => None,
    };
    found.map(|found| found.value).ok_or_else(|| Error::NoProvider(issuer.to_owned()))
}

/// The tags of a token, held to what a request's tags are held to.
fn session_tags(tags: &[SessionTag]) -> Result<SessionTags, Error> {
    let sound = |tag: &SessionTag| {
        let (key, value) = (tag.key.chars().count(), tag.value.chars().count());
        (1..=128).contains(&key) && value <= 256 && tag.key.chars().chain(tag.value.chars()).all(is_in_tags)
    };
    if !tags.iter().all(sound) {
        return Err(Error::InvalidIdentityToken("The token's session tags are invalid".to_owned()));
    }
    let transitive: Vec<_> = tags.iter().filter(|tag| tag.transitive).map(|tag| tag.key.clone()).collect();
    let tags: Vec<_> =
        tags.iter().map(|tag| model::Tag { key: tag.key.clone(), value: tag.value.clone() }).collect();
    SessionTags::new(&[], Some(&tags), Some(&transitive))
}

/// Source: STS API Reference, `Tag`.
fn is_in_tags(char: char) -> bool {
    char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char)
}

/// Source: STS API Reference, `AssumeRole`, `SourceIdentity`.
fn is_source_identity(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    (2..=64).contains(&name.len()) && name.bytes().all(known)
}
