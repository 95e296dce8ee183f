use quick_xml::events::Event;

use crate::Error;

/// The namespace of SAML metadata.
const NAMESPACE: &[u8] = b"urn:oasis:names:tc:SAML:2.0:metadata";
/// The most bytes that are stored of one document.
const MOST: usize = 1_000_000;

/// What is needed of a provider's metadata.
///
/// Source: OASIS, "Metadata for the OASIS Security Assertion Markup Language (SAML) V2.0".
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    /// When it ends to be valid, in seconds since 1970, if it does.
    pub(super) valid_until: Option<i64>,
}

impl Metadata {
    /// Reads a document that describes an identity provider.
    pub(super) fn read(document: &str) -> Result<Self, Error> {
        if document.len() > MOST {
            let message = format!("Metadata of more than {MOST} bytes cannot be stored.");
            return Err(Error::InvalidInput(message));
        }
        parse(document).ok_or_else(|| Error::InvalidInput("Could not parse metadata".to_owned()))
    }

    /// When a provider with this metadata ends: AWS gives those without an end a hundred years.
    pub(super) fn end(&self, now: i64) -> i64 {
        const CENTURY: i64 = 100 * 365 * 24 * 60 * 60;
        self.valid_until.unwrap_or(now.saturating_add(CENTURY))
    }
}

fn parse(document: &str) -> Option<Metadata> {
    let mut reader = quick_xml::NsReader::from_str(document);
    let mut found = None;
    let (mut depth, mut provider) = (0_usize, false);
    loop {
        let (namespace, event) = reader.read_resolved_event().ok()?;
        let ours =
            matches!(namespace, quick_xml::name::ResolveResult::Bound(name) if name.as_ref() == NAMESPACE);
        let element = match &event {
            Event::Start(element) | Event::Empty(element) => Some(element),
            // Entities could be declared there.
            Event::DocType(_) => return None,
            Event::Eof => break,
            _ => None,
        };
        if let Some(element) = element {
            let name = element.local_name();
            match (depth, name.as_ref()) {
                (0, b"EntityDescriptor") if ours => found = Some(valid_until(element)?),
                (0, _) => return None,
                (1, b"IDPSSODescriptor") if ours => provider = true,
                _ => {}
            }
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    let valid_until = found.filter(|_| provider && depth == 0)?;
    Some(Metadata { valid_until })
}

/// The value of `validUntil`; `None` outside for one that is no time.
fn valid_until(element: &quick_xml::events::BytesStart<'_>) -> Option<Option<i64>> {
    match element.try_get_attribute("validUntil").ok()? {
        Some(value) => {
            let text = value.unescape_value().ok()?;
            Some(Some(text.parse::<jiff::Timestamp>().ok()?.as_second()))
        }
        None => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view;

    fn document(attributes: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/" {attributes}><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>"#
        )
    }

    #[test]
    fn the_end_is_read() {
        let read = Metadata::read(&document(r#"validUntil="2030-01-02T03:04:05Z""#)).unwrap();
        assert_eq!(view::time(read.end(0)).to_string(), "2030-01-02T03:04:05Z");
        assert_eq!(Metadata::read(&document("")).unwrap().end(7), 100 * 365 * 86_400 + 7);
    }

    #[test]
    fn other_documents_are_refused() {
        let whole = document("");
        for broken in [
            String::new(),
            "metadata".to_owned(),
            whole.replace("</md:EntityDescriptor>", ""),
            whole.replace("IDPSSODescriptor", "SPSSODescriptor"),
            whole.replace(":metadata\"", ":other\""),
            whole.replace("<md:Entity", "<!DOCTYPE x [<!ENTITY a \"b\">]><md:Entity"),
            document(r#"validUntil="tomorrow""#),
            format!("<x>{whole}</x>"),
        ] {
            let refused = Metadata::read(&broken).unwrap_err();
            assert_eq!(refused.code(), Some(("InvalidInput", 400)), "{broken}");
        }
    }
}
