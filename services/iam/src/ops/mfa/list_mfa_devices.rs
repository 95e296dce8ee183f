use kurodo_gateway::Handler;
use kurodo_identity::VirtualMfa;

use super::device::{all_of_root, of_user};
use crate::{
    Error, Iam,
    model::{ListMFADevicesOutput, MFADevice, op},
    ops::{Answer, Asked},
    page::Paging,
    resources,
    room::{Look, Room},
    view,
};

impl Handler<op::ListMFADevices> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListMFADevices>) -> Answer<op::ListMFADevices> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging = Paging::read("ListMFADevices", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = paging.sort(devices(&room, permit.resource())?)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListMFADevicesOutput { mfa_devices: page.items, is_truncated, marker }.into())
    }
}

/// The devices of a user, or of the root user.
fn devices(look: &impl Look, resource: &resources::User) -> Result<Vec<(String, MFADevice)>, Error> {
    if resource.name().is_none() {
        let root = look.account().to_string();
        let devices = all_of_root(look)?;
        return Ok(devices
            .iter()
            .map(|device| shown(&device.serial(look.account()), device, &root))
            .collect());
    }
    let user = resource.load(look)?;
    user.mfa.iter().map(|serial| Ok(shown(serial, &of_user(look, &user, serial)?, &user.name))).collect()
}

fn shown(serial: &str, device: &VirtualMfa, user: &str) -> (String, MFADevice) {
    let enable_date = view::time(device.enabled.as_ref().map_or(device.created, |used| used.since));
    let (user_name, serial_number) = (user.to_owned(), serial.to_owned());
    (serial.to_owned(), MFADevice { user_name, serial_number, enable_date })
}
