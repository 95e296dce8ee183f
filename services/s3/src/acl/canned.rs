use super::{Acl, Grantee, Right};
use crate::{
    model::{BucketCannedACL, ObjectCannedACL},
    records::Owner,
};

/// A ready-made access control list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Canned {
    Private,
    PublicRead,
    PublicReadWrite,
    AuthenticatedRead,
    AwsExecRead,
    BucketOwnerRead,
    BucketOwnerFullControl,
    LogDeliveryWrite,
}

/// The account that EC2 reads machine images as, which `aws-exec-read` lets in.
const EC2: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

impl Canned {
    /// The word in requests, which is also the condition key's value.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::PublicRead => "public-read",
            Self::PublicReadWrite => "public-read-write",
            Self::AuthenticatedRead => "authenticated-read",
            Self::AwsExecRead => "aws-exec-read",
            Self::BucketOwnerRead => "bucket-owner-read",
            Self::BucketOwnerFullControl => "bucket-owner-full-control",
            Self::LogDeliveryWrite => "log-delivery-write",
        }
    }

    /// The list for something of this owner; `bucket_owner` owns the bucket that it is in.
    ///
    /// Source: S3 User Guide, "Access control list (ACL) overview", "Canned ACL".
    pub(crate) fn acl(self, owner: &Owner, bucket_owner: &Owner) -> Acl {
        let to_bucket_owner = |right| (Grantee::Account(bucket_owner.canonical_id.clone()), right);
        let mut acl = Acl::private(owner);
        acl.0.extend(match self {
            Self::Private => vec![],
            Self::PublicRead => vec![(Grantee::AllUsers, Right::Read)],
            Self::PublicReadWrite => {
                vec![(Grantee::AllUsers, Right::Read), (Grantee::AllUsers, Right::Write)]
            }
            Self::AuthenticatedRead => vec![(Grantee::AuthenticatedUsers, Right::Read)],
            Self::AwsExecRead => vec![(Grantee::Account(EC2.to_owned()), Right::Read)],
            Self::BucketOwnerRead | Self::BucketOwnerFullControl if owner == bucket_owner => vec![],
            Self::BucketOwnerRead => vec![to_bucket_owner(Right::Read)],
            Self::BucketOwnerFullControl => vec![to_bucket_owner(Right::FullControl)],
            Self::LogDeliveryWrite => {
                vec![(Grantee::LogDelivery, Right::Write), (Grantee::LogDelivery, Right::ReadAcp)]
            }
        });
        acl
    }
}

impl From<ObjectCannedACL> for Canned {
    fn from(word: ObjectCannedACL) -> Self {
        match word {
            ObjectCannedACL::Private => Self::Private,
            ObjectCannedACL::PublicRead => Self::PublicRead,
            ObjectCannedACL::PublicReadWrite => Self::PublicReadWrite,
            ObjectCannedACL::AuthenticatedRead => Self::AuthenticatedRead,
            ObjectCannedACL::AwsExecRead => Self::AwsExecRead,
            ObjectCannedACL::BucketOwnerRead => Self::BucketOwnerRead,
            ObjectCannedACL::BucketOwnerFullControl => Self::BucketOwnerFullControl,
        }
    }
}

impl From<BucketCannedACL> for Canned {
    fn from(word: BucketCannedACL) -> Self {
        match word {
            BucketCannedACL::Private => Self::Private,
            BucketCannedACL::PublicRead => Self::PublicRead,
            BucketCannedACL::PublicReadWrite => Self::PublicReadWrite,
            BucketCannedACL::AuthenticatedRead => Self::AuthenticatedRead,
            BucketCannedACL::LogDeliveryWrite => Self::LogDeliveryWrite,
            BucketCannedACL::AwsExecRead => Self::AwsExecRead,
            // They say nothing of a bucket, whose owner they would name.
            BucketCannedACL::BucketOwnerRead => Self::BucketOwnerRead,
            BucketCannedACL::BucketOwnerFullControl => Self::BucketOwnerFullControl,
        }
    }
}
