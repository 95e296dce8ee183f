use regex::{Regex, RegexBuilder};

use super::Fault;
use crate::scan::Scanner;

/// Bytes that a compiled expression may take.
const LARGEST: usize = 256 << 10;

/// The expression between two percent signs, of which the first was read.
pub(super) fn parse(scanner: &mut Scanner<'_>) -> Result<Regex, Fault> {
    let start = scanner.clone();
    let text = scanner.until('%')?;
    if let Some(other) = text.chars().find(|next| !is_allowed(*next)) {
        return Err(start.fault(format!("`{other}` is not allowed in a regular expression")));
    }
    let compiled = RegexBuilder::new(&text).size_limit(LARGEST).build();
    compiled.map_err(|_| start.fault("this is not a regular expression"))
}

fn is_allowed(next: char) -> bool {
    next.is_ascii_alphanumeric() || next == ' ' || "_#=@/;,-:^$?[]{}|\\*+.".contains(next)
}
