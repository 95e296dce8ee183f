use kurodo_audit::{AuditReader, Ending, Record, Verdict};
use kurodo_policy::Explanation;
use serde_json::Value;

use crate::{
    Outcome,
    home::Home,
    keys::Keys,
    say::{plain, say},
};

/// The newest requests among which the newest denial is looked for.
const NEWEST: usize = 10_000;

/// Explains the decision about one request; without an id, the newest denial.
pub(crate) fn run(request_id: Option<&str>, home: &Home) -> Outcome {
    let reader = AuditReader::open(&home.audit(), &Keys::open(home)?.audit())?;
    let found = match request_id {
        Some(id) => reader.find(id)?.ok_or_else(|| {
            format!("the audit trail has no request {id}; allowed data events are kept as --audit-data says")
        })?,
        None => newest_denial(reader.tail(NEWEST)?)
            .ok_or_else(|| format!("none of the newest {NEWEST} requests was denied"))?,
    };
    print(&found);
    Ok(())
}

fn newest_denial(records: Vec<Record>) -> Option<Record> {
    records.into_iter().rfind(|record| matches!(record.decision, Verdict::Denied { .. }))
}

fn print(record: &Record) {
    let who = record.principal.as_deref().unwrap_or("anonymous");
    say!("request    {}", record.request_id);
    say!("time       {}", record.time);
    say!("caller     {}", plain(who));
    if let Some(key) = &record.access_key_id {
        say!("key        {}", plain(key));
    }
    match record.source {
        Some(source) => say!("from       {source}"),
        None => say!("from       inside: the service did it of its own accord"),
    }
    say!("operation  {}:{} in {}", record.service, plain(&record.operation), plain(&record.region));
    for resource in &record.resources {
        say!("resource   {}", plain(resource));
    }
    match &record.decision {
        Verdict::Allowed => {
            say!("decision   allowed");
            say!("outcome    {}", outcome(&record.ending));
        }
        Verdict::Denied { reason, explanation } => {
            say!("decision   denied: {}\n", plain(reason));
            explain(&harmless(explanation));
        }
    }
}

/// What came of a request that was allowed: it may have failed all the same.
fn outcome(ending: &Ending) -> String {
    match ending {
        Ending::Answered { error: Some(code), status, .. } => format!("{code}, status {status}"),
        Ending::Answered { error: None, status, .. } => format!("status {status}"),
        Ending::Abandoned => "given up: the client went away, or the server failed".to_owned(),
        Ending::Open => "not known: it still runs, or the server was stopped meanwhile".to_owned(),
    }
}

/// The evaluation, where there was one. A request that was refused before has a code and a message.
fn explain(explanation: &Value) {
    match serde_json::from_value::<Explanation>(explanation.clone()) {
        Ok(evaluation) => print!("{evaluation}"),
        Err(_) => outline(explanation, 0),
    }
}

/// The same explanation, with nothing in its texts that a terminal obeys.
fn harmless(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(items) => Value::Array(items.iter().map(harmless).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (plain(name), harmless(value))).collect())
        }
        other => other.clone(),
    }
}

/// Prints JSON as an indented outline.
fn outline(value: &Value, depth: usize) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                branch(name, value, depth);
            }
        }
        Value::Array(items) => {
            for item in items {
                branch("-", item, depth);
            }
        }
        leaf => say!("{:depth$}{}", "", text(leaf)),
    }
}

fn branch(name: &str, value: &Value, depth: usize) {
    match value {
        Value::Null => {}
        Value::Object(_) | Value::Array(_) => {
            say!("{:depth$}{name}", "");
            outline(value, depth + 2);
        }
        leaf => say!("{:depth$}{name}: {}", "", text(leaf)),
    }
}

fn text(leaf: &Value) -> String {
    leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned)
}
