//! Whether the keys that are stored open.

use kurodo_arn::AccountId;
use kurodo_keys::{KeyWrap as _, WrappedKey};
use kurodo_store::{AccountKeys, CoreDoor, KeyParser, Record, Scan};

use crate::{Error, key::Key, layout, policy};

/// What a check of all keys found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Keys whose policy can be asked, and all of whose material opens.
    pub whole: u64,
    /// What is damaged, in words.
    pub damaged: Vec<String>,
}

/// Opens the material of every key, and reads its policy.
///
/// # Errors
/// When the records cannot be read. Damage is no error but what the check reports.
pub fn check(door: &CoreDoor, keyrings: &AccountKeys) -> Result<Checked, Error> {
    let mut found = Checked::default();
    for record in door.read().cursor(&Scan::within([layout::KEYS]))? {
        let record = record?;
        match whole(&record, keyrings) {
            Ok(()) => found.whole += 1,
            Err(error) => found.damaged.push(format!("key {}: {error}", called(&record))),
        }
    }
    Ok(found)
}

fn whole(record: &Record, keyrings: &AccountKeys) -> Result<(), Error> {
    let account = account(record).ok_or(Error::Damaged)?;
    let key = Key::read(&record.value)?;
    key.form()?;
    policy::compile(&key)?;
    key.current()?;
    let keyring = keyrings.find(account)?.ok_or(Error::Damaged)?;
    for material in &key.materials {
        keyring.unwrap(&WrappedKey::from_bytes(&material.wrapped)?, key.id.as_bytes())?;
    }
    Ok(())
}

fn account(record: &Record) -> Option<AccountId> {
    let mut parser = KeyParser::new(&record.key);
    parser.byte().ok()?;
    AccountId::new(parser.number().ok()?)
}

/// A key's id, as its place tells it.
fn called(record: &Record) -> String {
    let mut parser = KeyParser::new(&record.key);
    let mut id = || {
        parser.byte().ok()?;
        parser.number().ok()?;
        parser.text().ok()?;
        Some(parser.text().ok()?.into_owned())
    };
    id().unwrap_or_else(|| "of no name".to_owned())
}
