use kurodo_arn::{AccountId, Arn};
use kurodo_authz::{Named, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{VirtualMfa as Record, iam_scope, keys};
use kurodo_policy::Context;

use super::{
    home, path,
    seen::{Seen, Subject, load},
    stored, within,
};
use crate::{Error, Iam, error::Missing, room::Look, text::path_and_name};

/// A virtual MFA device. Its serial number is its ARN.
#[derive(Debug)]
pub struct MfaDevice {
    /// The account.
    pub account: AccountId,
    /// The path, from `/` to `/`.
    pub path: String,
    /// The name.
    pub name: String,
    seen: Option<Seen>,
}

impl MfaDevice {
    /// The device's record, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<Record, Error> {
        let missing = || Missing::Mfa(self.arn());
        load(look, &keys::mfa_device(&self.name), self.seen.as_ref(), missing)
    }
}

impl Resource for MfaDevice {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        iam_scope(self.account)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(seen) = &self.seen {
            seen.tags_to(&["aws:ResourceTag/"], context);
        }
    }
}

/// The device with this serial number.
pub async fn mfa_device(find: &Find<'_, Iam>, serial: &str) -> Result<MfaDevice, Error> {
    let named = |account: AccountId, path: &str, name: &str, seen| {
        let (path, name) = (path.to_owned(), name.to_owned());
        MfaDevice { account, path, name, seen }
    };
    let parsed = serial.parse::<Arn>().ok();
    let device = parsed.as_ref().and_then(|arn| within(arn, "mfa"));
    let Some((account, (path, name))) =
        device.and_then(|(account, rest)| Some((account.parse::<AccountId>().ok()?, path_and_name(rest)?)))
    else {
        return Ok(named(home(find)?, "/", serial, None));
    };
    let record: Option<Record> = stored(find, account, &keys::mfa_device(name))?;
    let seen = record.filter(|record| record.path == path && record.name == name).map(|record| record.seen());
    Ok(named(account, path, name, seen))
}

/// A device that does not exist yet.
pub async fn new_mfa_device(
    find: &Find<'_, Iam>,
    given: &Option<String>,
    name: &str,
) -> Result<MfaDevice, Error> {
    Ok(MfaDevice { account: home(find)?, path: path(given), name: name.to_owned(), seen: None })
}
