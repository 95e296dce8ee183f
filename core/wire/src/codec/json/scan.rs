//! Tokens of JSON (RFC 8259), with bounded nesting.

use std::borrow::Cow;

use crate::{Dialect, WireError, codec::budget::Budget};

/// How deep lists and objects may nest.
const MAX_DEPTH: u16 = 128;

/// A place in a JSON text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: u16,
    /// In whose ways it reads.
    pub(super) dialect: Dialect,
    /// What the values may still grow to.
    pub(super) budget: Budget,
}

/// What a value begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Null,
    True,
    False,
    Number,
    String,
    List,
    Object,
}

/// The error of a text that is not JSON.
pub(super) fn malformed() -> WireError {
    WireError::serialization("the body is not well-formed JSON")
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning.
    pub(super) fn new(text: &'a str, dialect: Dialect, budget: Budget) -> Self {
        Self { text, at: 0, depth: 0, dialect, budget }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Result<u8, WireError> {
        while let Some(byte) = self.byte() {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(malformed())
    }

    /// Whether nothing but white space is left.
    pub(super) fn at_end(&mut self) -> bool {
        self.peek().is_err()
    }

    /// What the next value begins with.
    pub(super) fn start(&mut self) -> Result<Start, WireError> {
        Ok(match self.peek()? {
            b'"' => Start::String,
            b'{' => Start::Object,
            b'[' => Start::List,
            b'n' => Start::Null,
            b't' => Start::True,
            b'f' => Start::False,
            b'-' | b'0'..=b'9' => Start::Number,
            _ => return Err(malformed()),
        })
    }

    fn expect(&mut self, byte: u8) -> Result<(), WireError> {
        if self.peek()? != byte {
            return Err(malformed());
        }
        self.at += 1;
        Ok(())
    }

    /// Reads one of the words `null`, `true` and `false`.
    pub(super) fn word(&mut self, word: &str) -> Result<(), WireError> {
        self.peek()?;
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(malformed());
        }
        self.at += word.len();
        Ok(())
    }

    /// Enters a list or object. `false`: it is empty and left again.
    pub(super) fn enter(&mut self, open: u8, close: u8) -> Result<bool, WireError> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(WireError::serialization("the body nests too deep"));
        }
        if self.peek()? == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// Goes on after an item. `false`: the list or object has ended.
    pub(super) fn more(&mut self, close: u8) -> Result<bool, WireError> {
        match self.peek()? {
            b',' => {
                self.at += 1;
                Ok(true)
            }
            byte if byte == close => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            _ => Err(malformed()),
        }
    }

    /// Reads a key and its colon.
    pub(super) fn key(&mut self) -> Result<Cow<'a, str>, WireError> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// Reads a string.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, WireError> {
        self.expect(b'"')?;
        let plain = self.plain()?;
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut whole = plain.to_owned();
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(whole));
                }
                Some(b'\\') => {
                    self.at += 1;
                    whole.push(self.escape()?);
                }
                _ => return Err(malformed()),
            }
            whole.push_str(self.plain()?);
        }
    }

    /// The text up to the next quote, backslash or control character.
    fn plain(&mut self) -> Result<&'a str, WireError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&b| b == b'"' || b == b'\\' || b < b' ').ok_or_else(malformed)?;
        let plain = self.text.get(self.at..self.at + length).ok_or_else(malformed)?;
        self.at += length;
        Ok(plain)
    }

    fn escape(&mut self) -> Result<char, WireError> {
        let letter = self.byte().ok_or_else(malformed)?;
        self.at += 1;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(malformed()),
        })
    }

    fn unicode(&mut self) -> Result<char, WireError> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(malformed);
        }
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
            return Err(malformed());
        }
        self.at += 2;
        let second = self.hex()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(malformed());
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or_else(malformed)
    }

    fn hex(&mut self) -> Result<u32, WireError> {
        let digits = self.text.get(self.at..self.at + 4).ok_or_else(malformed)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| malformed())
    }

    /// Reads a number's text.
    pub(super) fn number(&mut self) -> Result<&'a str, WireError> {
        self.peek()?;
        let start = self.at;
        self.skip_if(|b| b == b'-');
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.skip_if(|b| b == b'.') {
            self.digits()?;
        }
        if self.skip_if(|b| b == b'e' || b == b'E') {
            self.skip_if(|b| b == b'+' || b == b'-');
            self.digits()?;
        }
        self.text.get(start..self.at).ok_or_else(malformed)
    }

    fn skip_if(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        let found = self.byte().is_some_and(wanted);
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> Result<(), WireError> {
        let start = self.at;
        while self.skip_if(|b| b.is_ascii_digit()) {}
        if self.at == start { Err(malformed()) } else { Ok(()) }
    }

    /// Passes over a value, and gives its text.
    pub(super) fn skip(&mut self) -> Result<&'a str, WireError> {
        self.peek()?;
        let start = self.at;
        match self.start()? {
            Start::Null => self.word("null")?,
            Start::True => self.word("true")?,
            Start::False => self.word("false")?,
            Start::Number => _ = self.number()?,
            Start::String => _ = self.string()?,
            Start::List => {
                let mut more = self.enter(b'[', b']')?;
                while more {
                    self.skip()?;
                    more = self.more(b']')?;
                }
            }
            Start::Object => {
                let mut more = self.enter(b'{', b'}')?;
                while more {
                    self.key()?;
                    self.skip()?;
                    more = self.more(b'}')?;
                }
            }
        }
        self.text.get(start..self.at).ok_or_else(malformed)
    }
}
