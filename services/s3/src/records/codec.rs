use bytes::Bytes;

/// A stored record is not what Kurodo writes; the text says which kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stored {0} cannot be read: it was written by a newer version, or it is damaged; run `kurodo check`"
)]
pub struct Damaged(pub(crate) &'static str);

/// Writes a record: numbers big-endian, texts behind their length.
#[derive(Default)]
pub(crate) struct Out(Vec<u8>);

impl Out {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(crate) fn u8(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    pub(crate) fn i64(&mut self, value: i64) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    /// Bytes whose length the reader knows.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Bytes behind their length, which is at most 65535.
    pub(crate) fn short(&mut self, bytes: &[u8]) -> &mut Self {
        let bytes = bytes.get(..bytes.len().min(u16::MAX.into())).unwrap_or_default();
        self.u16(u16::try_from(bytes.len()).unwrap_or(u16::MAX)).raw(bytes)
    }

    /// What `write` writes, behind its length in four bytes.
    pub(crate) fn section(&mut self, write: impl FnOnce(&mut Self)) -> &mut Self {
        let at = self.0.len();
        self.raw(&[0; 4]);
        write(self);
        let length = u32::try_from(self.0.len() - at - 4).unwrap_or(u32::MAX);
        if let Some(place) = self.0.get_mut(at..at + 4) {
            place.copy_from_slice(&length.to_be_bytes());
        }
        self
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads a record front to back. Nothing is ever read past the end.
pub(crate) struct In<'a> {
    rest: &'a [u8],
    whole: &'a Bytes,
    what: Damaged,
}

impl<'a> In<'a> {
    /// Reads this record; `what` names its kind in errors.
    pub(crate) fn new(whole: &'a Bytes, what: &'static str) -> Self {
        Self { rest: whole, whole, what: Damaged(what) }
    }

    /// Reads a record that begins with its version.
    pub(crate) fn versioned(whole: &'a Bytes, version: u8, what: &'static str) -> Result<Self, Damaged> {
        let mut input = Self::new(whole, what);
        if input.u8()? == version { Ok(input) } else { Err(input.what) }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(self.what)?;
        self.rest = rest;
        Ok(*array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Damaged> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Damaged> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damaged> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Damaged> {
        self.array().map(i64::from_be_bytes)
    }

    pub(crate) fn raw(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(self.what)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(crate) fn short(&mut self) -> Result<&'a [u8], Damaged> {
        let length = self.u16()?;
        self.raw(length.into())
    }

    pub(crate) fn text(&mut self) -> Result<String, Damaged> {
        let bytes = self.short()?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| self.what)
    }

    /// A section, without copying it.
    pub(crate) fn section(&mut self) -> Result<Bytes, Damaged> {
        let length = u32::from_be_bytes(self.array()?);
        let bytes = self.raw(usize::try_from(length).map_err(|_| self.what)?)?;
        Ok(self.whole.slice_ref(bytes))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn damaged(&self) -> Damaged {
        self.what
    }

    /// That the record ends here.
    pub(crate) fn end(&self) -> Result<(), Damaged> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.what) }
    }
}
