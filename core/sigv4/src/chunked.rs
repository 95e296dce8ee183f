//! Bodies in aws-chunked encoding: each chunk's signature is checked before its bytes are released.
//!
//! Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring
//! Payload in Multiple Chunks (Chunked Upload)" and "Including trailing headers (chunked upload)".

use std::fmt;

use aws_lc_rs::digest::{self, SHA256, digest};
use bytes::{Buf as _, Bytes};

use crate::{
    encoding::{ascii, hex32},
    error::{AuthError, Mismatch},
    head::Head,
    hold::Hold,
    key::{SigningKey, same},
    stamp,
    trailer::{Expected, Trailers},
    v4a::V4aKey,
};

/// Who checks a chunk's signature.
pub(crate) enum Verifier {
    Hmac(SigningKey),
    Ecdsa(V4aKey),
}

impl Verifier {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Hmac(_) => "AWS4-HMAC-SHA256",
            Self::Ecdsa(_) => "AWS4-ECDSA-P256-SHA256",
        }
    }

    /// The signature without the `*` that fill SigV4A's up to a fixed length.
    fn unpadded<'a>(&self, signature: &'a str) -> &'a str {
        match self {
            Self::Hmac(_) => signature,
            Self::Ecdsa(_) => signature.trim_end_matches('*'),
        }
    }

    fn holds(&self, text: &[u8], signature: &str) -> bool {
        match self {
            Self::Hmac(key) => same(&hex32(&key.sign(text)), signature.as_bytes()),
            Self::Ecdsa(key) => key.holds(text, signature),
        }
    }
}

/// The chain of signatures: each one covers the one before it.
pub(crate) struct Chain {
    verifier: Verifier,
    stamp: [u8; 16],
    scope: String,
    previous: String,
}

impl Chain {
    /// A chain that begins with the signature of the request's head, made at `time`.
    pub(crate) fn new(verifier: Verifier, time: i64, scope: String, seed: &str) -> Self {
        Self { verifier, stamp: stamp::basic_bytes(time), scope, previous: seed.to_owned() }
    }

    /// The text that a link signs: a kind, the moment, the scope, the signature before, and hashes.
    pub(crate) fn text(&self, kind: &str, hashes: &[&[u8; 32]]) -> String {
        let algorithm = self.verifier.algorithm();
        let (stamp, scope, previous) = (ascii(&self.stamp), &self.scope, &self.previous);
        let mut text = format!("{algorithm}-{kind}\n{stamp}\n{scope}\n{previous}");
        for hash in hashes {
            text.push('\n');
            text.push_str(ascii(&hex32(hash)));
        }
        text
    }

    fn link(&mut self, text: String, signature: &str) -> Result<(), AuthError> {
        let signature = self.verifier.unpadded(signature).to_owned();
        if !self.verifier.holds(text.as_bytes(), &signature) {
            return Err(AuthError::SignatureDoesNotMatch(Box::new(Mismatch {
                access_key_id: String::new(),
                signature_provided: signature,
                string_to_sign: text,
                canonical_request: String::new(),
            })));
        }
        self.previous = signature;
        Ok(())
    }

    /// Makes a signature the one that the next link covers.
    pub(crate) fn follow(&mut self, signature: &str) {
        signature.clone_into(&mut self.previous);
    }

    fn chunk(&mut self, hash: &[u8; 32], signature: &str) -> Result<(), AuthError> {
        let text = self.text("PAYLOAD", &[&sha256(b""), hash]);
        self.link(text, signature)
    }

    fn trailer(&mut self, canonical: &str, signature: &str) -> Result<(), AuthError> {
        let text = self.text("TRAILER", &[&sha256(canonical.as_bytes())]);
        self.link(text, signature)
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().first_chunk().copied().unwrap_or_default()
}

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The line that begins a chunk.
    ChunkLine,
    /// A chunk's data, with this many bytes to come.
    Data(u64),
    /// The line end after a chunk's data.
    DataEnd,
    /// A trailer field, or the empty line that ends the body.
    TrailerLine,
    /// Nothing: the body is over.
    Nothing,
}

/// Decodes an aws-chunked body as it arrives, without any I/O of its own.
///
/// Bytes of a signed chunk are released only once its signature holds. What was released before an
/// error, and everything before [`ChunkDecoder::finish`] succeeds, must not be published.
pub struct ChunkDecoder {
    next: Next,
    line: Vec<u8>,
    chain: Option<Chain>,
    signature: String,
    hash: digest::Context,
    hold: Hold,
    number: u64,
    size: u64,
    declared: u64,
    announced: u64,
    trailer: bool,
    trailer_signed: bool,
    expected: Expected,
}

impl fmt::Debug for ChunkDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkDecoder")
            .field("next", &self.next)
            .field("chunk", &self.number)
            .finish_non_exhaustive()
    }
}

/// The longest line that a chunk or trailer can need: the trailer of a SigV4A body is 168 bytes.
const MAX_LINE: usize = 512;
/// Only the last chunk may be smaller.
const MIN_CHUNK: u64 = 8 << 10;
/// A signed chunk is held in memory until it is verified.
const MAX_SIGNED_CHUNK: u64 = 16 << 20;

impl ChunkDecoder {
    pub(crate) fn new(head: &Head<'_>, chain: Option<Chain>, trailer: bool) -> Result<Self, AuthError> {
        let length =
            head.single("x-amz-decoded-content-length").map_err(|()| AuthError::DecodedLengthMalformed)?;
        let length = length.ok_or(AuthError::DecodedLengthMissing)?;
        let digits = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
        let declared = length.parse().ok().filter(|_| digits).ok_or(AuthError::DecodedLengthMalformed)?;
        Ok(Self {
            next: Next::ChunkLine,
            line: Vec::new(),
            chain,
            signature: String::new(),
            hash: digest::Context::new(&SHA256),
            hold: Hold::default(),
            number: 0,
            size: MIN_CHUNK,
            declared,
            announced: 0,
            trailer,
            trailer_signed: false,
            expected: Expected::read(head, trailer)?,
        })
    }

    /// The number of bytes that the decoded body has.
    pub fn decoded_length(&self) -> u64 {
        self.declared
    }

    /// Takes the next bytes of the encoded body and hands decoded ones to `out`.
    ///
    /// # Errors
    /// Anything but the strict grammar; a signature that does not hold; sizes that do not add up.
    /// After an error the decoder must be dropped.
    pub fn push(&mut self, mut bytes: Bytes, out: &mut impl FnMut(Bytes)) -> Result<(), AuthError> {
        while !bytes.is_empty() {
            match self.next {
                Next::Data(left) => self.data(left, &mut bytes, out)?,
                Next::Nothing => return Err(self.malformed()),
                Next::ChunkLine | Next::DataEnd | Next::TrailerLine => {
                    if self.gather(&mut bytes)? {
                        let line = std::mem::take(&mut self.line);
                        self.take_line(line.strip_suffix(b"\r\n").unwrap_or_default(), out)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Ends the body.
    ///
    /// # Errors
    /// A body without its last chunk, of another length than announced, or without an announced trailer.
    pub fn finish(self) -> Result<Trailers, AuthError> {
        if self.next != Next::Nothing {
            return Err(AuthError::BodyIncomplete);
        }
        self.expected.finish()
    }

    fn malformed(&self) -> AuthError {
        match self.next {
            Next::TrailerLine | Next::Nothing => AuthError::TrailerMalformed,
            _ => AuthError::ChunkMalformed { number: self.number.max(1) },
        }
    }

    /// Adds bytes to the current line, up to its end. Whether it is complete.
    fn gather(&mut self, bytes: &mut Bytes) -> Result<bool, AuthError> {
        let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
        if self.line.len() + end > MAX_LINE {
            return Err(self.malformed());
        }
        self.line.extend_from_slice(bytes.get(..end).unwrap_or_default());
        bytes.advance(end);
        if self.line.last() != Some(&b'\n') {
            return Ok(false);
        }
        if self.line.ends_with(b"\r\n") { Ok(true) } else { Err(self.malformed()) }
    }

    fn take_line(&mut self, line: &[u8], out: &mut impl FnMut(Bytes)) -> Result<(), AuthError> {
        match self.next {
            Next::ChunkLine => self.chunk_line(line, out),
            Next::TrailerLine => self.trailer_line(line),
            _ if line.is_empty() => {
                self.next = Next::ChunkLine;
                Ok(())
            }
            _ => Err(self.malformed()),
        }
    }

    /// `hex-size[;chunk-signature=hex]`.
    fn chunk_line(&mut self, line: &[u8], out: &mut impl FnMut(Bytes)) -> Result<(), AuthError> {
        self.number += 1;
        let (size, signature) =
            parse_chunk_line(line, self.chain.is_some()).ok_or_else(|| self.malformed())?;
        signature.clone_into(&mut self.signature);
        self.check_size(size)?;
        self.size = size;
        if size > 0 {
            self.next = Next::Data(size);
            return Ok(());
        }
        if self.announced != self.declared {
            return Err(AuthError::DecodedLengthMismatch {
                declared: self.declared,
                received: self.announced,
            });
        }
        self.end_chunk(out)?;
        self.next = Next::TrailerLine;
        Ok(())
    }

    fn check_size(&mut self, size: u64) -> Result<(), AuthError> {
        if size > 0 && self.size < MIN_CHUNK {
            return Err(AuthError::ChunkSize { number: self.number.saturating_sub(1), size: self.size });
        }
        if self.chain.is_some() && size > MAX_SIGNED_CHUNK {
            return Err(AuthError::ChunkSize { number: self.number, size });
        }
        self.announced = self.announced.saturating_add(size);
        if self.announced > self.declared {
            return Err(AuthError::DecodedLengthMismatch {
                declared: self.declared,
                received: self.announced,
            });
        }
        Ok(())
    }

    fn data(&mut self, left: u64, bytes: &mut Bytes, out: &mut impl FnMut(Bytes)) -> Result<(), AuthError> {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let piece = bytes.split_to(count);
        if self.chain.is_some() {
            self.hash.update(&piece);
            self.hold.keep(piece);
        } else {
            out(piece);
        }
        let left = left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        self.next = Next::Data(left);
        if left == 0 {
            self.end_chunk(out)?;
            self.next = Next::DataEnd;
        }
        Ok(())
    }

    /// Checks the signature of the chunk that is complete, then releases it.
    fn end_chunk(&mut self, out: &mut impl FnMut(Bytes)) -> Result<(), AuthError> {
        let Some(chain) = &mut self.chain else { return Ok(()) };
        let hash = std::mem::replace(&mut self.hash, digest::Context::new(&SHA256)).finish();
        let hash = hash.as_ref().first_chunk().copied().unwrap_or_default();
        chain.chunk(&hash, &self.signature)?;
        self.hold.release(out);
        Ok(())
    }

    /// A field of the trailer, or the empty line after the last.
    fn trailer_line(&mut self, line: &[u8]) -> Result<(), AuthError> {
        if line.is_empty() {
            return self.end_body();
        }
        if !self.trailer || self.trailer_signed {
            return Err(AuthError::TrailerMalformed);
        }
        let Some(signature) = self.expected.line(line)? else { return Ok(()) };
        let chain = self.chain.as_mut().ok_or(AuthError::TrailerMalformed)?;
        chain.trailer(&self.expected.canonical(), &signature)?;
        self.trailer_signed = true;
        Ok(())
    }

    fn end_body(&mut self) -> Result<(), AuthError> {
        if self.trailer && self.chain.is_some() && !self.trailer_signed {
            return Err(AuthError::TrailerMalformed);
        }
        self.next = Next::Nothing;
        Ok(())
    }
}

/// The size of a chunk and its signature, empty where chunks are unsigned.
fn parse_chunk_line(line: &[u8], signed: bool) -> Option<(u64, &str)> {
    let line = std::str::from_utf8(line).ok()?;
    let (size, signature) = match (line.split_once(';'), signed) {
        (None, false) => (line, ""),
        (Some((size, extension)), true) => (size, extension.strip_prefix("chunk-signature=")?),
        _ => return None,
    };
    let digits = (1..=16).contains(&size.len()) && size.bytes().all(|b| b.is_ascii_hexdigit());
    let size = u64::from_str_radix(size, 16).ok().filter(|_| digits)?;
    Some((size, signature))
}
