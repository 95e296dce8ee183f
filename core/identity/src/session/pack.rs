//! A session as bytes: fields in order, texts and lists with their lengths. Only ever read after the bytes
//! were authenticated; still, nothing in here trusts a length.

use zeroize::Zeroizing;

use super::{Origin, Parent, Session, Subject};
use crate::{Secret, Tag};

/// The layout that [`pack`] writes.
const VERSION: u8 = 2;

/// A session's bytes; erased when dropped, for they hold the secret.
pub(super) fn pack(session: &Session) -> Option<Zeroizing<Vec<u8>>> {
    let mut to = Writer(Zeroizing::new(Vec::with_capacity(512)));
    to.0.push(VERSION);
    to.text(session.secret.expose())?;
    to.subject(&session.subject)?;
    to.time(session.issued);
    to.time(session.expires);
    to.option(session.mfa, |to, mfa| {
        to.time(mfa);
        Some(())
    })?;
    to.option(session.policy.as_deref(), Writer::text)?;
    to.list(&session.policy_arns, |to, arn| to.text(arn))?;
    to.list(&session.tags, |to, tag| {
        to.text(&tag.key)?;
        to.text(&tag.value)
    })?;
    to.list(&session.transitive, |to, key| to.text(key))?;
    to.option(session.source_identity.as_deref(), Writer::text)?;
    to.option(session.origin.as_ref(), |to, origin| {
        to.text(&origin.provider)?;
        to.list(&origin.claims, |to, (key, values)| {
            to.text(key)?;
            to.list(values, |to, value| to.text(value))
        })
    })?;
    Some(to.0)
}

/// The session that these bytes are; `None` for any others.
pub(super) fn unpack(access_key_id: &str, bytes: &[u8]) -> Option<Session> {
    let mut from = Reader(bytes);
    (from.byte()? == VERSION).then_some(())?;
    let session = Session {
        access_key_id: access_key_id.to_owned(),
        secret: Secret::new(from.text()?),
        subject: from.subject()?,
        issued: from.time()?,
        expires: from.time()?,
        mfa: from.option(Reader::time)?,
        policy: from.option(Reader::text)?,
        policy_arns: from.list(Reader::text)?,
        tags: from.list(|from| Some(Tag { key: from.text()?, value: from.text()? }))?,
        transitive: from.list(Reader::text)?,
        source_identity: from.option(Reader::text)?,
        origin: from.option(Reader::origin)?,
    };
    from.0.is_empty().then_some(session)
}

struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    fn length(&mut self, length: usize) -> Option<()> {
        self.0.extend(u16::try_from(length).ok()?.to_be_bytes());
        Some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.length(text.len())?;
        self.0.extend(text.as_bytes());
        Some(())
    }

    fn time(&mut self, seconds: i64) {
        self.0.extend(seconds.to_be_bytes());
    }

    fn option<T>(&mut self, value: Option<T>, write: impl Fn(&mut Self, T) -> Option<()>) -> Option<()> {
        self.0.push(u8::from(value.is_some()));
        value.map_or(Some(()), |value| write(self, value))
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T) -> Option<()>) -> Option<()> {
        self.length(items.len())?;
        items.iter().try_for_each(|item| write(self, item))
    }

    fn parent(&mut self, parent: &Parent) -> Option<()> {
        self.option(parent.user.as_deref(), Self::text)?;
        self.text(&parent.key)
    }

    fn subject(&mut self, subject: &Subject) -> Option<()> {
        match subject {
            Subject::Role { id, name } => {
                self.0.push(0);
                self.text(id)?;
                self.text(name)
            }
            Subject::Same(parent) => {
                self.0.push(1);
                self.parent(parent)
            }
            Subject::Federated { name, by } => {
                self.0.push(2);
                self.text(name)?;
                self.parent(by)
            }
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*chunk)
    }

    fn length(&mut self) -> Option<usize> {
        self.chunk().map(|bytes| usize::from(u16::from_be_bytes(bytes)))
    }

    fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        str::from_utf8(text).ok().map(str::to_owned)
    }

    fn time(&mut self) -> Option<i64> {
        self.chunk().map(i64::from_be_bytes)
    }

    /// The outer `None` is for bytes that are no option.
    #[expect(clippy::option_option, reason = "a parser's failure is not an absent value")]
    fn option<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.byte()? {
            0 => Some(None),
            1 => read(self).map(Some),
            _ => None,
        }
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.length()?;
        (0..length).map(|_| read(self)).collect()
    }

    fn origin(&mut self) -> Option<Origin> {
        let claim = |from: &mut Self| Some((from.text()?, from.list(Reader::text)?));
        Some(Origin { provider: self.text()?, claims: self.list(claim)? })
    }

    fn parent(&mut self) -> Option<Parent> {
        Some(Parent { user: self.option(Self::text)?, key: self.text()? })
    }

    fn subject(&mut self) -> Option<Subject> {
        match self.byte()? {
            0 => Some(Subject::Role { id: self.text()?, name: self.text()? }),
            1 => self.parent().map(Subject::Same),
            2 => Some(Subject::Federated { name: self.text()?, by: self.parent()? }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn foreign_bytes_are_read_without_harm(bytes: Vec<u8>) {
            let _ = unpack("ASIA", &bytes);
            let _ = unpack("ASIA", &[&[VERSION], &bytes[..]].concat());
        }
    }
}
