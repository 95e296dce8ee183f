use kurodo_authz::Caller;
use kurodo_store::{StoreError, Versioned};

use super::StoredDirectory;
use crate::{
    MfaHolder, MfaStep, ReadRecords, VirtualMfa, WriteRecords, iam_scope,
    keys::{self, usage_scope},
    totp,
};

impl StoredDirectory {
    /// Whether this is the current code of the caller's device with this serial number. A code is taken once,
    /// and only so many wrong ones are looked at.
    ///
    /// # Errors
    /// [`StoreError`] when the device cannot be read, or the code's use cannot be noted.
    pub async fn show_code(
        &self,
        caller: &Caller,
        serial: &str,
        code: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let Some(account) = caller.principal.account else { return Ok(false) };
        let Some(device) = self.device(caller, serial)? else { return Ok(false) };
        if !self.guesses.admit(serial, now) {
            return Ok(false);
        }
        let Some(step) = totp::step_of(&device.seed, code, now) else { return Ok(false) };
        self.guesses.right(serial);

        let key = keys::mfa_steps().exactly(serial).below(&usage_scope(account));
        let writer = self.door.write();
        let taken = writer.record(&key)?;
        let mut transaction = writer.transaction();
        match taken {
            Some(taken) if taken.value.step >= step => return Ok(false),
            Some(Versioned { version, .. }) => transaction.replace(&key, version, &MfaStep { step })?,
            None => transaction.create(&key, &MfaStep { step })?,
        };
        match transaction.commit().await {
            // Another request showed a code at the same time.
            Err(StoreError::Conflict(_)) => Ok(false),
            other => other.map(|_| true),
        }
    }

    /// The device with this serial number, if the caller holds it.
    fn device(&self, caller: &Caller, serial: &str) -> Result<Option<VirtualMfa>, StoreError> {
        let (Some(account), Some(id)) = (caller.principal.account, &caller.principal.user_id) else {
            return Ok(None);
        };
        let Some(name) = serial.rsplit('/').next() else { return Ok(None) };
        let key = keys::mfa_device(name).below(&iam_scope(account));
        let device = self.door.read().record(&key)?.map(|found| found.value);
        let holds = |device: &VirtualMfa| match device.enabled.as_ref().map(|used| &used.holder) {
            Some(MfaHolder::User(holder)) => holder == id,
            Some(MfaHolder::Root) => *id == account.to_string(),
            None => false,
        };
        Ok(device.filter(|device| device.serial(account) == serial && holds(device)))
    }
}
