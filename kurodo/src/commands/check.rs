use kurodo_audit::AuditReader;
use kurodo_store::{Store, StoreOptions};

use crate::{Outcome, commands::audit, home::Home, serve};

/// Verifies records and audit trail, and says what is damaged. The server must be stopped.
pub(crate) fn run(home: &Home) -> Outcome {
    let root = serve::root(home)?;
    println!("keys: the root key opens");
    let (_store, door) = Store::open(&home.records(), &serve::records_key(&root), &StoreOptions::default())?;
    let found = door.verify(|done, total| {
        if total > 0 && done == total {
            eprintln!("records: {total} pages read");
        }
    })?;
    for damage in &found.damage {
        println!("records: DAMAGED: {damage}");
    }
    if found.damage.is_empty() {
        println!("records: whole");
    }
    let reader = AuditReader::open(&home.audit(), &serve::audit_key(&root))?;
    audit::verify(&reader)?;
    if found.damage.is_empty() { Ok(()) } else { Err("the records are damaged".into()) }
}
