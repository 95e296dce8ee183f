use kurodo_gateway::Handler;
use kurodo_identity::{MfaHolder, MfaUse, User, VirtualMfa, totp};

use super::device::{all_of_root, by_serial};
use crate::{
    Error, Iam,
    error::Duplicate,
    model::{EnableMFADeviceInput, EnableMFADeviceOutput, op},
    ops::{Answer, Asked, now},
    quota,
    room::Draft,
};

impl Handler<op::EnableMFADevice> for Iam {
    async fn handle(&self, asked: Asked<'_, op::EnableMFADevice>) -> Answer<op::EnableMFADevice> {
        let (permit, input, now) = (&asked.permits, &asked.input, now(asked.call));
        let user = permit.resource();
        self.change(permit, |draft| match user.name() {
            Some(_) => enable(draft, user.load(draft)?, input, now),
            None => enable_for_root(draft, input, now),
        })
        .await?;
        Ok(EnableMFADeviceOutput {}.into())
    }
}

fn enable(draft: &Draft<'_>, mut user: User, input: &EnableMFADeviceInput, now: i64) -> Result<(), Error> {
    let mut device = checked(draft, input, now)?;
    quota::MFA_DEVICES_PER_USER.admits_another(user.mfa.len())?;
    device.enabled = Some(MfaUse { holder: MfaHolder::User(user.id.clone()), since: now });
    user.mfa.push(input.serial_number.clone());
    draft.keep(&device)?;
    draft.keep(&user)
}

fn enable_for_root(draft: &Draft<'_>, input: &EnableMFADeviceInput, now: i64) -> Result<(), Error> {
    let mut device = checked(draft, input, now)?;
    quota::MFA_DEVICES_PER_USER.admits_another(all_of_root(draft)?.len())?;
    device.enabled = Some(MfaUse { holder: MfaHolder::Root, since: now });
    draft.keep(&device)
}

/// The device, which is nobody's yet, if the codes are right.
fn checked(draft: &Draft<'_>, input: &EnableMFADeviceInput, now: i64) -> Result<VirtualMfa, Error> {
    let device = by_serial(draft, &input.serial_number)?;
    if device.enabled.is_some() {
        return Err(Duplicate::MfaInUse(input.serial_number.clone()).into());
    }
    match totp::consecutive(&device.seed, &input.authentication_code1, &input.authentication_code2, now) {
        true => Ok(device),
        false => Err(Error::InvalidAuthenticationCode),
    }
}
