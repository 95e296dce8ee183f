use std::{
    io,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use kurodo_authz::Grant;
use kurodo_store::blobs::{BlobError, BlobRef, BlobStream, Blobs, Part, Parts, PartsStream};

use super::{Keys, keys::Layer, readers::Hold};
use crate::{
    Error, S3,
    records::{Content, PartEntry},
    resources::Object,
    versions::Versions,
};

/// Content that is being read: pieces of it, each authentic when it is given out.
pub(crate) struct Reading {
    from: From,
    /// What lies between the content and the outer encryption, where there are two.
    layer: Option<Box<Layer>>,
    /// Keeps the content from being removed meanwhile.
    _hold: Option<Arc<Hold>>,
}

/// Content that was opened, of which any range can be read, one after the other.
pub(crate) struct Opened {
    blobs: Blobs,
    keys: Keys,
    place: Place,
    hold: Option<Arc<Hold>>,
}

/// Where content is.
enum Place {
    Memory(Bytes),
    Blob(BlobRef),
    Parts(Vec<PartEntry>),
}

enum From {
    Memory(Option<Bytes>),
    Blob(Box<BlobStream>),
    Parts(Box<PartsStream>),
}

impl Reading {
    /// Opens a range of an object's content. The permit is for the object, `head` what the decision was made on.
    pub(crate) async fn open<G: Grant<Resource = Object>>(
        service: &S3,
        permit: &G,
        keys: &Keys,
        range: Range<u64>,
    ) -> Result<Self, Error> {
        if range.is_empty() {
            return Ok(Self { from: From::Memory(None), layer: None, _hold: None });
        }
        let (place, hold) = Place::open(service, permit, keys)?;
        place.range(&service.blobs, keys, range, hold).await
    }

    /// The next piece.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let next = match &mut self.from {
            From::Memory(bytes) => Ok(bytes.take()),
            From::Blob(stream) => stream.next().await.transpose(),
            From::Parts(stream) => stream.next().await.transpose(),
        };
        match (next?, &mut self.layer) {
            (Some(piece), Some(layer)) => Ok(Some(layer.take_off(piece)?)),
            (next, _) => Ok(next),
        }
    }

    /// The content as a reply sends it.
    pub(crate) fn send(self) -> Pin<Box<Sending>> {
        Box::pin(Sending(self))
    }
}

impl Opened {
    /// Opens an object's content. The permit is for the object, and what the decision was made on is read, whatever becomes
    /// of the object meanwhile.
    pub(crate) fn open<G: Grant<Resource = Object>>(
        service: &S3,
        permit: &G,
        keys: &Keys,
    ) -> Result<Self, Error> {
        let (place, hold) = Place::open(service, permit, keys)?;
        Ok(Self { blobs: service.blobs.clone(), keys: keys.clone(), place, hold })
    }

    /// Reads a range of it.
    pub(crate) async fn range(&self, range: Range<u64>) -> Result<Reading, Error> {
        self.place.range(&self.blobs, &self.keys, range, self.hold.clone()).await
    }
}

impl Place {
    /// Where an object's content is, and what keeps it there.
    fn open<G: Grant<Resource = Object>>(
        service: &S3,
        permit: &G,
        keys: &Keys,
    ) -> Result<(Self, Option<Arc<Hold>>), Error> {
        let head = Object::granted(permit)?;
        let hold = |blob: &BlobRef| Arc::new(service.readers.hold(blob.id()));
        Ok(match &head.content {
            Content::Empty => (Self::Memory(Bytes::new()), None),
            Content::Inline(inline) => {
                let whole = inline.open(&keys.wrapping, &permit.resource().sealed_at(&head.id))?;
                (Self::Memory(whole), None)
            }
            Content::Blob(blob) => (Self::Blob(blob.clone()), Some(hold(blob))),
            Content::Parts { .. } => {
                let entries = service.parts(permit)?;
                let hold = entries.first().map(|entry| hold(&entry.blob));
                (Self::Parts(entries), hold)
            }
        })
    }

    /// Reads a range of what is there, which is held as long as it is read.
    async fn range(
        &self,
        blobs: &Blobs,
        keys: &Keys,
        range: Range<u64>,
        hold: Option<Arc<Hold>>,
    ) -> Result<Reading, Error> {
        if range.is_empty() {
            return Ok(Reading { from: From::Memory(None), layer: None, _hold: None });
        }
        let wrapping = &keys.wrapping;
        let (from, layer) = match self {
            Self::Memory(whole) => {
                let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(whole.len());
                let piece = whole.slice(index(range.start)..index(range.end));
                (From::Memory(Some(piece)), keys.layer_of(None, &range)?)
            }
            Self::Blob(blob) => {
                let reader = blobs.read(blob, wrapping).await.map_err(replaced)?;
                let stream = reader.range(range.start, range.end)?;
                (From::Blob(Box::new(stream)), keys.layer_of(Some(blob), &range)?)
            }
            Self::Parts(entries) => {
                let part = |entry: &PartEntry| Part { blob: entry.blob.clone(), key: Arc::clone(wrapping) };
                let parts = Parts::new(blobs, entries.iter().map(part).collect());
                let stream = parts.range(range.start, range.end).await.map_err(replaced)?;
                (From::Parts(Box::new(stream)), keys.layer_of_parts(entries, &range)?)
            }
        };
        Ok(Reading { from, layer: layer.map(Box::new), _hold: hold })
    }
}

/// Between the decision and the opening the object was replaced: the content that was decided on is gone.
fn replaced(error: BlobError) -> Error {
    match error {
        BlobError::Missing(_) => Error::Replaced,
        other => other.into(),
    }
}

impl S3 {
    /// The parts of a multipart object; none of an object that was put whole. The version may lie elsewhere by now.
    pub(crate) fn parts<G: Grant<Resource = Object>>(&self, permit: &G) -> Result<Vec<PartEntry>, Error> {
        let head = Object::granted(permit)?;
        let Content::Parts { .. } = head.content else { return Ok(Vec::new()) };
        let seen = Object::placed(permit)?;
        let versions = Versions::granted(&self.store.read(permit), permit);
        let now = versions.find(&head.id.wanted())?.ok_or(Error::Replaced)?;
        if now.version != seen.version && (head.id.is_null() || *now.kept.id() != head.id) {
            return Err(Error::Replaced);
        }
        versions.parts(&now)
    }
}

/// Content on its way to a client.
pub(crate) struct Sending(Reading);

impl Stream for Sending {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match &mut self.0.from {
            From::Memory(bytes) => Poll::Ready(bytes.take().map(Ok)),
            From::Blob(stream) => Pin::new(&mut **stream).poll_next(context),
            From::Parts(stream) => Pin::new(&mut **stream).poll_next(context),
        };
        // The client sees a connection that breaks off: the status was sent long ago.
        next.map(|piece| {
            piece.map(|piece| match (piece.map_err(io::Error::other)?, &mut self.0.layer) {
                (piece, None) => Ok(piece),
                (piece, Some(layer)) => layer.take_off(piece).map_err(io::Error::other),
            })
        })
    }
}
