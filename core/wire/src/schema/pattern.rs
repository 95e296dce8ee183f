use std::sync::OnceLock;

use regex::Regex;

/// A regular expression of the API facts, compiled when first used. The whole text must match.
///
/// The facts are written for Java. Where Java and the regex crate differ, Java's meaning counts: `\w`, `\d` and `\s`
/// are ASCII, and `.` matches no line terminator.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    /// The same language without what the regex crate does not know, such as look-ahead.
    equivalent: Option<&'static str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern as the facts write it.
    pub const fn new(source: &'static str) -> Self {
        Self { source, equivalent: None, compiled: OnceLock::new() }
    }

    /// A pattern as the facts write it, for messages, and one that means the same, for matching.
    pub const fn rewritten(source: &'static str, equivalent: &'static str) -> Self {
        Self { source, equivalent: Some(equivalent), compiled: OnceLock::new() }
    }

    /// The pattern as the facts write it.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the whole text matches. A pattern that does not compile matches nothing; `cargo xtask codegen` lets
    /// none through.
    pub fn matches(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Whether the pattern compiles.
    pub fn is_sound(&self) -> bool {
        self.regex().is_some()
    }

    fn regex(&self) -> Option<&Regex> {
        let compile =
            || Regex::new(&format!(r"\A(?:{})\z", from_java(self.equivalent.unwrap_or(self.source)))).ok();
        self.compiled.get_or_init(compile).as_ref()
    }
}

/// The same pattern in the regex crate's words. A class in brackets means the same inside another class.
fn from_java(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let mut depth = 0_u32;
    let mut letters = source.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match supplementary(letters.as_str()) {
                Some((code, rest)) => {
                    out.push_str(&format!(r"\x{{{code:x}}}"));
                    letters = rest.chars();
                }
                None => escape(&mut out, letters.next()),
            },
            '.' if depth == 0 => out.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
            '[' => {
                depth += 1;
                out.push('[');
            }
            ']' => {
                depth = depth.saturating_sub(1);
                out.push(']');
            }
            other => out.push(other),
        }
    }
    out
}

/// Java writes a character beyond the first plane as two escapes: `\uD800\uDC00`. The first backslash is taken.
fn supplementary(text: &str) -> Option<(u32, &str)> {
    let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let text = text.strip_prefix('u')?;
    let high = unit(text).filter(|unit| (0xd800..0xdc00).contains(unit))?;
    let text = text.get(4..)?.strip_prefix("\\u")?;
    let low = unit(text).filter(|unit| (0xdc00..0xe000).contains(unit))?;
    Some((0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), text.get(4..)?))
}

fn escape(out: &mut String, letter: Option<char>) {
    match letter {
        Some('w') => out.push_str("[0-9A-Za-z_]"),
        Some('W') => out.push_str("[^0-9A-Za-z_]"),
        Some('d') => out.push_str("[0-9]"),
        Some('D') => out.push_str("[^0-9]"),
        Some('s') => out.push_str(r"[ \t\n\x0B\x0C\r]"),
        Some('S') => out.push_str(r"[^ \t\n\x0B\x0C\r]"),
        Some(other) => out.extend(['\\', other]),
        None => out.push('\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(source: &'static str, text: &str) -> bool {
        let pattern = Pattern::new(source);
        assert!(pattern.is_sound(), "{source}");
        pattern.matches(text)
    }

    #[test]
    fn the_whole_text_must_match() {
        assert!(matches(r"[\w+=,.@-]+", "a+b=c,d.e@f-g_1"));
        assert!(!matches(r"[\w+=,.@-]+", "a b"));
        assert!(!matches(r"[\w+=,.@-]+", "a\n"));
        assert!(!matches(r"^a|b$", "ab"));
    }

    #[test]
    fn java_means_ascii() {
        assert!(!matches(r"[\w]+", "é"));
        assert!(!matches(r"\d+", "١"));
        assert!(matches(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "é ١"));
        assert!(matches(r"[\s\S]*", "a\n\u{85}"));
        assert!(!matches(r".*", "a\rb"));
        assert!(matches(r"[\u0020-\u00FF]+", "ÿ"));
        let any = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*";
        assert!(matches(any, "a😹\n"));
        assert!(!matches(any, "\u{1}"));
    }
}
