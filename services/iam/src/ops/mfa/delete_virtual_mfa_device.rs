use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    error::Blocker,
    model::{DeleteVirtualMFADeviceOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeleteVirtualMFADevice> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::DeleteVirtualMFADevice>,
    ) -> Answer<op::DeleteVirtualMFADevice> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let device = permit.resource().load(draft)?;
            if device.enabled.is_some() {
                return Err(Blocker::MfaInUse.into());
            }
            draft.delete(&keys::mfa_device(&device.name));
            Ok(())
        })
        .await?;
        Ok(DeleteVirtualMFADeviceOutput {}.into())
    }
}
