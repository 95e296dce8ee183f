//! The tags of a form: a document in a form, and a header field of the request that it becomes.
//!
//! Source: S3 API Reference, "POST Object", "tagging".

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;
use kurodo_wire::{Protocol, RequestParts, ServiceSchema, Value, decode_input};
use percent_encoding::utf8_percent_encode;

use super::{Form, FormError, put::QUERY};

/// The operation whose content is such a document.
const OPERATION: &str = "PutObjectTagging";

impl Form {
    /// Replaces the document by the header field's text.
    pub(crate) fn tag(&mut self, schema: &ServiceSchema) -> Result<(), FormError> {
        let given = self.fields.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("tagging"));
        if let Some((_, document)) = given {
            *document = header(document, schema).ok_or(FormError::Tagging)?;
        }
        Ok(())
    }
}

fn header(document: &str, schema: &ServiceSchema) -> Option<String> {
    let labels = ["Bucket", "Key"].map(|name| (name, Cow::from("-")));
    let body = Bytes::copy_from_slice(document.as_bytes());
    let parts = RequestParts { labels: &labels, query: &[], headers: &HeaderMap::new(), body };
    let mut pairs = Vec::new();
    collect(&decode_input(Protocol::RestXml, schema.operation(OPERATION)?, &parts).ok()?, &mut pairs);
    Some(pairs.join("&"))
}

/// Every pair of key and value, wherever it is.
fn collect(value: &Value, pairs: &mut Vec<String>) {
    let encoded = |text| utf8_percent_encode(text, QUERY).to_string();
    match value {
        Value::List(items) => items.iter().for_each(|item| collect(item, pairs)),
        Value::Struct(members) => match &**members {
            [Value::String(key), Value::String(value)] => {
                pairs.push(format!("{}={}", encoded(key), encoded(value)));
            }
            members => members.iter().for_each(|member| collect(member, pairs)),
        },
        _ => {}
    }
}
