use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::codec::{Damaged, In, Out};
use crate::model::StorageClass;

/// What a client says of an object, to be said again when it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Meta {
    pub(crate) content_type: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) expires: Option<String>,
    pub(crate) website_redirect_location: Option<String>,
    /// The storage class by its word; `None` for `STANDARD`.
    pub(crate) storage_class: Option<String>,
    /// The multipart upload that the object comes of, which may be completed once more: a client may not have got the
    /// first answer.
    pub(crate) upload: Option<String>,
    /// The client's own pairs.
    pub(crate) user: BTreeMap<String, String>,
}

/// The stored number of the storage class.
const CLASS: u8 = 8;

impl Meta {
    /// The named fields, in the order of their stored numbers, which begin at 1.
    fn named(&self) -> [&Option<String>; 9] {
        [
            &self.content_type,
            &self.cache_control,
            &self.content_disposition,
            &self.content_encoding,
            &self.content_language,
            &self.expires,
            &self.website_redirect_location,
            &self.storage_class,
            &self.upload,
        ]
    }

    fn place(&mut self, number: u8) -> Option<&mut Option<String>> {
        Some(match number {
            1 => &mut self.content_type,
            2 => &mut self.cache_control,
            3 => &mut self.content_disposition,
            4 => &mut self.content_encoding,
            5 => &mut self.content_language,
            6 => &mut self.expires,
            7 => &mut self.website_redirect_location,
            CLASS => &mut self.storage_class,
            9 => &mut self.upload,
            _ => return None,
        })
    }

    /// The storage class of an object that says this.
    pub(crate) fn class(&self) -> StorageClass {
        self.storage_class.as_deref().and_then(StorageClass::parse).unwrap_or(StorageClass::Standard)
    }

    /// The storage class alone, for lists of many objects.
    pub(super) fn class_in(section: &Bytes) -> Result<StorageClass, Damaged> {
        let mut input = In::new(section, "object metadata");
        while !input.is_empty() {
            match (input.u8()?, input.short()?) {
                // The client's own pairs come last.
                (0, _) => break,
                (CLASS, word) => {
                    let word = std::str::from_utf8(word).ok().and_then(StorageClass::parse);
                    return word.ok_or(input.damaged());
                }
                _ => {}
            }
        }
        Ok(StorageClass::Standard)
    }

    pub(super) fn write(&self, out: &mut Out) {
        for (number, value) in (1..).zip(self.named()) {
            if let Some(value) = value {
                out.u8(number).short(value.as_bytes());
            }
        }
        for (name, value) in &self.user {
            out.u8(0).short(name.as_bytes()).short(value.as_bytes());
        }
    }

    pub(super) fn read(section: &Bytes) -> Result<Self, Damaged> {
        let mut input = In::new(section, "object metadata");
        let mut meta = Self::default();
        while !input.is_empty() {
            match input.u8()? {
                0 => drop(meta.user.insert(input.text()?, input.text()?)),
                number => {
                    let damaged = input.damaged();
                    *meta.place(number).ok_or(damaged)? = Some(input.text()?);
                }
            }
        }
        Ok(meta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(meta: &Meta) -> Bytes {
        let mut out = Out::default();
        meta.write(&mut out);
        out.finish().into()
    }

    #[test]
    fn the_class_is_found_without_reading_the_rest() {
        let meta = |class: Option<StorageClass>| Meta {
            content_type: Some("text/plain".to_owned()),
            storage_class: class.map(|class| class.to_string()),
            user: [("x".to_owned(), "y".to_owned())].into(),
            ..Meta::default()
        };
        for (class, found) in
            [(None, StorageClass::Standard), (Some(StorageClass::DeepArchive), StorageClass::DeepArchive)]
        {
            let meta = meta(class);
            assert_eq!(Meta::class_in(&section(&meta)).unwrap(), found);
            assert_eq!(meta.class(), found);
            assert_eq!(Meta::read(&section(&meta)).unwrap(), meta);
        }
    }
}
