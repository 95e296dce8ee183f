//! Decimal numbers of any length, compared exactly.

use std::cmp::Ordering;

/// A number's digits without leading and trailing zeros.
#[derive(Debug, PartialEq, Eq)]
struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

/// The text itself, if it is a number.
pub(super) fn checked(text: &str) -> Option<Box<str>> {
    parse(text).map(|_| text.into())
}

/// How `a` compares to `b`; `None` where either is no number.
pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (parse(a)?, parse(b)?);
    Some(match (a.negative, b.negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => magnitude(&a, &b),
        (true, true) => magnitude(&b, &a),
    })
}

fn magnitude(a: &Number<'_>, b: &Number<'_>) -> Ordering {
    let whole = a.whole.len().cmp(&b.whole.len()).then_with(|| a.whole.cmp(b.whole));
    whole.then_with(|| a.fraction.cmp(b.fraction))
}

fn parse(text: &str) -> Option<Number<'_>> {
    let negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let well_formed =
        only_digits(whole) && only_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let zero = whole.is_empty() && fraction.is_empty();
    well_formed.then_some(Number { negative: negative && !zero, whole, fraction })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value() {
        for (a, b, ordering) in [
            ("10", "9", Ordering::Greater),
            ("010", "10.0", Ordering::Equal),
            ("-0", "0", Ordering::Equal),
            ("-2", "-10", Ordering::Greater),
            ("0.1", "0.10", Ordering::Equal),
            (".5", "0.45", Ordering::Greater),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("-1", "1", Ordering::Less),
        ] {
            assert_eq!(compare(a, b), Some(ordering), "{a} {b}");
            assert_eq!(compare(b, a), Some(ordering.reverse()), "{b} {a}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "-", ".", "1e3", "0x1", "1,5", " 1", "ten", "1.2.3", "--1", "٣"] {
            assert_eq!(compare(text, "1"), None, "{text}");
        }
    }
}
