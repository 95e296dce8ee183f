use super::tokens::Token;
use crate::{MOST_RECORD, SelectError, json::Node};

/// Builds a value from pieces of JSON. The caller sees to their order.
#[derive(Default)]
pub(super) struct Tree {
    open: Vec<Open>,
    /// The bytes of the pieces so far.
    size: usize,
}

enum Open {
    List(Vec<Node>),
    Object { members: Vec<(String, Node)>, key: Option<String> },
}

impl Tree {
    /// Takes a piece; gives the value with its last one.
    pub(super) fn take(&mut self, token: Token<'_>) -> Result<Option<Node>, SelectError> {
        let node = match token {
            Token::Sign(b'{') => return self.begin(Open::Object { members: Vec::new(), key: None }),
            Token::Sign(b'[') => return self.begin(Open::List(Vec::new())),
            Token::Sign(b'}' | b']') => match self.open.pop() {
                Some(Open::List(list)) => Node::List(list),
                Some(Open::Object { members, .. }) => Node::Object(members),
                None => return Err(SelectError::JSONParsingError),
            },
            Token::Sign(_) => return Ok(None),
            Token::Text(text) => {
                self.grow(text.len())?;
                let text = self::text(text)?;
                if let Some(Open::Object { key: key @ None, .. }) = self.open.last_mut() {
                    *key = Some(text);
                    return Ok(None);
                }
                Node::Text(text)
            }
            Token::Scalar(text) => {
                self.grow(text.len())?;
                Node::scalar(text).ok_or(SelectError::JSONParsingError)?
            }
        };
        match self.open.last_mut() {
            Some(Open::List(list)) => list.push(node),
            Some(Open::Object { members, key }) => {
                members.push((key.take().ok_or(SelectError::JSONParsingError)?, node));
            }
            None => {
                self.size = 0;
                return Ok(Some(node));
            }
        }
        Ok(None)
    }

    fn begin(&mut self, open: Open) -> Result<Option<Node>, SelectError> {
        self.grow(1)?;
        self.open.push(open);
        Ok(None)
    }

    fn grow(&mut self, bytes: usize) -> Result<(), SelectError> {
        self.size += bytes + 1;
        if self.size > MOST_RECORD { Err(SelectError::OverMaxRecordSize) } else { Ok(()) }
    }
}

/// What a text in quotes says.
pub(super) fn text(quoted: &[u8]) -> Result<String, SelectError> {
    serde_json::from_slice(quoted).map_err(|_| SelectError::JSONParsingError)
}
