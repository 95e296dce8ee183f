//! The file of a service's facts: one operation or shape a line, so that a change shows as one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::Facts;
use crate::failure::{Context, Outcome};

/// The text of models/{service}.json.
pub(crate) fn render(facts: &Facts) -> Outcome<String> {
    let source = json(&facts.source)?;
    let metadata = json(&facts.metadata)?;
    let operations = lines(&facts.operations)?;
    let shapes = lines(&facts.shapes)?;
    Ok(format!(
        "{{\n\"source\":{source},\n\"metadata\":{metadata},\n\"operations\":{{\n{operations}\n}},\n\"shapes\":{{\n{shapes}\n}}\n}}\n"
    ))
}

fn lines<T: Serialize>(entries: &BTreeMap<String, T>) -> Outcome<String> {
    let lines: Outcome<Vec<_>> =
        entries.iter().map(|(name, entry)| Ok(format!("{}:{}", json(name)?, json(entry)?))).collect();
    Ok(lines?.join(",\n"))
}

fn json<T: Serialize>(value: &T) -> Outcome<String> {
    serde_json::to_string(value).context(|| "cannot write JSON".to_owned())
}
