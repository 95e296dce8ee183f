use std::io;
use std::sync::Arc;

use super::Pages;

/// What redb is given. The file behind it outlives a redb that gave up on it.
#[derive(Debug)]
pub(crate) struct Backend(pub(crate) Arc<Pages>);

impl redb::StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.len())
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        Ok(self.0.read(offset, out)?)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        Ok(self.0.set_len(len)?)
    }
    fn sync_data(&self) -> io::Result<()> {
        Ok(self.0.sync()?)
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        Ok(self.0.write(offset, data)?)
    }
}
