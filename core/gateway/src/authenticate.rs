use std::{net::IpAddr, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use http::Method;
use kurodo_arn::Region;
use kurodo_authz::Caller;
use kurodo_identity::{Credential, CredentialError};
use kurodo_sigv4::{
    AuthError, BodyCheck, Checked, Claim, Rules, V2Claim, V4Claim, V4aClaim, V4aKey, Verified,
    post_policy::{self, Fields, PostKey, PostVerified, PostVersion},
};
use kurodo_wire::Protocol;

use crate::{
    Body, BodyError, Call, Dialect, Gateway, ServiceFacts, answered,
    call::Connection,
    form::{self, Form, Posted},
    head::Head,
    input::FORM_LIMIT,
    outgoing::Response,
    refuse, respond,
    route::{self, Mounted},
    scrape, trail,
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
    #[error("the credential scope's region, {asked}, is not a region's name")]
    Region {
        /// What it names.
        asked: String,
        /// What it could have named.
        ours: Region,
    },
}

/// A request that was turned away before its caller was known.
pub(crate) struct Stranger {
    error: Unauthenticated,
    access_key_id: Option<String>,
    call: Call,
    body: Body,
}

impl Stranger {
    /// Notes the refusal, and answers it.
    pub(crate) async fn turn_away(
        mut self,
        gateway: &Gateway,
        mounted: &Mounted,
        protocol: Protocol,
    ) -> Response {
        self.body.drain().await;
        let failure = refuse::unauthenticated(mounted.facts.dialect, &self.error);
        let key = self.access_key_id.as_deref();
        let failure = trail::refused(gateway, Some(mounted), "", &self.call, key, failure).await;
        let response = answered::refusal(gateway, mounted, protocol, &self.call, "", &failure);
        respond::close_behind(&self.body, response)
    }
}

/// What a request brings along: its head, the authentication found in it, and its content.
pub(crate) struct Arrival {
    pub(crate) head: Head,
    pub(crate) claim: Result<Claim, Unauthenticated>,
    /// The content of an unsigned form, which may hold its authentication.
    pub(crate) form: Option<Bytes>,
    pub(crate) body: Body,
}

impl Arrival {
    /// Reads the authentication: from the head; or, where a form comes without any there, from the form.
    pub(crate) async fn read(head: Head, mut body: Body) -> Self {
        let head = scrape::presented(head);
        let claim = kurodo_sigv4::read(&head.signed());
        if !matches!(claim, Ok(Claim::Anonymous)) || !route::is_form(&head) {
            return Self { head, claim: claim.map_err(Into::into), form: None, body };
        }
        match body.collect(FORM_LIMIT).await {
            Ok(content) => {
                let text = std::str::from_utf8(&content).unwrap_or_default();
                let signed = kurodo_sigv4::v2::read_form(text);
                let claim = signed.map(|signed| signed.map_or(Claim::Anonymous, Claim::V2));
                body.put_back([content.clone()].into());
                Self { head, claim: claim.map_err(Into::into), form: Some(content), body }
            }
            Err(error) => Self { head, claim: Err(error.into()), form: None, body },
        }
    }

    /// A request of which only the head is looked at.
    pub(crate) fn unread(head: Head, body: Body) -> Self {
        Self { head, claim: Ok(Claim::Anonymous), form: None, body }
    }

    /// The form's text, where it is one and is text.
    pub(crate) fn form(&self) -> Option<&str> {
        std::str::from_utf8(self.form.as_deref()?).ok()
    }
}

/// A request whose caller is known.
pub(crate) struct Authentic {
    pub(crate) call: Call,
    pub(crate) body: Body,
    /// What the answer must be, if a form was posted.
    pub(crate) posted: Option<Posted>,
}

/// Finds out who sent the request: the signature over the head is verified here, the content is verified as
/// it streams. A request without a signature is from the anonymous caller.
pub(crate) async fn authenticate(
    gateway: &Gateway,
    mounted: &Mounted,
    connection: &Connection,
    arrival: Arrival,
) -> Result<Authentic, Stranger> {
    let now_ms = gateway.now_ms();
    let Arrival { head, claim, form, mut body } = arrival;
    let mut access_key_id = claim.as_ref().ok().and_then(access_key_id).map(str::to_owned);
    let asked = Asked { gateway, mounted, address: connection.peer.address.ip(), now_ms };
    let found = match claim {
        Err(error) => Err((head, error)),
        Ok(claim) => match form::of(mounted, &head, &claim, &gateway.routes.s3_path(&head)) {
            Some(form) => Box::pin(asked.posted(head, form, &mut body, &mut access_key_id)).await,
            None => match asked.identify(&head, &claim, form.as_ref(), &mut body).await {
                Ok(signed) => Ok((head, signed, None)),
                Err(error) => Err((head, error)),
            },
        },
    };
    let region = || gateway.settings.region.clone();
    match found {
        Ok((head, Some(Signed { credential, region, verified }), posted)) => {
            let caller = credential.caller.clone();
            if let Some(id) = &access_key_id {
                let service = mounted.facts.schema.name;
                gateway.directory.used(id, service, &region, now_ms.div_euclid(1000));
            }
            let call = Call::new(head, connection, caller, region, Some(&verified), now_ms);
            if posted.is_none() {
                body.check(verified.body);
            }
            Ok(Authentic { call, body, posted })
        }
        Ok((head, None, posted)) => {
            let caller = Arc::new(Caller::anonymous());
            Ok(Authentic { call: Call::new(head, connection, caller, region(), None, now_ms), body, posted })
        }
        Err((head, error)) => {
            let caller = Arc::new(Caller::anonymous());
            let call = Call::new(head, connection, caller, region(), None, now_ms);
            Err(Stranger { error, access_key_id, call, body })
        }
    }
}

/// A claim that passed what needs no secret; of version 4, with the proof of it.
enum Claimed<'a> {
    V4(&'a V4Claim, Checked<'a>),
    V4a(&'a V4aClaim),
    V2(&'a V2Claim),
}

/// A caller whose signature is right.
struct Signed {
    credential: Arc<Credential>,
    region: Region,
    verified: Verified,
}

type Found = Result<(Head, Option<Signed>, Option<Posted>), (Head, Unauthenticated)>;

/// Of whom, and when, it is asked who sent a request.
struct Asked<'a> {
    gateway: &'a Gateway,
    mounted: &'a Mounted,
    /// Where it comes from.
    address: IpAddr,
    now_ms: i64,
}

impl Asked<'_> {
    fn now(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }

    async fn identify(
        &self,
        head: &Head,
        claim: &Claim,
        form: Option<&Bytes>,
        body: &mut Body,
    ) -> Result<Option<Signed>, Unauthenticated> {
        let Some(access_key_id) = access_key_id(claim) else {
            body.check(BodyCheck::anonymous(&head.signed())?);
            return Ok(None);
        };
        let (now, rules, signed) = (self.now(), rules(self.mounted.facts), head.signed());
        let claimed = match claim {
            Claim::V4(claim) => Claimed::V4(claim, claim.check(&signed, &rules, now)?),
            Claim::V4a(claim) => claim.check(&signed, &rules, now).map(|()| Claimed::V4a(claim))?,
            Claim::V2(claim) => Claimed::V2(claim),
            Claim::Anonymous | Claim::PostForm => return Ok(None),
        };
        let credential = self.gateway.directory.credential(access_key_id, token(claim), now)?;
        let hash = if needs_body(claim, &rules) {
            // The signature covers a hash that the head does not state: receive the content first.
            body.held_in(self.gateway.rooms.claimed.share_of(self.address));
            let content = body.collect(IMPLICIT_LIMIT).await?;
            let hash = digest(&SHA256, &content).as_ref().try_into().ok();
            body.put_back([content].into());
            hash
        } else {
            None
        };
        let secret = credential.secret.expose();
        let (verified, region) = match claimed {
            Claimed::V4(claim, checked) => {
                let key = self.gateway.signing.key(&claim.access_key_id, secret, &claim.scope);
                (checked.verify(&key, hash)?, Some(&*claim.scope.region))
            }
            Claimed::V4a(claim) => {
                let key = V4aKey::derive(&claim.access_key_id, secret).ok_or(AuthError::InvalidToken)?;
                (claim.verify(&signed, &key, &rules, now, hash)?, None)
            }
            Claimed::V2(claim) if credential.signature_v2 => {
                let form = form.and_then(|form| std::str::from_utf8(form).ok());
                let bucket = self.gateway.routes.bucket(head.host());
                (claim.verify(&signed, secret, &rules, now, form, bucket)?, None)
            }
            Claimed::V2(_) => return Err(AuthError::VersionTwoRefused.into()),
        };
        body.held_in(self.gateway.rooms.known.share());
        let region = self.region(region)?;
        let region = self.mounted.facts.region.map_or(Ok(region), |only| self.region(Some(only)))?;
        Ok(Some(Signed { credential, region, verified }))
    }

    fn region(&self, name: Option<&str>) -> Result<Region, Unauthenticated> {
        match name {
            Some(name) => name.parse().map_err(|_| Unauthenticated::Region {
                asked: name.to_owned(),
                ours: self.gateway.settings.region.clone(),
            }),
            None => Ok(self.gateway.settings.region.clone()),
        }
    }

    /// Takes a form for the PutObject request that it stands for.
    async fn posted(
        &self,
        head: Head,
        (bucket, boundary): (String, String),
        body: &mut Body,
        access_key_id: &mut Option<String>,
    ) -> Found {
        let mut form = match form::read(&head, body, bucket, &boundary).await {
            Ok(form) => form,
            Err(error) => return Err((head, error.into())),
        };
        let signed = match self.form_signed(&form, access_key_id) {
            Ok(signed) => signed,
            Err(error) => return Err((head, error)),
        };
        if signed.is_some() {
            body.held_in(self.gateway.rooms.known.share());
        }
        let (signed, range) = signed.map_or((None, None), |(signed, range)| (Some(signed), range));
        let length = match form.file(body, range).await {
            Ok(length) => length,
            Err(error) => return Err((head, error.into())),
        };
        let tagged = form.tag(self.mounted.facts.schema);
        match tagged.and_then(|()| form.put(&head, length)) {
            Ok((uri, headers, posted)) => Ok((head.becomes(Method::PUT, uri, headers), signed, Some(posted))),
            Err(error) => Err((head, BodyError::from(error).into())),
        }
    }

    /// Verifies the signature and the policy of a form, where it has them.
    fn form_signed(
        &self,
        form: &Form,
        access_key_id: &mut Option<String>,
    ) -> Result<Option<FormSigned>, Unauthenticated> {
        let fields = Fields(&form.fields);
        let Some(claim) = post_policy::read(fields)? else { return Ok(None) };
        *access_key_id = Some(claim.access_key_id.clone());
        let now = self.now();
        let credential =
            self.gateway.directory.credential(&claim.access_key_id, claim.token.as_deref(), now)?;
        let secret = credential.secret.expose();
        let derived;
        let (key, region) = match &claim.version {
            PostVersion::V4 { scope, .. } => {
                derived = self.gateway.signing.key(&claim.access_key_id, secret, scope);
                (PostKey::V4(&derived), Some(&*scope.region))
            }
            PostVersion::V2 if credential.signature_v2 => (PostKey::V2(secret), None),
            PostVersion::V2 => return Err(AuthError::VersionTwoRefused.into()),
        };
        let PostVerified { verified, content_length } =
            claim.verify(fields, &form.bucket, &key, &rules(self.mounted.facts), now)?;
        let region = self.region(region)?;
        Ok(Some((Signed { credential, region, verified }, content_length)))
    }
}

/// Who signed a form, and the sizes that its policy allows the file.
type FormSigned = (Signed, Option<(u64, u64)>);

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

pub(crate) fn token(claim: &Claim) -> Option<&str> {
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
