use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{TagMFADeviceOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::TagMFADevice> for Iam {
    async fn handle(&self, asked: Asked<'_, op::TagMFADevice>) -> Answer<op::TagMFADevice> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut device = permit.resource().load(draft)?;
            tags::add(&mut device.tags, &asked.input.tags)?;
            draft.keep(&device)
        })
        .await?;
        Ok(TagMFADeviceOutput {}.into())
    }
}
