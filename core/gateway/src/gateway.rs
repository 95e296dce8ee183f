use std::{sync::Arc, time::SystemTime};

use kurodo_arn::Region;
use kurodo_audit::Audit;
use kurodo_authz::{Caller, Guardrails};
use kurodo_keys::SecretKey;
use kurodo_store::CoreDoor;
use tokio::sync::Semaphore;

use crate::{Mount, route::Routes};

/// A credential that exists and is active: its secret, and whose it is.
pub struct Credential {
    /// The secret access key.
    pub secret: kurodo_keys::Secret,
    /// Whose it is.
    pub caller: Arc<Caller>,
    /// For temporary credentials, when they end, in seconds since 1970.
    pub expires: Option<i64>,
    /// Whether the account accepts Signature Version 2.
    pub signature_v2: bool,
}

/// Why an access key does not lead to a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// No such access key, or an inactive one.
    #[error("the access key does not exist or is inactive")]
    Unknown,
    /// The session token is missing, damaged, or of another key.
    #[error("the session token does not belong to the access key")]
    Token,
    /// The temporary credential has ended.
    #[error("the security token has expired")]
    Expired,
    /// The store could not be read.
    #[error("the directory cannot be read")]
    Unavailable,
}

/// Who exists: finds the caller behind an access key, and the guardrails of accounts.
pub trait Directory: Guardrails {
    /// The credential with this access key and session token.
    ///
    /// # Errors
    /// [`CredentialError`]; expiry is decided against `now`, in seconds since 1970.
    fn credential(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: i64,
    ) -> Result<Arc<Credential>, CredentialError>;

    /// Notes that the key was used, for `GetAccessKeyLastUsed`. Cheap; written in the background.
    fn used(&self, access_key_id: &str, service: &'static str, region: &Region, now: i64);
}

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The region of requests that name none.
    pub region: Region,
    /// Requests at once; further ones are told to slow down.
    pub requests: usize,
    /// Host names under which the services are reached, such as `localhost`; buckets are below `s3.`.
    pub domains: Vec<String>,
}

/// All that a request passes on its way.
pub struct Gateway {
    pub(crate) routes: Routes,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) audit: Audit,
    pub(crate) door: CoreDoor,
    pub(crate) settings: Settings,
    pub(crate) slots: Semaphore,
    /// Seals encoded authorization messages.
    pub(crate) messages: kurodo_keys::Sealer,
}

impl Gateway {
    /// The gateway in front of these services.
    pub fn new(
        services: Vec<Arc<dyn Mount>>,
        directory: Arc<dyn Directory>,
        audit: Audit,
        door: CoreDoor,
        messages: &SecretKey,
        settings: Settings,
    ) -> Self {
        Self {
            routes: Routes::new(services, &settings.domains),
            directory,
            audit,
            door,
            slots: Semaphore::new(settings.requests),
            messages: kurodo_keys::Sealer::new(messages),
            settings,
        }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}
