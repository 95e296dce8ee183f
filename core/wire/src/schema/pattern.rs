use std::sync::OnceLock;

use regex::Regex;

/// A regular expression of the API facts, compiled when first used.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern as the facts write it. The whole text must match.
    pub const fn new(source: &'static str) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// The pattern as the facts write it.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the whole text matches. A pattern that does not compile matches nothing; the tests of the
    /// generated tables hold that all do.
    pub fn matches(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Whether the pattern compiles.
    pub fn is_sound(&self) -> bool {
        self.regex().is_some()
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&format!(r"\A(?:{})\z", self.source)).ok()).as_ref()
    }
}
