use std::collections::HashMap;

use memchr::memmem;

use crate::{SelectError, value::Value};

/// The most characters of a pattern: what it costs to look for one grows with it.
const LONGEST: usize = 1024;

/// A sign of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sign {
    Many,
    One,
    Just(char),
}

/// Whether a text is like a pattern.
pub(super) fn holds(
    text: &Value<'_>,
    pattern: &Value<'_>,
    escape: Option<&Value<'_>>,
) -> Result<Option<bool>, SelectError> {
    if text.is_unknown() || pattern.is_unknown() || escape.is_some_and(Value::is_unknown) {
        return Ok(None);
    }
    let (Value::Text(text), Value::Text(pattern)) = (text, pattern) else {
        return Err(SelectError::LikeInvalidInputs);
    };
    if pattern.len() > LONGEST {
        return Err(SelectError::LikeInvalidInputs);
    }
    let signs = signs(pattern, escape.map(escaping).transpose()?)?;
    Ok(Some(matches(text, &signs)))
}

fn escaping(escape: &Value<'_>) -> Result<char, SelectError> {
    let Value::Text(text) = escape else { return Err(SelectError::LikeInvalidInputs) };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(SelectError::EvaluatorLikePatternInvalidEscapeSequence),
    }
}

fn signs(pattern: &str, escape: Option<char>) -> Result<Vec<Sign>, SelectError> {
    let (mut signs, mut chars) = (Vec::with_capacity(pattern.len()), pattern.chars());
    while let Some(next) = chars.next() {
        signs.push(match next {
            next if Some(next) == escape => match chars.next() {
                Some(plain) if matches!(plain, '%' | '_') || Some(plain) == escape => Sign::Just(plain),
                _ => return Err(SelectError::EvaluatorLikePatternInvalidEscapeSequence),
            },
            '%' => Sign::Many,
            '_' => Sign::One,
            other => Sign::Just(other),
        });
    }
    Ok(signs)
}

/// Looks for what stands between the `%`, each where it comes first: what is left for the rest is never less.
fn matches(text: &str, signs: &[Sign]) -> bool {
    let mut parts = signs.split(|sign| *sign == Sign::Many);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = begins(text, first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(after) = find(rest, part) else { return false };
        rest = after;
    }
    let length: usize = last.len();
    let at = rest.char_indices().rev().take(length).last().map_or(rest.len(), |(at, _)| at);
    rest.get(at..).and_then(|end| begins(end, last)).is_some_and(str::is_empty)
}

/// What follows a part that the text begins with.
fn begins<'t>(text: &'t str, part: &[Sign]) -> Option<&'t str> {
    let mut chars = text.chars();
    for sign in part {
        let next = chars.next()?;
        if *sign != Sign::One && *sign != Sign::Just(next) {
            return None;
        }
    }
    Some(chars.as_str())
}

/// What follows a part at the first place where the text has it.
fn find<'t>(text: &'t str, part: &[Sign]) -> Option<&'t str> {
    let plain: Option<String> =
        part.iter().map(|sign| if let Sign::Just(sign) = sign { Some(*sign) } else { None }).collect();
    match plain {
        Some(plain) => {
            let at = memmem::find(text.as_bytes(), plain.as_bytes())?;
            text.get(at + plain.len()..)
        }
        None => search(text, part),
    }
}

/// The same of a part with `_` in it: every place at once, in the bits of words, so that no text is slower than another.
fn search<'t>(text: &'t str, part: &[Sign]) -> Option<&'t str> {
    let words = part.len().div_ceil(64);
    let bit = |at: usize| (at / 64, 1_u64 << (at % 64));
    // Where in the part a sign may stand; of one that the part does not have, where any may.
    let mask = |found: Option<char>| {
        let mut mask = vec![0_u64; words];
        for (at, sign) in part.iter().enumerate() {
            let fits = *sign == Sign::One || found.is_some_and(|found| *sign == Sign::Just(found));
            let (word, bit) = bit(at);
            if let Some(word) = mask.get_mut(word).filter(|_| fits) {
                *word |= bit;
            }
        }
        mask
    };
    let own = |sign: &Sign| if let Sign::Just(own) = sign { Some((*own, mask(Some(*own)))) } else { None };
    let (masks, any): (HashMap<_, _>, _) = (part.iter().filter_map(own).collect(), mask(None));
    let (mut state, (last, end)) = (vec![0_u64; words], bit(part.len() - 1));
    for (at, found) in text.char_indices() {
        let mut carry = 1;
        for (word, mask) in state.iter_mut().zip(masks.get(&found).unwrap_or(&any)) {
            let next = *word >> 63;
            *word = ((*word << 1) | carry) & *mask;
            carry = next;
        }
        if state.get(last).is_some_and(|word| word & end != 0) {
            return text.get(at + found.len_utf8()..);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_match() {
        let like = |text: &str, pattern: &str| matches(text, &signs(pattern, Some('\\')).unwrap());
        for (text, pattern) in [
            ("", ""),
            ("", "%"),
            ("abc", "abc"),
            ("abc", "a%"),
            ("abc", "%c"),
            ("abc", "%b%"),
            ("abc", "a_c"),
            ("aXbXc", "a%b%c"),
            ("äöü", "_ö_"),
            ("50%", "50\\%"),
            ("a_b", "a\\_b"),
            ("aab", "%ab"),
            ("a", "%%a%%"),
            ("xaybz", "%a_b_%"),
            ("50%x", "%\\%_%"),
        ] {
            assert!(like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [
            ("", "_"),
            ("abc", ""),
            ("abc", "b%"),
            ("abc", "a_"),
            ("50x", "50\\%"),
            ("abc", "%d%"),
            ("abc", "ABC"),
            ("ab", "ab%b"),
            ("50xx", "%\\%_%"),
        ] {
            assert!(!like(text, pattern), "{text} {pattern}");
        }
        assert!(signs("a\\b", Some('\\')).is_err());
        assert!(signs("a\\", Some('\\')).is_err());
    }

    /// The textbook's way, sign by sign.
    fn naive(text: &[char], signs: &[Sign]) -> bool {
        match (text.split_first(), signs.split_first()) {
            (None, None) => true,
            (_, Some((Sign::Many, rest))) => {
                naive(text, rest) || text.split_first().is_some_and(|(_, text)| naive(text, signs))
            }
            (Some((found, text)), Some((sign, rest))) => {
                (*sign == Sign::One || *sign == Sign::Just(*found)) && naive(text, rest)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn all_ways_come_to_the_same(text in "[abö]{0,12}", pattern in "[abö%_]{0,8}", long in "[ab_]{60,80}") {
            let chars: Vec<_> = text.chars().collect();
            let few = signs(&pattern, None).unwrap();
            prop_assert_eq!(matches(&text, &few), naive(&chars, &few));
            let around = signs(&format!("%{long}%"), None).unwrap();
            let within = format!("{text}{}{text}", long.replace('_', "ö"));
            prop_assert!(matches(&within, &around));
        }
    }
}
