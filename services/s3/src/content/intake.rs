use bytes::Bytes;
use kurodo_gateway::Body;
use kurodo_store::blobs::{BlobId, BlobWriter};

use super::{INLINE, Keys, Reading};
use crate::{
    Error, S3,
    checksum::{ALONE, Hasher, Md5Content, Sums},
    limits,
    records::{Content, Inline},
};

/// Where content comes from.
pub(crate) enum Source<'a> {
    /// The client.
    Client(&'a mut Body),
    /// Another object.
    Object(Reading),
    /// What S3 says itself.
    Own(Option<Bytes>),
}

impl Source<'_> {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match self {
            Self::Client(body) => Ok(body.chunk().await?),
            Self::Object(reading) => reading.next().await,
            Self::Own(content) => Ok(content.take()),
        }
    }
}

/// How content is to be received.
pub(crate) struct Plan<'a> {
    /// Its length in bytes; anything else is refused.
    pub(crate) length: u64,
    /// What it is encrypted under.
    pub(crate) keys: &'a Keys,
    /// What to compute of it.
    pub(crate) hasher: Hasher,
    /// Whether it may lie in a record.
    pub(crate) inline: bool,
}

/// Content that was received whole. It is nobody's until it is kept; dropping it leaves nothing behind.
pub(crate) struct Received {
    pub(crate) sums: Sums,
    held: Held,
}

enum Held {
    Small(Vec<u8>),
    Large(Box<BlobWriter>),
}

/// Receives content, hashing and sealing it on the way. Only when this returns is it known to be what the client
/// signed.
pub(crate) async fn receive(service: &S3, mut source: Source<'_>, plan: Plan<'_>) -> Result<Received, Error> {
    let Plan { length, keys, mut hasher, inline } = plan;
    if length > limits::SINGLE {
        return Err(Error::EntityTooLarge { proposed: length, limit: limits::SINGLE });
    }
    let small = usize::try_from(length).ok().filter(|length| inline && *length <= INLINE);
    let mut held = match small {
        // Room for the tag too, so that sealing in place does not move the content.
        Some(length) => Held::Small(Vec::with_capacity(length + kurodo_keys::TAG_LEN)),
        None => Held::Large(Box::new(service.blobs.create(&keys.wrapping)?)),
    };
    let mut layer = keys.layer(held.blob())?;
    let mut md5 = (length > ALONE && hasher.leave_md5()).then(|| service.md5s.begin());
    while let Some(bytes) = source.next().await? {
        hasher.update(&bytes);
        if hasher.length() > length {
            return Err(Error::IncompleteBody);
        }
        let layered;
        let piece: &[u8] = match &mut layer {
            None => &bytes,
            Some(layer) => {
                layered = layer.apply(&bytes)?;
                &layered
            }
        };
        match &mut held {
            Held::Small(content) => content.extend_from_slice(piece),
            Held::Large(writer) => writer.write(piece).await?,
        }
        if let Some(md5) = &mut md5 {
            md5.update(bytes).await;
        }
    }
    let sums = sums(hasher, md5).await;
    if sums.length < length { Err(Error::IncompleteBody) } else { Ok(Received { sums, held }) }
}

impl Held {
    fn blob(&self) -> Option<BlobId> {
        if let Self::Large(writer) = self { Some(writer.id()) } else { None }
    }
}

async fn sums(hasher: Hasher, md5: Option<Md5Content>) -> Sums {
    let mut sums = hasher.finish();
    if let Some(md5) = md5 {
        sums.md5 = Some(md5.finish().await);
    }
    sums
}

impl Received {
    /// Makes the content durable, or ready to be made so by the commit that publishes it. `place` is where its record
    /// lies.
    pub(crate) async fn keep(self, keys: &Keys, place: &[u8]) -> Result<Content, Error> {
        match self.held {
            Held::Small(content) if content.is_empty() => Ok(Content::Empty),
            Held::Small(content) => Ok(Content::Inline(Inline::seal(&keys.wrapping, place, content)?)),
            Held::Large(writer) => Ok(Content::Blob(writer.finish().await?)),
        }
    }
}
