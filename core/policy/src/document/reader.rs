use super::{JsonError, Member, Node, Value, text};

/// How deep values may nest. A valid policy needs seven levels.
const DEPTH: usize = 16;

/// Reads a document: exactly one value, white space around it.
pub(crate) fn read(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader { text, at: 0 };
    reader.space();
    let node = reader.value(0)?;
    reader.space();
    if reader.at == text.len() { Ok(node) } else { Err(reader.error("more text follows the document")) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, detail: &'static str) -> JsonError {
        JsonError { offset: self.at, detail }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, JsonError> {
        if depth > DEPTH {
            return Err(self.error("values nest too deep"));
        }
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { value, bytes: (start, self.at) })
    }

    fn word(&mut self) -> Result<Value, JsonError> {
        for (word, value) in
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
        {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.error("a value is expected"))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let (string, length) = text::string(self.rest())
            .map_err(|(offset, detail)| JsonError { offset: self.at + offset, detail })?;
        self.at += length;
        Ok(string)
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let length = text::number(self.rest()).ok_or_else(|| self.error("a number is not well formed"))?;
        let number = self.rest().get(..length).unwrap_or("").to_owned();
        self.at += length;
        Ok(Value::Number(number))
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.space();
            items.push(self.value(depth + 1)?);
            if self.ends(b']')? {
                return Ok(Value::Array(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut members = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        let mut names = std::collections::HashSet::new();
        loop {
            self.space();
            let member = self.member(depth)?;
            if !names.insert(member.name.clone()) {
                return Err(self.error("a name appears twice in one object"));
            }
            members.push(member);
            if self.ends(b'}')? {
                return Ok(Value::Object(members));
            }
        }
    }

    fn member(&mut self, depth: usize) -> Result<Member, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.error("a name in quotation marks is expected"));
        }
        let name = self.string()?;
        self.space();
        if !self.take(b':') {
            return Err(self.error("a colon is expected after a name"));
        }
        self.space();
        Ok(Member { name, node: self.value(depth + 1)? })
    }

    /// After an item: whether the list closes; otherwise a comma has been taken.
    fn ends(&mut self, close: u8) -> Result<bool, JsonError> {
        self.space();
        if self.take(close) {
            return Ok(true);
        }
        if self.take(b',') { Ok(false) } else { Err(self.error("a comma or the end of a list is expected")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> &'static str {
        read(text).unwrap_err().detail
    }

    #[test]
    fn values_and_positions() {
        let node = read(" {\"a\": [1, -2.5e3, true, null, \"x\"]} ").unwrap();
        assert_eq!(node.bytes, (1, 36));
        let Value::Object(members) = node.value else { panic!("an object") };
        let Value::Array(items) = &members[0].node.value else { panic!("an array") };
        assert!(matches!(&items[1].value, Value::Number(n) if n == "-2.5e3"));
        assert_eq!(items.len(), 5);
    }

    #[test]
    fn a_name_twice_is_refused_even_when_written_otherwise() {
        assert_eq!(refused(r#"{"Effect":1,"Effect":2}"#), "a name appears twice in one object");
        assert_eq!(refused(r#"{"Effect":1,"\u0045ffect":2}"#), "a name appears twice in one object");
    }

    #[test]
    fn what_json_forbids_is_refused() {
        for text in [
            "",
            "{",
            "{}{}",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "'a'",
            "01",
            "1.",
            "+1",
            ".5",
            "nul",
            "\u{feff}{}",
            "{\"a\" 1}",
            "[1 2]",
            "NaN",
            "// c\n{}",
            "\u{a0}{}",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = "[".repeat(100_000);
        assert_eq!(refused(&deep), "values nest too deep");
    }
}
