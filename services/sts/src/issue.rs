use kurodo_arn::AccountId;
use kurodo_gateway::Call;
use kurodo_identity::{
    Session, SessionSealer, Subject, id,
    session::{Origin, PackedSize, Parent},
};
use kurodo_policy::PrincipalKind;
use kurodo_wire::{Secret, Timestamp};

use crate::{Error, chain::long_term, model::Credentials, policies::SessionPolicies, tags::SessionTags};

/// Seconds that a role's session lasts where the request does not say.
pub(crate) const ROLE_SECONDS: i32 = 3600;
/// The same for a federated user's, and for a user's own.
pub(crate) const FEDERATION_SECONDS: i32 = 43_200;
/// Seconds that a root user's temporary credential lasts at most.
const ROOT_SECONDS: i32 = 3600;

/// A session to be issued.
pub(crate) struct Order {
    /// The session's account.
    pub(crate) account: AccountId,
    pub(crate) subject: Subject,
    pub(crate) seconds: i32,
    pub(crate) mfa: Option<i64>,
    pub(crate) policies: SessionPolicies,
    pub(crate) tags: SessionTags,
    pub(crate) source_identity: Option<String>,
    /// Which identity system vouched for whoever asks, and what it said.
    pub(crate) origin: Option<Origin>,
}

/// A session that was issued.
pub(crate) struct Issued {
    pub(crate) credentials: Credentials,
    pub(crate) packed: Option<i32>,
}

impl Order {
    /// Makes the credentials. Nothing is stored: the token is the session.
    pub(crate) fn issue(self, call: &Call, sealer: &SessionSealer) -> Result<Issued, Error> {
        let issued = call.now_ms.div_euclid(1000);
        let session = Session {
            access_key_id: id::session_key(self.account)?,
            secret: id::secret()?,
            subject: self.subject,
            issued,
            expires: issued + i64::from(self.seconds),
            mfa: self.mfa,
            policy: self.policies.inline,
            policy_arns: self.policies.arns,
            tags: self.tags.tags,
            transitive: self.tags.transitive,
            source_identity: self.source_identity,
            origin: self.origin,
        };
        let packed = PackedSize::of(&session)?.reported();
        let credentials = Credentials {
            session_token: sealer.seal(&session)?,
            access_key_id: session.access_key_id,
            secret_access_key: Secret::new(session.secret.expose().to_owned()),
            expiration: Timestamp::from_second(session.expires).unwrap_or(Timestamp::MAX),
        };
        Ok(Issued { credentials, packed })
    }
}

/// Whose long-term credential signed the call.
pub(crate) fn parent(call: &Call, operation: &'static str) -> Result<Parent, Error> {
    let caller = &call.caller;
    let key = caller.access_key_id.as_deref().filter(|id| long_term(id));
    let key = key.ok_or(Error::SessionCredentials(operation))?.to_owned();
    let root = caller.principal.kind == PrincipalKind::Root;
    Ok(Parent { user: caller.principal.user_id.clone().filter(|_| !root), key })
}

/// How long a credential lasts that a user or root user gets without a role. AWS shortens a root user's.
///
/// Source: STS API Reference, `GetSessionToken` and `GetFederationToken`, `DurationSeconds`.
pub(crate) fn seconds(parent: &Parent, asked: Option<i32>) -> i32 {
    let seconds = asked.unwrap_or(FEDERATION_SECONDS);
    if parent.user.is_none() { seconds.min(ROOT_SECONDS) } else { seconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_users_get_an_hour_at_most() {
        let root = Parent { user: None, key: String::new() };
        let user = Parent { user: Some("AIDA".to_owned()), key: String::new() };
        assert_eq!((seconds(&root, None), seconds(&root, Some(900))), (3600, 900));
        assert_eq!((seconds(&user, None), seconds(&user, Some(129_600))), (43_200, 129_600));
    }
}
