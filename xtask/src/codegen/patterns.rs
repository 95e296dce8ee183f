//! Regular expressions of the facts that the regex crate cannot compile, and ones that mean the same.

use kurodo_wire::Pattern;

use super::names::literal;
use crate::failure::{Failure, Outcome};

/// As the facts write it; without look-ahead. Lengths are the shapes' own bounds.
const REWRITTEN: &[(&str, &str)] = &[
    // iam: words of letters and digits, single hyphens between them.
    (r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", r"[a-z0-9]+(?:-[a-z0-9]+)*"),
    // dynamodb: Java's printable characters.
    (r"\p{Print}+", r"[\x20-\x7E]+"),
    // cognito-idp: no dot at the end.
    (r"^[0-9A-Za-z\.\-_]*(?<!\.)$", r"(?:[0-9A-Za-z.\-_]*[0-9A-Za-z\-_])?"),
    // emr: half characters, which no text has.
    (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\r\n\t]*", r"[\u0020-\uD7FF\uE000-\uFFFD\r\n\t]*"),
];

/// As the facts write it; as messages show it.
///
/// Source: replies of Kinesis to numbers that do not match.
const SHOWN: &[(&str, &str)] =
    &[(r"^(0|([1-9]\d{0,38}))$", r"0|([1-9]\d{0,38})"), (r"^(0|([1-9]\d{0,128}))$", r"0|([1-9]\d{0,128})")];

/// The expression that makes the pattern.
pub(crate) fn expression(shape: &str, pattern: &str) -> Outcome<String> {
    let rewritten =
        REWRITTEN.iter().find(|(source, _)| *source == pattern).map(|(_, equivalent)| *equivalent);
    let compiled: &'static str = String::leak(rewritten.unwrap_or(pattern).to_owned());
    if !Pattern::new(compiled).is_sound() {
        return Err(Failure::new(format!(
            "{shape}: the pattern {pattern} does not compile; give one that means the same in xtask/src/codegen/patterns.rs"
        )));
    }
    let shown = SHOWN.iter().find(|(source, _)| *source == pattern).map(|(_, shown)| *shown);
    if let Some(shown) = shown {
        return Ok(format!("Pattern::rewritten({}, {})", literal(shown), literal(pattern)));
    }
    Ok(match rewritten {
        Some(equivalent) => format!("Pattern::rewritten({}, {})", literal(pattern), literal(equivalent)),
        None => format!("Pattern::new({})", literal(pattern)),
    })
}
