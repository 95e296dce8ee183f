use std::fmt::Display;

use kurodo_audit::AuditReader;
use kurodo_identity::{Directory, SessionSealer, StoredDirectory};
use kurodo_store::{AccountKeys, CoreDoor, Store, StoreError, blobs::Blobs};

use crate::{Outcome, client::Access, commands::audit, home::Home, keys::Keys, platform, say::say};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Verifies keys, records, audit trail and what was handed out, and says what is damaged. The server must be stopped.
///
/// Each part is verified as far as those before it allow, so that one run tells all that there is to tell.
pub(crate) fn run(home: &Home) -> Outcome {
    let mut findings = Findings::default();
    if let Some(keys) = findings.note("keys", Keys::open(home)) {
        let trail_key = keys.audit();
        let noted = match records(home, keys, &mut findings) {
            Ok(noted) => noted,
            Err(error) if is_in_use(&*error) => return Err(error),
            Err(error) => {
                findings.damaged("records", error);
                None
            }
        };
        match AuditReader::open(&home.audit(), &trail_key) {
            Ok(reader) => trail(&reader, noted, &mut findings),
            Err(error) => findings.damaged("audit trail", error),
        }
    }
    findings.conclude()
}

/// Whether a server is running on the records, which is no damage.
fn is_in_use(error: &(dyn std::error::Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Locked { .. }))
}

/// What may be harmless.
const SPOILED: &str = "as a power cut leaves it (without one, it is damage: restore from a backup)";

/// What was found.
#[derive(Default)]
struct Findings {
    damage: usize,
}

impl Findings {
    fn damaged(&mut self, what: &str, how: impl Display) {
        self.damage += 1;
        say!("{what}: DAMAGED: {how}");
    }

    /// The value; or its error, noted.
    fn note<T>(&mut self, what: &str, result: Result<T, Fault>) -> Option<T> {
        result.map_err(|error| self.damaged(what, error)).ok()
    }

    fn conclude(self) -> Outcome {
        match self.damage {
            0 => Ok(()),
            1 => Err("something is damaged: restore it from a backup".into()),
            several => Err(format!("{several} things are damaged: restore them from a backup").into()),
        }
    }
}

/// Everything in the records, and what depends on it. Gives the length of the audit trail that is noted there.
fn records(home: &Home, keys: Keys, findings: &mut Findings) -> Result<Option<u64>, Fault> {
    if !Store::exists(&home.records()) {
        return Err("records.kdb is missing".into());
    }
    let sessions = SessionSealer::new(keys.sessions());
    let (_store, door) = keys.store(home)?;
    let check = door.verify(|_, _| ())?;
    for damage in &check.damage {
        findings.damaged("records", damage);
    }
    if check.damage.is_empty() {
        say!("records: whole");
    }
    if check.spoiled > 0 {
        say!(
            "records: one of two copies of a mark or checkpoint, or the newest entry of the journal, does not open, {SPOILED}"
        );
    }
    if check.remains > 0 {
        say!("records: {} blocks that nothing needs do not open, {SPOILED}", check.remains);
    }
    let keys = keys.accounts(&door);
    accounts(&keys, findings)?;
    contents(home, &door, &keys, findings)?;
    keys_of_kms(&door, &keys, findings)?;
    handed_out(home, &door, sessions, findings)?;
    platform::trail(&door)
}

/// Whether the root key opens the key of every account.
fn accounts(keys: &AccountKeys, findings: &mut Findings) -> Outcome {
    let (before, list) = (findings.damage, keys.list()?);
    for (account, stored) in &list {
        if let Err(error) = keys.opens(*account, stored) {
            findings.damaged("keys", format!("the key of account {account}: {error}"));
        }
    }
    if findings.damage == before {
        say!(
            "keys: the root key opens, and under it the server's key and those of {} account(s)",
            list.len()
        );
    }
    Ok(())
}

/// The content of every object.
fn contents(home: &Home, door: &CoreDoor, keys: &AccountKeys, findings: &mut Findings) -> Outcome {
    if !home.blobs().exists() {
        findings.damaged("blobs", "their directory is missing");
        return Ok(());
    }
    let (blobs, _) = Blobs::open(&home.blobs())?;
    let found = kurodo_s3::check(door, &blobs, keys)?;
    for damage in &found.damaged {
        findings.damaged("blobs", damage);
    }
    say!("blobs: {} contents are whole, {} lie under keys of customers or of KMS", found.whole, found.closed);
    Ok(())
}

/// The keys that accounts keep in KMS.
fn keys_of_kms(door: &CoreDoor, keys: &AccountKeys, findings: &mut Findings) -> Outcome {
    let found = kurodo_kms::check(door, keys)?;
    for damage in &found.damaged {
        findings.damaged("kms", damage);
    }
    say!("kms: {} keys open", found.whole);
    Ok(())
}

/// Whether the files for clients are what the records say.
fn handed_out(home: &Home, door: &CoreDoor, sessions: SessionSealer, findings: &mut Findings) -> Outcome {
    let authority = platform::found_authority(door)?;
    let shown = std::fs::read_to_string(home.ca()).unwrap_or_default();
    if authority.is_some_and(|authority| authority.certificate != shown) {
        findings.damaged("ca.pem", "it is not the authority's certificate; the next start writes it anew");
    }
    let Ok(access) = Access::read(home) else {
        say!("credentials: there are none here");
        return Ok(());
    };
    let directory = StoredDirectory::new(door.clone(), sessions);
    match directory.credential(&access.keys.access_key_id, None, 0) {
        Ok(found) if found.secret.expose() != access.keys.secret.as_str() => {
            findings.damaged("credentials", "the secret is not that of the access key");
        }
        Ok(_) => say!("credentials: as in the records"),
        Err(_) => say!("credentials: the access key is not, or no longer, in use"),
    }
    Ok(())
}

/// The audit trail, and that it is as long as the records say.
fn trail(reader: &AuditReader, noted: Option<u64>, findings: &mut Findings) {
    if reader.anchor_is_spoiled() {
        say!("audit trail: one of two copies of its anchor does not open, {SPOILED}");
    }
    let report = match audit::walk(reader) {
        Ok(report) => report,
        Err(error) => return findings.damaged("audit trail", error),
    };
    let end = report.first + report.entries;
    match (report.first_bad, noted) {
        (Some(bad), _) => findings.damaged("audit trail", format!("at entry {}: {}", bad.position, bad.what)),
        (None, Some(noted)) if end < noted => {
            findings.damaged("audit trail", format!("it has {end} entries, and there have been {noted}"));
        }
        (None, _) => say!("audit trail: {} entries are whole and in order", report.entries),
    }
}
