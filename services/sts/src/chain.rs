use kurodo_gateway::Call;
use kurodo_identity::{Session, SessionSealer, Tag};
use kurodo_policy::{PrincipalKind, same_name};
use percent_encoding::percent_decode_str;

use crate::Error;

/// What a calling session hands on to the session of a role that is assumed from it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Whether the caller's credential is temporary.
    pub(crate) temporary: bool,
    /// The session tags that are transitive.
    pub(crate) tags: Vec<Tag>,
    /// The source identity, which stays what it is.
    pub(crate) source_identity: Option<String>,
}

impl Chain {
    /// What the caller hands on. The token is opened again: nothing but the request holds a session.
    pub(crate) fn of(call: &Call, sealer: &SessionSealer) -> Result<Self, Error> {
        let Some(id) = call.caller.access_key_id.as_deref().filter(|id| !long_term(id)) else {
            return Ok(Self::default());
        };
        let token = token(call).ok_or(kurodo_identity::session::TokenError::Foreign)?;
        let session = sealer.open(id, &token)?;
        // The tags of a user's own session are not session tags; a federated user assumes no roles.
        let role = call.caller.principal.kind == PrincipalKind::AssumedRole;
        let tags = if role { transitive(&session) } else { Vec::new() };
        Ok(Self { temporary: true, tags, source_identity: session.source_identity })
    }
}

/// Whether an access key is a long-term one.
pub(crate) fn long_term(access_key_id: &str) -> bool {
    access_key_id.starts_with("AKIA")
}

fn transitive(session: &Session) -> Vec<Tag> {
    let goes_on = |tag: &&Tag| session.transitive.iter().any(|key| same_name(key, &tag.key));
    session.tags.iter().filter(goes_on).cloned().collect()
}

/// The security token: a header field, or of a presigned URL a query parameter.
fn token(call: &Call) -> Option<String> {
    if let Some(token) = call.head.header("x-amz-security-token") {
        return Some(token.to_owned());
    }
    let mut pairs = call.head.query().split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.eq_ignore_ascii_case("x-amz-security-token"))?;
    percent_decode_str(value).decode_utf8().ok().map(|token| token.into_owned())
}
