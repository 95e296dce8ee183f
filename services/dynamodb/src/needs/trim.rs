use kurodo_authz::Need;
use kurodo_gateway::Find;

use crate::{
    DynamoDbStreams, Error,
    resources::{Stream, StreamRecords},
    streams::{self, StreamFacts, is_due, table::action},
};

type TrimNeeds = Vec<Need<action::TrimRecords>>;
type ForgetNeeds = Vec<Need<action::ForgetStream>>;

/// Streams of the account with records that nobody sees any more.
pub(crate) async fn old_records(find: &Find<'_, DynamoDbStreams>) -> Result<Option<TrimNeeds>, Error> {
    let due = which(find, true)?.into_iter().map(|facts| Need::new(StreamRecords::known(facts)));
    Ok(Some(due.collect::<Vec<_>>()).filter(|due| !due.is_empty()))
}

/// Streams of the account that nobody sees any more, and that have no records left.
pub(crate) async fn forgotten_streams(
    find: &Find<'_, DynamoDbStreams>,
) -> Result<Option<ForgetNeeds>, Error> {
    let gone = which(find, false)?.into_iter().filter(|facts| facts.definition.is_gone(find.call.now_ms));
    let due = gone.map(|facts| Need::new(Stream::known(facts)));
    Ok(Some(due.collect::<Vec<_>>()).filter(|due| !due.is_empty()))
}

/// The streams of the account that have old records, or those that have none.
fn which(find: &Find<'_, DynamoDbStreams>, old: bool) -> Result<Vec<StreamFacts>, Error> {
    let Some(account) = find.account() else { return Ok(Vec::new()) };
    let (stored, mut found) = (find.stored(), Vec::new());
    for facts in streams::all(&stored, account)? {
        if is_due(&stored, &facts, find.call.now_ms)? == old {
            found.push(facts);
        }
    }
    Ok(found)
}
