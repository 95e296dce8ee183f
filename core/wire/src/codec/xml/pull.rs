//! A pull parser that knows elements, text and ends, and refuses what AWS has no use for.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    events::{BytesDecl, BytesRef, BytesStart, Event},
};

use crate::{WireError, codec::budget::Budget};

/// How deep elements may nest.
const MAX_DEPTH: usize = 64;

/// What comes next.
pub(super) enum Node<'a> {
    /// An element begins.
    Start(Element<'a>),
    /// Text, entities resolved.
    Text(Cow<'a, str>),
    /// The innermost open element ends, or the document does.
    End,
}

/// The start of an element.
pub(super) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        std::str::from_utf8(self.0.local_name().into_inner()).unwrap_or_default()
    }

    /// An attribute's value, by its whole name or, failing that, by the name behind the prefix.
    pub(super) fn attribute(&self, name: &str) -> Result<Option<String>, WireError> {
        let local = name.rsplit(':').next().unwrap_or(name);
        let mut found = None;
        for attribute in self.0.attributes() {
            let attribute = attribute.map_err(|_| malformed("an attribute is malformed"))?;
            let key = attribute.key.into_inner();
            let is_local = attribute.key.local_name().into_inner() == local.as_bytes();
            if key == name.as_bytes() || (is_local && !key.starts_with(b"xmlns") && found.is_none()) {
                let value = attribute.unescape_value().map_err(|_| malformed("an attribute is malformed"))?;
                found = Some(value.into_owned());
            }
        }
        Ok(found)
    }

    fn check(&self) -> Result<(), WireError> {
        match self.0.attributes().find(Result::is_err) {
            Some(_) => Err(malformed("an attribute is malformed")),
            None => Ok(()),
        }
    }
}

/// The parser.
pub(super) struct Pull<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    /// What the values may still grow to.
    pub(super) budget: Budget,
}

/// The error of a document that is not well-formed.
pub(super) fn malformed(why: &'static str) -> WireError {
    WireError::xml(why)
}

impl<'a> Pull<'a> {
    /// Starts at the beginning of a document.
    pub(super) fn new(body: &'a [u8], budget: Budget) -> Result<Self, WireError> {
        let text = std::str::from_utf8(body).map_err(|_| malformed("the document is not UTF-8"))?;
        let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        Ok(Self { reader, depth: 0, budget })
    }

    /// What comes next.
    pub(super) fn next(&mut self) -> Result<Node<'a>, WireError> {
        loop {
            match self.reader.read_event().map_err(|_| malformed("the document is not well-formed"))? {
                Event::Start(start) => return self.open(Element(start)).map(Node::Start),
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Node::End);
                }
                Event::Text(text) => return text.xml10_content().map(Node::Text).map_err(|_| bad_text()),
                Event::CData(data) => return data.xml10_content().map(Node::Text).map_err(|_| bad_text()),
                Event::GeneralRef(reference) => return entity(&reference).map(Node::Text),
                Event::Eof if self.depth == 0 => return Ok(Node::End),
                Event::Eof => return Err(malformed("the document ends early")),
                Event::Decl(declaration) => check_encoding(&declaration)?,
                Event::DocType(_) => return Err(malformed("a document type is not accepted")),
                Event::Comment(_) => {}
                Event::PI(_) => return Err(malformed("a processing instruction is not accepted")),
                Event::Empty(_) => return Err(malformed("the document is not well-formed")),
            }
        }
    }

    fn open(&mut self, element: Element<'a>) -> Result<Element<'a>, WireError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(malformed("elements nest too deep"));
        }
        element.check()?;
        Ok(element)
    }

    /// The next element inside the open one, or `None` at its end. Text between elements must be blank.
    pub(super) fn child(&mut self) -> Result<Option<Element<'a>>, WireError> {
        loop {
            match self.next()? {
                Node::Start(element) => return Ok(Some(element)),
                Node::End => return Ok(None),
                Node::Text(text) if text.trim_ascii().is_empty() => {}
                Node::Text(_) => return Err(malformed("text stands between elements")),
            }
        }
    }

    /// The text of the open element, up to its end.
    pub(super) fn text(&mut self) -> Result<Cow<'a, str>, WireError> {
        let mut whole = Cow::Borrowed("");
        loop {
            match self.next()? {
                Node::Text(part) if whole.is_empty() => whole = part,
                Node::Text(part) => whole.to_mut().push_str(&part),
                Node::End => return Ok(whole),
                Node::Start(_) => return Err(malformed("an element stands where text is expected")),
            }
        }
    }
}

fn bad_text() -> WireError {
    malformed("text is malformed")
}

fn entity<'a>(reference: &BytesRef<'_>) -> Result<Cow<'a, str>, WireError> {
    let refused = || malformed("an entity is not accepted");
    if reference.is_char_ref() {
        let letter = reference.resolve_char_ref().map_err(|_| refused())?.ok_or_else(refused)?;
        return if letter == '\0' { Err(refused()) } else { Ok(letter.to_string().into()) };
    }
    match reference.as_ref() {
        b"amp" => Ok("&".into()),
        b"lt" => Ok("<".into()),
        b"gt" => Ok(">".into()),
        b"quot" => Ok("\"".into()),
        b"apos" => Ok("'".into()),
        _ => Err(refused()),
    }
}

fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), WireError> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case(b"utf-8") => Ok(()),
        Some(_) => Err(malformed("the document's encoding must be UTF-8")),
    }
}
