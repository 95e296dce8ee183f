use kurodo_gateway::Handler;

use super::device::of_user;
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

/// The devices of a user. No operation enables one for the root user.
fn devices(look: &impl Look, resource: &resources::User) -> Result<Vec<(String, MFADevice)>, Error> {
    if resource.name().is_none() {
        return Ok(Vec::new());
    }
    let user = resource.load(look)?;
    let shown = |serial: &String| {
        let device = of_user(look, &user, serial)?;
        let enable_date = view::time(device.enabled.map_or(device.created, |used| used.since));
        let (user_name, serial_number) = (user.name.clone(), serial.clone());
        Ok((serial.clone(), MFADevice { user_name, serial_number, enable_date }))
    };
    user.mfa.iter().map(shown).collect()
}
