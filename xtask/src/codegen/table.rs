//! Reads which operations a service's table serves and which it refuses.

use std::{collections::BTreeSet, path::Path};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::{
    failure::{Context, Failure, Outcome},
    files::{read, shown},
    models::facts::Facts,
};

/// The operations of a service, divided.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Those with a row, in the table's order.
    pub(crate) served: Vec<String>,
    /// Those refused by name.
    pub(crate) refused: Vec<String>,
}

/// What the service's table says; without a table, every operation is served.
pub(crate) fn select(table: &Path, facts: &Facts) -> Outcome<Selection> {
    let Some(text) = read(table)? else {
        return Ok(Selection { served: facts.operations.keys().cloned().collect(), refused: Vec::new() });
    };
    let selection = scan(&text).context(|| shown(table))?;
    selection.check(facts).context(|| shown(table))?;
    Ok(selection)
}

fn scan(text: &str) -> Outcome<Selection> {
    let file = syn::parse_file(text).context(|| "not Rust".to_owned())?;
    let mut selection = Selection::default();
    for item in file.items {
        if let syn::Item::Macro(item) = item
            && item.mac.path.segments.last().is_some_and(|segment| segment.ident == "service")
        {
            selection.read(item.mac.tokens);
        }
    }
    Ok(selection)
}

impl Selection {
    /// Finds `operations { Name ..; }` and `refused { A, B }`.
    fn read(&mut self, tokens: TokenStream) {
        let mut heading = None;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => heading = Some(ident.to_string()),
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    match heading.take().as_deref() {
                        Some("operations") => self.served.extend(first_words(group.stream(), ';')),
                        Some("refused") => self.refused.extend(first_words(group.stream(), ',')),
                        _ => {}
                    }
                }
                _ => heading = None,
            }
        }
    }

    fn check(&self, facts: &Facts) -> Outcome {
        let mut seen = BTreeSet::new();
        for name in self.served.iter().chain(&self.refused) {
            if !facts.operations.contains_key(name) {
                return Err(Failure::new(format!("`{name}` is not an operation of the API")));
            }
            if !seen.insert(name) {
                return Err(Failure::new(format!("`{name}` is named twice")));
            }
        }
        let missing: Vec<_> = facts.operations.keys().filter(|name| !seen.contains(name)).cloned().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let list = missing.join(", ");
        Err(Failure::new(format!("give these a row in `operations`, or name them in `refused`: {list}")))
    }
}

/// The first identifier of each row, attributes left out.
fn first_words(rows: TokenStream, end: char) -> Vec<String> {
    let mut words = Vec::new();
    let mut at_start = true;
    for token in rows {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == end => at_start = true,
            TokenTree::Ident(ident) if at_start => {
                words.push(ident.to_string());
                at_start = false;
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_refusals_are_found() {
        let text = r#"
            use x::y;
            service! { Iam;
                resources { user = "arn:aws:iam::{account}:user/{name}"; }
                actions { CreateUser: Write = "iam:CreateUser"; }
                operations {
                    #[doc = "why"]
                    CreateUser (refuse Path, Tags) -> X: CreateUser on user(name);
                    GetUser: open because "a; b";
                }
                refused { DeleteUser, ListUsers }
            }
        "#;
        let selection = scan(text).unwrap();
        assert_eq!(selection.served, ["CreateUser", "GetUser"]);
        assert_eq!(selection.refused, ["DeleteUser", "ListUsers"]);
    }
}
