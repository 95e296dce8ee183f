use std::{
    io::ErrorKind,
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use kurodo_audit::{AuditError, AuditReader, Record, Report};

use crate::{
    Outcome,
    cli::AuditCommand,
    home::Home,
    keys::Keys,
    platform,
    say::{plain_json, say},
};

/// Reads and verifies the trail.
pub(crate) fn run(command: &AuditCommand, home: &Home) -> Outcome {
    let keys = Keys::open(home)?;
    let reader = || AuditReader::open(&home.audit(), &keys.audit());
    match command {
        AuditCommand::Tail { number, follow } => tail(&reader()?, *number, *follow),
        AuditCommand::Verify => verify(&reader()?),
        AuditCommand::Renew => renew(&keys, home),
    }
}

/// Puts the trail aside, for the next start to begin a new one.
fn renew(keys: &Keys, home: &Home) -> Outcome {
    let (_store, door) = keys.store(home)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(platform::note_trail(&door, None))?;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let aside = home.audit().with_file_name(format!("audit-until-{seconds}"));
    match std::fs::rename(home.audit(), &aside) {
        Ok(()) => say!("the audit trail is kept in {}; the next start begins a new one", aside.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            say!("the next start begins a new audit trail")
        }
        Err(error) => return Err(format!("{} cannot be moved: {error}", home.audit().display()).into()),
    }
    Ok(())
}

fn tail(reader: &AuditReader, number: usize, follow: bool) -> Outcome {
    let mut next = follow.then(|| reader.follow()).transpose()?;
    for record in reader.tail(number)? {
        print(&record)?;
    }
    while let Some(follow) = &mut next {
        match follow.poll()? {
            Some(record) => print(&record)?,
            None => sleep(Duration::from_millis(200)),
        }
    }
    Ok(())
}

fn print(record: &Record) -> Outcome {
    say!("{}", plain_json(&serde_json::to_string(record)?));
    Ok(())
}

/// Goes through the whole trail; damage is an error.
fn verify(reader: &AuditReader) -> Outcome {
    let report = walk(reader)?;
    match report.first_bad {
        None => {
            let (entries, first) = (report.entries, report.first);
            say!("audit trail: {entries} entries, from entry {first} on, are whole and in order");
            Ok(())
        }
        Some(bad) => {
            Err(format!("the audit trail is damaged at entry {}: {}", bad.position, bad.what).into())
        }
    }
}

/// Goes through the whole trail, and says now and then how far it is.
pub(crate) fn walk(reader: &AuditReader) -> Result<Report, AuditError> {
    reader.verify(|progress| {
        if progress.done.is_multiple_of(100_000) && progress.done > 0 {
            eprintln!("{} of {} entries", progress.done, progress.total);
        }
    })
}
