//! The checksums that clients may ask for, beside the MD5 that entity tags are made of.
//!
//! Source: S3 User Guide, "Checking object integrity in Amazon S3".

mod algorithm;
mod combine;
mod declared;
mod document;
mod given;
mod hasher;
mod md5;
mod shown;

pub(crate) use algorithm::{Algorithm, Checksum, Kind, Stored};
pub(crate) use combine::Combined;
pub(crate) use declared::Declared;
pub(crate) use document::check_document;
pub(crate) use given::{Given, given, single};
pub(crate) use hasher::{Hasher, Sums, md5_of};
pub(crate) use md5::{ALONE, Md5Content, Md5s};
pub(crate) use shown::show;
