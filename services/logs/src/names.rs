//! Names of log groups.

use kurodo_arn::{AccountId, Arn, PARTITION, Region};
use kurodo_gateway::Find;

use crate::{Error, Logs};

/// A log group that a request names, whether or not there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupName {
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    pub(crate) name: String,
}

impl GroupName {
    /// The group of this name or ARN.
    pub(crate) fn parse(find: &Find<'_, Logs>, text: &str) -> Result<Self, Error> {
        if text.starts_with("arn:") {
            return Self::from_arn(find.region(), text);
        }
        let account = find.account().ok_or(Error::Unsigned)?;
        Ok(Self { region: find.region().clone(), account, name: text.to_owned() })
    }

    /// The group of this ARN, with or without `:*` behind it.
    pub(crate) fn from_arn(region: &Region, text: &str) -> Result<Self, Error> {
        let invalid = || Error::invalid(format!("Invalid ARN: {text}"));
        let arn: Arn = text.parse().map_err(|_| invalid())?;
        let own = arn.partition == PARTITION && arn.service == "logs" && arn.region == region.as_str();
        let name = arn.resource.strip_prefix("log-group:").filter(|_| own).ok_or_else(invalid)?;
        let name = name.strip_suffix(":*").unwrap_or(name);
        check(name).map_err(|_| invalid())?;
        let account = arn.account.parse().map_err(|_| invalid())?;
        Ok(Self { region: region.clone(), account, name: name.to_owned() })
    }

    /// The group's ARN, without `:*`.
    pub(crate) fn arn(&self) -> String {
        format!("arn:{PARTITION}:logs:{}:{}:log-group:{}", self.region, self.account, self.name)
    }
}

/// That a name has the form of one.
///
/// Source: CloudWatch Logs API Reference, CreateLogGroup.
pub(crate) fn check(name: &str) -> Result<(), Error> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.#".contains(&byte);
    if name.is_empty() || name.len() > 512 || !name.bytes().all(allowed) {
        return Err(Error::invalid(format!(
            "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"
        )));
    }
    Ok(())
}
