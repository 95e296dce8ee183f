//! SPECIFICATION.md lists every claim, and names tests that exist.

use super::tree::Tree;

/// How many claims each family has.
const CLAIMS: [(&str, usize); 16] = [
    ("S3", 8),
    ("GL", 4),
    ("SG", 4),
    ("IE", 4),
    ("DD", 5),
    ("RD", 6),
    ("RS", 6),
    ("EC", 2),
    ("EM", 6),
    ("KI", 4),
    ("DP", 3),
    ("IA", 7),
    ("CW", 3),
    ("CH", 6),
    ("CO", 4),
    ("AL", 4),
];

pub(crate) fn check(tree: &Tree, complaints: &mut Vec<String>) {
    let Some(specification) = tree.file("SPECIFICATION.md") else {
        complaints.push("SPECIFICATION.md is missing".to_owned());
        return;
    };
    for (family, count) in CLAIMS {
        for number in 1..=count {
            let id = format!("{family}-{number}");
            let row = specification.text.lines().find(|line| line.starts_with(&format!("| {id} |")));
            match row {
                None => complaints.push(format!("SPECIFICATION.md: {id} is missing")),
                Some(row) => tests(tree, &id, row, complaints),
            }
        }
    }
}

/// The row's last cell is `pending`, or names tests in backticks.
fn tests(tree: &Tree, id: &str, row: &str, complaints: &mut Vec<String>) {
    let cell = row.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap_or_default().trim();
    if cell == "pending" {
        return;
    }
    let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
    if names.is_empty() {
        complaints.push(format!("SPECIFICATION.md: {id} names no test and is not `pending`"));
    }
    for name in names {
        let function = name.rsplit([':', '.']).next().unwrap_or(name);
        let defined = |text: &str| {
            text.contains(&format!("fn {function}(")) || text.contains(&format!("def {function}("))
        };
        if !tree.files().iter().any(|file| defined(&file.text)) {
            complaints.push(format!("SPECIFICATION.md: {id} names {name}, which is no test"));
        }
    }
}
