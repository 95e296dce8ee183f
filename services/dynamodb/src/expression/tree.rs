//! Expressions as they were written.

/// A step of a path, before its placeholder is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RawStep {
    Name(String),
    Placeholder(String),
    Index(usize),
}

/// A path, before its placeholders are replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawPath(pub(crate) Vec<RawStep>);

/// What an operator or function is applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RawOperand {
    Path(RawPath),
    Value(String),
    Call(Call),
}

/// A function and its operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) function: String,
    pub(crate) operands: Vec<RawOperand>,
}

impl RawOperand {
    pub(super) fn as_call(&self) -> Option<&Call> {
        if let Self::Call(call) = self { Some(call) } else { None }
    }

    pub(super) fn as_path(&self) -> Option<&RawPath> {
        if let Self::Path(path) = self { Some(path) } else { None }
    }

    /// Every path and value below, in the order of the text.
    pub(super) fn leaves(&self) -> Vec<&RawOperand> {
        match self {
            Self::Call(call) => call.operands.iter().flat_map(Self::leaves).collect(),
            leaf => vec![leaf],
        }
    }

    /// Every call at or below, inner ones first.
    pub(super) fn calls(&self) -> Vec<&Call> {
        self.as_call().map(Call::calls).unwrap_or_default()
    }
}

impl Call {
    /// Every call at or below, inner ones first.
    pub(super) fn calls(&self) -> Vec<&Self> {
        let mut calls: Vec<_> = self.operands.iter().flat_map(RawOperand::calls).collect();
        calls.push(self);
        calls
    }
}
