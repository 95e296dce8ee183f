use super::{
    tokens::{Token, Tokens},
    tree::{self, Tree},
};
use crate::{SelectError, json::Node, sql::Step};

/// The most arrays and objects one in the other.
const DEEPEST: usize = 128;

/// Walks through JSON as it comes, and finds the records on a path below its root values. Only a record is ever whole.
pub(crate) struct Walk {
    tokens: Tokens,
    path: Vec<Step>,
    /// The arrays and objects that are open, outside of a record.
    open: Vec<Level>,
    expect: Expect,
    /// Where in the path the next value is; `None` where it is on no path.
    place: Option<usize>,
    /// The record that is being read.
    record: Option<Tree>,
    /// What is open in it: `true` for objects.
    kinds: Vec<bool>,
}

/// An open array or object.
struct Level {
    object: bool,
    /// The step of the path that chooses among what is in it.
    step: Option<usize>,
    /// How many values were in it.
    index: usize,
    /// Whether one was on the path.
    found: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

/// What was found: a record, or that a path led nowhere.
pub(crate) type Found = Option<Node>;

impl Walk {
    pub(crate) fn new(path: Vec<Step>) -> Self {
        Self {
            tokens: Tokens::default(),
            path,
            open: Vec::new(),
            expect: Expect::Value,
            place: Some(0),
            record: None,
            kinds: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.tokens.push(bytes);
    }

    /// The next record. `None` until more bytes come.
    ///
    /// # Errors
    /// [`SelectError::JSONParsingError`], [`SelectError::OverMaxRecordSize`].
    pub(crate) fn next(&mut self, last: bool) -> Result<Option<Found>, SelectError> {
        // The pieces leave their home for as long as they are looked at.
        let mut tokens = std::mem::take(&mut self.tokens);
        let mut found = Ok(None);
        loop {
            match tokens.next(last) {
                Ok(Some(token)) => found = self.take(token),
                Ok(None) if last && !self.is_between() => found = Err(SelectError::JSONParsingError),
                Ok(None) => break,
                Err(error) => found = Err(error),
            }
            if !matches!(found, Ok(None)) {
                break;
            }
        }
        self.tokens = tokens;
        found
    }

    /// Whether all values that began have ended.
    pub(crate) fn is_between(&self) -> bool {
        self.open.is_empty() && self.record.is_none()
    }

    fn take(&mut self, token: Token<'_>) -> Result<Option<Found>, SelectError> {
        match (self.expect, token) {
            (
                Expect::Value | Expect::ValueOrEnd,
                Token::Sign(b'{' | b'[') | Token::Text(_) | Token::Scalar(_),
            ) => self.value(token),
            (Expect::Key | Expect::KeyOrEnd, Token::Text(text)) => {
                self.expect = Expect::Colon;
                self.key(token, text)
            }
            (Expect::Colon, Token::Sign(b':')) => {
                self.expect = Expect::Value;
                Ok(None)
            }
            (Expect::CommaOrEnd, Token::Sign(b',')) => {
                self.expect = if self.in_object() { Expect::Key } else { Expect::Value };
                self.next_element();
                Ok(None)
            }
            (Expect::CommaOrEnd | Expect::KeyOrEnd, Token::Sign(b'}')) if self.in_object() => self.end(token),
            (Expect::CommaOrEnd | Expect::ValueOrEnd, Token::Sign(b']')) if !self.in_object() => {
                self.end(token)
            }
            _ => Err(SelectError::JSONParsingError),
        }
    }

    fn in_object(&self) -> bool {
        self.kinds.last().copied().unwrap_or_else(|| self.open.last().is_some_and(|level| level.object))
    }

    /// A value, or its beginning.
    fn value(&mut self, token: Token<'_>) -> Result<Option<Found>, SelectError> {
        if self.record.is_none() && self.place.is_some() {
            self.open.iter_mut().next_back().into_iter().for_each(|level| level.found = true);
        }
        if self.record.is_none() && self.place == Some(self.path.len()) {
            self.record = Some(Tree::default());
        }
        let opens = matches!(token, Token::Sign(_));
        if opens && self.open.len() + self.kinds.len() >= DEEPEST {
            return Err(SelectError::JSONParsingError);
        }
        let object = token == Token::Sign(b'{');
        if let Some(tree) = &mut self.record {
            let whole = tree.take(token)?;
            if opens {
                self.kinds.push(object);
                self.expect = if object { Expect::KeyOrEnd } else { Expect::ValueOrEnd };
                return Ok(None);
            }
            return Ok(self.after(whole));
        }
        if opens {
            self.open.push(Level { object, step: self.place, index: 0, found: false });
            self.expect = if object { Expect::KeyOrEnd } else { Expect::ValueOrEnd };
            self.enter();
            return Ok(None);
        }
        if let Token::Scalar(text) = token {
            Node::scalar(text).ok_or(SelectError::JSONParsingError)?;
        }
        // The path goes on, and there is nothing below a scalar.
        let nowhere = self.place.is_some();
        self.leave();
        Ok(nowhere.then_some(None))
    }

    fn key(&mut self, token: Token<'_>, text: &[u8]) -> Result<Option<Found>, SelectError> {
        if let Some(tree) = &mut self.record {
            return tree.take(token).map(|_| None);
        }
        let Some(level) = self.open.last_mut() else { return Ok(None) };
        self.place = match level.step.and_then(|step| Some((step, self.path.get(step)?))) {
            Some((step, Step::Members)) => Some(step + 1),
            // Of two members of a name the first is it.
            Some((step, Step::Name(name))) if !level.found && name.is(&tree::text(text)?) => Some(step + 1),
            _ => None,
        };
        Ok(None)
    }

    /// An array or an object has begun: whether its first element is on the path.
    fn enter(&mut self) {
        let Some(level) = self.open.last_mut() else { return };
        self.place = match level.step.and_then(|step| Some((step, self.path.get(step)?))) {
            Some((step, Step::Elements)) if !level.object => Some(step + 1),
            Some((step, Step::Index(index))) if !level.object && *index == level.index => Some(step + 1),
            _ => None,
        };
    }

    fn next_element(&mut self) {
        if self.record.is_some() {
            return;
        }
        if let Some(level) = self.open.last_mut() {
            level.index += 1;
        }
        self.enter();
    }

    /// An array or an object has ended.
    fn end(&mut self, token: Token<'_>) -> Result<Option<Found>, SelectError> {
        if let Some(tree) = &mut self.record {
            let whole = tree.take(token)?;
            self.kinds.pop();
            return Ok(self.after(whole));
        }
        let Some(level) = self.open.pop() else { return Err(SelectError::JSONParsingError) };
        let nowhere = level.step.is_some() && !level.found;
        self.leave();
        Ok(nowhere.then_some(None))
    }

    /// A piece of the record was taken; maybe it was the last.
    fn after(&mut self, whole: Option<Node>) -> Option<Found> {
        self.expect = Expect::CommaOrEnd;
        let whole = whole?;
        self.record = None;
        self.leave();
        Some(Some(whole))
    }

    /// A value has ended.
    fn leave(&mut self) {
        (self.expect, self.place) = match self.open.is_empty() {
            true => (Expect::Value, Some(0)),
            false => (Expect::CommaOrEnd, None),
        };
    }
}
