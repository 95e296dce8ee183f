use kurodo_gateway::Handler;
use kurodo_identity::VirtualMfa;

use super::device::{of_root, of_user};
use crate::{
    Iam,
    model::{DeactivateMFADeviceOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeactivateMFADevice> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeactivateMFADevice>) -> Answer<op::DeactivateMFADevice> {
        let (permit, serial) = (&asked.permits, &asked.input.serial_number);
        let user = permit.resource();
        self.change(permit, |draft| {
            if user.name().is_none() {
                let device = of_root(draft, serial)?;
                return draft.keep(&VirtualMfa { enabled: None, ..device });
            }
            let mut user = user.load(draft)?;
            let device = of_user(draft, &user, serial)?;
            user.mfa.retain(|known| known != serial);
            draft.keep(&VirtualMfa { enabled: None, ..device })?;
            draft.keep(&user)
        })
        .await?;
        Ok(DeactivateMFADeviceOutput {}.into())
    }
}
