use crate::{
    MOST_RECORD, SelectError, decimal,
    json::Node,
    value::{self, Value},
};

/// The form of a result.
#[derive(Clone, Debug)]
pub enum Output {
    /// Records of fields.
    Csv(CsvOutput),
    /// Objects, each with this behind it.
    Json(String),
}

/// CSV, as S3 Select writes it.
#[derive(Clone, Debug)]
pub struct CsvOutput {
    /// Whether every field has quotes, or only those that need them.
    pub always_quote: bool,
    /// What a quote within quotes has before it.
    pub quote_escape: String,
    /// What ends a record.
    pub record_delimiter: String,
    /// What stands between fields.
    pub field_delimiter: String,
    /// What stands around fields.
    pub quote: String,
}

impl Default for CsvOutput {
    fn default() -> Self {
        Self {
            always_quote: false,
            quote_escape: "\"".into(),
            record_delimiter: "\n".into(),
            field_delimiter: ",".into(),
            quote: "\"".into(),
        }
    }
}

impl Output {
    /// # Errors
    /// [`SelectError::InvalidRequestParameter`] when a sign is not one character, or a delimiter of records is none.
    pub(crate) fn check(&self) -> Result<(), SelectError> {
        let one = |text: &str| text.chars().count() == 1;
        let good = match self {
            Self::Json(delimiter) => !delimiter.is_empty(),
            Self::Csv(csv) => {
                one(&csv.quote_escape)
                    && one(&csv.field_delimiter)
                    && one(&csv.quote)
                    && !csv.record_delimiter.is_empty()
            }
        };
        if good { Ok(()) } else { Err(SelectError::InvalidRequestParameter) }
    }

    /// Writes a record of columns and their names. A record that is too long ends with the column that makes it so.
    ///
    /// # Errors
    /// [`SelectError::OverMaxRecordSize`]; [`SelectError::UnsupportedSqlOperation`] for lists and objects in CSV.
    pub(crate) fn write<'a>(
        &self,
        out: &mut Vec<u8>,
        columns: impl Iterator<Item = Column<'a>>,
    ) -> Result<(), SelectError> {
        let mut record = String::new();
        match self {
            Self::Csv(csv) => csv.write(&mut record, columns)?,
            Self::Json(delimiter) => {
                object(&mut record, columns)?;
                record.push_str(delimiter);
            }
        }
        bounded(&record)?;
        out.extend_from_slice(record.as_bytes());
        Ok(())
    }
}

impl CsvOutput {
    fn write<'a>(
        &self,
        out: &mut String,
        columns: impl Iterator<Item = Column<'a>>,
    ) -> Result<(), SelectError> {
        for (index, column) in columns.enumerate() {
            bounded(out)?;
            if index > 0 {
                out.push_str(&self.field_delimiter);
            }
            let (_, value) = column?;
            self.field(out, &value.text().ok_or(SelectError::UnsupportedSqlOperation)?);
        }
        out.push_str(&self.record_delimiter);
        Ok(())
    }

    fn field(&self, out: &mut String, text: &str) {
        let signs = [&self.field_delimiter, &self.quote, &self.record_delimiter];
        let line_break = text.contains(['\n', '\r']);
        if !(self.always_quote || line_break || signs.into_iter().any(|sign| text.contains(sign.as_str()))) {
            out.push_str(text);
            return;
        }
        out.push_str(&self.quote);
        for (index, piece) in text.split(self.quote.as_str()).enumerate() {
            if index > 0 {
                out.push_str(&self.quote_escape);
                out.push_str(&self.quote);
            }
            out.push_str(piece);
        }
        out.push_str(&self.quote);
    }
}

/// A column's name and value, or why there is none.
pub(crate) type Column<'a> = Result<(&'a str, Value<'a>), SelectError>;

fn bounded(record: &str) -> Result<(), SelectError> {
    if record.len() > MOST_RECORD { Err(SelectError::OverMaxRecordSize) } else { Ok(()) }
}

/// What JSON shows of a value.
enum Shown<'a> {
    Nothing,
    Plain(String),
    Text(std::borrow::Cow<'a, str>),
    Node(std::borrow::Cow<'a, Node>),
}

impl<'a> Value<'a> {
    fn node(self) -> Shown<'a> {
        match self {
            Self::Missing => Shown::Nothing,
            Self::Null => Shown::Plain("null".into()),
            Self::Text(text) => Shown::Text(text),
            Self::Time(time) => Shown::Text(time.to_string().into()),
            Self::Nested(node) => Shown::Node(node),
            // JSON has no number for these.
            Self::Float(number) if !number.is_finite() => Shown::Plain("null".into()),
            Self::Float(number) => Shown::Plain(value::float(number)),
            Self::Int96(number) => Shown::Plain(number.to_string()),
            Self::Bool(truth) => Shown::Plain(truth.to_string()),
            Self::Int(number) => Shown::Plain(number.to_string()),
            Self::Decimal(number) => Shown::Plain(decimal::show(&number)),
        }
    }
}

fn object<'a>(out: &mut String, members: impl Iterator<Item = Column<'a>>) -> Result<(), SelectError> {
    out.push('{');
    let mut first = true;
    for member in members {
        bounded(out)?;
        let (name, value) = member?;
        let value = value.node();
        if matches!(value, Shown::Nothing) {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        text(out, name);
        out.push(':');
        match value {
            Shown::Nothing => {}
            Shown::Plain(plain) => out.push_str(&plain),
            Shown::Text(shown) => text(out, &shown),
            Shown::Node(shown) => node(out, &shown),
        }
    }
    out.push('}');
    Ok(())
}

fn node(out: &mut String, shown: &Node) {
    match shown {
        Node::Null => out.push_str("null"),
        Node::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Node::Int(number) => out.push_str(&number.to_string()),
        Node::Decimal(number) => out.push_str(&decimal::show(number)),
        Node::Text(shown) => text(out, shown),
        Node::Float(number) if !number.is_finite() => out.push_str("null"),
        Node::Float(number) => out.push_str(&value::float(*number)),
        Node::Time(time) => text(out, &time.to_string()),
        Node::Int96(number) => out.push_str(&number.to_string()),
        Node::List(list) => {
            out.push('[');
            for (index, one) in list.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                node(out, one);
            }
            out.push(']');
        }
        Node::Object(members) => {
            out.push('{');
            for (index, (name, one)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                text(out, name);
                out.push(':');
                node(out, one);
            }
            out.push('}');
        }
    }
}

fn text(out: &mut String, shown: &str) {
    out.push_str(&serde_json::Value::from(shown).to_string());
}
