use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kurodo_authz::Scope;

use super::backing::Backing;
use super::reader::Reader;

/// The longest that anything is read after the request that asked for it: what CloudWatch Logs gives a live tail.
const LONGEST: Duration = Duration::from_secs(3 * 60 * 60);

/// Reads on after a request is over. Whoever subscribes to something is asked once for all that is pushed: a permit opens
/// this door when the subscription begins, and the door shuts by itself. It opens for reading only.
pub struct Standing {
    backing: Arc<dyn Backing>,
    scope: Scope,
    until: Instant,
}

impl Standing {
    pub(super) fn new(backing: Arc<dyn Backing>, scope: Scope, lasting: Duration) -> Self {
        Self { backing, scope, until: Instant::now() + lasting.min(LONGEST) }
    }

    /// Reads what the permit reached, from the state that there is now; `None` when the time is over.
    pub fn read(&self) -> Option<Reader<'_>> {
        (Instant::now() < self.until).then(|| Reader::new(&*self.backing, self.scope.clone()))
    }
}

impl fmt::Debug for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Standing")
    }
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;

    use super::*;
    use crate::{Store, StoreOptions};

    #[test]
    fn it_shuts_by_itself() {
        let dir = tempfile::tempdir().unwrap();
        let open = Store::open(dir.path(), &SecretKey::from_bytes([1; 32]), &StoreOptions::default());
        let (backing, scope) = (open.unwrap().1.0, Scope::new(*b"a"));
        let standing = |lasting| Standing::new(Arc::clone(&backing), scope.clone(), lasting);
        assert!(standing(Duration::ZERO).read().is_none());
        assert!(standing(Duration::from_secs(60)).read().unwrap().get("x").unwrap().is_none());
        assert!(standing(Duration::MAX).until <= Instant::now() + LONGEST);
    }
}
