//! Every dependency has a reason in docs/dependencies.md.

use super::tree::Tree;

pub(crate) fn check(tree: &Tree, complaints: &mut Vec<String>) {
    let reasons = tree.file("docs/dependencies.md").map_or("", |file| file.text.as_str());
    let manifest = tree.file("Cargo.toml").map_or("", |file| file.text.as_str());
    let parsed: toml::Table = manifest.parse().unwrap_or_default();
    let named = parsed.get("workspace").and_then(|w| w.get("dependencies")).and_then(toml::Value::as_table);
    for name in named.into_iter().flat_map(toml::Table::keys).filter(|name| !name.starts_with("kurodo-")) {
        if !reasons.contains(&format!("`{name}`")) {
            complaints.push(format!("docs/dependencies.md: says nothing of `{name}`"));
        }
    }
}
