use crate::expression::{
    Fault,
    scan::{Parsed, Scanner, Stuck, Token},
    tree::{Call, RawOperand, RawPath},
};

/// A section as it was written.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) actions: Vec<RawAction>,
}

/// An action as it was written.
#[derive(Debug)]
pub(crate) enum RawAction {
    Set(RawPath, RawSource),
    Remove(RawPath),
    Add(RawPath, String),
    Delete(RawPath, String),
}

/// What stands behind an equal sign.
#[derive(Debug)]
pub(crate) enum RawSource {
    Operand(RawOperand),
    Plus(RawOperand, RawOperand),
    Minus(RawOperand, RawOperand),
}

impl RawAction {
    pub(super) fn path(&self) -> &RawPath {
        match self {
            Self::Set(path, _) | Self::Remove(path) | Self::Add(path, _) | Self::Delete(path, _) => path,
        }
    }

    /// The operands behind the path.
    pub(super) fn operands(&self) -> Vec<&RawOperand> {
        match self {
            Self::Set(_, source) => source.operands(),
            _ => Vec::new(),
        }
    }
}

impl RawSource {
    pub(super) fn operands(&self) -> Vec<&RawOperand> {
        match self {
            Self::Operand(operand) => vec![operand],
            Self::Plus(a, b) | Self::Minus(a, b) => vec![a, b],
        }
    }
}

/// Words that are no names in updates.
const SECTIONS: &[&str] = &["ADD", "DELETE", "REMOVE", "SET"];

pub(super) fn parse(text: &str) -> Result<Vec<Section>, Fault> {
    Scanner::new(text, SECTIONS)?.finish(|scanner| {
        let mut sections = vec![section(scanner)?];
        while scanner.peek() != Token::End {
            sections.push(section(scanner)?);
        }
        Ok(sections)
    })
}

fn section(scanner: &mut Scanner<'_>) -> Parsed<Section> {
    let (name, action): (_, fn(&mut Scanner<'_>) -> Parsed<RawAction>) = match () {
        () if scanner.keyword("SET") => ("SET", set),
        () if scanner.keyword("REMOVE") => ("REMOVE", |scanner| scanner.path().map(RawAction::Remove)),
        () if scanner.keyword("ADD") => {
            ("ADD", |scanner| path_and_value(scanner).map(|(path, value)| RawAction::Add(path, value)))
        }
        () if scanner.keyword("DELETE") => {
            ("DELETE", |scanner| path_and_value(scanner).map(|(path, value)| RawAction::Delete(path, value)))
        }
        () => return Err(Stuck),
    };
    Ok(Section { name, actions: scanner.list(action)? })
}

fn path_and_value(scanner: &mut Scanner<'_>) -> Parsed<(RawPath, String)> {
    Ok((scanner.path()?, scanner.expect(Token::Value)?.to_owned()))
}

fn set(scanner: &mut Scanner<'_>) -> Parsed<RawAction> {
    let path = scanner.path()?;
    scanner.expect(Token::Equal)?;
    let start = scanner.place();
    // The parentheses may be those of the first operand, or of the whole.
    if scanner.peek() == Token::Open {
        if let Ok(source) = source(scanner)
            && scanner.peek() != Token::Close
        {
            return Ok(RawAction::Set(path, source));
        }
        scanner.back_to(start);
        scanner.expect(Token::Open)?;
        let source = source(scanner)?;
        scanner.expect(Token::Close)?;
        return Ok(RawAction::Set(path, source));
    }
    Ok(RawAction::Set(path, source(scanner)?))
}

fn source(scanner: &mut Scanner<'_>) -> Parsed<RawSource> {
    let first = operand(scanner)?;
    if scanner.take(Token::Plus).is_some() {
        return Ok(RawSource::Plus(first, operand(scanner)?));
    }
    if scanner.take(Token::Minus).is_some() {
        return Ok(RawSource::Minus(first, operand(scanner)?));
    }
    Ok(RawSource::Operand(first))
}

fn operand(scanner: &mut Scanner<'_>) -> Parsed<RawOperand> {
    if scanner.take(Token::Open).is_some() {
        let operand = scanner.deeper(operand)?;
        scanner.expect(Token::Close)?;
        return Ok(operand);
    }
    if let Some(value) = scanner.take(Token::Value) {
        return Ok(RawOperand::Value(value.to_owned()));
    }
    if scanner.at_function() {
        let function = scanner.word()?.to_owned();
        scanner.expect(Token::Open)?;
        let operands = scanner.deeper(|scanner| scanner.list(operand))?;
        scanner.expect(Token::Close)?;
        return Ok(RawOperand::Call(Call { function, operands }));
    }
    scanner.path().map(RawOperand::Path)
}
