use kurodo_gateway::Handler;
use kurodo_identity::{VirtualMfa, keys, totp};
use kurodo_wire::SecretBytes;

use super::png;
use crate::{
    Error, Iam,
    error::Duplicate,
    model::{CreateVirtualMFADeviceInput, CreateVirtualMFADeviceOutput, VirtualMFADevice, op},
    ops::{Answer, Asked, now, path},
    room::{Draft, Look},
    tags,
};

impl Handler<op::CreateVirtualMFADevice> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::CreateVirtualMFADevice>,
    ) -> Answer<op::CreateVirtualMFADevice> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let virtual_mfa_device = self
            .change(permit, |draft| {
                let device = create(draft, input, now)?;
                shown(draft, &device)
            })
            .await?;
        Ok(CreateVirtualMFADeviceOutput { virtual_mfa_device }.into())
    }
}

fn create(draft: &Draft<'_>, input: &CreateVirtualMFADeviceInput, now: i64) -> Result<VirtualMfa, Error> {
    let name = &input.virtual_mfa_device_name;
    if draft.record(&keys::mfa_device(name))?.is_some() {
        return Err(Duplicate::Mfa.into());
    }
    let device = VirtualMfa {
        name: name.clone(),
        path: path(input.path.as_ref()),
        seed: totp::new_seed()?,
        created: now,
        enabled: None,
        tags: tags::new(input.tags.as_ref())?,
    };
    draft.keep(&device)?;
    Ok(device)
}

/// The device with its seed: this once, and never again.
fn shown(look: &impl Look, device: &VirtualMfa) -> Result<VirtualMFADevice, Error> {
    let account = look.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?;
    let place = account.alias.unwrap_or_else(|| account.id.to_string());
    let seed = device.seed.expose();
    let issuer = "Amazon%20Web%20Services";
    let uri = zeroize::Zeroizing::new(format!(
        "otpauth://totp/{issuer}:{}@{place}?secret={seed}&issuer={issuer}",
        device.name
    ));
    let picture = png::barcode(&uri).map(|png| SecretBytes::new(png.to_vec()));
    Ok(VirtualMFADevice {
        serial_number: device.serial(look.account()),
        base32_string_seed: Some(SecretBytes::new(seed.as_bytes().to_vec())),
        qr_code_png: picture,
        user: None,
        enable_date: None,
        tags: tags::some(&device.tags),
    })
}
