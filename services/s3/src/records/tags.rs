use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::codec::{Damaged, In, Out};

/// Tags in the order in which the client gave them; no key twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tags(pub(crate) Vec<(String, String)>);

impl Tags {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn write(&self, out: &mut Out) {
        for (key, value) in &self.0 {
            out.short(key.as_bytes()).short(value.as_bytes());
        }
    }

    pub(super) fn read(section: &Bytes) -> Result<Self, Damaged> {
        let mut input = In::new(section, "tag set");
        let mut tags = Vec::new();
        while !input.is_empty() {
            tags.push((input.text()?, input.text()?));
        }
        Ok(Self(tags))
    }
}
