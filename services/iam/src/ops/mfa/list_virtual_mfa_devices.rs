use kurodo_gateway::Handler;
use kurodo_identity::{MfaHolder, VirtualMfa, keys};

use super::device::holder_name;
use crate::{
    Error, Iam,
    model::{AssignmentStatusType, ListVirtualMFADevicesOutput, User, VirtualMFADevice, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    view,
};

impl Handler<op::ListVirtualMFADevices> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListVirtualMFADevices>) -> Answer<op::ListVirtualMFADevices> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        let operation = "ListVirtualMFADevices";
        let paging = Paging::read(operation, room.account(), input.marker.as_ref(), input.max_items)?;
        let wanted = |device: &VirtualMfa| match input.assignment_status {
            Some(AssignmentStatusType::Assigned) => device.enabled.is_some(),
            Some(AssignmentStatusType::Unassigned) => device.enabled.is_none(),
            Some(AssignmentStatusType::Any) | None => true,
        };
        let found = room
            .walk(&keys::mfa_devices(), paging.after().map(keys::mfa_device).as_ref())?
            .filter(|device| device.as_ref().map_or(true, wanted))
            .map(|device| device.and_then(|it| Ok((it.name.to_lowercase(), shown(&room, &it)?))));
        let page = paging.cut(found)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListVirtualMFADevicesOutput { virtual_mfa_devices: page.items, is_truncated, marker }.into())
    }
}

fn shown(look: &impl Look, device: &VirtualMfa) -> Result<VirtualMFADevice, Error> {
    Ok(VirtualMFADevice {
        serial_number: device.serial(look.account()),
        base32_string_seed: None,
        qr_code_png: None,
        user: holder(look, device)?,
        enable_date: device.enabled.as_ref().map(|used| view::time(used.since)),
        tags: None,
    })
}

fn holder(look: &impl Look, device: &VirtualMfa) -> Result<Option<User>, Error> {
    let Some(MfaHolder::User(id)) = device.enabled.as_ref().map(|used| &used.holder) else {
        return Ok(None);
    };
    let user = look.record(&keys::user(&holder_name(look, id)?))?;
    Ok(user.map(|user| view::user(look.account(), &user)))
}
