use kurodo_gateway::TableFacts;
use serde_json::json;

use crate::{Outcome, registry, say::say};

/// Prints what every operation demands.
pub(crate) fn run(as_json: bool) -> Outcome {
    let tables = registry::tables();
    if as_json {
        let tables: Vec<_> = tables.iter().map(machine).collect();
        say!("{}", serde_json::to_string_pretty(&tables)?);
        return Ok(());
    }
    for table in tables {
        say!("{}", table.service.schema.name);
        for (row, _) in &table.rows {
            say!("  {:<40} {}", row.operation, one_line(row.line));
        }
        for (chore, _) in &table.chores {
            say!("  of itself: {:<29} {}", chore.name, one_line(chore.line));
        }
        say!("  refused: {}", table.refused.join(", "));
    }
    Ok(())
}

fn machine(table: &TableFacts) -> serde_json::Value {
    let rows: Vec<_> = table
        .rows
        .iter()
        .map(|(row, actions)| {
            json!({
                "operation": row.operation,
                "demands": one_line(row.line),
                "actions": actions,
                "open": row.open,
                "refuses": row.refuses,
            })
        })
        .collect();
    let actions: Vec<_> = table
        .actions
        .iter()
        .map(|action| json!({ "name": action.name, "access": action.access, "resource": action.resource }))
        .collect();
    let chores: Vec<_> = table
        .chores
        .iter()
        .map(|(chore, actions)| json!({ "chore": chore.name, "demands": one_line(chore.line), "actions": actions }))
        .collect();
    json!({
        "service": table.service.schema.name,
        "rows": rows,
        "actions": actions,
        "chores": chores,
        "refused": table.refused,
    })
}

/// The row as it stands in the table: the compiler puts blanks between the words that it quotes.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    [(" ::", "::"), (":: ", "::"), (" (", "("), ("( ", "("), (" )", ")"), (" ,", ",")]
        .into_iter()
        .fold(line, |line, (from, to)| line.replace(from, to))
}
