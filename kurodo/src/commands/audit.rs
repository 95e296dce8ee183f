use crate::{Outcome, cli::AuditCommand, home::Home};
pub(crate) fn run(_c: &AuditCommand, _home: &Home) -> Outcome { Err("not yet".into()) }
