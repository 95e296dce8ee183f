//! What there is to do that nobody waits for.

use kurodo_arn::Region;
use kurodo_authz::Need;
use kurodo_gateway::Find;
use kurodo_store::{KeyParser, Scan};

use crate::{Error, Kms, key::Key as Stored, layout, resources::Key, table::action};

/// The keys of the account that this is true of, in all regions. What cannot be read is left to who asks for it.
fn keys(find: &Find<'_, Kms>, is: impl Fn(&Stored) -> bool) -> Result<Vec<Key>, Error> {
    let Some(account) = find.account() else { return Ok(Vec::new()) };
    let (stored, mut found) = (find.stored(), Vec::new());
    let scope = layout::keys_everywhere(account);
    for record in stored.cursor(&Scan::within(scope.prefix()))? {
        let record = record?;
        let Ok(key) = Stored::read(&record.value) else { continue };
        let place = record.key.get(scope.prefix().len()..).unwrap_or_default();
        let region = KeyParser::new(place).text().ok().and_then(|region| region.parse::<Region>().ok());
        if let Some(region) = region.filter(|_| is(&key)) {
            found.push(Key::in_region(find, &region, account, key.id, None)?);
        }
    }
    Ok(found)
}

/// Keys whose days are over.
pub(crate) async fn doomed(find: &Find<'_, Kms>) -> Result<Option<Vec<Need<action::DestroyKey>>>, Error> {
    let now = find.call.now_ms;
    let due = keys(find, |key| key.deletion.is_some_and(|(at, _)| at <= now))?;
    Ok(Some(due.into_iter().map(Need::new).collect::<Vec<_>>()).filter(|due| !due.is_empty()))
}

/// Keys whose material is old enough.
pub(crate) async fn worn(find: &Find<'_, Kms>) -> Result<Option<Vec<Need<action::RotateKey>>>, Error> {
    let now = find.call.now_ms;
    let is_due = |key: &Stored| {
        let due = key.rotation.is_some_and(|rotation| rotation.next <= now);
        due && key.enabled && key.deletion.is_none()
    };
    let due = keys(find, is_due)?;
    Ok(Some(due.into_iter().map(Need::new).collect::<Vec<_>>()).filter(|due| !due.is_empty()))
}
