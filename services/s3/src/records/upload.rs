use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Class, CustomerKey, KmsKey, Lock, Meta, Owner, Tags, codec::Damaged};
use crate::{
    acl::Acl,
    checksum::{Algorithm, Kind},
};

/// A multipart upload that is under way: all that the object will have beside its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Upload {
    /// When it began, in milliseconds since 1970.
    pub(crate) initiated_ms: i64,
    /// Who began it: the principal's ARN, and its account.
    pub(crate) initiator: (String, Owner),
    pub(crate) meta: Meta,
    pub(crate) tags: Tags,
    /// As in the object; `None` where it is all the bucket owner's.
    pub(crate) rights: Option<(Owner, Acl)>,
    pub(crate) customer_key: Option<CustomerKey>,
    /// The key of KMS that protects the parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms: Option<KmsKey>,
    /// As the client asked for; what the bucket adds is added when the upload is completed.
    pub(crate) lock: Lock,
    pub(crate) class: Class,
    /// The algorithm that the client asked for.
    pub(crate) algorithm: Option<Algorithm>,
    /// What the object's checksum will cover.
    pub(crate) kind: Kind,
}

impl Upload {
    pub(crate) fn to_record(&self) -> Result<Bytes, Damaged> {
        serde_json::to_vec(self).map(Bytes::from).map_err(|_| Damaged("upload"))
    }

    pub(crate) fn read(record: &Bytes) -> Result<Self, Damaged> {
        serde_json::from_slice(record).map_err(|_| Damaged("upload"))
    }

    /// The algorithm of the object's checksum, which there always is.
    pub(crate) fn effective(&self) -> Algorithm {
        self.algorithm.unwrap_or(Algorithm::Crc64Nvme)
    }
}
