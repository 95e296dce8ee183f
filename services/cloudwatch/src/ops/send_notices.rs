use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use http::Method;
use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_outside::{Ask, client, send};

use super::{ATTEMPTS, written};
use crate::{
    CloudWatch, Error,
    alarm::{Notice, Stored},
    layout,
    table::{action, chore},
};

/// How long a webhook may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer of a webhook that is read.
const LONGEST: usize = 64 << 10;

impl Keeper<chore::SendNotices> for CloudWatch {
    async fn keep(&self, errand: Errand<'_, Self, chore::SendNotices>) -> Result<Progress, Error> {
        let now = errand.call.now_ms;
        let all = errand.permits.iter().map(|permit| self.send_notices(permit, now));
        join_all(all).await.into_iter().collect::<Result<(), Error>>()?;
        Ok(Progress::Done)
    }
}

impl CloudWatch {
    /// Sends the messages of an alarm that are due, one after the other, and notes what came of each.
    async fn send_notices(&self, permit: &Permit<'_, action::SetAlarmState>, now: i64) -> Result<(), Error> {
        let stored = permit.resource().stored.iter();
        for notice in stored.flat_map(|stored| &stored.notices).filter(|notice| notice.next <= now) {
            let sent = match self.webhooks.allows(&notice.to) {
                true => deliver(notice).await,
                false => Err("the operator does not allow this webhook any more".to_owned()),
            };
            self.sent(permit, notice, sent.err().as_deref(), now).await?;
        }
        Ok(())
    }

    /// Notes what came of a message.
    async fn sent(
        &self,
        permit: &Permit<'_, action::SetAlarmState>,
        notice: &Notice,
        error: Option<&str>,
        now: i64,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let Some(found) = writer.get(layout::ITSELF)? else { return Ok(()) };
            let mut stored = Stored::read(&found.value)?;
            let Some(at) = stored.notices.iter().position(|known| known.is(notice)) else { return Ok(()) };
            let again = error.is_some() && stored.notices.get_mut(at).is_some_and(|known| known.failed(now));
            let mut transaction = writer.transaction();
            transaction.expect_version(layout::ITSELF, found.version);
            if !again {
                stored.notices.remove(at);
                let item = notice.item(stored.is_composite(), error, now).to_bytes()?;
                transaction.put(layout::ITSELF, stored.to_bytes()?);
                transaction.in_annex(permit).append(layout::ITSELF, item);
            } else {
                transaction.put(layout::ITSELF, stored.to_bytes()?);
            }
            if written(transaction.commit().await)? {
                return Ok(());
            }
        }
        Err(Error::Changed)
    }
}

/// Sends a message; a webhook takes it by a status from 200 to 299.
async fn deliver(notice: &Notice) -> Result<(), String> {
    let client = Arc::new(client().map_err(|error| error.to_string())?);
    let ask = Ask {
        method: Method::POST,
        address: &notice.to,
        content: notice.message.clone().into(),
        patience: PATIENCE,
        longest: LONGEST,
    };
    match send(&client, ask).await {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
        Ok(answer) => Err(format!("the webhook answered {}", answer.status)),
        Err(error) => Err(error.to_string()),
    }
}
