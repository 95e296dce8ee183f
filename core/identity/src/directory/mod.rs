//! The directory over the store: who is behind an access key, and what limits an account.

mod assume;
mod cache;
mod caller;
mod error;
mod gather;
mod guard;
mod guesses;
mod library;
mod mfa;
#[cfg(test)]
mod tests;
mod time;
mod usage;

pub use assume::{Assume, AssumeError};

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Caller, Guardrails};
use kurodo_policy::{Attached, Context, Kind, Policy, PolicyError};
use kurodo_store::{CoreDoor, StoreError};

use self::{
    cache::Cache, caller::Assembler, error::LoadError, gather::Gatherer, guard::Guard, guesses::Guesses,
    library::Library, usage::Usage,
};
use crate::{
    Account, Credential, CredentialError, Directory, KeyOwner, ReadRecords as _, Session, SessionSealer, id,
    keys::{self, IAM, ORGANIZATION},
    org_scope,
};

/// Credentials that are kept; one takes some kilobytes at most.
const CREDENTIALS: usize = 16 * 1024;
/// Accounts whose guardrails are kept.
const GUARDS: usize = 1024;

/// The directory that reads the store, and keeps what it read for as long as nothing changes.
pub struct StoredDirectory {
    door: CoreDoor,
    sealer: SessionSealer,
    library: Library,
    credentials: Cache<String, Known, (u64, u64)>,
    guards: Cache<AccountId, Arc<Guard>, u64>,
    usage: Usage,
    guesses: Guesses,
}

/// A credential that was looked up.
#[derive(Clone)]
struct Known {
    credential: Arc<Credential>,
    /// The SHA-256 of the token that it was looked up with.
    token: Option<[u8; 32]>,
    /// When a one-time code was shown for it.
    mfa: Option<i64>,
}

impl StoredDirectory {
    /// The directory of what lies behind this door. The sealer's key must be the same at every start.
    pub fn new(door: CoreDoor, sealer: SessionSealer) -> Self {
        Self {
            door,
            sealer,
            library: Library::default(),
            credentials: Cache::new(CREDENTIALS),
            guards: Cache::new(GUARDS),
            usage: Usage::default(),
            guesses: Guesses::default(),
        }
    }

    /// The compiled policy of this text; every text is compiled once for each kind.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn compiled(&self, text: &str, kind: Kind) -> Result<Arc<Policy>, PolicyError> {
        self.library.compiled(text, kind)
    }

    /// Whether there is a managed policy with this ARN that sessions of the account may have: one of the
    /// account's own, or of AWS's.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn has_policy(&self, account: AccountId, arn: &str) -> Result<bool, StoreError> {
        match self.gatherer().one(account, arn, Kind::Session) {
            Ok(_) => Ok(true),
            Err(LoadError::Store(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Makes session tokens, and opens those of callers.
    pub fn sealer(&self) -> &SessionSealer {
        &self.sealer
    }

    fn gatherer(&self) -> Gatherer<'_> {
        Gatherer { reader: self.door.read(), library: &self.library }
    }

    fn generation(&self) -> (u64, u64) {
        (self.door.generation(IAM), self.door.generation(ORGANIZATION))
    }

    fn guard(&self, account: AccountId) -> Result<Arc<Guard>, LoadError> {
        let generation = self.door.generation(ORGANIZATION);
        if let Some(guard) = self.guards.find(&account, generation) {
            return Ok(guard);
        }
        let guard = Arc::new(self.gatherer().guard(account)?);
        self.guards.keep(account, Arc::clone(&guard), generation);
        Ok(guard)
    }

    /// Looks a long-term key up.
    fn long_term(&self, account: AccountId, access_key_id: &str) -> Result<Known, LoadError> {
        let guard = self.guard(account)?;
        let gather = self.gatherer();
        let record: Account = gather.find(&keys::account(), account)?;
        let key = gather.find(&keys::access_key(access_key_id), account)?;
        if !key.active {
            return Err(LoadError::Gone);
        }
        let assembler = Assembler { gather: &gather, account: &record, guard: &guard };
        let caller = match &key.owner {
            KeyOwner::Root => assembler.root(access_key_id),
            KeyOwner::User(id) => assembler.user(&gather.user(account, id)?, access_key_id)?,
        };
        let credential = Credential {
            secret: key.secret,
            caller: Arc::new(caller),
            expires: None,
            signature_v2: record.signature_v2,
        };
        Ok(Known { credential: Arc::new(credential), token: None, mfa: None })
    }

    /// Looks the subject of a session up.
    fn temporary(&self, account: AccountId, session: Session) -> Result<Known, LoadError> {
        let guard = self.guard(account)?;
        let gather = self.gatherer();
        let record: Account = gather.find(&keys::account(), account)?;
        let assembler = Assembler { gather: &gather, account: &record, guard: &guard };
        let caller = assembler.session(&session)?;
        let credential = Credential {
            secret: session.secret,
            caller: Arc::new(caller),
            expires: Some(session.expires),
            signature_v2: record.signature_v2,
        };
        Ok(Known { credential: Arc::new(credential), token: None, mfa: session.mfa })
    }

    fn look_up(&self, access_key_id: &str, token: Option<&str>) -> Result<Known, CredentialError> {
        let account = id::account_of(access_key_id).ok_or(CredentialError::Unknown)?;
        match (access_key_id.get(..4), token) {
            (Some("AKIA"), None) => Ok(self.long_term(account, access_key_id)?),
            (Some("ASIA"), Some(token)) => {
                let session = self.sealer.open(access_key_id, token).map_err(|_| CredentialError::Token)?;
                let known = self.temporary(account, session)?;
                Ok(Known { token: Some(mark(token)), ..known })
            }
            (Some("AKIA" | "ASIA"), _) => Err(CredentialError::Token),
            _ => Err(CredentialError::Unknown),
        }
    }
}

impl Directory for StoredDirectory {
    fn credential(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: i64,
    ) -> Result<Arc<Credential>, CredentialError> {
        let generation = self.generation();
        let known = self.credentials.find(access_key_id, generation);
        let known = match known.filter(|known| known.token == token.map(mark)) {
            Some(known) => known,
            None => {
                let known = self.look_up(access_key_id, token)?;
                self.credentials.keep(access_key_id.to_owned(), known.clone(), generation);
                known
            }
        };
        if known.credential.expires.is_some_and(|expires| now >= expires) {
            return Err(CredentialError::Expired);
        }
        Ok(match known.mfa {
            Some(shown) => Arc::new(aged(&known.credential, now - shown)),
            None => known.credential,
        })
    }

    fn accounts(&self) -> Result<Vec<AccountId>, CredentialError> {
        let members = self.door.read().all(&keys::members().below(&org_scope()));
        let members = members.map_err(|error| {
            tracing::error!(%error, "the organisation's accounts cannot be read");
            CredentialError::Unavailable
        })?;
        Ok(members.into_iter().map(|member| member.account).collect())
    }

    fn used(&self, access_key_id: &str, service: &'static str, region: &Region, now: i64) {
        self.usage.note(access_key_id, service, region, now, || {
            let known = self.credentials.find(access_key_id, self.generation())?;
            known.credential.caller.principal.user_id.clone()
        });
    }
}

impl Guardrails for StoredDirectory {
    fn rcps(&self, owner: AccountId) -> Arc<Vec<Vec<Attached>>> {
        let guard = self.guard(owner).unwrap_or_else(|error| {
            tracing::error!(%error, account = %owner, "resource control policies cannot be read; nothing is allowed");
            Arc::new(Guard::closed())
        });
        Arc::clone(&guard.rcps)
    }

    fn organization(&self, account: AccountId) -> Option<Arc<str>> {
        self.guard(account).ok()?.organization.clone()
    }

    fn organization_path(&self, account: AccountId) -> Option<String> {
        let guard = self.guard(account).ok()?;
        guard.organization.is_some().then(|| guard.path.clone())
    }
}

/// The same credential, so many seconds after a one-time code was shown for it.
fn aged(credential: &Credential, age: i64) -> Credential {
    let mut context = Context::over(credential.caller.context.clone());
    context.set("aws:MultiFactorAuthAge", age.max(0));
    let caller = Caller { context: Arc::new(context), ..Caller::clone(&credential.caller) };
    Credential {
        secret: credential.secret.clone(),
        caller: Arc::new(caller),
        expires: credential.expires,
        signature_v2: credential.signature_v2,
    }
}

fn mark(token: &str) -> [u8; 32] {
    digest(&SHA256, token.as_bytes()).as_ref().try_into().unwrap_or_default()
}
