use crate::times;

/// What a list says of a version in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    Text(String),
    Flag(bool),
    Number(i64),
    /// Milliseconds since 1970.
    Moment(i64),
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Flag,
    Number,
    Moment,
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// As lists of comma-separated values call it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Whether every row says something.
    pub(crate) required: bool,
}

impl Cell {
    /// A text; nothing where there is none.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// As lists of comma-separated values say it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Moment(ms) => times::exact(*ms).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        }
    }
}

impl Column {
    /// As lists in Parquet call it: `LastModifiedDate` is `last_modified_date`.
    pub(crate) fn lower(&self) -> String {
        let mut lower = String::new();
        for (at, letter) in self.name.char_indices() {
            if letter.is_ascii_uppercase() && at > 0 {
                lower.push('_');
            }
            lower.push(letter.to_ascii_lowercase());
        }
        lower
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_two_names() {
        let lower = |name: &str| Column { name: name.to_owned(), kind: Kind::Text, required: false }.lower();
        assert_eq!(lower("Bucket"), "bucket");
        assert_eq!(lower("ETag"), "e_tag");
        assert_eq!(lower("ObjectLockRetainUntilDate"), "object_lock_retain_until_date");
    }
}
