use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::Deserialize;
use tokio::sync::Mutex as Turn;

use crate::{FetchError, Identity, Token, TokenError, fetch, jwk::Keys, trust::Trust};

/// How long keys are used before they are fetched again.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// How long an issuer is left alone that was asked for a key which it does not have.
const APART: Duration = Duration::from_secs(5);
/// The most issuers whose keys are kept.
const MOST: usize = 1000;

/// Whose tokens are believed, and for whom they must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issuer {
    /// The URL without its scheme, which is `https`.
    pub url: String,
    /// SHA-1 hashes of certificates that vouch for the issuer's servers, beside those that the machine trusts.
    pub thumbprints: Vec<String>,
    /// The audiences.
    pub client_ids: Vec<String>,
}

/// The keys of issuers, as far as they were needed.
#[derive(Debug, Default)]
pub struct Issuers {
    known: Mutex<HashMap<Name, Place>>,
}

/// URL and thumbprints: what one account trusts says nothing of another's trust.
type Name = (String, Vec<String>);
/// Whose turn it is to fetch an issuer's keys, and what there is of them.
type Place = Arc<Turn<Option<Known>>>;

#[derive(Debug)]
struct Known {
    keys: Arc<Keys>,
    fetched: Instant,
}

/// What a client of an issuer must know. Source: OpenID Connect Discovery 1.0, section 3.
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

impl Issuers {
    /// Verifies a token of this issuer at this time, in seconds since 1970. The issuer's keys are fetched where they are not
    /// known yet, too old, or do not have the key that the token names.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn verify(&self, issuer: &Issuer, token: &Token, now: i64) -> Result<Identity, TokenError> {
        let keys = self.keys(issuer, token).await?;
        keys.verify(token)?;
        Identity::of(token, &issuer.client_ids, now)
    }

    async fn keys(&self, issuer: &Issuer, token: &Token) -> Result<Arc<Keys>, FetchError> {
        let place = self.place(issuer);
        // Whoever comes meanwhile waits, and finds the keys.
        let mut known = place.lock().await;
        if let Some(Known { keys, fetched }) = &*known {
            let age = fetched.elapsed();
            if age < APART || (age < FRESH && keys.know(token)) {
                return Ok(keys.clone());
            }
        }
        let keys = Arc::new(fetch_keys(issuer).await?);
        *known = Some(Known { keys: keys.clone(), fetched: Instant::now() });
        Ok(keys)
    }

    fn place(&self, issuer: &Issuer) -> Place {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (issuer.url.clone(), issuer.thumbprints.clone());
        if known.len() >= MOST && !known.contains_key(&name) {
            known.clear();
        }
        known.entry(name).or_default().clone()
    }
}

async fn fetch_keys(issuer: &Issuer) -> Result<Keys, FetchError> {
    let base = format!("https://{}", issuer.url);
    let address = format!("{}/.well-known/openid-configuration", base.trim_end_matches('/'));
    let client = Trust::client(&issuer.thumbprints);
    let client = Arc::new(client.map_err(|error| FetchError::Client(error.to_string()))?);
    let found: Configuration = fetch::json(&client, &address, "an OpenID Connect configuration").await?;
    if found.issuer != base {
        return Err(FetchError::Issuer { address, issuer: found.issuer });
    }
    fetch::json(&client, &found.jwks_uri, "a set of JSON Web Keys").await
}
