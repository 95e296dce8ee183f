use crate::{SelectError, value::Value};

/// A piece of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Piece {
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
    let pieces = pieces(pattern, escape.map(escaping).transpose()?)?;
    Ok(Some(matches(text, &pieces)))
}

fn escaping(escape: &Value<'_>) -> Result<char, SelectError> {
    let Value::Text(text) = escape else { return Err(SelectError::LikeInvalidInputs) };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(SelectError::EvaluatorLikePatternInvalidEscapeSequence),
    }
}

fn pieces(pattern: &str, escape: Option<char>) -> Result<Vec<Piece>, SelectError> {
    let (mut pieces, mut chars) = (Vec::with_capacity(pattern.len()), pattern.chars());
    while let Some(next) = chars.next() {
        pieces.push(match next {
            next if Some(next) == escape => match chars.next() {
                Some(plain) if matches!(plain, '%' | '_') || Some(plain) == escape => Piece::Just(plain),
                _ => return Err(SelectError::EvaluatorLikePatternInvalidEscapeSequence),
            },
            '%' => Piece::Many,
            '_' => Piece::One,
            other => Piece::Just(other),
        });
    }
    Ok(pieces)
}

/// Looks for the pieces in order; where one does not fit, the last `%` takes one more character.
fn matches(text: &str, pieces: &[Piece]) -> bool {
    let (mut rest, mut at) = (text.chars(), 0);
    let mut again: Option<(std::str::Chars<'_>, usize)> = None;
    loop {
        if pieces.get(at) == Some(&Piece::Many) {
            at += 1;
            again = Some((rest.clone(), at));
            continue;
        }
        let before = rest.clone();
        let fits = match (rest.next(), pieces.get(at)) {
            (None, None) => return true,
            (Some(found), Some(Piece::Just(wanted))) => found == *wanted,
            (Some(_), Some(Piece::One)) => true,
            _ => false,
        };
        if fits {
            at += 1;
            continue;
        }
        if before.as_str().is_empty() {
            return false;
        }
        let Some((from, piece)) = &mut again else { return false };
        from.next();
        (rest, at) = (from.clone(), *piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match() {
        let like = |text: &str, pattern: &str| matches(text, &pieces(pattern, Some('\\')).unwrap());
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
        ] {
            assert!(!like(text, pattern), "{text} {pattern}");
        }
        assert!(pieces("a\\b", Some('\\')).is_err());
        assert!(pieces("a\\", Some('\\')).is_err());
    }
}
