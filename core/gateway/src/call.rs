use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use kurodo_arn::{AccountId, Region};
use kurodo_audit::Tls;
use kurodo_authz::{Another, Caller};
use kurodo_policy::{Context, Values};
use kurodo_sigv4::{AuthType, SignatureVersion, Verified};
use rustls::{CipherSuite, ProtocolVersion};

use crate::{Limits, authenticate, guard::Framing, head::Head, scrape};

/// One client's connection.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    pub(crate) limits: Limits,
    /// It is one too many: whatever it asks for, it is told to slow down.
    pub(crate) turned_away: bool,
    pub(crate) framing: Framing,
}

/// Who is at the other end, and how it speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Tls,
    pub(crate) cipher: Option<CipherSuite>,
}

impl Peer {
    pub(crate) fn new(
        address: SocketAddr,
        version: Option<ProtocolVersion>,
        cipher: Option<CipherSuite>,
    ) -> Self {
        let tls = match version {
            Some(ProtocolVersion::TLSv1_2) => Tls::V12,
            _ => Tls::V13,
        };
        Self { address, tls, cipher }
    }
}

impl Connection {
    /// Whether it must end with the next response.
    pub(crate) fn closes(&self) -> bool {
        self.turned_away || self.framing.is_ambiguous()
    }
}

/// A request whose caller is known: who asks, when, from where, and under which condition keys.
#[derive(Debug)]
pub struct Call {
    /// The head as it came.
    pub head: Head,
    /// Who asks.
    pub caller: Arc<Caller>,
    /// The region that the client signed for, or the default one.
    pub region: Region,
    /// When the request was received, in milliseconds since 1970.
    pub now_ms: i64,
    /// The condition keys of the caller, the connection and the request.
    pub context: Arc<Context>,
    /// The client's end of the connection; none where a service calls, or acts of its own accord.
    pub(crate) peer: Option<Peer>,
}

impl Call {
    /// The call with the condition keys that every request has.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys".
    pub(crate) fn new(
        head: Head,
        connection: &Connection,
        caller: Arc<Caller>,
        region: Region,
        verified: Option<&Verified>,
        now_ms: i64,
    ) -> Self {
        let mut context = Self::context(&caller, &region, now_ms);
        describe(&mut context, &head, &connection.peer);
        if let Some(verified) = verified {
            context.set("s3:authType", Values::Word(verified.auth_type.as_str()));
            context.set("s3:signatureversion", Values::Word(verified.signature_version.as_str()));
            context.set("s3:signatureAge", now_ms.saturating_sub(verified.signed_at.saturating_mul(1000)));
        }
        if let Some(sha256) = content_sha256(&head, verified) {
            context.set("s3:x-amz-content-sha256", sha256);
        }
        Self { head, caller, region, now_ms, context: Arc::new(context), peer: Some(connection.peer) }
    }

    /// A call that no client sent: a service's work of its own accord; or, with the name of a service's host, what
    /// that service asks of another in its caller's name.
    ///
    /// Source: IAM User Guide, "Forward access sessions", "AWS global condition context keys".
    pub(crate) fn inside(
        head: Head,
        caller: Arc<Caller>,
        region: Region,
        now_ms: i64,
        via: Option<&'static str>,
    ) -> Self {
        let caller = via.map_or_else(|| Arc::clone(&caller), |via| Arc::new(caller.through(via)));
        let mut context = Self::context(&caller, &region, now_ms);
        if let (Some(first), Some(last)) = (caller.via.first(), caller.via.last()) {
            let all: Vec<_> = caller.via.iter().map(|via| (*via).to_owned()).collect();
            context.set("aws:ViaAWSService", true);
            context.set("aws:CalledVia", all);
            context.set("aws:CalledViaFirst", *first);
            context.set("aws:CalledViaLast", *last);
        }
        Self { head, caller, region, now_ms, context: Arc::new(context), peer: None }
    }

    /// The condition keys that every call has.
    fn context(caller: &Caller, region: &Region, now_ms: i64) -> Context {
        let mut context = Context::over(caller.context.clone());
        context.set("aws:SecureTransport", true);
        context.set("aws:ViaAWSService", false);
        context.set("aws:EpochTime", now_ms.div_euclid(1000));
        context.set("aws:CurrentTime", Values::time(now_ms));
        context.set("aws:RequestedRegion", region.shared());
        context
    }

    /// The caller's account; `None` for an anonymous caller.
    pub fn account(&self) -> Option<AccountId> {
        self.caller.principal.account
    }

    /// The session token that the request brought; with the access key it finds the caller anew.
    pub fn session_token(&self) -> Option<String> {
        let claim = kurodo_sigv4::read(&self.head.signed()).ok()?;
        authenticate::token(&claim).map(str::to_owned)
    }

    /// What another caller needs for its part of a chore, or of a request.
    pub fn another<N>(&self, caller: Arc<Caller>, needs: N) -> Another<N> {
        let mut context = Self::context(&caller, &self.region, self.now_ms);
        if let Some(peer) = &self.peer {
            describe(&mut context, &self.head, peer);
        }
        Another { caller, context: Arc::new(context), needs }
    }

    /// Where the client is; `None` where a service calls.
    pub fn source(&self) -> Option<IpAddr> {
        self.peer.map(|peer| peer.address.ip().to_canonical())
    }

    /// The version of TLS that the client speaks, and the cipher suite by its name in RFC 8446 or in OpenSSL.
    pub fn tls(&self) -> Option<(&'static str, Option<&'static str>)> {
        let Peer { tls, cipher, .. } = self.peer?;
        let version = if tls == Tls::V12 { "TLSv1.2" } else { "TLSv1.3" };
        Some((version, cipher.and_then(suite)))
    }

    /// Whether Prometheus asks for the figures of a service, instead of one that calls the operation.
    pub fn is_scrape(&self) -> bool {
        scrape::is_scrape(&self.head)
    }

    /// The id of the request.
    pub fn request_id(&self) -> &str {
        self.head.id().as_str()
    }
}

/// The condition keys of the client's connection, and of what it says of itself.
fn describe(context: &mut Context, head: &Head, peer: &Peer) {
    context.set("aws:SourceIp", peer.address.ip().to_canonical());
    for (key, field) in [("aws:UserAgent", "user-agent"), ("aws:Referer", "referer")] {
        if let Some(value) = head.header(field) {
            context.set(key, value);
        }
    }
    let tls = if peer.tls == Tls::V12 { "1.2" } else { "1.3" };
    context.set("s3:TlsVersion", Values::Word(tls));
}

/// What a request says of its content: a URL that was signed beforehand cannot know it.
///
/// Source: S3 API Reference, "Amazon S3 Signature Version 4 authentication specific policy keys".
fn content_sha256<'h>(head: &'h Head, verified: Option<&Verified>) -> Option<&'h str> {
    let presigned = verified.is_some_and(|verified| {
        verified.auth_type == AuthType::QueryString && verified.signature_version != SignatureVersion::V2
    });
    head.header("x-amz-content-sha256").or(presigned.then_some("UNSIGNED-PAYLOAD"))
}

fn suite(suite: CipherSuite) -> Option<&'static str> {
    Some(match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "ECDHE-ECDSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "ECDHE-ECDSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-ECDSA-CHACHA20-POLY1305",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "ECDHE-RSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "ECDHE-RSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-RSA-CHACHA20-POLY1305",
        _ => return None,
    })
}
