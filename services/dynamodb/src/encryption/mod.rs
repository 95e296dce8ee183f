//! Tables under keys of KMS.
//!
//! Each has a table key, which seals the values of its items, of their copies in indexes and of the records of its streams,
//! beneath the store's own encryption. It is stored sealed under a data key that KMS made in the name of who chose the key of KMS. Every request
//! asks KMS, in its caller's name, to open that data key: a key that is disabled, or a permission that was taken away, holds
//! for the next request. No opened key outlives its request. What the service does by itself with such a table it does by a
//! grant on the key, see [`standing`], and asks KMS anew each time.
//!
//! A table comes under a key, or leaves it, while it is used: see [`Crossing`].
//!
//! Source: DynamoDB Developer Guide, "DynamoDB encryption at rest: How it works".

mod access;
mod asked;
mod crossing;
mod key;
mod protection;
mod standing;
mod vault;

pub(crate) use access::Access;
pub(crate) use asked::{Wish, wish};
pub(crate) use crossing::Crossing;
pub(crate) use key::TableKey;
pub(crate) use protection::Protection;
pub(crate) use vault::{Keys, Locked, StreamKeys, Vault};
