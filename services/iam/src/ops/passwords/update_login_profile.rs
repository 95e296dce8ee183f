use kurodo_gateway::Handler;
use kurodo_identity::{LoginProfile, keys};

use super::{
    hashing::{hash, is_fresh, replaced},
    profile,
    strength::heed,
};
use crate::{
    Error, Iam,
    model::{UpdateLoginProfileOutput, op},
    ops::{Answer, Asked, now},
    room::{Look, Room},
};

impl Handler<op::UpdateLoginProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UpdateLoginProfile>) -> Answer<op::UpdateLoginProfile> {
        let (permit, input, now) = (&asked.permits, &asked.input, now(asked.call));
        let room = Room::open(&self.store, permit);
        let before = profile(&permit.resource().load(&room)?)?.clone();
        let mut after = before.clone();
        if let Some(password) = &input.password {
            heed(&room, password.expose())?;
            let policy = room.record(&keys::password_policy())?;
            is_fresh(&self.hashes, password, &before, policy.as_ref()).await?;
            after = replaced(&before, hash(&self.hashes, password).await?, now);
        }
        let reset_required = input.password_reset_required.unwrap_or(after.reset_required);
        let after = LoginProfile { reset_required, ..after };
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            if user.login.as_ref() != Some(&before) {
                return Err(Error::ConcurrentModification);
            }
            user.login = Some(after.clone());
            draft.keep(&user)
        })
        .await?;
        Ok(UpdateLoginProfileOutput {}.into())
    }
}
