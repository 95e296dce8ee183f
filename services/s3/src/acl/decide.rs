use kurodo_policy::{Principal, PrincipalKind};

use super::{Acl, Grantee, Right};

/// What a list is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Bucket,
    Object,
    /// A place where no object is, which the bucket's list speaks of.
    Nothing,
}

/// The entry for an account that lets this principal do the action, in words.
///
/// It is for the account as a whole: it lets the account's principals in no further than the account's own policies
/// do. Within the owner's account it adds nothing to those policies.
pub(crate) fn grant(acl: &Acl, on: On, action: &str, principal: &Principal, owner: &str) -> Option<String> {
    find(acl, on, action, |grantee| match grantee {
        Grantee::Account(id) => id != owner && principal.canonical_id.as_ref() == Some(id),
        Grantee::LogDelivery => principal.kind == PrincipalKind::Service && principal.arn == LOG_DELIVERY,
        Grantee::AllUsers | Grantee::AuthenticatedUsers => false,
    })
}

/// The service that the group of log delivery stands for.
///
/// Source: S3 User Guide, "Enabling Amazon S3 server access logging", "Permissions for log delivery".
pub(crate) const LOG_DELIVERY: &str = "logging.s3.amazonaws.com";

/// The entry for a group that lets this principal do the action, in words: for everybody, or for everybody who signs,
/// the owner's own users included.
pub(crate) fn public_grant(acl: &Acl, on: On, action: &str, principal: &Principal) -> Option<String> {
    find(acl, on, action, |grantee| match grantee {
        Grantee::AllUsers => true,
        Grantee::AuthenticatedUsers => principal.kind != PrincipalKind::Anonymous,
        Grantee::Account(_) | Grantee::LogDelivery => false,
    })
}

/// Whether log delivery may write to a bucket with this list, and may see the list.
pub(crate) fn lets_logs_in(acl: &Acl) -> bool {
    let to_delivery = |action| find(acl, On::Bucket, action, |grantee| *grantee == Grantee::LogDelivery);
    ["s3:PutObject", "s3:GetBucketAcl"].into_iter().all(|action| to_delivery(action).is_some())
}

fn find(acl: &Acl, on: On, action: &str, names: impl Fn(&Grantee) -> bool) -> Option<String> {
    let entry = acl.0.iter().find(|(grantee, right)| gives(*right, on, action) && names(grantee));
    entry.map(|(grantee, right)| {
        let who = match grantee {
            Grantee::Account(id) => id.as_str(),
            group => group.uri().unwrap_or_default(),
        };
        let on = if on == On::Object { "object" } else { "bucket" };
        format!("the {on}'s access control list grants {right:?} to {who}")
    })
}

/// Source: S3 User Guide, "Access control list (ACL) overview", "Mapping of ACL permissions and access policy
/// permissions".
fn gives(right: Right, on: On, action: &str) -> bool {
    let actions: &[&str] = match (right, on) {
        (Right::FullControl, on) => {
            return [Right::Read, Right::Write, Right::ReadAcp, Right::WriteAcp]
                .into_iter()
                .any(|right| gives(right, on, action));
        }
        (Right::Read, On::Bucket) => {
            &["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"]
        }
        (Right::Write, On::Bucket | On::Nothing) => &["s3:PutObject"],
        // Who may list the bucket may know that nothing is there.
        (Right::Read, On::Nothing) => &["s3:GetObject", "s3:GetObjectVersion"],
        (Right::ReadAcp | Right::WriteAcp, On::Nothing) => &[],
        (Right::ReadAcp, On::Bucket) => &["s3:GetBucketAcl"],
        (Right::WriteAcp, On::Bucket) => &["s3:PutBucketAcl"],
        (Right::Read, On::Object) => &["s3:GetObject", "s3:GetObjectVersion"],
        (Right::Write, On::Object) => &[],
        (Right::ReadAcp, On::Object) => &["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
        (Right::WriteAcp, On::Object) => &["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
    };
    actions.contains(&action)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "owner";

    fn principal(kind: PrincipalKind, id: Option<&str>) -> Principal {
        Principal {
            kind,
            account: None,
            arn: String::new(),
            role_arn: None,
            federated_by: None,
            canonical_id: id.map(str::to_owned),
            federated: None,
            user_id: None,
        }
    }

    fn lets(grantee: Grantee, right: Right, principal: &Principal) -> bool {
        let acl = Acl(vec![(grantee, right)]);
        grant(&acl, On::Object, "s3:GetObject", principal, OWNER).is_some()
    }

    fn lets_all(grantee: Grantee, principal: &Principal) -> bool {
        let acl = Acl(vec![(grantee, Right::Read)]);
        public_grant(&acl, On::Object, "s3:GetObject", principal).is_some()
    }

    #[test]
    fn groups_let_in_whom_they_name() {
        let (nobody, somebody) =
            (principal(PrincipalKind::Anonymous, None), principal(PrincipalKind::User, Some("b")));
        assert!(lets_all(Grantee::AllUsers, &nobody));
        assert!(!lets_all(Grantee::AuthenticatedUsers, &nobody));
        assert!(lets_all(Grantee::AuthenticatedUsers, &somebody));
        assert!(!lets_all(Grantee::Account("b".into()), &somebody));
        assert!(!lets(Grantee::AllUsers, Right::Read, &somebody));
    }

    #[test]
    fn accounts_are_let_in_by_their_id() {
        let (owner, other) =
            (principal(PrincipalKind::User, Some(OWNER)), principal(PrincipalKind::User, Some("b")));
        assert!(lets(Grantee::Account("b".into()), Right::FullControl, &other));
        assert!(!lets(Grantee::Account("c".into()), Right::FullControl, &other));
        // The owner's users need policies of their own.
        assert!(!lets(Grantee::Account(OWNER.into()), Right::FullControl, &owner));
    }

    #[test]
    fn a_right_gives_its_actions_only() {
        let other = principal(PrincipalKind::User, Some("b"));
        assert!(!lets(Grantee::Account("b".into()), Right::ReadAcp, &other));
        assert!(!gives(Right::Read, On::Bucket, "s3:GetObject"));
        assert!(gives(Right::Read, On::Nothing, "s3:GetObject"));
        assert!(gives(Right::Write, On::Nothing, "s3:PutObject"));
        assert!(!gives(Right::FullControl, On::Nothing, "s3:GetObjectAcl"));
        assert!(!gives(Right::FullControl, On::Bucket, "s3:DeleteBucket"));
        assert!(gives(Right::FullControl, On::Bucket, "s3:PutObject"));
        assert!(!gives(Right::FullControl, On::Object, "s3:PutObject"));
    }
}
