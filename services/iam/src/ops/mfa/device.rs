use kurodo_identity::{MfaHolder, User, VirtualMfa, keys};

use crate::{Error, error::Missing, room::Look};

/// The device with this serial number.
pub(super) fn by_serial(look: &impl Look, serial: &str) -> Result<VirtualMfa, Error> {
    let name = serial.rsplit('/').next().unwrap_or_default();
    let device = look.record(&keys::mfa_device(name))?;
    let device = device.filter(|device| device.serial(look.account()) == serial);
    Ok(device.ok_or_else(|| Missing::Mfa(serial.to_owned()))?)
}

/// The device with this serial number, which the user must hold.
pub(super) fn of_user(look: &impl Look, user: &User, serial: &str) -> Result<VirtualMfa, Error> {
    let device = by_serial(look, serial)?;
    let holder = device.enabled.as_ref().map(|used| &used.holder);
    let held = matches!(holder, Some(MfaHolder::User(id)) if *id == user.id);
    if held { Ok(device) } else { Err(Missing::MfaOfUser.into()) }
}

/// The device with this serial number, which the root user must hold.
pub(super) fn of_root(look: &impl Look, serial: &str) -> Result<VirtualMfa, Error> {
    let device = by_serial(look, serial)?;
    if is_roots(&device) { Ok(device) } else { Err(Missing::MfaOfUser.into()) }
}

/// Whether the root user holds the device.
pub(super) fn is_roots(device: &VirtualMfa) -> bool {
    device.enabled.as_ref().is_some_and(|used| used.holder == MfaHolder::Root)
}

/// The devices of the root user.
pub(super) fn all_of_root(look: &impl Look) -> Result<Vec<VirtualMfa>, Error> {
    let devices = look.walk(&keys::mfa_devices(), None)?;
    devices.filter(|device| device.as_ref().map_or(true, is_roots)).collect()
}

/// The name of the user with this unique id.
pub(super) fn holder_name(look: &impl Look, id: &str) -> Result<String, Error> {
    match look.record(&keys::entity(id))? {
        Some(kurodo_identity::Entity::User(name)) => Ok(name),
        _ => Err(Error::Inconsistent("the holder of an MFA device is gone")),
    }
}
