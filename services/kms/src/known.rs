//! Keys that were asked for lately, with what decisions need to know of them.

use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_gateway::Find;

use crate::{Error, Kms, alias, grant, key::Key, layout, policy, resources::Found};

/// What is known of keys, by account, region and id.
pub(crate) type Known = kurodo_store::Known<(AccountId, String, String), Found>;

impl Kms {
    /// The key of this id; `None` where there is none.
    pub(crate) fn known(
        find: &Find<'_, Self>,
        region: &Region,
        account: AccountId,
        id: &str,
    ) -> Result<Option<Arc<Found>>, Error> {
        let (service, name) = (find.service, (account, region.to_string(), id.to_owned()));
        // The generation comes first: what is read after it is not older. Each of the parts only grows, so that the sum
        // tells whether one did.
        let namespaces = [layout::KEYS, layout::ALIASES, layout::GRANTS];
        let generation = namespaces.map(|namespace| service.store.generation(namespace)).iter().sum();
        if let Some(found) = service.known.find(&name, generation) {
            return Ok(Some(found));
        }
        let stored = find.stored();
        let (Some(record), current) = stored.fact(layout::key(account, region, id).prefix())? else {
            return Ok(None);
        };
        let key = Key::read(&record.value)?;
        let policy = policy::compile(&key)?;
        let aliases = alias::of_key(&stored, account, region, id)?;
        let grants = grant::of_key(&stored, account, region, id)?;
        let found = Arc::new(Found { key: Arc::new(key), current: Some(current), policy, aliases, grants });
        service.known.keep(&name, generation, &found);
        Ok(Some(found))
    }
}
