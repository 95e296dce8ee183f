//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}`, `${?}`, `${$}`.
//!
//! Source: IAM User Guide, "IAM policy elements: Variables and tags".

use crate::Context;

/// A part of a text that may hold variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Characters that stand for themselves, wherever they came from.
    Text(String),
    /// Characters as written in the policy, where wildcards may have their meaning.
    Plain(String),
    Variable(Variable),
}

/// A condition key whose value takes the variable's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) key: Box<str>,
    pub(crate) default: Option<Box<str>>,
}

impl Variable {
    /// The value in this request; `None` where the key is missing or multivalued and there is no default.
    pub(crate) fn resolve<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        let value = context.get(&self.key).and_then(|values| values.single());
        value.or(self.default.as_deref())
    }
}

/// Splits a text at its variables. A `${` that does not begin a variable stands for itself.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let Some((part, length)) = variable(from) else {
            plain.push_str("${");
            rest = from.get(2..).unwrap_or("");
            continue;
        };
        if !plain.is_empty() {
            parts.push(Part::Plain(std::mem::take(&mut plain)));
        }
        parts.push(part);
        rest = from.get(length..).unwrap_or("");
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Plain(plain));
    }
    parts
}

/// The variable at the start of the text, and its length.
fn variable(text: &str) -> Option<(Part, usize)> {
    let (key, default, length) = split(text)?;
    let part = match (key, default) {
        ("*" | "?" | "$", None) => Part::Text(key.to_owned()),
        ("", _) => return None,
        _ => Part::Variable(Variable { key: key.into(), default: default.map(Into::into) }),
    };
    Some((part, length))
}

/// Key, default and length of `${key}` or `${key, 'default'}` at the start of the text.
fn split(text: &str) -> Option<(&str, Option<&str>, usize)> {
    let inner = text.strip_prefix("${")?;
    let close = inner.find('}')?;
    if let Some(comma) = inner.find(',').filter(|&comma| comma < close) {
        let key = inner.get(..comma)?.trim();
        let after = inner.get(comma + 1..)?;
        let quoted = after.trim_start_matches(' ').strip_prefix('\'')?;
        let end = quoted.find("'}").or_else(|| quoted.find("' }"))?;
        let default = quoted.get(..end)?;
        let tail = quoted.get(end..)?;
        let closing = if tail.starts_with("'}") { 2 } else { 3 };
        return Some((key, Some(default), text.len() - tail.len() + closing));
    }
    Some((inner.get(..close)?.trim(), None, close + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Part {
        Part::Plain(text.to_owned())
    }

    fn key(key: &str, default: Option<&str>) -> Part {
        Part::Variable(Variable { key: key.into(), default: default.map(Into::into) })
    }

    #[test]
    fn variables_are_found_between_plain_text() {
        assert_eq!(
            parts("home/${aws:username}/*${*}"),
            [plain("home/"), key("aws:username", None), plain("/*"), Part::Text("*".into())]
        );
    }

    #[test]
    fn defaults_are_quoted_and_may_hold_anything_but_the_end() {
        assert_eq!(parts("${a:b, 'x y'}"), [key("a:b", Some("x y"))]);
        assert_eq!(parts("${a:b,'}'}z"), [key("a:b", Some("}")), plain("z")]);
        assert_eq!(parts("${a:b, ''}"), [key("a:b", Some(""))]);
    }

    #[test]
    fn what_is_no_variable_stands_for_itself() {
        for text in ["${", "$", "${}", "${aws:username", "${a:b, x}", "$aws:username"] {
            assert_eq!(parts(text), [plain(text)], "{text}");
        }
    }

    #[test]
    fn multivalued_keys_are_no_variables() {
        let mut context = Context::new();
        context.set("aws:TagKeys", vec!["a".to_owned()]);
        let variable = Variable { key: "aws:tagkeys".into(), default: None };
        assert_eq!(variable.resolve(&context), None);
    }
}
