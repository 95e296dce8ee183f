//! Needs that a row cannot say in a line: what a session asks for depends on tags, source identity and
//! one-time codes.

use std::sync::Arc;

use kurodo_authz::{Action, Another, Need};
use kurodo_gateway::Find;
use kurodo_policy::PrincipalKind;

use crate::{
    Error, Sts,
    bearer::Bearer,
    chain::{Chain, long_term},
    issue::{FEDERATION_SECONDS, ROLE_SECONDS},
    mfa,
    model::{AssumeRoleInput, AssumeRoleWithWebIdentityInput, GetFederationTokenInput},
    resources::{self, FederatedUser, Role, RoleByToken},
    table::action,
    tags::SessionTags,
};

type RoleNeeds =
    (Need<action::AssumeRole>, Option<Need<action::TagSession>>, Option<Need<action::SetSourceIdentity>>);

/// The role; and, where the session is to have tags or a source identity, the right to give it those. What the
/// calling session hands on counts as asked for.
pub(crate) async fn assume_role(find: &Find<'_, Sts>, input: &AssumeRoleInput) -> Result<RoleNeeds, Error> {
    if find.call.caller.principal.kind == PrincipalKind::Root {
        return Err(Error::RootAssumesRole);
    }
    let directory = &find.service.directory;
    let role = resources::role(find, &input.role_arn)?;
    let chain = Chain::of(find.call, directory.sealer())?;
    let asked = Asked {
        input,
        tags: SessionTags::new(&chain.tags, input.tags.as_deref(), input.transitive_tag_keys.as_deref())?,
        source_identity: source_identity(&chain, input)?,
        mfa: mfa::shown(directory, find.call, input.serial_number.as_deref(), input.token_code.as_deref())
            .await?,
    };
    let tag = (!asked.tags.is_empty()).then(|| asked.need(&role));
    let identify = asked.source_identity.is_some().then(|| asked.need(&role));
    Ok((asked.need(&role), tag, identify))
}

struct Asked<'a> {
    input: &'a AssumeRoleInput,
    tags: SessionTags,
    source_identity: Option<String>,
    mfa: bool,
}

impl Asked<'_> {
    /// All three actions are decided under the same keys.
    fn need<A: Action<Resource = Role>>(&self, role: &Role) -> Need<A> {
        let duration = i64::from(self.input.duration_seconds.unwrap_or(ROLE_SECONDS));
        let need = Need::new(role.clone())
            .with("sts:RoleSessionName", self.input.role_session_name.as_str())
            .with("sts:DurationSeconds", duration)
            .with_some("sts:ExternalId", self.input.external_id.as_deref())
            .with_some("sts:SourceIdentity", self.source_identity.as_deref());
        let need = self.tags.describe(need);
        if !self.mfa {
            return need;
        }
        need.with("aws:MultiFactorAuthPresent", true).with("aws:MultiFactorAuthAge", 0_i64)
    }
}

type TokenNeeds = (
    Another<Need<action::AssumeRoleWithWebIdentity>>,
    Option<Another<Need<action::TagSessionByToken>>>,
    Option<Another<Need<action::SetSourceIdentityByToken>>>,
);

/// The role, for whom the token's issuer vouches for; and, where the token gives the session tags or a source identity,
/// the right to be given those. The token is verified here: before that there is nobody to decide on.
pub(crate) async fn assume_role_with_web_identity(
    find: &Find<'_, Sts>,
    input: &AssumeRoleWithWebIdentityInput,
) -> Result<TokenNeeds, Error> {
    let role = resources::role(find, &input.role_arn)?;
    let bearer = Arc::new(Bearer::of(find, role.account, input.web_identity_token.expose()).await?);
    let caller = Arc::new(bearer.caller());
    let role = RoleByToken::new(role, bearer.clone());
    let tag = (!bearer.tags.is_empty())
        .then(|| find.call.another(caller.clone(), need_of_bearer(role.clone(), input)));
    let identify = bearer.identity.source_identity.is_some();
    let identify = identify.then(|| find.call.another(caller.clone(), need_of_bearer(role.clone(), input)));
    Ok((find.call.another(caller, need_of_bearer(role, input)), tag, identify))
}

/// All three actions are decided under the same keys.
fn need_of_bearer<A: Action<Resource = RoleByToken>>(
    role: RoleByToken,
    input: &AssumeRoleWithWebIdentityInput,
) -> Need<A> {
    let bearer = role.bearer.clone();
    let duration = i64::from(input.duration_seconds.unwrap_or(ROLE_SECONDS));
    let need = Need::new(role)
        .with("sts:RoleSessionName", input.role_session_name.as_str())
        .with("sts:DurationSeconds", duration)
        .with_some("sts:SourceIdentity", bearer.identity.source_identity.as_deref());
    bearer.tags.describe(need)
}

/// The source identity that the session will have.
pub(crate) fn source_identity(chain: &Chain, input: &AssumeRoleInput) -> Result<Option<String>, Error> {
    match (&chain.source_identity, &input.source_identity) {
        (Some(kept), Some(asked)) if kept != asked => Err(Error::SourceIdentityChange),
        (Some(kept), _) => Ok(Some(kept.clone())),
        (None, asked) => Ok(asked.clone()),
    }
}

/// The federated user; and, where its session is to have tags, the right to give it those.
pub(crate) async fn get_federation_token(
    find: &Find<'_, Sts>,
    input: &GetFederationTokenInput,
) -> Result<(Need<action::GetFederationToken>, Option<Need<action::TagFederatedUser>>), Error> {
    let caller = &find.call.caller;
    if !caller.access_key_id.as_deref().is_some_and(long_term) {
        return Err(Error::SessionCredentials("GetFederationToken"));
    }
    let account = find.account().ok_or(Error::Unsigned)?;
    let user = FederatedUser { account, name: input.name.clone() };
    let tags = SessionTags::new(&[], input.tags.as_deref(), None)?;
    let duration = i64::from(input.duration_seconds.unwrap_or(FEDERATION_SECONDS));
    let federate = tags.describe(Need::new(user.clone()).with("sts:DurationSeconds", duration));
    let tag = (!tags.is_empty()).then(|| tags.describe(Need::new(user)));
    Ok((federate, tag))
}
