use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{UntagMFADeviceOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::UntagMFADevice> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UntagMFADevice>) -> Answer<op::UntagMFADevice> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut device = permit.resource().load(draft)?;
            tags::remove(&mut device.tags, &asked.input.tag_keys);
            draft.keep(&device)
        })
        .await?;
        Ok(UntagMFADeviceOutput {}.into())
    }
}
