mod bad;
mod crash;
mod model;
pub(crate) mod stand_in;

use std::sync::Arc;

use kurodo_keys::SecretKey;

use super::{Backend, Pages};
use stand_in::StandIn;

fn key() -> SecretKey {
    SecretKey::from_bytes([7; 32])
}

fn create(disk: &StandIn) -> Pages {
    Pages::create(Box::new(disk.clone()), &key()).unwrap()
}

fn open(disk: &StandIn) -> Pages {
    Pages::open(Box::new(disk.clone()), &key()).unwrap()
}

fn block(byte: u8) -> Vec<u8> {
    vec![byte; super::BLOCK]
}

/// redb's own view of a file must be the trait's.
#[test]
fn backend_reports_the_length() {
    let pages = create(&StandIn::default());
    pages.set_len(3 * 4096).unwrap();
    assert_eq!(redb::StorageBackend::len(&Backend(Arc::new(pages))).unwrap(), 3 * 4096);
}
