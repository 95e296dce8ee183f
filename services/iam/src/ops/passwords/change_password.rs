use kurodo_gateway::Handler;
use kurodo_identity::{LoginProfile, PasswordPolicy, keys};

use super::{
    hashing::{hash, is_fresh, matches, replaced},
    profile,
    strength::heed,
};
use crate::{
    Error, Iam,
    model::{ChangePasswordOutput, op},
    ops::{Answer, Asked, now},
    room::{Look, Room},
};

impl Handler<op::ChangePassword> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ChangePassword>) -> Answer<op::ChangePassword> {
        let (permit, input, now) = (&asked.permits, &asked.input, now(asked.call));
        if permit.resource().name().is_none() {
            return Err(Error::InvalidUserType);
        }
        let room = Room::open(&self.store, permit);
        let before = profile(&permit.resource().load(&room)?)?.clone();
        let policy = room.record(&keys::password_policy())?;
        if is_locked(&before, policy.as_ref(), now) {
            return Err(Error::AccessDenied(
                "The password has expired: an administrator must set a new one.",
            ));
        }
        if !matches(&self.hashes, &before.password, &input.old_password).await {
            return Err(Error::AccessDenied("The old password was incorrect."));
        }
        heed(&room, input.new_password.expose())?;
        is_fresh(&self.hashes, &input.new_password, &before, policy.as_ref()).await?;

        let after = replaced(&before, hash(&self.hashes, &input.new_password).await?, now);
        let after = LoginProfile { reset_required: false, ..after };
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            if user.login.as_ref() != Some(&before) {
                return Err(Error::ConcurrentModification);
            }
            user.login = Some(after.clone());
            draft.keep(&user)
        })
        .await?;
        Ok(ChangePasswordOutput {}.into())
    }
}

/// Whether the password is too old for its user to change it.
fn is_locked(profile: &LoginProfile, policy: Option<&PasswordPolicy>, now: i64) -> bool {
    const DAY: i64 = 24 * 60 * 60;
    let hard = policy.filter(|policy| policy.hard_expiry).and_then(|policy| policy.max_age);
    hard.is_some_and(|days| now > profile.changed.saturating_add(i64::from(days) * DAY))
}
