//! `Principal` and `NotPrincipal`: whom a statement of a resource's policy speaks of.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".

use kurodo_arn::AccountId;

use crate::{Effect, Principal, PrincipalKind};

/// How directly a statement names the principal that asks. It decides which implicit denies still count.
///
/// Source: IAM User Guide, "Policy evaluation for requests within a single account".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// The account as a whole: its own policies say who may.
    Account,
    /// The role behind a session, or the user behind a federated session.
    Entity,
    /// The very principal, or everyone.
    Direct,
}

/// One value of a principal element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    Everyone,
    Account(AccountId),
    /// The ARN of a user, of a role's session or of a federated user's session.
    Named(Box<str>),
    Role(Box<str>),
    /// A unique id such as `AIDA..` or `AROA..`.
    UniqueId(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    Canonical(Box<str>),
}

/// The whole element.
#[derive(Debug, Clone)]
pub(crate) struct PrincipalElement {
    pub(crate) negated: bool,
    pub(crate) values: Box<[Who]>,
}

impl PrincipalElement {
    /// How the element reaches the principal, if it does. `bounded`: the principal has a permissions boundary.
    pub(crate) fn reach(&self, principal: &Principal, effect: Effect, bounded: bool) -> Option<Reach> {
        if self.negated {
            let spared = !bounded && self.spares(principal);
            return (!spared).then_some(Reach::Direct);
        }
        self.values.iter().filter_map(|who| who.reach(principal, effect)).max()
    }

    /// Whether `NotPrincipal` names the principal and everything it belongs to: a user's account too, a
    /// session's role and account too. What is named in part only is denied all the same.
    fn spares(&self, principal: &Principal) -> bool {
        let names =
            |wanted: Reach| self.values.iter().any(|who| who.reach(principal, Effect::Deny) == Some(wanted));
        if self.values.contains(&Who::Everyone) {
            return true;
        }
        match principal.kind {
            PrincipalKind::Root => names(Reach::Account),
            PrincipalKind::User | PrincipalKind::FederatedUser => {
                names(Reach::Account) && names(Reach::Direct)
            }
            PrincipalKind::Role => names(Reach::Account) && names(Reach::Entity),
            PrincipalKind::AssumedRole => {
                names(Reach::Account) && names(Reach::Entity) && names(Reach::Direct)
            }
            PrincipalKind::Service | PrincipalKind::WebIdentity | PrincipalKind::Saml => names(Reach::Direct),
            PrincipalKind::Anonymous => false,
        }
    }

    /// Whether everyone is named.
    pub(crate) fn names_everyone(&self) -> bool {
        self.values.contains(&Who::Everyone)
    }
}

impl Who {
    fn reach(&self, principal: &Principal, effect: Effect) -> Option<Reach> {
        use PrincipalKind as Kind;
        let kind = principal.kind;
        let user_id = principal.user_id.as_deref();
        let when = |matched: bool, reach| matched.then_some(reach);
        match self {
            Self::Everyone => {
                let outside = matches!(kind, Kind::WebIdentity | Kind::Saml);
                when(effect == Effect::Deny || !outside, Reach::Direct)
            }
            Self::Account(account) => when(principal.account == Some(*account), Reach::Account),
            Self::Canonical(id) => when(principal.canonical_id.as_deref() == Some(id), Reach::Account),
            Self::Named(arn) if *principal.arn == **arn => {
                let nameable = matches!(kind, Kind::User | Kind::AssumedRole | Kind::FederatedUser);
                when(nameable, Reach::Direct)
            }
            Self::Named(arn) => {
                let behind = principal.role_arn.as_deref() == Some(arn);
                when(behind && kind == Kind::FederatedUser, Reach::Entity)
            }
            Self::Role(arn) => match kind {
                Kind::AssumedRole => when(principal.role_arn.as_deref() == Some(arn), Reach::Entity),
                Kind::Role => when(*principal.arn == **arn, Reach::Entity),
                _ => None,
            },
            Self::UniqueId(id) => match kind {
                Kind::User => when(user_id == Some(id), Reach::Direct),
                Kind::Role => when(user_id == Some(id), Reach::Entity),
                Kind::AssumedRole => {
                    let role = user_id.and_then(|id| id.split(':').next());
                    when(role == Some(id), Reach::Entity)
                }
                Kind::FederatedUser => when(principal.federated_by.as_deref() == Some(id), Reach::Entity),
                _ => None,
            },
            Self::Service(host) => when(kind == Kind::Service && *principal.arn == **host, Reach::Direct),
            Self::Federated(provider) => {
                let federated = matches!(kind, Kind::WebIdentity | Kind::Saml | Kind::AssumedRole);
                when(federated && principal.federated.as_deref() == Some(provider), Reach::Direct)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountId {
        "111122223333".parse().unwrap()
    }

    fn principal(kind: PrincipalKind, arn: &str, role_arn: Option<&str>, user_id: Option<&str>) -> Principal {
        Principal {
            kind,
            account: Some(account()),
            arn: arn.to_owned(),
            role_arn: role_arn.map(str::to_owned),
            federated_by: None,
            canonical_id: Some("c".repeat(64)),
            federated: None,
            user_id: user_id.map(str::to_owned),
        }
    }

    fn session() -> Principal {
        let arn = "arn:aws:sts::111122223333:assumed-role/r/s";
        let role = "arn:aws:iam::111122223333:role/path/r";
        principal(PrincipalKind::AssumedRole, arn, Some(role), Some("AROAABCDEFGHIJKLMNOPQ:s"))
    }

    fn element(negated: bool, values: &[Who]) -> PrincipalElement {
        PrincipalElement { negated, values: values.into() }
    }

    fn named(arn: &str) -> Who {
        Who::Named(arn.into())
    }

    #[test]
    fn sessions_are_reached_by_session_role_id_account_and_everyone() {
        let role = Who::Role("arn:aws:iam::111122223333:role/path/r".into());
        for (who, reach) in [
            (named("arn:aws:sts::111122223333:assumed-role/r/s"), Some(Reach::Direct)),
            (named("arn:aws:sts::111122223333:assumed-role/r/t"), None),
            (role, Some(Reach::Entity)),
            (Who::Role("arn:aws:iam::111122223333:role/r".into()), None),
            (Who::UniqueId("AROAABCDEFGHIJKLMNOPQ".into()), Some(Reach::Entity)),
            (Who::Account(account()), Some(Reach::Account)),
            (Who::Canonical("c".repeat(64).into()), Some(Reach::Account)),
            (Who::Everyone, Some(Reach::Direct)),
            (Who::Service("ec2.amazonaws.com".into()), None),
        ] {
            assert_eq!(who.reach(&session(), Effect::Allow), reach, "{who:?}");
        }
    }

    #[test]
    fn a_federated_session_is_more_than_its_user() {
        let user = "arn:aws:iam::111122223333:user/u";
        let mut federated = principal(
            PrincipalKind::FederatedUser,
            "arn:aws:sts::111122223333:federated-user/f",
            Some(user),
            None,
        );
        assert_eq!(named(user).reach(&federated, Effect::Allow), Some(Reach::Entity));
        let own = named("arn:aws:sts::111122223333:federated-user/f");
        assert_eq!(own.reach(&federated, Effect::Allow), Some(Reach::Direct));
        // Policies are kept with the user's id in place of its ARN.
        let id = Who::UniqueId("AIDAABCDEFGHIJKLMNOPQ".into());
        assert_eq!(id.reach(&federated, Effect::Deny), None);
        federated.federated_by = Some("AIDAABCDEFGHIJKLMNOPQ".to_owned());
        assert_eq!(id.reach(&federated, Effect::Deny), Some(Reach::Entity));
    }

    #[test]
    fn callers_with_foreign_tokens_are_let_in_by_provider_only() {
        let mut caller = principal(PrincipalKind::WebIdentity, "", None, None);
        caller.account = None;
        caller.federated = Some("accounts.google.com".to_owned());
        assert_eq!(Who::Everyone.reach(&caller, Effect::Allow), None);
        assert_eq!(Who::Everyone.reach(&caller, Effect::Deny), Some(Reach::Direct));
        let provider = Who::Federated("accounts.google.com".into());
        assert_eq!(provider.reach(&caller, Effect::Allow), Some(Reach::Direct));
    }

    #[test]
    fn not_principal_spares_only_who_is_named_with_all_they_belong_to() {
        let parts = [
            Who::Account(account()),
            Who::Role("arn:aws:iam::111122223333:role/path/r".into()),
            named("arn:aws:sts::111122223333:assumed-role/r/s"),
        ];
        let denies = |values: &[Who], bounded| {
            element(true, values).reach(&session(), Effect::Deny, bounded).is_some()
        };
        assert!(!denies(&parts, false));
        assert!(denies(&parts, true), "a principal with a boundary is always denied");
        for left_out in 0..parts.len() {
            let mut some = parts.to_vec();
            some.remove(left_out);
            assert!(denies(&some, false), "without {left_out}");
        }
        assert!(!denies(&[Who::Everyone], false));
    }

    #[test]
    fn not_principal_with_an_account_denies_its_users_but_not_its_root() {
        let user = principal(PrincipalKind::User, "arn:aws:iam::111122223333:user/u", None, None);
        let root = principal(PrincipalKind::Root, "arn:aws:iam::111122223333:root", None, None);
        let element = element(true, &[Who::Account(account())]);
        assert_eq!(element.reach(&user, Effect::Deny, false), Some(Reach::Direct));
        assert_eq!(element.reach(&root, Effect::Deny, false), None);
    }
}
