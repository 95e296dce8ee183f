//! Conditions on reading.
//!
//! Source: S3 API Reference, `GetObject`, "If-Match" and following; RFC 9110, section 13.

use jiff::Timestamp;

use crate::{
    Error,
    records::{ETag, Head},
};

/// The conditions of a request that reads an object.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct ReadConditions<'a> {
    pub(crate) if_match: Option<&'a str>,
    pub(crate) if_none_match: Option<&'a str>,
    pub(crate) if_modified_since: Option<Timestamp>,
    pub(crate) if_unmodified_since: Option<Timestamp>,
}

/// What the conditions say of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Send it.
    Send,
    /// The client has it already.
    NotModified,
}

impl ReadConditions<'_> {
    /// Weighs them: entity tags before times, and what must hold before what must not.
    pub(crate) fn weigh(&self, head: &Head) -> Result<Verdict, Error> {
        let modified_after = |at: Timestamp| head.modified_ms.div_euclid(1000) > at.as_second();
        match (self.if_match, self.if_unmodified_since) {
            (Some(tags), _) if !matches(tags, &head.etag) => {
                return Err(Error::PreconditionFailed("If-Match"));
            }
            (None, Some(at)) if modified_after(at) => {
                return Err(Error::PreconditionFailed("If-Unmodified-Since"));
            }
            _ => {}
        }
        Ok(match (self.if_none_match, self.if_modified_since) {
            (Some(tags), _) if matches(tags, &head.etag) => Verdict::NotModified,
            (None, Some(at)) if !modified_after(at) => Verdict::NotModified,
            _ => Verdict::Send,
        })
    }

    /// Weighs the conditions on the source of a copy, where "not modified" is a failure too.
    pub(crate) fn weigh_source(&self, head: &Head) -> Result<(), Error> {
        let failed = |name: &'static str| Error::PreconditionFailed(name);
        match self.weigh(head) {
            Ok(Verdict::Send) => Ok(()),
            Ok(Verdict::NotModified) if self.if_none_match.is_some() => {
                Err(failed("x-amz-copy-source-If-None-Match"))
            }
            Ok(Verdict::NotModified) => Err(failed("x-amz-copy-source-If-Modified-Since")),
            Err(Error::PreconditionFailed("If-Match")) => Err(failed("x-amz-copy-source-If-Match")),
            Err(_) => Err(failed("x-amz-copy-source-If-Unmodified-Since")),
        }
    }
}

/// Whether a list of entity tags, or `*`, has this one.
pub(crate) fn matches(tags: &str, etag: &ETag) -> bool {
    tags.trim() == "*" || tags.split(',').any(|tag| etag.is(tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Class, Content, HeadParts, Lock, Meta, Tags, VersionId};

    /// An object of the second 100 with the tag of no content.
    fn head() -> Head {
        let parts = HeadParts {
            id: VersionId::null(100_900),
            size: 0,
            modified_ms: 100_900,
            etag: ETag::whole(crate::checksum::md5_of(b"")),
            checksum: None,
            content: &Content::Empty,
            customer_key: None,
            kms: None,
            lock: Lock::default(),
            class: Class::Standard,
            restored: None,
            meta: &Meta::default(),
            tags: &Tags::default(),
            rights: None,
        };
        Head::read(&parts.to_record().unwrap()).unwrap()
    }

    const TAG: &str = "\"d41d8cd98f00b204e9800998ecf8427e\"";

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    fn weigh(conditions: ReadConditions<'_>) -> Option<Verdict> {
        conditions.weigh(&head()).ok()
    }

    #[test]
    fn tags_and_times_alone() {
        let none = ReadConditions::default();
        assert_eq!(weigh(none), Some(Verdict::Send));
        assert_eq!(weigh(ReadConditions { if_match: Some(TAG), ..none }), Some(Verdict::Send));
        assert_eq!(weigh(ReadConditions { if_match: Some("\"x\", *"), ..none }), None);
        assert_eq!(weigh(ReadConditions { if_match: Some("*"), ..none }), Some(Verdict::Send));
        let either = format!("\"x\", {TAG}");
        assert_eq!(
            weigh(ReadConditions { if_none_match: Some(&either), ..none }),
            Some(Verdict::NotModified)
        );
        assert_eq!(weigh(ReadConditions { if_none_match: Some("\"x\""), ..none }), Some(Verdict::Send));
        assert_eq!(weigh(ReadConditions { if_modified_since: at(99), ..none }), Some(Verdict::Send));
        assert_eq!(weigh(ReadConditions { if_modified_since: at(100), ..none }), Some(Verdict::NotModified));
        assert_eq!(weigh(ReadConditions { if_unmodified_since: at(99), ..none }), None);
        assert_eq!(weigh(ReadConditions { if_unmodified_since: at(100), ..none }), Some(Verdict::Send));
    }

    /// The two pairs that the reference of `GetObject` describes.
    #[test]
    fn tags_go_before_times() {
        let none = ReadConditions::default();
        let pair = ReadConditions { if_match: Some(TAG), if_unmodified_since: at(99), ..none };
        assert_eq!(weigh(pair), Some(Verdict::Send));
        let pair = ReadConditions { if_none_match: Some(TAG), if_modified_since: at(99), ..none };
        assert_eq!(weigh(pair), Some(Verdict::NotModified));
    }

    #[test]
    fn a_copy_of_what_did_not_change_fails() {
        let none = ReadConditions::default();
        let source = ReadConditions { if_none_match: Some(TAG), ..none };
        assert!(source.weigh_source(&head()).is_err());
        assert!(ReadConditions { if_modified_since: at(100), ..none }.weigh_source(&head()).is_err());
        assert!(none.weigh_source(&head()).is_ok());
    }
}
