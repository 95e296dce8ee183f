//! JSON's strings and numbers.

type Fault = (usize, &'static str);

/// Reads the string at the start of the text, which begins with a quotation mark: its value and its length
/// in bytes with both marks.
pub(super) fn string(text: &str) -> Result<(String, usize), Fault> {
    let mut value = String::new();
    let mut at = 1;
    loop {
        let rest = text.get(at..).unwrap_or("");
        let plain = rest.find(['"', '\\']).ok_or((at, "a string does not end"))?;
        let piece = rest.get(..plain).unwrap_or("");
        if let Some(control) = piece.find(|c: char| c < ' ') {
            return Err((at + control, "a control character stands in a string"));
        }
        value.push_str(piece);
        at += plain;
        if text.as_bytes().get(at) == Some(&b'"') {
            return Ok((value, at + 1));
        }
        let (escaped, length) = escape(text.get(at..).unwrap_or("")).ok_or((at, "an escape is not valid"))?;
        value.push(escaped);
        at += length;
    }
}

/// The character that the escape at the start stands for, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let plain = |c| Some((c, 2));
    match text.as_bytes().get(1)? {
        b'"' => plain('"'),
        b'\\' => plain('\\'),
        b'/' => plain('/'),
        b'b' => plain('\u{8}'),
        b'f' => plain('\u{c}'),
        b'n' => plain('\n'),
        b'r' => plain('\r'),
        b't' => plain('\t'),
        b'u' => unicode(text),
        _ => None,
    }
}

fn unicode(text: &str) -> Option<(char, usize)> {
    let high = unit(text, 2)?;
    if !(0xD800..0xDC00).contains(&high) {
        return Some((char::from_u32(high)?, 6));
    }
    let low = (text.get(6..8)? == "\\u").then(|| unit(text, 8)).flatten()?;
    let low = (0xDC00..0xE000).contains(&low).then_some(low)?;
    Some((char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?, 12))
}

fn unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    let hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
    hexadecimal.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// The length of the number at the start of the text.
pub(super) fn number(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(at);
    let leading_zero = whole > 1 && bytes.get(at) == Some(&b'0');
    if whole == 0 || leading_zero {
        return None;
    }
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        at += (fraction > 0).then_some(1 + fraction)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        at += (exponent > 0).then_some(1 + sign + exponent)?;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_their_characters() {
        let (value, length) = string(r#""a\n\u00e9\ud83d\ude00\/" rest"#).unwrap();
        assert_eq!(value, "a\né😀/");
        assert_eq!(length, 25);
    }

    #[test]
    fn broken_strings_are_refused() {
        for text in [
            r#""a"#,
            r#""\x""#,
            r#""\ud83d""#,
            r#""\ud83dA""#,
            r#""\u12g4""#,
            r#""\u+123""#,
            "\"\n\"",
            r#""\"#,
        ] {
            assert!(string(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_end_where_they_end() {
        for (text, length) in [("0", 1), ("-10.25,", 6), ("1e5]", 3), ("2E-3", 4), ("12 ", 2)] {
            assert_eq!(number(text), Some(length), "{text}");
        }
        for text in ["-", "00", "1.", "1e", "1.e5", "-a"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
