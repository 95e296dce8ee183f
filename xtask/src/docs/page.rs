use std::fmt::Write;

use serde::Deserialize;

/// A service's table, as `kurodo table --json` prints it.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    pub(crate) service: String,
    rows: Vec<Row>,
    actions: Vec<Action>,
    chores: Vec<Chore>,
    refused: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Row {
    operation: String,
    demands: String,
    open: Option<String>,
    refuses: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Action {
    name: String,
    access: String,
    resource: String,
}

#[derive(Debug, Deserialize)]
struct Chore {
    chore: String,
    demands: String,
}

/// Above it a page is written by hand.
const MARK: &str = "<!-- What follows is generated from the service's table by `cargo xtask docs`. -->";

/// The page: what was written by hand, then the table.
pub(crate) fn render(table: &Table, before: Option<&str>) -> String {
    // A page without the mark is written by hand, all of it.
    let hand = before
        .map(|page| page.split_once(MARK).map_or_else(|| format!("{page}\n"), |(hand, _)| hand.to_owned()));
    let mut page = hand.unwrap_or_else(|| format!("# {}\n\n", table.service));
    page.push_str(MARK);
    page.push_str("\n\n## Operations\n\n| operation | demands | refused by name |\n|---|---|---|\n");
    for row in &table.rows {
        let demands = match &row.open {
            Some(why) => format!("nothing, because {why}"),
            None => format!("`{}`", without_refusals(&row.demands)),
        };
        let _ = writeln!(page, "| {} | {demands} | {} |", row.operation, quoted(&row.refuses));
    }
    page.push_str("\n## Actions\n\n| action | opens | resource |\n|---|---|---|\n");
    for action in &table.actions {
        let doors = if action.access == "Write" { "write" } else { "read" };
        let _ = writeln!(page, "| `{}` | {doors} | `{}` |", action.name, action.resource);
    }
    page.push_str(&chores(&table.chores));
    page.push_str("\n## Refused by name\n\n");
    let refused = if table.refused.is_empty() { "None.".to_owned() } else { table.refused.join(", ") };
    page.push_str(&refused);
    page.push('\n');
    page
}

/// What the service does of its own accord; nothing where it does nothing.
fn chores(chores: &[Chore]) -> String {
    let mut part = String::new();
    if !chores.is_empty() {
        part.push_str("\n## Of its own accord\n\n| work | demands |\n|---|---|\n");
    }
    for chore in chores {
        let _ = writeln!(part, "| {} | `{}` |", chore.chore, chore.demands);
    }
    part
}

/// The members have a column of their own.
fn without_refusals(demands: &str) -> &str {
    demands.split_once(" refusing ").map_or(demands, |(demands, _)| demands)
}

fn quoted(members: &[String]) -> String {
    members.iter().map(|member| format!("`{member}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |operation: &str, demands: &str, open: Option<&str>| Row {
            operation: operation.into(),
            demands: demands.into(),
            open: open.map(Into::into),
            refuses: vec!["Later".into()],
        };
        Table {
            service: "shop".into(),
            rows: vec![
                row("Buy", "Buy on shelf(id) refusing [\"Later\"]", None),
                row("Look", "[open]", Some("all may")),
            ],
            actions: vec![Action { name: "shop:Buy".into(), access: "Write".into(), resource: "*".into() }],
            chores: vec![Chore {
                chore: "Sweep".into(),
                demands: "[Clean for all] by needs::dust every 60 seconds".into(),
            }],
            refused: vec!["Return".into()],
        }
    }

    #[test]
    fn what_was_written_by_hand_stays() {
        let first = render(&table(), None);
        assert!(first.contains("| Buy | `Buy on shelf(id)` | `Later` |"));
        assert!(first.contains("| Sweep | `[Clean for all] by needs::dust every 60 seconds` |"));
        assert!(first.contains("| Look | nothing, because all may |"));
        let edited = first.replace("# shop\n", "# Shop\n\nClosed on Sundays.\n");
        let again = render(&table(), Some(&edited));
        assert!(again.starts_with("# Shop\n\nClosed on Sundays."));
        assert_eq!(again, render(&table(), Some(&again)), "a second run changes nothing");
    }
}
