//! Lists in one header: `a, "b, c", d`.

use crate::{Kind, Member, TimestampFormat};

/// Splits the text of a list header into its items.
pub(super) fn split(text: &str, item: &Member) -> Vec<String> {
    let dates = matches!(item.target().kind, Kind::Timestamp)
        && matches!(item.timestamp_format, None | Some(TimestampFormat::Rfc822));
    if dates {
        return split_dates(text);
    }
    let mut items = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (item, tail) = if rest.starts_with('"') { quoted(rest) } else { plain(rest) };
        items.push(item);
        rest = tail.trim_start();
    }
    items
}

/// Dates have a comma of their own, after the weekday.
fn split_dates(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    parts.chunks(2).map(|pair| pair.join(", ")).collect()
}

fn plain(text: &str) -> (String, &str) {
    let (item, rest) = text.split_once(',').unwrap_or((text, ""));
    (item.trim().to_owned(), rest)
}

fn quoted(text: &str) -> (String, &str) {
    let mut item = String::new();
    let mut letters = text.chars();
    letters.next();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                let rest = letters.as_str().trim_start();
                return (item, rest.strip_prefix(',').unwrap_or(rest));
            }
            '\\' => item.extend(letters.next()),
            letter => item.push(letter),
        }
    }
    (item, "")
}

/// Adds an item to the text of a list header.
pub(super) fn join(out: &mut String, item: &str, quote: bool) {
    if !out.is_empty() {
        out.push_str(", ");
    }
    if quote && (item.is_empty() || item.contains([',', '"'])) {
        out.push('"');
        for letter in item.chars() {
            if matches!(letter, '"' | '\\') {
                out.push('\\');
            }
            out.push(letter);
        }
        out.push('"');
    } else {
        out.push_str(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common;

    #[test]
    fn quoted_items_keep_their_commas() {
        let item = Member::new("member", &common::STRING);
        assert_eq!(split(r#"a, "b, \"c", d"#, &item), ["a", "b, \"c", "d"]);
        let mut out = String::new();
        for text in ["a", "b, \"c", "d"] {
            join(&mut out, text, true);
        }
        assert_eq!(out, r#"a, "b, \"c", d"#);
    }

    #[test]
    fn dates_keep_their_commas() {
        let item = Member::new("member", &common::TIMESTAMP);
        let dates = ["Mon, 16 Dec 2019 23:48:18 GMT", "Tue, 17 Dec 2019 23:48:18 GMT"];
        assert_eq!(split(&dates.join(", "), &item), dates);
    }
}
