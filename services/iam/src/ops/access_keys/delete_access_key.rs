use kurodo_gateway::Handler;
use kurodo_identity::keys;

use super::Holder;
use crate::{
    Iam,
    model::{DeleteAccessKeyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeleteAccessKey> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteAccessKey>) -> Answer<op::DeleteAccessKey> {
        let (permit, id) = (&asked.permits, &asked.input.access_key_id);
        self.change(permit, |draft| {
            let mut holder = Holder::load(draft, permit.resource())?;
            let key = holder.key(draft, id)?;
            holder.keys_mut().retain(|known| known != id);
            draft.delete(&keys::access_key(&key.id));
            holder.keep(draft)
        })
        .await?;
        Ok(DeleteAccessKeyOutput {}.into())
    }
}
