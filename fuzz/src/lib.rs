//! What the fuzz targets share: requests as text, secrets, and the operations of every service.

pub mod decode;
pub mod request;
