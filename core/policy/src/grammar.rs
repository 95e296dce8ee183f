//! From text to statements. First the whole document is read for its form, then its values are checked in
//! the order in which IAM reports them.
//!
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language".

mod actions;
mod compile;
mod conditions;
mod principals;
mod raw;
mod resources;

use crate::{
    Kind, PolicyError, Statement,
    document::{self, JsonError, Lines, Node},
    policy::Version,
};

/// What a document is read as, and where its text is.
pub(crate) struct Source<'a> {
    kind: Kind,
    lines: Lines<'a>,
}

impl Source<'_> {
    fn syntax(&self, node: &Node, detail: impl Into<String>) -> PolicyError {
        PolicyError::Syntax { at: self.lines.position(node.bytes.0), detail: detail.into() }
    }

    fn legacy(&self, node: &Node, detail: impl Into<String>) -> PolicyError {
        PolicyError::Legacy { at: self.lines.position(node.bytes.0), detail: detail.into() }
    }

    /// An element that is none.
    fn unknown(&self, name: &str, node: &Node) -> PolicyError {
        match self.is_resource() {
            true => PolicyError::UnknownField(name.to_owned()),
            false => self.syntax(node, format!("{name} is not an element")),
        }
    }

    /// Whether errors are worded in S3's manner.
    fn is_resource(&self) -> bool {
        self.kind == Kind::Resource
    }
}

/// Reads, checks and compiles a document.
pub(crate) fn read(text: &str, kind: Kind) -> Result<(Version, Vec<Statement>), PolicyError> {
    let source = Source { kind, lines: Lines::new(text) };
    let root = json(text, &source)?;
    let document = raw::document(&root, &source)?;
    let version = version(document.version.as_deref(), kind)?;
    let statements = compile::statements(document.statements, version, &source)?;
    Ok((version, statements))
}

fn json(text: &str, source: &Source<'_>) -> Result<Node, PolicyError> {
    let refuse = |JsonError { offset, detail }| {
        let (at, detail) = (source.lines.position(offset), detail.to_owned());
        match source.is_resource() {
            true => PolicyError::Json { at, detail },
            false => PolicyError::Syntax { at, detail },
        }
    };
    if source.is_resource() && !text.starts_with('{') {
        return Err(refuse(JsonError { offset: 0, detail: "the first byte is not {" }));
    }
    document::read(text).map_err(refuse)
}

fn version(text: Option<&str>, kind: Kind) -> Result<Version, PolicyError> {
    let organization = matches!(kind, Kind::Scp | Kind::Rcp);
    match text {
        Some("2012-10-17") => Ok(Version::V2012),
        _ if organization => Err(PolicyError::Version),
        _ => Ok(Version::V2008),
    }
}

#[cfg(test)]
mod tests;
