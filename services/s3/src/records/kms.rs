use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Salt,
    codec::{Damaged, In, Out},
};

/// The key of KMS that protects an object's content: the content opens with nothing but the data key that KMS unwraps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KmsKey {
    /// The key's ARN.
    pub(crate) arn: String,
    /// Whether there are two layers of encryption (DSSE-KMS).
    pub(crate) dual: bool,
    /// Whether the encryption context names the bucket instead of the object.
    pub(crate) bucket_key: bool,
    /// The encryption context that the client gave.
    pub(crate) context: BTreeMap<String, String>,
    /// The data key, as KMS wrapped it.
    pub(crate) wrapped: Vec<u8>,
    /// Picks the object's keys below the data key.
    pub(crate) salt: Salt,
}

const DUAL: u8 = 1;
const BUCKET_KEY: u8 = 2;

impl KmsKey {
    pub(super) fn write(&self, out: &mut Out) {
        let flags = (u8::from(self.dual) * DUAL) | (u8::from(self.bucket_key) * BUCKET_KEY);
        out.u8(flags).raw(self.salt.bytes()).short(self.arn.as_bytes()).short(&self.wrapped);
        out.u16(u16::try_from(self.context.len()).unwrap_or(u16::MAX));
        for (name, value) in &self.context {
            out.short(name.as_bytes()).short(value.as_bytes());
        }
    }

    pub(super) fn read(input: &mut In<'_>) -> Result<Self, Damaged> {
        let (flags, salt) = (input.u8()?, Salt::from_bytes(input.array()?));
        let (arn, wrapped) = (input.text()?, input.short()?.to_vec());
        let context =
            (0..input.u16()?).map(|_| Ok((input.text()?, input.text()?))).collect::<Result<_, Damaged>>()?;
        let (dual, bucket_key) = (flags & DUAL != 0, flags & BUCKET_KEY != 0);
        Ok(Self { arn, dual, bucket_key, context, wrapped, salt })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn is_read_as_it_was_written() {
        for (dual, bucket_key) in [(false, false), (true, false), (false, true)] {
            let key = KmsKey {
                arn: "arn:aws:kms:us-east-1:111122223333:key/k".to_owned(),
                dual,
                bucket_key,
                context: [("a".to_owned(), "b".to_owned()), ("c".to_owned(), String::new())].into(),
                wrapped: b"wrapped".to_vec(),
                salt: Salt::from_bytes([7; 16]),
            };
            let mut out = Out::default();
            key.write(&mut out);
            let record: Bytes = out.finish().into();
            let mut input = In::new(&record, "key");
            assert_eq!(KmsKey::read(&mut input).unwrap(), key);
            assert!(input.is_empty());
            assert_eq!(serde_json::from_slice::<KmsKey>(&serde_json::to_vec(&key).unwrap()).unwrap(), key);
            let cut = record.slice(..record.len() - 1);
            assert!(KmsKey::read(&mut In::new(&cut, "key")).is_err());
        }
    }
}
