//! XML from values.

use crate::{
    Kind, Member, Structure, Value, WireError, XmlNamespace,
    codec::text::{self, Style, unfit},
};

/// The namespace of a document's root.
pub(crate) type Namespace<'a> = Option<&'a str>;

/// An XML document as it grows.
#[derive(Debug)]
pub(crate) struct Writer {
    out: String,
    scratch: String,
    style: Style,
}

impl Writer {
    /// An empty document. `declaration` puts `<?xml ..?>` in front.
    pub(crate) fn new(style: Style, declaration: bool) -> Self {
        let mut out = String::with_capacity(512);
        if declaration {
            out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        }
        Self { out, scratch: String::new(), style }
    }

    /// The document's text.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Opens an element with a default namespace.
    pub(crate) fn open(&mut self, name: &str, namespace: Namespace<'_>) {
        self.begin(name);
        if let Some(uri) = namespace {
            self.attribute("xmlns", uri);
        }
        self.out.push('>');
    }

    /// Opens an element with a default namespace and the attributes that are members of the structure.
    pub(crate) fn open_structure(
        &mut self,
        name: &str,
        namespace: Namespace<'_>,
        schema: &Structure,
        value: &Value,
    ) -> Result<(), WireError> {
        self.begin(name);
        if let Some(uri) = namespace {
            self.attribute("xmlns", uri);
        }
        self.attributes(schema, value)?;
        self.out.push('>');
        Ok(())
    }

    /// Closes the element.
    pub(crate) fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// An element that holds this text.
    pub(crate) fn element(&mut self, name: &str, content: &str) {
        self.open(name, None);
        escape(&mut self.out, content, false);
        self.close(name);
    }

    /// The elements of a structure's members that travel in the document, without an element around them.
    pub(crate) fn members(&mut self, schema: &Structure, value: &Value) -> Result<(), WireError> {
        for (member, value) in zip(schema, value)? {
            if member.is_in_document() && !member.xml_attribute && !value.is_null() {
                self.member(member, value)?;
            }
        }
        Ok(())
    }

    /// A value as an element of this name, whatever the member is called.
    pub(crate) fn root(
        &mut self,
        name: &str,
        namespace: Namespace<'_>,
        member: &Member,
        value: &Value,
    ) -> Result<(), WireError> {
        self.begin(name);
        if let Some(uri) = namespace {
            self.attribute("xmlns", uri);
        }
        self.content(name, member, value)
    }

    /// The text of a scalar, without an element around it.
    pub(crate) fn text(&mut self, member: &Member, value: &Value) -> Result<(), WireError> {
        self.scratch.clear();
        text::write(&mut self.scratch, member, value, self.style)?;
        escape(&mut self.out, &self.scratch, false);
        Ok(())
    }

    fn member(&mut self, member: &Member, value: &Value) -> Result<(), WireError> {
        match (&member.target().kind, value) {
            (Kind::List { item }, Value::List(items)) if member.flattened => {
                let by_item = item.renamed && !member.renamed;
                let name = if by_item { item.wire_name } else { member.wire_name };
                items.iter().try_for_each(|value| self.named(name, member, item, value))
            }
            (Kind::Map { key, value: item }, Value::Map(pairs)) if member.flattened => pairs
                .iter()
                .try_for_each(|pair| self.entry(member.wire_name, member.xml_namespace, (key, item), pair)),
            _ => self.named(member.wire_name, member, member, value),
        }
    }

    /// An element of this name; `outer` brings the namespace, `member` the type.
    fn named(&mut self, name: &str, outer: &Member, member: &Member, value: &Value) -> Result<(), WireError> {
        self.begin(name);
        self.namespace(outer.xml_namespace);
        self.content(name, member, value)
    }

    /// Attributes, content and end of an element whose start tag is still open.
    fn content(&mut self, name: &str, member: &Member, value: &Value) -> Result<(), WireError> {
        match (&member.target().kind, value) {
            (_, Value::Null) => self.out.push('>'),
            (Kind::Structure(schema), value) => {
                self.attributes(schema, value)?;
                self.out.push('>');
                self.members(schema, value)?;
            }
            (Kind::List { item }, Value::List(items)) => {
                self.out.push('>');
                items.iter().try_for_each(|value| self.named(item.wire_name, item, item, value))?;
            }
            (Kind::Map { key, value: item }, Value::Map(pairs)) => {
                self.out.push('>');
                pairs.iter().try_for_each(|pair| self.entry("entry", None, (key, item), pair))?;
            }
            _ => {
                self.out.push('>');
                self.text(member, value)?;
            }
        }
        self.close(name);
        Ok(())
    }

    fn entry(
        &mut self,
        name: &str,
        namespace: Option<XmlNamespace>,
        (key, item): (&Member, &Member),
        (text, value): &(String, Value),
    ) -> Result<(), WireError> {
        self.begin(name);
        self.namespace(namespace);
        self.out.push('>');
        self.begin(key.wire_name);
        self.namespace(key.xml_namespace);
        self.out.push('>');
        escape(&mut self.out, text, false);
        self.close(key.wire_name);
        self.named(item.wire_name, item, item, value)?;
        self.close(name);
        Ok(())
    }

    fn begin(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
    }

    fn namespace(&mut self, namespace: Option<XmlNamespace>) {
        match namespace {
            Some(XmlNamespace { prefix: Some(prefix), uri }) => {
                self.attribute(&format!("xmlns:{prefix}"), uri)
            }
            Some(XmlNamespace { prefix: None, uri }) => self.attribute("xmlns", uri),
            None => {}
        }
    }

    fn attributes(&mut self, schema: &Structure, value: &Value) -> Result<(), WireError> {
        for (member, value) in zip(schema, value)? {
            if member.xml_attribute && !value.is_null() {
                let mut content = String::new();
                text::write(&mut content, member, value, self.style)?;
                self.attribute(member.wire_name, &content);
            }
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, content: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(&mut self.out, content, true);
        self.out.push('"');
    }
}

fn zip<'v>(
    schema: &Structure,
    value: &'v Value,
) -> Result<impl Iterator<Item = (&'static Member, &'v Value)>, WireError> {
    let values = value.as_members().ok_or_else(|| unfit("a member", "a structure", value))?;
    Ok(schema.members.iter().zip(values))
}

/// Escapes text. Control characters become numeric references, as S3 writes them.
fn escape(out: &mut String, text: &str, attribute: bool) {
    let mut rest = text;
    while let Some(at) = rest.find(|letter| needs_escape(letter, attribute)) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut letters = tail.chars();
        if let Some(letter) = letters.next() {
            escape_letter(out, letter);
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
}

fn needs_escape(letter: char, attribute: bool) -> bool {
    match letter {
        '&' | '<' | '>' | '"' | '\u{fffe}' | '\u{ffff}' => true,
        '\t' | '\n' => attribute,
        letter => letter < ' ',
    }
}

fn escape_letter(out: &mut String, letter: char) {
    match letter {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\r' => out.push_str("&#13;"),
        letter => out.push_str(&format!("&#x{:x};", u32::from(letter))),
    }
}
