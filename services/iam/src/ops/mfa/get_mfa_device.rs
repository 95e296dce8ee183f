use kurodo_gateway::Handler;

use super::device::of_user;
use crate::{
    Iam,
    model::{GetMFADeviceOutput, op},
    ops::{Answer, Asked},
    room::Room,
    view,
};

impl Handler<op::GetMFADevice> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetMFADevice>) -> Answer<op::GetMFADevice> {
        let (permit, serial_number) = (&asked.permits, asked.input.serial_number);
        let room = Room::open(&self.store, permit);
        let user = permit.resource().load(&room)?;
        let device = of_user(&room, &user, &serial_number)?;
        let enable_date = device.enabled.map(|used| view::time(used.since));
        let user_name = Some(user.name);
        Ok(GetMFADeviceOutput { user_name, serial_number, enable_date, certifications: None }.into())
    }
}
