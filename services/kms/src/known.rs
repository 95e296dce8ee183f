//! Keys that were asked for lately, with what decisions need to know of them.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use kurodo_arn::{AccountId, Region};
use kurodo_gateway::Find;

use crate::{Error, Kms, alias, grant, key::Key, layout, policy, resources::Found};

/// What is known of keys. Readers never wait.
#[derive(Default)]
pub(crate) struct Known(ArcSwap<HashMap<Name, Entry>>);

/// Account, region and id.
type Name = (AccountId, String, String);

#[derive(Clone)]
struct Entry {
    /// The generation of keys, aliases and grants that it was read in.
    generation: u64,
    found: Arc<Found>,
}

/// So many keys are known; then it begins anew.
const MOST: usize = 4096;

impl Known {
    fn find(&self, name: &Name, generation: u64) -> Option<Arc<Found>> {
        let known = self.0.load();
        known.get(name).filter(|entry| entry.generation == generation).map(|entry| Arc::clone(&entry.found))
    }

    fn keep(&self, name: &Name, generation: u64, found: &Arc<Found>) {
        self.0.rcu(|known| {
            let mut next = if known.len() < MOST { HashMap::clone(known) } else { HashMap::new() };
            next.insert(name.clone(), Entry { generation, found: Arc::clone(found) });
            next
        });
    }
}

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
