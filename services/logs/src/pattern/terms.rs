use regex::Regex;

use super::{Fault, expression};
use crate::scan::Scanner;

/// Terms that an event must have, must not have, or has one of.
#[derive(Debug, Default)]
pub(super) struct Terms {
    required: Vec<Term>,
    excluded: Vec<Term>,
    optional: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => memchr::memmem::find(message.as_bytes(), text.as_bytes()).is_some(),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}

impl Terms {
    /// What may be there does not count beside what must or must not be.
    pub(super) fn matches(&self, message: &str) -> bool {
        let is_in = |term: &Term| term.is_in(message);
        if self.required.is_empty() && self.excluded.is_empty() && !self.optional.is_empty() {
            return self.optional.iter().any(is_in);
        }
        self.required.iter().all(is_in) && !self.excluded.iter().any(is_in)
    }
}

pub(super) fn parse(scanner: &mut Scanner<'_>) -> Result<Terms, Fault> {
    let mut terms = Terms::default();
    while !scanner.is_at_end() {
        let list = match scanner.peek() {
            Some('?') => &mut terms.optional,
            Some('-') => &mut terms.excluded,
            _ => &mut terms.required,
        };
        scanner.take_while(|next| matches!(next, '?' | '-'));
        list.push(term(scanner)?);
    }
    Ok(terms)
}

fn term(scanner: &mut Scanner<'_>) -> Result<Term, Fault> {
    if scanner.eat("\"") {
        return scanner.until('"').map(Term::Text);
    }
    if scanner.eat("%") {
        return expression::parse(scanner).map(Term::Regex);
    }
    let plain = scanner.take_while(|next| next.is_alphanumeric() || next == '_');
    if plain.is_empty() {
        return Err(scanner.fault("what is not made of letters and digits must stand in quotation marks"));
    }
    if scanner.peek().is_some_and(|next| !next.is_whitespace()) {
        return Err(scanner.fault("a term with other characters must stand in quotation marks"));
    }
    Ok(Term::Text(plain.to_owned()))
}
