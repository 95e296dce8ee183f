use super::{Acl, Asked, Grantee, Right};
use crate::{
    Error, limits,
    model::{self, AccessControlPolicy, Permission, Type},
    records::Owner,
};

/// Reads an access control list from a request's body.
pub(crate) fn read(document: &AccessControlPolicy) -> Result<Asked, Error> {
    let owner = document.owner.as_ref().and_then(|owner| owner.id.clone()).ok_or(Error::MalformedAcl)?;
    let grants = document.grants.as_deref().unwrap_or_default();
    if grants.len() > limits::GRANTS {
        return Err(Error::MalformedAcl);
    }
    let grants = grants.iter().map(grant).collect::<Result<_, _>>()?;
    Ok(Asked::Document(grants, Some(owner)))
}

fn grant(grant: &model::Grant) -> Result<(Grantee, Right), Error> {
    let (who, right) = grant.grantee.as_ref().zip(grant.permission).ok_or(Error::MalformedAcl)?;
    Ok((grantee(who)?, right.into()))
}

/// Reads whom a document names.
pub(crate) fn grantee(grantee: &model::Grantee) -> Result<Grantee, Error> {
    let id = grantee.id.as_deref().unwrap_or_default();
    let uri = grantee.uri.as_deref().unwrap_or_default();
    match grantee.r#type {
        Type::CanonicalUser => {
            Grantee::account(id).ok_or_else(|| Error::argument("CanonicalUser/ID", id, "Invalid id"))
        }
        Type::Group => {
            Grantee::group(uri).ok_or_else(|| Error::argument("Group/URI", uri, "Invalid group uri"))
        }
        Type::AmazonCustomerByEmail => Err(Error::MethodNotAllowed("EmailGrantee".into())),
    }
}

impl From<Permission> for Right {
    fn from(word: Permission) -> Self {
        match word {
            Permission::FullControl => Self::FullControl,
            Permission::Write => Self::Write,
            Permission::WriteAcp => Self::WriteAcp,
            Permission::Read => Self::Read,
            Permission::ReadAcp => Self::ReadAcp,
        }
    }
}

impl From<Right> for Permission {
    fn from(right: Right) -> Self {
        match right {
            Right::FullControl => Self::FullControl,
            Right::Write => Self::Write,
            Right::WriteAcp => Self::WriteAcp,
            Right::Read => Self::Read,
            Right::ReadAcp => Self::ReadAcp,
        }
    }
}

/// The list as replies show it.
pub(crate) fn shown(acl: &Acl) -> Vec<model::Grant> {
    let grants = acl.0.iter();
    grants
        .map(|(who, right)| model::Grant {
            grantee: Some(shown_grantee(who)),
            permission: Some((*right).into()),
        })
        .collect()
}

/// Who has a right, as replies show it.
pub(crate) fn shown_grantee(grantee: &Grantee) -> model::Grantee {
    model::Grantee {
        display_name: None,
        email_address: None,
        id: if let Grantee::Account(id) = grantee { Some(id.clone()) } else { None },
        r#type: if let Grantee::Account(_) = grantee { Type::CanonicalUser } else { Type::Group },
        uri: grantee.uri().map(str::to_owned),
    }
}

/// The owner as replies show it.
pub(crate) fn shown_owner(owner: &Owner) -> model::Owner {
    model::Owner { display_name: None, id: Some(owner.canonical_id.clone()) }
}
