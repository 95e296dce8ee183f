use kurodo_store::StoreError;

use super::{Acl, Canned, Grantee, Right, document::read, explicit::grantees};
use crate::{Error, limits, model::AccessControlPolicy, records::Owner};

/// How a request asks for an access control list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A ready-made one.
    Canned(Canned),
    /// These grants and no others.
    Grants(Vec<(Grantee, Right)>),
    /// The grants of a document, which names the owner too.
    Document(Vec<(Grantee, Right)>, Option<String>),
}

/// The grant headers of an input, with the names that S3 calls them by.
pub(crate) type Headers<'a> = [(&'static str, Option<&'a String>, Right); 5];

/// How this input asks for an access control list: `None` where it does not. The grants of `write`, which objects do
/// not have, are given apart.
macro_rules! asked {
    ($input:expr, $write:expr, $document:expr) => {
        $crate::acl::Asked::read(
            $input.acl.map(Into::into),
            $document,
            &[
                (
                    "x-amz-grant-full-control",
                    $input.grant_full_control.as_ref(),
                    $crate::acl::Right::FullControl,
                ),
                ("x-amz-grant-read", $input.grant_read.as_ref(), $crate::acl::Right::Read),
                ("x-amz-grant-read-acp", $input.grant_read_acp.as_ref(), $crate::acl::Right::ReadAcp),
                ("x-amz-grant-write", $write, $crate::acl::Right::Write),
                ("x-amz-grant-write-acp", $input.grant_write_acp.as_ref(), $crate::acl::Right::WriteAcp),
            ],
        )
    };
}
pub(crate) use asked;

impl Asked {
    /// Reads whichever of the three ways the request takes; two of them at once are refused.
    pub(crate) fn read(
        canned: Option<Canned>,
        document: Option<&AccessControlPolicy>,
        headers: &Headers<'_>,
    ) -> Result<Option<Self>, Error> {
        let has_headers = headers.iter().any(|(_, value, _)| value.is_some());
        match (canned, document, has_headers) {
            (Some(_), _, true) => Err(Error::InvalidRequest(
                "Specifying both Canned ACLs and Header Grants is not allowed".into(),
            )),
            (Some(_), Some(_), _) | (_, Some(_), true) => Err(Error::UnexpectedContent),
            (Some(canned), None, false) => Ok(Some(Self::Canned(canned))),
            (None, Some(document), false) => read(document).map(Some),
            (None, None, true) => explicit(headers).map(Some),
            (None, None, false) => Ok(None),
        }
    }

    /// Refuses grants to accounts that do not exist.
    pub(crate) fn check_accounts(
        &self,
        exists: impl Fn(&str) -> Result<bool, StoreError>,
    ) -> Result<(), Error> {
        let (Self::Grants(grants) | Self::Document(grants, _)) = self else { return Ok(()) };
        for (grantee, _) in grants {
            if let Grantee::Account(id) = grantee
                && !exists(id)?
            {
                return Err(Error::argument("CanonicalUser/ID", id, "Invalid id"));
            }
        }
        Ok(())
    }

    /// The list that comes of it, for something of this owner.
    pub(crate) fn acl(&self, owner: &Owner, bucket_owner: &Owner) -> Result<Acl, Error> {
        match self {
            Self::Canned(canned) => Ok(canned.acl(owner, bucket_owner)),
            Self::Grants(grants) => Ok(Acl(grants.clone())),
            Self::Document(_, Some(named)) if *named != owner.canonical_id => {
                Err(Error::AccessDenied("Access Denied".into()))
            }
            Self::Document(grants, _) => Ok(Acl(grants.clone())),
        }
    }

    /// Whether it gives the bucket's owner everything and nobody else anything: the only list that a bucket
    /// without access control lists accepts with an object.
    pub(crate) fn is_bucket_owner_full_control(&self, bucket_owner: &Owner) -> bool {
        match self {
            Self::Canned(canned) => *canned == Canned::BucketOwnerFullControl,
            Self::Grants(grants) | Self::Document(grants, _) => *grants == Acl::private(bucket_owner).0,
        }
    }

    /// The condition keys `s3:x-amz-acl` and `s3:x-amz-grant-*` that the request has.
    pub(crate) fn canned(&self) -> Option<Canned> {
        match self {
            Self::Canned(canned) => Some(*canned),
            _ => None,
        }
    }
}

fn explicit(headers: &Headers<'_>) -> Result<Asked, Error> {
    let mut all = Vec::new();
    for (name, value, right) in headers {
        if let Some(text) = value {
            all.extend(grantees(name, text, *right)?);
        }
    }
    if all.len() > limits::GRANTS {
        return Err(Error::MalformedAcl);
    }
    Ok(Asked::Grants(all))
}
