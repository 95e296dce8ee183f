use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use hyper::body::Incoming;
use kurodo_arn::Region;
use kurodo_authz::Caller;
use kurodo_identity::{Credential, CredentialError};
use kurodo_sigv4::{AuthError, BodyCheck, Claim, Rules, V4aKey, Verified};
use kurodo_wire::Protocol;

use crate::{
    Body, BodyError, Call, Dialect, Failure, Gateway, ServiceFacts, call::Connection, head::Head,
    reply::Response, respond, route::Mounted, trail,
};

/// Why a request's signature leads to no caller.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unauthenticated {
    /// The signature is missing, malformed, too old, or wrong.
    #[error(transparent)]
    Signature(#[from] AuthError),
    /// The access key or session token leads nowhere.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The content that the signature covers could not be received.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The credential scope names a region that is none.
    #[error("the credential scope's region is not a region's name")]
    Region,
}

/// A request that was turned away before its caller was known.
pub(crate) struct Stranger {
    pub(crate) error: Unauthenticated,
    pub(crate) access_key_id: Option<String>,
    call: Call,
    body: Body,
}

impl Stranger {
    /// Notes the denial, and answers it.
    pub(crate) async fn turn_away(
        mut self,
        gateway: &Gateway,
        mounted: &Mounted,
        protocol: Protocol,
        failure: Failure,
    ) -> Response {
        self.body.drain().await;
        let noted =
            trail::turned_away(gateway, mounted, &self.call, self.access_key_id.as_deref(), "", &failure)
                .await;
        respond::failure(mounted, protocol, &self.call, noted.as_ref().err().unwrap_or(&failure))
    }
}

/// Finds out who sent the request: the signature over the head is verified here, the content is verified as
/// it streams. A request without a signature is from the anonymous caller.
pub(crate) async fn authenticate(
    gateway: &Gateway,
    mounted: &Mounted,
    connection: &Connection,
    head: Head,
    claim: Result<Claim, AuthError>,
    incoming: Incoming,
) -> Result<(Call, Body), Stranger> {
    let now_ms = gateway.now_ms();
    let access_key_id = claim.as_ref().ok().and_then(access_key_id).map(str::to_owned);
    let mut body = Body::new(incoming);
    let mut found = identify(gateway, mounted, &head, claim, &mut body, now_ms).await;
    if let Ok(None) = found {
        match BodyCheck::anonymous(&head.signed()) {
            Ok(check) => body.check(check),
            Err(error) => found = Err(error.into()),
        }
    }
    let region = || gateway.settings.region.clone();
    match found {
        Ok(Some(Signed { credential, region, verified })) => {
            let caller = credential.caller.clone();
            if let Some(id) = &access_key_id {
                let service = mounted.facts.schema.name;
                gateway.directory.used(id, service, &region, now_ms.div_euclid(1000));
            }
            let call = Call::new(head, connection, caller, region, Some(&verified), now_ms);
            body.check(verified.body);
            Ok((call, body))
        }
        Ok(None) => {
            let caller = Arc::new(Caller::anonymous());
            Ok((Call::new(head, connection, caller, region(), None, now_ms), body))
        }
        Err(error) => {
            let caller = Arc::new(Caller::anonymous());
            let call = Call::new(head, connection, caller, region(), None, now_ms);
            Err(Stranger { error, access_key_id, call, body })
        }
    }
}

/// A caller whose signature is right.
struct Signed {
    credential: Arc<Credential>,
    region: Region,
    verified: Verified,
}

async fn identify(
    gateway: &Gateway,
    mounted: &Mounted,
    head: &Head,
    claim: Result<Claim, AuthError>,
    body: &mut Body,
    now_ms: i64,
) -> Result<Option<Signed>, Unauthenticated> {
    let claim = claim?;
    let Some(access_key_id) = access_key_id(&claim) else { return Ok(None) };
    let now = now_ms.div_euclid(1000);
    let rules = rules(mounted.facts);
    match &claim {
        Claim::V4(claim) => claim.check(&head.signed(), &rules, now)?,
        Claim::V4a(claim) => claim.check(&head.signed(), &rules, now)?,
        Claim::V2(_) | Claim::Anonymous | Claim::PostForm => {}
    }
    let credential = gateway.directory.credential(access_key_id, token(&claim), now)?;
    let hash = if needs_body(&claim, &rules) {
        // The signature covers a hash that the head does not state: receive the content first.
        let content = body.collect(IMPLICIT_LIMIT).await?;
        let hash = digest(&SHA256, &content).as_ref().try_into().ok();
        *body = Body::whole(content);
        hash
    } else {
        None
    };
    let (secret, head) = (credential.secret.expose(), head.signed());
    let (verified, region) = match &claim {
        Claim::V4(claim) => {
            let key = gateway.signing.key(&claim.access_key_id, secret, &claim.scope);
            (claim.verify(&head, &key, &rules, now, hash)?, Some(&*claim.scope.region))
        }
        Claim::V4a(claim) => {
            let key = V4aKey::derive(&claim.access_key_id, secret).ok_or(AuthError::InvalidToken)?;
            (claim.verify(&head, &key, &rules, now, hash)?, None)
        }
        Claim::V2(claim) if credential.signature_v2 => {
            (claim.verify(&head, secret, &rules, now, None, None)?, None)
        }
        Claim::V2(_) => return Err(AuthError::VersionTwoRefused.into()),
        Claim::Anonymous | Claim::PostForm => return Ok(None),
    };
    let region = match region {
        Some(name) => name.parse().map_err(|_| Unauthenticated::Region)?,
        None => gateway.settings.region.clone(),
    };
    Ok(Some(Signed { credential, region, verified }))
}

/// The service in the scope of the signature.
pub(crate) fn service(claim: &Claim) -> Option<&str> {
    match claim {
        Claim::V4(claim) => Some(&claim.scope.service),
        Claim::V4a(claim) => Some(&claim.service),
        Claim::V2(_) | Claim::Anonymous | Claim::PostForm => None,
    }
}

fn access_key_id(claim: &Claim) -> Option<&str> {
    match claim {
        Claim::V4(claim) => Some(&claim.access_key_id),
        Claim::V4a(claim) => Some(&claim.access_key_id),
        Claim::V2(claim) => Some(&claim.access_key_id),
        Claim::Anonymous | Claim::PostForm => None,
    }
}

fn token(claim: &Claim) -> Option<&str> {
    match claim {
        Claim::V4(claim) => claim.token.as_deref(),
        Claim::V4a(claim) => claim.token.as_deref(),
        Claim::V2(claim) => claim.token.as_deref(),
        Claim::Anonymous | Claim::PostForm => None,
    }
}

fn needs_body(claim: &Claim, rules: &Rules<'_>) -> bool {
    match claim {
        Claim::V4(claim) => claim.needs_body(rules),
        Claim::V4a(claim) => claim.needs_body(rules),
        Claim::V2(_) | Claim::Anonymous | Claim::PostForm => false,
    }
}

fn rules(facts: &'static ServiceFacts) -> Rules<'static> {
    match facts.dialect {
        Dialect::S3 => Rules::s3(),
        _ => Rules::service(std::slice::from_ref(&facts.schema.signing_name), facts.skew_seconds),
    }
}

/// Bytes of a body that must be held to verify the signature over the head.
const IMPLICIT_LIMIT: usize = 16 * 1024 * 1024;
