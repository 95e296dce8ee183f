//! Reading small languages character by character, with the place of what is wrong.

/// What is wrong with a text, and where: the character, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at position {at}")]
pub struct Fault {
    /// In words.
    pub what: String,
    /// Where.
    pub at: usize,
}

/// A text that is read from its beginning to its end.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'t> {
    whole: &'t str,
    rest: &'t str,
}

impl<'t> Scanner<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { whole: text, rest: text }
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'t str {
        self.rest
    }

    /// That something is wrong here.
    pub(crate) fn fault(&self, what: impl Into<String>) -> Fault {
        let read = self.whole.len() - self.rest.len();
        let at = self.whole.get(..read).map_or(0, |read| read.chars().count());
        Fault { what: what.into(), at }
    }

    pub(crate) fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    /// Whether this comes next; then it is read.
    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The same of a word, in any case, that no letter or digit follows.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.rest.get(..word.len()).filter(|found| found.eq_ignore_ascii_case(word));
        let Some(rest) = found.and_then(|_| self.rest.get(word.len()..)) else { return false };
        if rest.starts_with(|next: char| next.is_alphanumeric() || next == '_') {
            return false;
        }
        self.rest = rest;
        true
    }

    /// That this comes next, after blanks.
    pub(crate) fn expect(&mut self, text: &str) -> Result<(), Fault> {
        self.skip_space();
        if self.eat(text) { Ok(()) } else { Err(self.fault(format!("expected `{text}`"))) }
    }

    /// The characters of which this is true.
    pub(crate) fn take_while(&mut self, is: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|next| !is(next)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// What stands up to this mark, which is read, too. A backslash before the mark takes its meaning away; before
    /// other characters it stays.
    pub(crate) fn until(&mut self, mark: char) -> Result<String, Fault> {
        let start = self.clone();
        let mut text = String::new();
        while let Some(next) = self.next() {
            match next {
                _ if next == mark => return Ok(text),
                '\\' if self.peek() == Some(mark) => text.extend(self.next()),
                '\\' if self.peek() == Some('\\') => {
                    text.push(next);
                    text.extend(self.next());
                }
                _ => text.push(next),
            }
        }
        Err(start.fault(format!("nothing ends what begins here: `{mark}` is missing")))
    }

    pub(crate) fn is_at_end(&mut self) -> bool {
        self.skip_space();
        self.rest.is_empty()
    }
}
