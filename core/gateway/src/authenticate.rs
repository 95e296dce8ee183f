use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use hyper::body::Incoming;
use kurodo_arn::Region;
use kurodo_authz::Caller;
use kurodo_identity::{Credential, CredentialError};
use kurodo_sigv4::{AuthError, Claim, Payload, Rules, Verified};
use kurodo_wire::Protocol;

use crate::{
    Body, BodyError, Call, Dialect, Failure, Gateway,
    call::Connection,
    head::Head,
    reply::Response,
    respond,
    route::Mounted,
    trail,
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
        let noted = trail::stranger(gateway, mounted, &self.call, self.access_key_id.as_deref(), &failure).await;
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
    let access_key_id = claim.as_ref().ok().and_then(Claim::access_key_id).map(str::to_owned);
    let mut body = Body::new(incoming);
    let found = identify(gateway, mounted, &head, claim, &mut body, now_ms).await;
    let region = || gateway.settings.region.clone();
    match found {
        Ok(Some(Signed { credential, region, verified })) => {
            body.check(&verified.body);
            let caller = credential.caller.clone();
            if let Some(id) = &access_key_id {
                let service = mounted.facts.schema.name;
                gateway.directory.used(id, service, &region, now_ms.div_euclid(1000));
            }
            Ok((Call::new(head, connection, caller, region, Some(&verified), now_ms), body))
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
    let Some(access_key_id) = claim.access_key_id() else { return Ok(None) };
    let now = now_ms.div_euclid(1000);
    let credential = gateway.directory.credential(access_key_id, claim.token(), now)?;
    let rules = Rules {
        service: mounted.facts.schema.signing_name,
        s3: mounted.facts.dialect == Dialect::S3,
        skew_seconds: mounted.facts.skew_seconds,
        signature_v2: credential.signature_v2,
    };
    let hash = match claim.payload() {
        // The signature covers a hash that the head does not state: receive the content first.
        Payload::Implicit => {
            let content = body.collect(IMPLICIT_LIMIT).await?;
            let hash = digest(&SHA256, &content).as_ref().try_into().ok();
            *body = Body::whole(content);
            hash
        }
        _ => None,
    };
    let verified = claim.verify(&head.signed(), &credential.secret, &rules, now, hash)?;
    let region = match claim.region() {
        Some(name) => name.parse().map_err(|_| Unauthenticated::Region)?,
        None => gateway.settings.region.clone(),
    };
    Ok(Some(Signed { credential, region, verified }))
}

/// Bytes of a body that must be held to verify the signature over the head.
const IMPLICIT_LIMIT: usize = 16 * 1024 * 1024;
