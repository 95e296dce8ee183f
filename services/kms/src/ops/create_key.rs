use kurodo_gateway::Handler;
use kurodo_store::KeyBuilder;

use super::{Answer, Asked};
use crate::{
    Error, Kms,
    key::{Key, usage},
    model::{CreateKeyInput, CreateKeyOutput, KeySpec, OriginType, op},
    names::random_uuid,
    needs, policy, tags, view,
};

impl Handler<op::CreateKey> for Kms {
    async fn handle(&self, asked: Asked<'_, op::CreateKey>) -> Answer<op::CreateKey> {
        let ((permit, _), input, now) = (&asked.permits, &asked.input, asked.call.now_ms);
        let (account, region) = (permit.resource().account, &permit.resource().region);
        let spec = needs::spec(input)?;
        supported(input, spec)?;
        let mut key = Key::new(random_uuid()?, spec, now);
        key.description = input.description.clone().unwrap_or_default();
        key.policy = input.policy.clone().unwrap_or_else(|| policy::usual(account));
        key.bound_policy = policy::accept(&self.principals, &key.policy)?;
        if !input.bypass_policy_lockout_safety_check.unwrap_or_default() {
            policy::safe(&key, asked.call)?;
        }
        tags::add(&mut key.tags, input.tags.as_deref().unwrap_or_default())?;
        self.renew(account, &mut key, now, false).await?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        let place = KeyBuilder::relative().part(&key.id).build();
        transaction.expect_absent(&place).put(&place, key.record()?);
        transaction.commit().await?;
        Ok(CreateKeyOutput { key_metadata: Some(view::metadata(&key, account, region)?) }.into())
    }
}

/// That keys of this form, use and origin are made here.
fn supported(input: &CreateKeyInput, spec: KeySpec) -> Result<(), Error> {
    let unsupported = |what: &str| Err(Error::Unsupported(format!("{what} is not supported.")));
    match spec {
        KeySpec::SymmetricDefault | KeySpec::Hmac224 | KeySpec::Hmac256 => {}
        KeySpec::Hmac384 | KeySpec::Hmac512 => {}
        other => return unsupported(&format!("KeySpec {other}")),
    }
    if let Some(origin) = input.origin.filter(|origin| *origin != OriginType::AwsKms) {
        return unsupported(&format!("Origin {origin}"));
    }
    if input.multi_region == Some(true) {
        return unsupported("MultiRegion");
    }
    match input.key_usage {
        Some(asked) if asked != usage(spec) => {
            Err(Error::Validation(format!("KeyUsage {asked} is not compatible with KeySpec {spec}")))
        }
        None if spec != KeySpec::SymmetricDefault => {
            Err(Error::Validation(format!("You must specify a KeyUsage value for KeySpec {spec}.")))
        }
        _ => Ok(()),
    }
}
