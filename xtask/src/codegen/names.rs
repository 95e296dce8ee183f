//! Rust names from AWS names.

use std::fmt::Write as _;

/// Words that need `r#` as a field.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Type names that generated code already uses.
const TAKEN: &[&str] = &[
    "Option",
    "Vec",
    "String",
    "Box",
    "Result",
    "Ok",
    "Err",
    "Some",
    "None",
    "Self",
    "BTreeMap",
    "Bytes",
    "Secret",
    "SecretBytes",
    "Timestamp",
    "Value",
    "Valued",
    "Shape",
    "ShapeError",
    "Schema",
];

/// `SSECustomerKeyMD5` → `sse_customer_key_md5`.
pub(crate) fn field(name: &str) -> String {
    let snake = words(name).join("_").to_lowercase();
    if KEYWORDS.contains(&snake.as_str()) { format!("r#{snake}") } else { snake }
}

/// `SSECustomerKeyMD5` → `SSE_CUSTOMER_KEY_MD5`.
pub(crate) fn constant(name: &str) -> String {
    let screaming = words(name).join("_").to_uppercase();
    if screaming.starts_with(|c: char| c.is_ascii_digit()) { format!("N{screaming}") } else { screaming }
}

/// `userNameType` → `UserNameType`.
pub(crate) fn type_name(name: &str) -> String {
    let mut letters = name.chars();
    let upper: String = letters.next().iter().flat_map(|c| c.to_uppercase()).chain(letters).collect();
    let upper = upper.replace('_', "");
    if TAKEN.contains(&upper.as_str()) { format!("{upper}Shape") } else { upper }
}

/// `aws:kms` → `AwsKms`, `AES256` → `Aes256`.
pub(crate) fn variant(word: &str) -> String {
    let mut name = String::new();
    for part in word.split(|c: char| !c.is_ascii_alphanumeric()) {
        for piece in words(part) {
            let mut letters = piece.chars();
            name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
            name.push_str(&letters.as_str().to_ascii_lowercase());
        }
    }
    if word.contains('*') {
        name.push_str("All");
    }
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("V{name}"),
        Some(_) if name == "Self" => "SelfWord".to_owned(),
        Some(_) => name,
    }
}

/// Splits at the humps: `PolicyARNs` → `Policy`, `ARNs`; `MD5OfBody` → `MD5`, `Of`, `Body`.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|i| letters.get(i)).copied();
        if !letter.is_ascii_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        if !word.is_empty() && starts_word(before, letter, letters.get(at + 1..).unwrap_or_default()) {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn starts_word(before: Option<char>, letter: char, after: &[char]) -> bool {
    let Some(before) = before else { return false };
    if !letter.is_ascii_uppercase() {
        return false;
    }
    if before.is_ascii_lowercase() {
        return true;
    }
    // Upper case or digit before: a hump only if a lower-case letter follows, save for a plural's `s`.
    let plural = matches!(after, ['s'] | ['s', 'A'..='Z', ..]);
    after.first().is_some_and(char::is_ascii_lowercase) && !plural
}

/// A Rust string literal.
pub(crate) fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => _ = write!(quoted, "\\u{{{:x}}}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_read_as_rust() {
        for (aws, rust) in [
            ("SSECustomerKeyMD5", "sse_customer_key_md5"),
            ("ChecksumCRC32C", "checksum_crc32c"),
            ("ChecksumCRC64NVME", "checksum_crc64nvme"),
            ("PolicyARNs", "policy_arns"),
            ("MD5OfBody", "md5_of_body"),
            ("ETag", "e_tag"),
            ("Type", "r#type"),
            ("OpenIDConnectProviderArn", "open_id_connect_provider_arn"),
            ("userName", "user_name"),
            ("IPv6Cidr", "i_pv6_cidr"),
        ] {
            assert_eq!(field(aws), rust);
        }
    }

    #[test]
    fn variants_read_as_rust() {
        for (aws, rust) in [
            ("aws:kms:dsse", "AwsKmsDsse"),
            ("AES256", "Aes256"),
            ("us-east-1", "UsEast1"),
            ("2012-10-17", "V20121017"),
            ("s3:ObjectCreated:*", "S3ObjectCreatedAll"),
            ("STANDARD_IA", "StandardIa"),
            ("", "Empty"),
        ] {
            assert_eq!(variant(aws), rust);
        }
    }
}
