//! Bytes of records: numbers one after the other.

/// Appends numbers.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn byte(&mut self, byte: u8) -> &mut Self {
        self.bytes(&[byte])
    }

    pub(super) fn int(&mut self, number: i64) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(super) fn length(&mut self, length: usize) -> &mut Self {
        self.bytes(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes())
    }

    pub(super) fn float(&mut self, number: f64) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }
}

/// Takes them out again.
#[derive(Debug)]
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl Reader<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(super) fn int(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    /// How many items of so many bytes follow; none where fewer bytes are left.
    pub(super) fn length(&mut self, each: usize) -> Option<usize> {
        let length = usize::try_from(u32::from_be_bytes(self.take()?)).ok()?;
        (length.checked_mul(each)? <= self.0.len()).then_some(length)
    }

    pub(super) fn float(&mut self) -> Option<f64> {
        self.take().map(f64::from_be_bytes)
    }
}
