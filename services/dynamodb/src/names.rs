//! Names of tables and indexes.

use kurodo_arn::{AccountId, Arn, PARTITION, Region};
use kurodo_gateway::Find;

use crate::{DynamoDb, Error};

/// A table that a request names, whether or not there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableName {
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    pub(crate) name: String,
}

impl TableName {
    /// The table of this name or ARN.
    pub(crate) fn parse(find: &Find<'_, DynamoDb>, text: &str) -> Result<Self, Error> {
        if text.starts_with("arn:") {
            return Self::from_arn(find, text);
        }
        check("tableName", text)?;
        let account = find.account().ok_or(Error::Unsigned)?;
        Ok(Self { region: find.region().clone(), account, name: text.to_owned() })
    }

    /// The table's ARN.
    pub(crate) fn arn(&self) -> String {
        format!("arn:{PARTITION}:dynamodb:{}:{}:table/{}", self.region, self.account, self.name)
    }

    /// The table of this ARN.
    pub(crate) fn from_arn(find: &Find<'_, DynamoDb>, text: &str) -> Result<Self, Error> {
        let invalid =
            || Error::validation(format!("Invalid TableArn: Invalid ResourceArn provided as input {text}"));
        let arn: Arn = text.parse().map_err(|_| invalid())?;
        let own = arn.partition == PARTITION && arn.service == "dynamodb";
        let name = arn.resource.strip_prefix("table/").filter(|_| own).ok_or_else(invalid)?;
        check("tableName", name).map_err(|_| invalid())?;
        let (account, region): (AccountId, Region) =
            (arn.account.parse().map_err(|_| invalid())?, arn.region.parse().map_err(|_| invalid())?);
        if region != *find.region() {
            return Err(invalid());
        }
        Ok(Self { region, account, name: name.to_owned() })
    }
}

/// A backup that a request names, whether or not there is one.
#[derive(Debug, Clone)]
pub(crate) struct BackupName {
    /// The table that it is of.
    pub(crate) table: TableName,
    pub(crate) id: String,
}

impl BackupName {
    /// The backup of this ARN.
    pub(crate) fn from_arn(find: &Find<'_, DynamoDb>, text: &str) -> Result<Self, Error> {
        let (table, id) = of_table(find, text, ("Backup", "/backup/"))?;
        Ok(Self { table, id })
    }

    /// The backup's ARN.
    pub(crate) fn arn(&self) -> String {
        format!("{}/backup/{}", self.table.arn(), self.id)
    }
}

/// An export that a request names, whether or not there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportName {
    /// The table that it is of.
    pub(crate) table: TableName,
    pub(crate) id: String,
}

impl ExportName {
    /// The export of this ARN.
    pub(crate) fn from_arn(find: &Find<'_, DynamoDb>, text: &str) -> Result<Self, Error> {
        let (table, id) = of_table(find, text, ("Export", "/export/"))?;
        Ok(Self { table, id })
    }

    /// The export's ARN.
    pub(crate) fn arn(&self) -> String {
        format!("{}/export/{}", self.table.arn(), self.id)
    }
}

/// An import that a request names, whether or not there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportName {
    /// The table that it is into.
    pub(crate) table: TableName,
    pub(crate) id: String,
}

impl ImportName {
    /// The import of this ARN.
    pub(crate) fn from_arn(find: &Find<'_, DynamoDb>, text: &str) -> Result<Self, Error> {
        let (table, id) = of_table(find, text, ("Import", "/import/"))?;
        Ok(Self { table, id })
    }

    /// The import's ARN.
    pub(crate) fn arn(&self) -> String {
        format!("{}/import/{}", self.table.arn(), self.id)
    }
}

/// The table, and the id of what is of it, from an ARN.
fn of_table(
    find: &Find<'_, DynamoDb>,
    text: &str,
    (kind, between): (&str, &str),
) -> Result<(TableName, String), Error> {
    let invalid = || Error::Validation(format!("Invalid {kind} ARN"));
    let (table, id) = text.split_once(between).ok_or_else(invalid)?;
    let table = TableName::from_arn(find, table).map_err(|_| invalid())?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if id.is_empty() || id.len() > 64 || !id.bytes().all(allowed) {
        return Err(invalid());
    }
    Ok((table, id.to_owned()))
}

/// That a name has the form of one.
///
/// Source: DynamoDB Developer Guide, "Supported data types and naming rules".
pub(crate) fn check(member: &str, name: &str) -> Result<(), Error> {
    let length = name.chars().count();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let mut broken = Vec::new();
    if !name.bytes().all(allowed) || name.is_empty() {
        broken.push("Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    }
    if length < 3 {
        broken.push("Member must have length greater than or equal to 3");
    }
    if length > 255 {
        broken.push("Member must have length less than or equal to 255");
    }
    if broken.is_empty() {
        return Ok(());
    }
    let sentences: Vec<_> = broken
        .iter()
        .map(|constraint| format!("Value '{name}' at '{member}' failed to satisfy constraint: {constraint}"))
        .collect();
    let plural = if broken.len() == 1 { "" } else { "s" };
    Err(Error::Validation(format!(
        "{} validation error{plural} detected: {}",
        broken.len(),
        sentences.join("; ")
    )))
}
