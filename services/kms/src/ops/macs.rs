//! Codes that prove a message.

use kurodo_gateway::Handler;
use kurodo_keys::SecretKey;

use super::{Answer, Asked, wet};
use crate::{
    Error, Kms,
    cipher::{mac, verify_mac},
    model::{GenerateMacOutput, KeyUsageType, MacAlgorithmSpec, VerifyMacOutput, op},
    resources::Key,
    view::mac_algorithm,
};

impl Kms {
    fn mac_key(&self, key: &Key, algorithm: MacAlgorithmSpec, operation: &str) -> Result<SecretKey, Error> {
        let stored = key.usable(KeyUsageType::GenerateVerifyMac, operation)?;
        let spec = stored.form()?;
        if mac_algorithm(spec) != Some(algorithm) {
            let called = key.called();
            return Err(Error::InvalidKeyUsage(format!(
                "Algorithm {algorithm} and key spec {spec} are incompatible for key {called}."
            )));
        }
        Ok(self.current(key, stored)?.0)
    }
}

impl Handler<op::GenerateMac> for Kms {
    async fn handle(&self, asked: Asked<'_, op::GenerateMac>) -> Answer<op::GenerateMac> {
        let (key, input) = (asked.permits.resource(), &asked.input);
        let material = self.mac_key(key, input.mac_algorithm, "GenerateMac")?;
        wet(input.dry_run)?;
        let code = mac(&material, input.mac_algorithm, input.message.expose());
        Ok(GenerateMacOutput {
            mac: Some(code.into()),
            mac_algorithm: Some(input.mac_algorithm),
            key_id: Some(key.called()),
        }
        .into())
    }
}

impl Handler<op::VerifyMac> for Kms {
    async fn handle(&self, asked: Asked<'_, op::VerifyMac>) -> Answer<op::VerifyMac> {
        let (key, input) = (asked.permits.resource(), &asked.input);
        let material = self.mac_key(key, input.mac_algorithm, "VerifyMac")?;
        verify_mac(&material, input.mac_algorithm, input.message.expose(), &input.mac)?;
        wet(input.dry_run)?;
        Ok(VerifyMacOutput {
            key_id: Some(key.called()),
            mac_valid: Some(true),
            mac_algorithm: Some(input.mac_algorithm),
        }
        .into())
    }
}
