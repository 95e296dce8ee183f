//! Strict JSON with positions. Unlike general readers it refuses a name twice in one object, which AWS
//! refuses too and which is a classic way to show one policy to a reviewer and another to the machine.
//!
//! Source: RFC 8259.

mod reader;
mod text;

pub(crate) use reader::read;

use crate::{Position, Span};

/// One value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    /// Byte offsets, end exclusive.
    pub(crate) bytes: (usize, usize),
}

#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) node: Node,
}

/// Why a text is not JSON, and where.
#[derive(Debug)]
pub(crate) struct JsonError {
    pub(crate) offset: usize,
    pub(crate) detail: &'static str,
}

/// Finds lines and columns by byte offset.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    pub(crate) fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position { line: number(line), column: number(before.chars().count() + 1) }
    }

    pub(crate) fn span(&self, node: &Node) -> Span {
        Span { start: self.position(node.bytes.0), end: self.position(node.bytes.1) }
    }
}

#[cfg(test)]
mod tests;
