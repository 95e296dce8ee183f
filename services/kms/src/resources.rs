//! What the rows of the table name, and what the decision needs to know of it.

use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Model, Principal};
use kurodo_store::Fact;

use crate::{
    Error, Kms,
    alias::Alias as StoredAlias,
    encryption_context::Pairs,
    grant::{Deed, Draft, Grant},
    key::Key as Stored,
    layout,
    model::{KeySpec, KeyState, KeyUsageType},
    names::{Name, alias_arn, key_arn},
    needs::managed,
    policy,
};

/// A key, whether or not there is one of the id.
pub struct Key {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The id.
    pub id: String,
    found: Option<Arc<Found>>,
    occasion: Occasion,
}

/// A key as it was when it was decided on.
pub(crate) struct Found {
    pub(crate) key: Arc<Stored>,
    /// That it is so; a key that a service is about to make is not there yet.
    pub(crate) current: Option<Fact>,
    pub(crate) policy: Attached,
    pub(crate) aliases: Vec<String>,
    pub(crate) grants: Vec<Grant>,
}

/// What a request says besides which key it is about.
#[derive(Debug, Default)]
pub(crate) struct Occasion {
    caller: Option<AccountId>,
    /// The service that asks in the caller's name, as `kms:ViaService` has it.
    via: Option<String>,
    /// The alias that the key is called by.
    alias: Option<String>,
    pub(crate) context: Option<Pairs>,
    pub(crate) makes: Option<Draft>,
    pub(crate) retires: Option<String>,
}

impl Key {
    /// The key of this name.
    ///
    /// # Errors
    /// [`Error::NotFound`]: the caller's own account has no such key. What others have is for their policies to say.
    pub(crate) fn find(find: &Find<'_, Kms>, text: &str) -> Result<Self, Error> {
        match Name::parse(find, text)? {
            Name::Key(account, id) => Self::of(find, account, id, None),
            Name::Alias(account, name) => {
                let key = layout::alias(account, find.region(), &name);
                match find.stored().get(key.prefix())? {
                    Some(record) => {
                        Self::of(find, account, StoredAlias::read(&record.value)?.key, Some(name))
                    }
                    None => Self::unborn(find, account, name),
                }
            }
        }
    }

    /// The key of an id or ARN; aliases do not count.
    pub(crate) fn named(find: &Find<'_, Kms>, text: &str) -> Result<Self, Error> {
        match Name::parse(find, text)? {
            Name::Key(account, id) => Self::of(find, account, id, None),
            Name::Alias(..) => Err(Error::NotFound(format!("Invalid keyId '{text}'"))),
        }
    }

    /// The key of this id in the request's region.
    pub(crate) fn of(
        find: &Find<'_, Kms>,
        account: AccountId,
        id: String,
        alias: Option<String>,
    ) -> Result<Self, Error> {
        Self::in_region(find, find.region(), account, id, alias)
    }

    /// A key of any region, for what is done in all of them.
    pub(crate) fn in_region(
        find: &Find<'_, Kms>,
        region: &Region,
        account: AccountId,
        id: String,
        alias: Option<String>,
    ) -> Result<Self, Error> {
        let found = Kms::known(find, region, account, &id)?;
        if found.is_none() && find.account() == Some(account) {
            let arn = key_arn(account, region, &id);
            return Err(Error::NotFound(format!("Key '{arn}' does not exist")));
        }
        Ok(Self { region: region.clone(), account, id, found, occasion: Occasion::of(find, alias) })
    }

    /// The key that a service is to keep for the account, which is made when it is first asked for.
    fn unborn(find: &Find<'_, Kms>, account: AccountId, name: String) -> Result<Self, Error> {
        let region = find.region();
        if find.account() != Some(account) {
            // Whether another account has such an alias is not told: it is denied as one that is there.
            let (id, occasion) = (format!("alias/{name}"), Occasion::of(find, Some(name)));
            return Ok(Self { region: region.clone(), account, id, found: None, occasion });
        }
        let missing =
            || Error::NotFound(format!("Alias {} is not found.", alias_arn(account, region, &name)));
        let service = managed::service(&name).ok_or_else(missing)?;
        let key = managed::key(find, account, service)?;
        let (id, policy) = (key.id.clone(), policy::compile(&key)?);
        let key = Arc::new(key);
        let aliases = vec![name.clone()];
        let found = Arc::new(Found { key, current: None, policy, aliases, grants: Vec::new() });
        let occasion = Occasion::of(find, Some(name));
        Ok(Self { region: region.clone(), account, id, found: Some(found), occasion })
    }

    /// The same, under an encryption context.
    pub(crate) fn under(mut self, context: Option<&Pairs>) -> Result<Self, Error> {
        if let Some(context) = context {
            distinct(context)?;
        }
        self.occasion.context = Some(context.cloned().unwrap_or_default());
        Ok(self)
    }

    /// The same, for a grant that is made.
    pub(crate) fn making(mut self, draft: Draft) -> Self {
        self.occasion.makes = Some(draft);
        self
    }

    /// The same, for a grant that is retired.
    pub(crate) fn retiring(mut self, grant: &str) -> Self {
        self.occasion.retires = Some(grant.to_owned());
        self
    }

    /// The key that is to be made before anything is done with it.
    pub(crate) fn to_be_made(&self) -> Option<&Arc<Stored>> {
        self.found.as_ref().filter(|found| found.current.is_none()).map(|found| &found.key)
    }

    /// What the request says besides.
    pub(crate) fn occasion(&self) -> &Occasion {
        &self.occasion
    }

    /// The key's ARN.
    pub(crate) fn called(&self) -> String {
        key_arn(self.account, &self.region, &self.id)
    }

    /// The key, in whatever state.
    pub(crate) fn existing(&self) -> Result<&Found, Error> {
        let missing = || Error::NotFound(format!("Key '{}' does not exist", self.called()));
        self.found.as_deref().ok_or_else(missing)
    }

    /// The key, if it is not about to be destroyed.
    pub(crate) fn living(&self) -> Result<&Found, Error> {
        let found = self.existing()?;
        match found.key.state() {
            KeyState::PendingDeletion => {
                Err(Error::InvalidState(format!("{} is pending deletion.", self.called())))
            }
            _ => Ok(found),
        }
    }

    /// The key, if it is on.
    pub(crate) fn enabled(&self) -> Result<&Found, Error> {
        let found = self.living()?;
        if found.key.enabled { Ok(found) } else { Err(Error::Disabled(self.called())) }
    }

    /// The key, if it is on and for this.
    pub(crate) fn usable(&self, usage: KeyUsageType, operation: &str) -> Result<&Arc<Stored>, Error> {
        let found = self.enabled()?;
        let is = found.key.usage()?;
        if is == usage {
            return Ok(&found.key);
        }
        let arn = self.called();
        Err(Error::InvalidKeyUsage(format!("{arn} key usage is {is} which is not valid for {operation}.")))
    }

    /// The key, if it is on and can rotate.
    pub(crate) fn rotatable(&self, found: &Found) -> Result<Stored, Error> {
        match found.key.form()? {
            KeySpec::SymmetricDefault => Ok(Stored::clone(&found.key)),
            _ => Err(Error::Unsupported(format!("{} does not support key rotation.", self.called()))),
        }
    }
}

/// Conditions do not tell names apart that differ in case only: one would hide the other's value from a policy.
fn distinct(context: &Pairs) -> Result<(), Error> {
    let mut names: Vec<String> = context.keys().map(|name| kurodo_policy::fold(name)).collect();
    names.sort_unstable();
    match names.windows(2).any(|pair| pair.first() == pair.last()) {
        true => Err(Error::Validation("EncryptionContext keys must differ in more than case".to_owned())),
        false => Ok(()),
    }
}

impl Occasion {
    fn of(find: &Find<'_, Kms>, alias: Option<String>) -> Self {
        let via = find.call.context.get("aws:CalledViaLast").and_then(|via| via.single()?.split('.').next());
        let via = via.map(|service| format!("{service}.{}.amazonaws.com", find.region()));
        Self { caller: find.account(), via, alias, ..Self::default() }
    }

    /// The service that asks in the caller's name, by its host name in the region.
    pub(crate) fn via(&self) -> Option<&str> {
        self.via.as_deref()
    }

    fn describe(&self, context: &mut Context) {
        if let Some(caller) = self.caller {
            context.set("kms:CallerAccount", caller);
        }
        if let Some(via) = &self.via {
            context.set("kms:ViaService", via.as_str());
        }
        if let Some(alias) = &self.alias {
            context.set("kms:RequestAlias", format!("alias/{alias}"));
        }
        let Some(pairs) = self.context.as_ref().filter(|pairs| !pairs.is_empty()) else { return };
        context.set("kms:EncryptionContextKeys", pairs.keys().cloned().collect::<Vec<_>>());
        for (name, value) in pairs {
            context.set(format!("kms:EncryptionContext:{name}"), value.as_str());
        }
    }
}

impl Resource for Key {
    fn owner(&self) -> AccountId {
        self.account
    }

    /// Which key an alias of another account leads to is not told to whom it is denied.
    fn called(&self) -> Option<String> {
        let alias = self.occasion.alias.as_deref().filter(|_| self.occasion.caller != Some(self.account))?;
        Some(alias_arn(self.account, &self.region, alias))
    }

    fn scope(&self) -> Scope {
        layout::key(self.account, &self.region, &self.id)
    }

    fn policy(&self) -> Option<&Attached> {
        self.found.as_ref().map(|found| &found.policy)
    }

    /// Other accounts use a key and its grants. They do not manage it, whatever its policy says: who is given `kms:*` neither
    /// deletes it nor takes it from its owner.
    ///
    /// Source: KMS Developer Guide, "Allowing users in other accounts to use a KMS key".
    fn hears(&self, action: &str, principal: &Principal) -> bool {
        principal.account.is_none_or(|account| account == self.account) || ACROSS_ACCOUNTS.contains(&action)
    }

    fn grant(&self, action: &str, principal: &Principal) -> Option<String> {
        let Occasion { context, makes, retires, .. } = &self.occasion;
        let deed = Deed { context: context.as_ref(), makes: makes.as_ref(), retires: retires.as_deref() };
        let grants = self.found.iter().flat_map(|found| &found.grants);
        let found = grants.into_iter().find(|grant| grant.lets(action, principal, &deed));
        found.map(|grant| format!("grant {}", grant.id))
    }

    fn describe(&self, context: &mut Context) {
        self.occasion.describe(context);
        let Some(found) = &self.found else { return };
        if let (Ok(spec), Ok(usage)) = (found.key.form(), found.key.usage()) {
            context.set("kms:KeySpec", spec.as_str());
            context.set("kms:KeyUsage", usage.as_str());
        }
        context.set("kms:KeyOrigin", "AWS_KMS");
        context.set("kms:MultiRegion", false);
        if !found.aliases.is_empty() {
            let aliases: Vec<String> = found.aliases.iter().map(|name| format!("alias/{name}")).collect();
            context.set("kms:ResourceAliases", aliases);
        }
        for (key, value) in &found.key.tags {
            context.set(format!("aws:ResourceTag/{key}"), value.as_str());
        }
    }

    fn model(&self) -> Model {
        Model::KeyPolicy
    }
}

/// What a key's policy can let other accounts do.
const ACROSS_ACCOUNTS: [&str; 20] = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DeriveSharedSecret",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateMac",
    "kms:GetKeyRotationStatus",
    "kms:GetPublicKey",
    "kms:ListGrants",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:Sign",
    "kms:Verify",
    "kms:VerifyMac",
];

/// The grants of the key.
impl Annexed for Key {
    fn annex(&self) -> Scope {
        layout::grants(self.account, &self.region, &self.id)
    }
}

/// The key of this id or ARN.
pub(crate) async fn key(find: &Find<'_, Kms>, text: &str) -> Result<Key, Error> {
    Key::named(find, text)
}

/// An alias, whether or not there is one of the name.
pub struct Alias {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name, without `alias/`.
    pub name: String,
    /// The alias as it was when it was decided on, and that it was so.
    pub(crate) stored: Option<StoredAlias>,
    pub(crate) current: Fact,
}

impl Alias {
    /// The alias as it is stored.
    pub(crate) fn existing(&self) -> Result<&StoredAlias, Error> {
        let arn = alias_arn(self.account, &self.region, &self.name);
        self.stored.as_ref().ok_or_else(|| Error::NotFound(format!("Alias {arn} is not found.")))
    }
}

impl Resource for Alias {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::alias(self.account, &self.region, &self.name)
    }
}

/// The alias of this name in the caller's account.
pub(crate) async fn alias(find: &Find<'_, Kms>, text: &str) -> Result<Alias, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    let name = text.strip_prefix("alias/").filter(|name| !name.is_empty() && !name.contains(':'));
    let invalid = || Error::Validation("Invalid identifier".to_owned());
    let name = name.ok_or_else(invalid)?.to_owned();
    if name.starts_with("aws/") {
        return Err(Error::InvalidAliasName("alias/aws/ is a reserved prefix".to_owned()));
    }
    let region = find.region();
    let (record, current) = find.stored().fact(layout::alias(account, region, &name).prefix())?;
    let stored = record.map(|record| StoredAlias::read(&record.value)).transpose()?;
    Ok(Alias { region: region.clone(), account, name, stored, current })
}

/// A key that a service keeps for an account, before there is one.
pub struct ManagedKey {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The id.
    pub id: String,
    /// The name of its alias, without `alias/`.
    pub(crate) alias: String,
}

impl Resource for ManagedKey {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::key(self.account, &self.region, &self.id)
    }
}

/// The key's alias.
impl Annexed for ManagedKey {
    fn annex(&self) -> Scope {
        layout::alias(self.account, &self.region, &self.alias)
    }
}

macro_rules! of_account {
    ($($(#[$meta:meta])* $name:ident by $find:ident in $scope:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name {
            pub(crate) account: AccountId,
            pub(crate) region: Region,
        }

        impl Resource for $name {
            fn owner(&self) -> AccountId {
                self.account
            }

            fn scope(&self) -> Scope {
                layout::$scope(self.account, &self.region)
            }
        }

        $(#[$meta])*
        pub(crate) async fn $find(find: &Find<'_, Kms>) -> Result<$name, Error> {
            let account = find.account().ok_or(Error::Unsigned)?;
            Ok($name { account, region: find.region().clone() })
        }
    )*};
}

of_account! {
    /// The keys of the caller's account.
    Keys by keys in keys;
    /// The aliases of the caller's account.
    Aliases by aliases in aliases;
    /// The grants of the keys of the caller's account.
    Grants by grants in all_grants;
}
