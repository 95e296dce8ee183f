use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::codec::{Damaged, In, Out};

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
    /// The multipart upload that the object comes of, which may be completed once more: a client may not have got the
    /// first answer.
    pub(crate) upload: Option<String>,
    /// How far the version is on its way to other buckets, if it is to go to any.
    pub(crate) replication: Option<String>,
    /// The client's own pairs.
    pub(crate) user: BTreeMap<String, String>,
}

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
            &self.upload,
            &self.replication,
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
            8 => &mut self.upload,
            9 => &mut self.replication,
            _ => return None,
        })
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

    #[test]
    fn every_field_is_read_as_it_was_written() {
        let all = Meta {
            content_type: Some("type".to_owned()),
            cache_control: Some("cache".to_owned()),
            content_disposition: Some("disposition".to_owned()),
            content_encoding: Some("encoding".to_owned()),
            content_language: Some("language".to_owned()),
            expires: Some("expires".to_owned()),
            website_redirect_location: Some("/redirect".to_owned()),
            upload: Some("upload".to_owned()),
            replication: Some("PENDING".to_owned()),
            user: [("x".to_owned(), "y".to_owned())].into(),
        };
        for meta in [Meta::default(), all] {
            let mut out = Out::default();
            meta.write(&mut out);
            assert_eq!(Meta::read(&out.finish().into()).unwrap(), meta);
        }
    }
}
