//! What is changed of keys: on, off, described, and to be destroyed.

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Kms,
    key::{DAY, Key as Stored},
    model::{
        CancelKeyDeletionOutput, DisableKeyOutput, EnableKeyOutput, KeyState, ScheduleKeyDeletionOutput,
        UpdateKeyDescriptionOutput, op,
    },
    view::time,
};

impl Handler<op::EnableKey> for Kms {
    async fn handle(&self, asked: Asked<'_, op::EnableKey>) -> Answer<op::EnableKey> {
        let found = asked.permits.resource().living()?;
        let key = Stored { enabled: true, ..Stored::clone(&found.key) };
        self.redefine(&asked.permits, &key).await?;
        Ok(EnableKeyOutput {}.into())
    }
}

impl Handler<op::DisableKey> for Kms {
    async fn handle(&self, asked: Asked<'_, op::DisableKey>) -> Answer<op::DisableKey> {
        let found = asked.permits.resource().living()?;
        let key = Stored { enabled: false, ..Stored::clone(&found.key) };
        self.redefine(&asked.permits, &key).await?;
        Ok(DisableKeyOutput {}.into())
    }
}

impl Handler<op::UpdateKeyDescription> for Kms {
    async fn handle(&self, asked: Asked<'_, op::UpdateKeyDescription>) -> Answer<op::UpdateKeyDescription> {
        let found = asked.permits.resource().living()?;
        let key = Stored { description: asked.input.description, ..Stored::clone(&found.key) };
        self.redefine(&asked.permits, &key).await?;
        Ok(UpdateKeyDescriptionOutput {}.into())
    }
}

/// The days that a key waits for its end.
///
/// Source: KMS API Reference, ScheduleKeyDeletion.
const WINDOW: std::ops::RangeInclusive<i32> = 7..=30;

impl Handler<op::ScheduleKeyDeletion> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ScheduleKeyDeletion>) -> Answer<op::ScheduleKeyDeletion> {
        let (permit, now) = (&asked.permits, asked.call.now_ms);
        let days = asked.input.pending_window_in_days.unwrap_or(*WINDOW.end());
        if !WINDOW.contains(&days) {
            return Err(Error::Validation(format!(
                "PendingWindowInDays must be between {} and {} inclusive",
                WINDOW.start(),
                WINDOW.end()
            )));
        }
        let mut key = Stored::clone(&permit.resource().living()?.key);
        let at = now.saturating_add(i64::from(days) * DAY);
        key.deletion = Some((at, days));
        key.enabled = false;
        self.redefine(permit, &key).await?;
        Ok(ScheduleKeyDeletionOutput {
            key_id: Some(permit.resource().called()),
            deletion_date: Some(time(at)),
            key_state: Some(KeyState::PendingDeletion),
            pending_window_in_days: Some(days),
        }
        .into())
    }
}

impl Handler<op::CancelKeyDeletion> for Kms {
    /// The key lives on, and is off.
    async fn handle(&self, asked: Asked<'_, op::CancelKeyDeletion>) -> Answer<op::CancelKeyDeletion> {
        let permit = &asked.permits;
        let (key, called) = (&permit.resource().existing()?.key, permit.resource().called());
        if key.deletion.is_none() {
            return Err(Error::InvalidState(format!("{called} is not pending deletion.")));
        }
        let key = Stored { deletion: None, enabled: false, ..Stored::clone(key) };
        self.redefine(permit, &key).await?;
        Ok(CancelKeyDeletionOutput { key_id: Some(called) }.into())
    }
}
