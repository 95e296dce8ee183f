//! Events go on when their request has been answered; but no longer than the credential that asked for them.

use std::sync::Arc;

use futures_util::StreamExt as _;

use crate::{Call, Dialect, Gateway, gateway::now_ms, refuse, reply::Events};

/// The events, until the caller's access key, session, user or role is none any more: then they end with what a request
/// would be told.
pub(crate) fn while_known(gateway: &Gateway, dialect: Dialect, call: &Call, events: Events) -> Events {
    let Some(access_key_id) = call.caller.access_key_id.clone() else { return events };
    let (directory, token) = (Arc::clone(&gateway.directory), call.session_token());
    let events = events.map(move |event| {
        let found = directory.credential(&access_key_id, token.as_deref(), now_ms().div_euclid(1000));
        found.map_err(|error| refuse::credential(dialect, error)).and(event)
    });
    Box::pin(events)
}
