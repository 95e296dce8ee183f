use kurodo_gateway::Handler;
use kurodo_identity::totp;

use super::device::of_user;
use crate::{
    Error, Iam,
    model::{ResyncMFADeviceOutput, op},
    ops::{Answer, Asked, now},
    room::Room,
};

/// Checks two codes in a row. A virtual device counts time as the server does, so there is no drift to note:
/// the right codes prove that its clock is right.
impl Handler<op::ResyncMFADevice> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ResyncMFADevice>) -> Answer<op::ResyncMFADevice> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let device = of_user(&room, &permit.resource().load(&room)?, &input.serial_number)?;
        let (first, second) = (&input.authentication_code1, &input.authentication_code2);
        if !totp::consecutive(&device.seed, first, second, now(asked.call)) {
            return Err(Error::InvalidAuthenticationCode);
        }
        Ok(ResyncMFADeviceOutput {}.into())
    }
}
