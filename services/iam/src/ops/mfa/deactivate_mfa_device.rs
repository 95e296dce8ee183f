use kurodo_gateway::Handler;

use super::device::of_user;
use crate::{
    Iam,
    model::{DeactivateMFADeviceOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeactivateMFADevice> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeactivateMFADevice>) -> Answer<op::DeactivateMFADevice> {
        let (permit, serial) = (&asked.permits, &asked.input.serial_number);
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            let mut device = of_user(draft, &user, serial)?;
            device.enabled = None;
            user.mfa.retain(|known| known != serial);
            draft.keep(&device)?;
            draft.keep(&user)
        })
        .await?;
        Ok(DeactivateMFADeviceOutput {}.into())
    }
}
