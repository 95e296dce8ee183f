use std::{thread::sleep, time::Duration};

use kurodo_audit::{AuditReader, Record};

use crate::{Outcome, cli::AuditCommand, home::Home, serve};

/// Reads and verifies the trail.
pub(crate) fn run(command: &AuditCommand, home: &Home) -> Outcome {
    let root = serve::root(home)?;
    let reader = AuditReader::open(&home.audit(), &serve::audit_key(&root))?;
    match command {
        AuditCommand::Tail { number, follow } => tail(&reader, *number, *follow),
        AuditCommand::Verify => verify(&reader),
    }
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
    println!("{}", serde_json::to_string(record)?);
    Ok(())
}

/// Goes through the whole trail; damage is an error.
pub(crate) fn verify(reader: &AuditReader) -> Outcome {
    let report = reader.verify(|progress| {
        if progress.done.is_multiple_of(100_000) && progress.done > 0 {
            eprintln!("{} of {} entries", progress.done, progress.total);
        }
    })?;
    match report.first_bad {
        None => {
            println!(
                "audit trail: {} entries, from entry {} on, are whole and in order",
                report.entries, report.first
            );
            Ok(())
        }
        Some(bad) => Err(format!("the audit trail is damaged: {bad:?}").into()),
    }
}
