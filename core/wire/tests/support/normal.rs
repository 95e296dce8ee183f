//! Bodies in a form that two equal bodies share.

use kurodo_wire::Timestamp;
use minicbor::{Decoder, data::Type};
use quick_xml::{Reader, events::Event};
use serde_json::{Value as Json, json};

/// An XML element: name without prefix, attributes, text or children. Namespaces and the order of elements of
/// different names mean nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    fn settle(&mut self) {
        if !self.children.is_empty() || self.text.trim().is_empty() && self.text.contains('\n') {
            self.text.clear();
        }
        self.text = timestamp(&self.text).unwrap_or_else(|| std::mem::take(&mut self.text));
        self.attributes.sort();
        self.children.iter_mut().for_each(Element::settle);
        self.children.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// A point in time in one form, whatever its offset and precision.
fn timestamp(text: &str) -> Option<String> {
    Some(format!("ms {}", text.parse::<Timestamp>().ok()?.as_millisecond()))
}

/// Reads a JSON document.
pub(crate) fn json(body: &[u8]) -> Json {
    fn settle(json: Json) -> Json {
        match json {
            Json::Object(object) => {
                let mut pairs: Vec<_> = object.into_iter().map(|(key, value)| (key, settle(value))).collect();
                pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
                Json::Object(pairs.into_iter().collect())
            }
            Json::Array(items) => items.into_iter().map(settle).collect(),
            Json::String(text) => Json::String(timestamp(&text).unwrap_or(text)),
            Json::Number(number) => number
                .as_i64()
                .map(Json::from)
                .or_else(|| whole(number.as_f64()?))
                .unwrap_or(Json::Number(number)),
            other => other,
        }
    }
    settle(
        serde_json::from_slice(body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(body))),
    )
}

fn whole(number: f64) -> Option<Json> {
    (number.fract() == 0.0 && number.abs() < 1e15).then(|| json!(number as i64))
}

/// Reads an XML document.
pub(crate) fn xml(body: &str) -> Element {
    let mut reader = Reader::from_str(body);
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![element("", Vec::new())];
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {body}")) {
            Event::Start(start) => {
                let name = String::from_utf8(start.local_name().into_inner().to_vec()).unwrap();
                let attributes =
                    start.attributes().map(Result::unwrap).filter(|a| !a.key.0.starts_with(b"xmlns"));
                let attributes = attributes.map(|a| {
                    let key = String::from_utf8(a.key.0.to_vec()).unwrap();
                    (key, a.unescape_value().unwrap().into_owned())
                });
                open.push(element(&name, attributes.collect()));
            }
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.xml_content().unwrap()),
            Event::CData(text) => open.last_mut().unwrap().text.push_str(&text.decode().unwrap()),
            Event::GeneralRef(name) => {
                let letter = name.resolve_char_ref().unwrap().map(String::from);
                let word =
                    quick_xml::escape::resolve_predefined_entity(&name.decode().unwrap()).map(str::to_owned);
                open.last_mut().unwrap().text.push_str(&letter.or(word).unwrap());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let mut root = open.pop().unwrap().children.pop().unwrap_or_else(|| element("", Vec::new()));
    root.settle();
    root
}

fn element(name: &str, attributes: Vec<(String, String)>) -> Element {
    Element { name: name.to_owned(), attributes, text: String::new(), children: Vec::new() }
}

/// Reads a CBOR document. Definite and indefinite lengths, and widths of floats, mean nothing.
pub(crate) fn cbor(body: &[u8]) -> Json {
    let mut decoder = Decoder::new(body);
    let value = item(&mut decoder);
    assert_eq!(decoder.position(), body.len(), "bytes after the document");
    value
}

fn item(decoder: &mut Decoder<'_>) -> Json {
    match decoder.datatype().unwrap() {
        Type::Map | Type::MapIndef => {
            let mut left = decoder.map().unwrap();
            let mut object = serde_json::Map::new();
            while more(decoder, &mut left) {
                let key = item(decoder).as_str().unwrap().to_owned();
                object.insert(key, item(decoder));
            }
            Json::Object(object)
        }
        Type::Array | Type::ArrayIndef => {
            let mut left = decoder.array().unwrap();
            let mut items = Vec::new();
            while more(decoder, &mut left) {
                items.push(item(decoder));
            }
            Json::Array(items)
        }
        Type::String | Type::StringIndef => {
            json!(decoder.str_iter().unwrap().map(Result::unwrap).collect::<String>())
        }
        Type::Bytes | Type::BytesIndef => {
            json!({ "bytes": decoder.bytes_iter().unwrap().map(Result::unwrap).collect::<Vec<_>>().concat() })
        }
        Type::Bool => json!(decoder.bool().unwrap()),
        Type::Null | Type::Undefined => {
            decoder.skip().unwrap();
            Json::Null
        }
        Type::F16 => json!({ "float": format!("{:?}", f64::from(decoder.f16().unwrap())) }),
        Type::F32 => json!({ "float": format!("{:?}", f64::from(decoder.f32().unwrap())) }),
        Type::F64 => json!({ "float": format!("{:?}", decoder.f64().unwrap()) }),
        Type::Tag => {
            let tag = decoder.tag().unwrap().as_u64();
            let inner = item(decoder);
            let number =
                inner.get("float").and_then(Json::as_str).map_or_else(|| inner.to_string(), str::to_owned);
            json!({ "tag": tag, "number": format!("{:?}", number.parse::<f64>().unwrap()) })
        }
        _ => json!(decoder.i64().unwrap()),
    }
}

fn more(decoder: &mut Decoder<'_>, left: &mut Option<u64>) -> bool {
    match left {
        Some(0) => false,
        Some(count) => {
            *count -= 1;
            true
        }
        None if decoder.datatype().unwrap() == Type::Break => {
            decoder.skip().unwrap();
            false
        }
        None => true,
    }
}
