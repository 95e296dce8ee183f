use kurodo_gateway::Handler;
use kurodo_identity::{MfaHolder, MfaUse, User, totp};

use super::device::by_serial;
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
        self.change(permit, |draft| enable(draft, permit.resource().load(draft)?, input, now)).await?;
        Ok(EnableMFADeviceOutput {}.into())
    }
}

fn enable(draft: &Draft<'_>, mut user: User, input: &EnableMFADeviceInput, now: i64) -> Result<(), Error> {
    let mut device = by_serial(draft, &input.serial_number)?;
    if device.enabled.is_some() {
        return Err(Duplicate::MfaInUse(input.serial_number.clone()).into());
    }
    if !totp::consecutive(&device.seed, &input.authentication_code1, &input.authentication_code2, now) {
        return Err(Error::InvalidAuthenticationCode);
    }
    quota::MFA_DEVICES_PER_USER.admits_another(user.mfa.len())?;
    device.enabled = Some(MfaUse { holder: MfaHolder::User(user.id.clone()), since: now });
    user.mfa.push(input.serial_number.clone());
    draft.keep(&device)?;
    draft.keep(&user)
}
