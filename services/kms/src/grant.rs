//! Grants: what a key's policy lets somebody hand on, to one principal and for some operations.
//!
//! Source: KMS Developer Guide, "Grants in AWS KMS"; API Reference, CreateGrant.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kurodo_arn::{AccountId, Region};
use kurodo_identity::{BindError, Principals};
use kurodo_policy::{Principal, PrincipalKind};
use kurodo_store::{Reader, Scan};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    encryption_context::Pairs,
    layout,
    model::{GrantConstraints, GrantListEntry, GrantOperation},
    names::key_arn,
    view::time,
};

/// A grant as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) grantee: Party,
    pub(crate) retiring: Option<Party>,
    operations: Vec<String>,
    pub(crate) constraint: Option<Constraint>,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    /// The account whose principal made it.
    pub(crate) issuer: String,
}

/// Who is let do something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Party {
    /// As it was named.
    pub(crate) arn: String,
    /// The unique id of a user or role that was named, or the host name of a service.
    bound: String,
}

/// Under which encryption contexts a grant holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Constraint {
    /// This very context.
    Equals(Pairs),
    /// Contexts with these pairs among others.
    Subset(Pairs),
}

/// What a request would do by a grant.
#[derive(Debug, Default)]
pub(crate) struct Deed<'d> {
    /// The encryption context.
    pub(crate) context: Option<&'d Pairs>,
    /// The grant that is made, where one is.
    pub(crate) makes: Option<&'d Draft>,
    /// The grant that is retired, where one is.
    pub(crate) retires: Option<&'d str>,
}

/// What a new grant would let its grantee do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) operations: Vec<String>,
    pub(crate) constraint: Option<Constraint>,
}

impl Party {
    /// Whom a request names. The service that asks for a grant in its caller's name may name itself; nobody else can name
    /// it.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn asked(principals: &Principals, arn: &str, via: Option<&str>) -> Result<Self, Error> {
        match via == Some(arn) {
            true => Ok(Self { arn: arn.to_owned(), bound: arn.to_owned() }),
            false => Self::new(principals, arn),
        }
    }

    /// A principal, and who bears its name today.
    ///
    /// # Errors
    /// [`Error::InvalidArn`]: there is no such principal, or it is none that a grant can name.
    fn new(principals: &Principals, arn: &str) -> Result<Self, Error> {
        let invalid = || Error::InvalidArn(format!("ARN does not refer to a valid principal: {arn}"));
        let named = arn.starts_with("arn:aws:iam::") || arn.starts_with("arn:aws:sts::");
        if !named || arn.contains('*') {
            return Err(invalid());
        }
        let document = serde_json::json!({ "Statement": { "Principal": { "AWS": arn } } }).to_string();
        let bound = principals.bind(&document).map_err(|error| match error {
            BindError::Store(error) => error.into(),
            _ => invalid(),
        })?;
        let bound: serde_json::Value = serde_json::from_str(&bound).map_err(|_| invalid())?;
        let bound = bound.pointer("/Statement/Principal/AWS").and_then(|bound| bound.as_str());
        Ok(Self { arn: arn.to_owned(), bound: bound.ok_or_else(invalid)?.to_owned() })
    }

    /// Whether a principal is this one: a user, a session, a role by any of its sessions, an account by its root user, a
    /// service that acts under its own name.
    fn is(&self, principal: &Principal) -> bool {
        let id = principal.user_id.as_deref();
        match principal.kind {
            PrincipalKind::User => id == Some(&self.bound),
            PrincipalKind::AssumedRole => {
                principal.arn == self.bound || id.and_then(|id| id.split(':').next()) == Some(&self.bound)
            }
            PrincipalKind::FederatedUser | PrincipalKind::Root | PrincipalKind::Service => {
                principal.arn == self.bound
            }
            _ => false,
        }
    }
}

impl Constraint {
    /// The one constraint of a request.
    pub(crate) fn of(asked: &GrantConstraints) -> Result<Option<Self>, Error> {
        match (&asked.encryption_context_equals, &asked.encryption_context_subset) {
            (Some(_), Some(_)) => Err(Error::Validation(
                "Only one of EncryptionContextEquals and EncryptionContextSubset can be given".to_owned(),
            )),
            (Some(equals), None) => Ok(Some(Self::Equals(equals.clone()))),
            (None, Some(subset)) => Ok(Some(Self::Subset(subset.clone()))),
            (None, None) => Ok(None),
        }
    }

    fn holds(&self, context: &Pairs) -> bool {
        match self {
            Self::Equals(pairs) => pairs == context,
            Self::Subset(pairs) => pairs.iter().all(|(name, value)| context.get(name) == Some(value)),
        }
    }

    /// Whether all contexts of another are contexts of this one.
    fn covers(&self, other: &Self) -> bool {
        match other {
            Self::Equals(pairs) => self.holds(pairs),
            Self::Subset(pairs) => matches!(self, Self::Subset(_)) && self.holds(pairs),
        }
    }

    fn view(&self) -> GrantConstraints {
        let (equals, subset) = match self {
            Self::Equals(pairs) => (Some(pairs.clone()), None),
            Self::Subset(pairs) => (None, Some(pairs.clone())),
        };
        GrantConstraints {
            encryption_context_equals: equals,
            encryption_context_subset: subset,
            ..GrantConstraints::default()
        }
    }
}

impl Grant {
    pub(crate) fn new(id: String, grantee: Party, draft: Draft, created: i64, issuer: AccountId) -> Self {
        let Draft { operations, constraint } = draft;
        let issuer = issuer.to_string();
        Self { id, name: None, grantee, retiring: None, operations, constraint, created, issuer }
    }

    pub(crate) fn read(record: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(record).map_err(|_| Error::Damaged)
    }

    pub(crate) fn record(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| Error::Damaged)
    }

    /// Whether another would let the same principal do the same.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let same = |grant: &Self| (grant.grantee.clone(), grant.retiring.clone(), grant.constraint.clone());
        self.name == other.name && self.operations == other.operations && same(self) == same(other)
    }

    /// Whether this grant lets a principal do an action of KMS's.
    pub(crate) fn lets(&self, action: &str, principal: &Principal, deed: &Deed<'_>) -> bool {
        let operation = action.strip_prefix("kms:").unwrap_or_default();
        let granted = self.grantee.is(principal) && self.operations.iter().any(|known| known == operation);
        match operation {
            // The principal that may retire it needs nothing else; the grantee may where the grant says so.
            "RetireGrant" => {
                let retiring = self.retiring.as_ref().is_some_and(|party| party.is(principal));
                deed.retires == Some(&self.id) && (granted || retiring)
            }
            // What is handed on is no more than there is.
            "CreateGrant" => granted && deed.makes.is_some_and(|draft| self.contains(draft)),
            _ => {
                granted
                    && self.constraint.as_ref().is_none_or(|held| deed.context.is_none_or(|c| held.holds(c)))
            }
        }
    }

    fn contains(&self, draft: &Draft) -> bool {
        let constrained = match (&self.constraint, &draft.constraint) {
            (None, _) => true,
            (Some(held), Some(asked)) => held.covers(asked),
            (Some(_), None) => false,
        };
        constrained && draft.operations.iter().all(|asked| self.operations.contains(asked))
    }

    /// As answers carry it.
    pub(crate) fn view(&self, account: AccountId, region: &Region, key: &str) -> GrantListEntry {
        let operations = self.operations.iter().filter_map(|word| GrantOperation::parse(word)).collect();
        GrantListEntry {
            key_id: Some(key_arn(account, region, key)),
            grant_id: Some(self.id.clone()),
            name: self.name.clone(),
            creation_date: Some(time(self.created)),
            grantee_principal: Some(self.grantee.arn.clone()),
            retiring_principal: self.retiring.as_ref().map(|party| party.arn.clone()),
            issuing_account: Some(format!("arn:aws:iam::{}:root", self.issuer)),
            operations: Some(operations),
            constraints: self.constraint.as_ref().map(Constraint::view),
            ..GrantListEntry::default()
        }
    }
}

/// The grants of a key.
pub(crate) fn of_key(
    stored: &Reader<'_>,
    account: AccountId,
    region: &Region,
    key: &str,
) -> Result<Vec<Grant>, Error> {
    let scope = layout::grants(account, region, key);
    stored.scan(&Scan::within(scope.prefix()))?.iter().map(|record| Grant::read(&record.value)).collect()
}

/// The token of a grant. Grants hold at once; nobody needs it but to retire one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) account: AccountId,
    pub(crate) key: String,
    pub(crate) grant: String,
}

impl Token {
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let read = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let mut parts = text.splitn(3, '/').map(str::to_owned);
            let account = parts.next()?.parse().ok()?;
            Some(Self { account, key: parts.next()?, grant: parts.next()? })
        };
        read().ok_or(Error::InvalidGrantToken)
    }

    pub(crate) fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}/{}/{}", self.account, self.key, self.grant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Pairs {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn party(id: &str) -> Party {
        Party { arn: String::new(), bound: id.to_owned() }
    }

    fn user(id: &str) -> Principal {
        let caller = kurodo_authz::Caller::anonymous().principal;
        Principal { kind: PrincipalKind::User, user_id: Some(id.to_owned()), ..caller }
    }

    fn grant(operations: &[&str], constraint: Option<Constraint>) -> Grant {
        let operations = operations.iter().map(|one| (*one).to_owned()).collect();
        let draft = Draft { operations, constraint };
        Grant::new("g".to_owned(), party("AIDAADA"), draft, 0, "111122223333".parse().unwrap())
    }

    #[test]
    fn a_grant_lets_its_grantee_do_what_it_names_under_its_constraint() {
        let context = pairs(&[("tenant", "a"), ("app", "b")]);
        let deed = |context| Deed { context, ..Deed::default() };
        let subset = grant(&["Decrypt"], Some(Constraint::Subset(pairs(&[("tenant", "a")]))));
        let equals = grant(&["Decrypt"], Some(Constraint::Equals(pairs(&[("tenant", "a")]))));
        let (ada, none) = (user("AIDAADA"), Pairs::new());
        assert!(subset.lets("kms:Decrypt", &ada, &deed(Some(&context))));
        assert!(!equals.lets("kms:Decrypt", &ada, &deed(Some(&context))));
        assert!(!subset.lets("kms:Decrypt", &ada, &deed(Some(&none))));
        assert!(!subset.lets("kms:Encrypt", &ada, &deed(Some(&context))));
        assert!(!subset.lets("kms:Decrypt", &user("AIDABOB"), &deed(Some(&context))));
    }

    #[test]
    fn a_service_is_let_do_it_under_its_own_name_alone() {
        let host = "dynamodb.us-east-1.amazonaws.com";
        let account = "111122223333".parse().unwrap();
        let service = |host| kurodo_authz::Caller::service(host, "arn", account).principal;
        let held = Grant { grantee: party(host), ..grant(&["Decrypt"], None) };
        assert!(held.lets("kms:Decrypt", &service(host), &Deed::default()));
        assert!(!held.lets("kms:Decrypt", &service("dynamodb.eu-west-1.amazonaws.com"), &Deed::default()));
        let named = Principal { arn: host.to_owned(), ..user("AIDAADA") };
        assert!(!held.lets("kms:Decrypt", &named, &Deed::default()));
    }

    #[test]
    fn what_is_handed_on_is_no_more_than_there_is() {
        let held = grant(&["Decrypt", "CreateGrant"], Some(Constraint::Subset(pairs(&[("a", "1")]))));
        let may = |operations: &[&str], constraint| {
            let operations = operations.iter().map(|one| (*one).to_owned()).collect();
            let draft = Draft { operations, constraint };
            held.lets("kms:CreateGrant", &user("AIDAADA"), &Deed { makes: Some(&draft), ..Deed::default() })
        };
        let narrow = pairs(&[("a", "1"), ("b", "2")]);
        assert!(may(&["Decrypt"], Some(Constraint::Subset(narrow.clone()))));
        assert!(may(&["Decrypt"], Some(Constraint::Equals(narrow))));
        assert!(!may(&["Decrypt"], None));
        assert!(!may(&["Decrypt"], Some(Constraint::Subset(pairs(&[("b", "2")])))));
        assert!(!may(&["Encrypt"], Some(Constraint::Subset(pairs(&[("a", "1")])))));
    }

    #[test]
    fn tokens_name_their_grant() {
        let (key, grant) = ("1234abcd-12ab-34cd-56ef-1234567890ab".to_owned(), "g/h".to_owned());
        let token = Token { account: "111122223333".parse().unwrap(), key, grant };
        assert_eq!(Token::read(&token.write()).unwrap(), token);
        assert!(Token::read("no token").is_err() && Token::read("").is_err());
    }

    #[test]
    fn only_whom_it_names_retires_it() {
        let mut held = grant(&["Decrypt"], None);
        held.retiring = Some(party("AIDABOB"));
        let deed = |id| Deed { retires: Some(id), ..Deed::default() };
        assert!(held.lets("kms:RetireGrant", &user("AIDABOB"), &deed("g")));
        assert!(!held.lets("kms:RetireGrant", &user("AIDABOB"), &deed("other")));
        assert!(!held.lets("kms:RetireGrant", &user("AIDAADA"), &deed("g")));
    }
}
