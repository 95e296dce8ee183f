use kurodo_gateway::Handler;
use kurodo_identity::{AccessKey, keys};

use super::Holder;
use crate::{
    Error, Iam,
    model::{StatusType, UpdateAccessKeyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::UpdateAccessKey> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UpdateAccessKey>) -> Answer<op::UpdateAccessKey> {
        let (permit, input) = (&asked.permits, &asked.input);
        let active = match input.status {
            StatusType::Active => true,
            StatusType::Inactive => false,
            StatusType::Expired => return Err(Error::Validation("Invalid status: Expired".to_owned())),
        };
        self.change(permit, |draft| {
            let key = Holder::load(draft, permit.resource())?.key(draft, &input.access_key_id)?;
            draft.put(&keys::access_key(&key.id), &AccessKey { active, ..key.clone() })
        })
        .await?;
        Ok(UpdateAccessKeyOutput {}.into())
    }
}
