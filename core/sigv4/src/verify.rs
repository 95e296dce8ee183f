use crate::{
    canonical::Canonical,
    chunked::{Chain, ChunkDecoder, Verifier},
    claim::{Presigned, V4Claim},
    encoding::{ascii, hex32},
    error::{AuthError, Mismatch, Place},
    fault::{MissingParts, ScopeFault},
    head::Head,
    key::{SigningKey, same},
    payload::{Algorithm, Payload},
    rules::{ExpiresRule, RegionRule, Rules, TokenRule},
    scope::ScopeDate,
    signed_headers::{AUTHORITY, SignedHeaders},
    stamp,
    verified::{AuthType, BodyCheck, SignatureVersion, Verified},
};

/// What the claims of versions 4 and 4A have in common, borrowed.
pub(crate) struct View<'a> {
    pub algorithm: Algorithm,
    pub access_key_id: &'a str,
    pub date: ScopeDate,
    pub region: Option<&'a str>,
    pub service: &'a str,
    pub signed_headers: &'a SignedHeaders,
    pub signature: &'a str,
    pub time: i64,
    pub presigned: Option<Presigned>,
    pub payload: Payload,
}

impl V4Claim {
    /// Checks everything that needs no secret: time, scope, what is signed, and the form of the body.
    /// `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The first thing that the rules do not allow.
    pub fn check<'a>(
        &'a self,
        head: &'a Head<'a>,
        rules: &'a Rules<'a>,
        now: i64,
    ) -> Result<Checked<'a>, AuthError> {
        self.view().check(head, rules, now)?;
        Ok(Checked { claim: self, head, rules })
    }

    /// Whether the body must be hashed before [`V4Claim::verify`]: the client signed its hash unstated.
    pub fn needs_body(&self, rules: &Rules<'_>) -> bool {
        self.view().resolve(rules) == Payload::Implicit
    }

    /// Checks the claim and its signature: [`V4Claim::check`], then [`Checked::verify`].
    ///
    /// # Errors
    /// Of both.
    pub fn verify(
        &self,
        head: &Head<'_>,
        key: &SigningKey,
        rules: &Rules<'_>,
        now: i64,
        body_sha256: Option<[u8; 32]>,
    ) -> Result<Verified, AuthError> {
        self.check(head, rules, now)?.verify(key, body_sha256)
    }

    fn view(&self) -> View<'_> {
        View {
            algorithm: Algorithm::Hmac,
            access_key_id: &self.access_key_id,
            date: self.scope.date,
            region: Some(&self.scope.region),
            service: &self.scope.service,
            signed_headers: &self.signed_headers,
            signature: &self.signature,
            time: self.time,
            presigned: self.presigned,
            payload: self.payload,
        }
    }
}

/// Proof that a claim passed everything that needs no secret, of this head and under these rules.
#[derive(Debug)]
pub struct Checked<'a> {
    claim: &'a V4Claim,
    head: &'a Head<'a>,
    rules: &'a Rules<'a>,
}

impl Checked<'_> {
    /// Checks the signature. `body_sha256` is the hash of the body where the caller has it.
    ///
    /// # Errors
    /// A signature that the key does not give; a body with another hash than the signed one.
    pub fn verify(self, key: &SigningKey, body_sha256: Option<[u8; 32]>) -> Result<Verified, AuthError> {
        let Self { claim, head, rules } = self;
        let view = claim.view();
        let payload = view.payload_line(rules, body_sha256)?;
        let canonical = view.canonical(head, rules, payload.as_str());
        let (hash, complete) = canonical.hash();
        let text = view.string_to_sign(&hash);
        let expected = hex32(&key.sign(&text));
        if !complete || !same(&expected, claim.signature.as_bytes()) {
            return Err(view.mismatch(&text, &canonical));
        }
        view.verified(head, rules, body_sha256, || Verifier::Hmac(key.clone()))
    }
}

/// The last line of a canonical request.
pub(crate) enum PayloadLine {
    Hash([u8; 64]),
    Word(&'static str),
}

impl PayloadLine {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Hash(hex) => ascii(hex),
            Self::Word(word) => word,
        }
    }
}

impl View<'_> {
    pub(crate) fn check(&self, head: &Head<'_>, rules: &Rules<'_>, now: i64) -> Result<(), AuthError> {
        self.check_time(rules, now)?;
        if head.host().is_none() || head.host_is_ambiguous() {
            return Err(AuthError::HostAmbiguous);
        }
        if !self.signs_host(head) {
            return Err(AuthError::HostNotSigned);
        }
        self.check_scope(rules)?;
        self.check_headers(head, rules)?;
        self.check_payload(rules)
    }

    /// Whether the host is signed, by either of its names.
    fn signs_host(&self, head: &Head<'_>) -> bool {
        let by_authority = head.authority.is_some() && self.signed_headers.contains(AUTHORITY);
        by_authority || self.signed_headers.contains("host")
    }

    fn place(&self) -> Place {
        if self.presigned.is_some() { Place::Query } else { Place::Header }
    }

    fn check_time(&self, rules: &Rules<'_>, now: i64) -> Result<(), AuthError> {
        let (request_time, server_time, allowed_seconds) = (self.time, now, rules.skew_seconds);
        let age = now.saturating_sub(self.time);
        let Some(presigned) = self.presigned else {
            let near = (-allowed_seconds..=allowed_seconds).contains(&age);
            let skewed = AuthError::RequestTimeTooSkewed { request_time, server_time, allowed_seconds };
            return if near { Ok(()) } else { Err(skewed) };
        };
        let expires_seconds = lifetime(presigned, rules)?;
        if age < -allowed_seconds {
            return Err(AuthError::NotYetValid { request_time, server_time, allowed_seconds });
        }
        // A URL that is valid for no second is not valid in the second in which it was signed.
        if age > expires_seconds || expires_seconds == 0 {
            let (signed_at, expires_at) = (self.time, self.time + expires_seconds);
            return Err(AuthError::Expired { signed_at, expires_at, expires_seconds, server_time });
        }
        Ok(())
    }

    fn check_scope(&self, rules: &Rules<'_>) -> Result<(), AuthError> {
        let expected = match (self.region, rules.region) {
            (Some(got), RegionRule::Only(expected)) if got != expected => {
                Some((got.to_owned(), expected.to_owned()))
            }
            _ => None,
        };
        let service = || {
            let expected = rules.services.first().copied().unwrap_or_default();
            (self.service.to_owned(), expected.to_owned())
        };
        let fault = ScopeFault {
            region: expected,
            service: (!rules.services.contains(&self.service)).then(service),
            date: (self.date != ScopeDate::of(self.time)).then(|| (self.date.as_str().to_owned(), self.time)),
            ..ScopeFault::none(self.place())
        };
        if fault.any() { Err(AuthError::Scope(Box::new(fault))) } else { Ok(()) }
    }

    /// Every `x-amz-*` field must be signed, and for S3 `content-md5` too (measured: both are named in
    /// S3's `HeadersNotSigned`).
    fn check_headers(&self, head: &Head<'_>, rules: &Rules<'_>) -> Result<(), AuthError> {
        let late_token = rules.token == TokenRule::AddedAfterSigning;
        let must = |name: &str| {
            (name.starts_with("x-amz-") && !(late_token && name == "x-amz-security-token"))
                || (rules.s3 && name == "content-md5")
        };
        let unsigned = head.headers.keys().map(http::HeaderName::as_str);
        let mut unsigned =
            unsigned.filter(|name| must(name) && !self.signed_headers.contains(name)).peekable();
        if unsigned.peek().is_none() {
            return Ok(());
        }
        let mut names: Vec<String> = unsigned.map(str::to_owned).collect();
        names.sort_unstable();
        Err(AuthError::HeadersNotSigned { names })
    }

    fn check_payload(&self, rules: &Rules<'_>) -> Result<(), AuthError> {
        match self.payload {
            Payload::Implicit if rules.s3 && self.presigned.is_none() => Err(AuthError::ContentSha256Missing),
            Payload::Unsigned if !rules.unsigned_payload => self.refused(),
            Payload::Streaming { signed, .. } if !rules.s3 || !(signed || rules.unsigned_payload) => {
                self.refused()
            }
            _ => Ok(()),
        }
    }

    fn refused(&self) -> Result<(), AuthError> {
        Err(AuthError::PayloadRefused { payload: self.payload.word(self.algorithm) })
    }

    /// What the signature says of the body once the service is known.
    pub(crate) fn resolve(&self, rules: &Rules<'_>) -> Payload {
        match self.payload {
            Payload::Implicit if rules.s3 && self.presigned.is_some() => Payload::Unsigned,
            payload => payload,
        }
    }

    pub(crate) fn payload_line(
        &self,
        rules: &Rules<'_>,
        body: Option<[u8; 32]>,
    ) -> Result<PayloadLine, AuthError> {
        match self.resolve(rules) {
            Payload::Sha256(hash) => Ok(PayloadLine::Hash(hex32(&hash))),
            Payload::Implicit => {
                body.map(|hash| PayloadLine::Hash(hex32(&hash))).ok_or(AuthError::BodyNotHashed)
            }
            other => Ok(PayloadLine::Word(other.word(self.algorithm))),
        }
    }

    pub(crate) fn canonical<'a>(
        &'a self,
        head: &'a Head<'a>,
        rules: &Rules<'_>,
        payload: &'a str,
    ) -> Canonical<'a> {
        Canonical {
            head,
            signed_headers: self.signed_headers,
            payload,
            paths: rules.paths,
            presigned: self.presigned.is_some(),
            without_token: self.presigned.is_some() && rules.token == TokenRule::AddedAfterSigning,
        }
    }

    /// `date/region/service/aws4_request`, without the region in version 4A.
    pub(crate) fn scope(&self) -> String {
        let mut scope = String::with_capacity(64);
        for piece in [Some(self.date.as_str()), self.region, Some(self.service)].into_iter().flatten() {
            scope.push_str(piece);
            scope.push('/');
        }
        scope.push_str(crate::scope::TERMINAL);
        scope
    }

    /// Source: IAM User Guide, "Create a signed AWS API request", step 3.
    pub(crate) fn string_to_sign(&self, canonical: &[u8; 32]) -> Vec<u8> {
        let mut text = Vec::with_capacity(192);
        text.extend_from_slice(self.algorithm.name().as_bytes());
        text.push(b'\n');
        text.extend_from_slice(&stamp::basic_bytes(self.time));
        text.push(b'\n');
        text.extend_from_slice(self.scope().as_bytes());
        text.push(b'\n');
        text.extend_from_slice(&hex32(canonical));
        text
    }

    pub(crate) fn mismatch(&self, string_to_sign: &[u8], canonical: &Canonical<'_>) -> AuthError {
        AuthError::SignatureDoesNotMatch(Box::new(Mismatch {
            access_key_id: self.access_key_id.to_owned(),
            signature_provided: self.signature.to_owned(),
            string_to_sign: String::from_utf8_lossy(string_to_sign).into_owned(),
            canonical_request: canonical.text(),
        }))
    }

    /// The result for a signature that holds.
    pub(crate) fn verified(
        &self,
        head: &Head<'_>,
        rules: &Rules<'_>,
        body: Option<[u8; 32]>,
        verifier: impl FnOnce() -> Verifier,
    ) -> Result<Verified, AuthError> {
        Ok(Verified {
            auth_type: if self.presigned.is_some() { AuthType::QueryString } else { AuthType::Header },
            signature_version: match self.algorithm {
                Algorithm::Hmac => SignatureVersion::V4,
                Algorithm::Ecdsa => SignatureVersion::V4a,
            },
            signed_at: self.time,
            body: self.body_check(head, rules, body, verifier)?,
        })
    }

    fn body_check(
        &self,
        head: &Head<'_>,
        rules: &Rules<'_>,
        body: Option<[u8; 32]>,
        verifier: impl FnOnce() -> Verifier,
    ) -> Result<BodyCheck, AuthError> {
        match (self.resolve(rules), body) {
            (Payload::Sha256(signed), Some(body)) if signed != body => {
                Err(AuthError::ContentSha256Mismatch {
                    client: ascii(&hex32(&signed)).to_owned(),
                    computed: ascii(&hex32(&body)).to_owned(),
                })
            }
            (Payload::Sha256(hash), _) | (Payload::Implicit, Some(hash)) => Ok(BodyCheck::Sha256(hash)),
            (Payload::Implicit, None) => Err(AuthError::BodyNotHashed),
            (Payload::Unsigned, _) => Ok(BodyCheck::Unsigned),
            (Payload::Streaming { signed, trailer }, _) => {
                let chain = signed.then(|| Chain::new(verifier(), self.time, self.scope(), self.signature));
                Ok(BodyCheck::Chunked(Box::new(ChunkDecoder::new(head, chain, trailer)?)))
            }
        }
    }
}

/// How long a presigned request lives, in seconds.
fn lifetime(presigned: Presigned, rules: &Rules<'_>) -> Result<i64, AuthError> {
    match (presigned.expires.map(i64::from), rules.expires) {
        (Some(expires), ExpiresRule::Mandatory) => Ok(expires),
        (expires, ExpiresRule::AtLeastSkew) => Ok(expires.unwrap_or(0).max(rules.skew_seconds)),
        (None, ExpiresRule::Mandatory) => Err(AuthError::MissingParts(Box::new(MissingParts {
            place: Place::Query,
            expires: true,
            ..MissingParts::default()
        }))),
    }
}
