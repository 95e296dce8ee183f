//! What commands print.

use std::{
    fmt,
    io::{self, Write},
    process,
};

/// Prints a line, as `println!` does; ends the command quietly where nobody reads on, as in `kurodo table | head`.
macro_rules! say {
    ($($what:tt)*) => { $crate::say::line(format_args!($($what)*)) };
}
pub(crate) use say;

/// What came with a request, for a terminal to show: no control character moves its cursor or begins a line, and no sign of
/// direction turns its text around.
pub(crate) fn plain(text: &str) -> String {
    let shown = |sign: char| match is_harmful(sign) {
        true => sign.escape_unicode().to_string(),
        false => sign.to_string(),
    };
    text.chars().map(shown).collect()
}

/// JSON for a terminal: the same, written as JSON escapes it.
pub(crate) fn plain_json(text: &str) -> String {
    let shown = |sign: char| match is_harmful(sign) {
        true => format!("\\u{:04x}", u32::from(sign)),
        false => sign.to_string(),
    };
    text.chars().map(shown).collect()
}

fn is_harmful(sign: char) -> bool {
    let turns = matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    sign.is_control() || turns
}

pub(crate) fn line(what: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(io::stdout(), "{what}") {
        process::exit(i32::from(error.kind() != io::ErrorKind::BrokenPipe));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_do_not_write_to_the_terminal() {
        assert_eq!(plain("a\x1b[2K\r\nb\u{9b}\u{202e}ö"), "a\\u{1b}[2K\\u{d}\\u{a}b\\u{9b}\\u{202e}ö");
        let text = serde_json::to_string("a\x1b\u{9b}\u{202e}").unwrap();
        assert_eq!(plain_json(&text), "\"a\\u001b\\u009b\\u202e\"");
        assert_eq!(serde_json::from_str::<String>(&plain_json(&text)).unwrap(), "a\x1b\u{9b}\u{202e}");
    }
}
