//! Forms that browsers post to S3, with a signed policy among their fields.
//!
//! Sources: Amazon S3 API Reference, "POST Object", "Creating a POST policy" and "Browser-Based Uploads
//! Using POST (AWS Signature Version 4)".

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    claim,
    encoding::hex32,
    error::{AuthError, Mismatch, Place, shown},
    fault::{DateFault, ScopeFault},
    key::{SigningKey, same},
    policy_document::Document,
    rules::{RegionRule, Rules},
    scope::{Scope, ScopeDate},
    stamp,
    v2::{V2Method, mac},
    verified::{AuthType, BodyCheck, SignatureVersion, Verified},
};

/// The fields of a posted form up to its file, in order.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(pub &'a [(String, String)]);

impl Fields<'_> {
    /// The value of a field; names are compared without regard to case.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn required(&self, field: &'static str) -> Result<&str, AuthError> {
        self.value(field).ok_or(AuthError::FormFieldMissing { field })
    }

    /// A field given twice could be checked in one place and used in another.
    fn check_unique(&self) -> Result<(), AuthError> {
        let repeated = self.0.iter().enumerate().find(|(index, (name, _))| {
            self.0.iter().take(*index).any(|(earlier, _)| earlier.eq_ignore_ascii_case(name))
        });
        match repeated {
            None => Ok(()),
            Some((_, (name, _))) => Err(AuthError::Repeated { place: Place::Form, part: shown(name).into() }),
        }
    }
}

/// Puts the file's name in place of `${filename}` in every field. Only what follows the name's last slash
/// or backslash counts. Must happen before the policy is checked.
pub fn expand(fields: &mut [(String, String)], filename: &str) {
    let name = filename.rsplit(['/', '\\']).next().unwrap_or_default();
    for (_, value) in fields {
        if value.contains("${filename}") {
            *value = value.replace("${filename}", name);
        }
    }
}

/// What a signed form says of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PostClaim {
    /// The access key id.
    pub access_key_id: String,
    /// The session token of temporary credentials.
    pub token: Option<String>,
    /// The version that it is signed with.
    pub version: PostVersion,
    /// The signature, as sent.
    pub signature: String,
    /// The policy, as sent: base64.
    policy: String,
}

impl fmt::Debug for PostClaim {
    /// Without the session token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostClaim")
            .field("access_key_id", &self.access_key_id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// The versions of signature that a form can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostVersion {
    /// Signature Version 4.
    V4 {
        /// What the signing key is derived for.
        scope: Scope,
        /// `x-amz-date`, in seconds since 1970.
        time: i64,
    },
    /// Signature Version 2: for accounts that opt in.
    V2,
}

/// The secret side of a form's signature.
pub enum PostKey<'a> {
    /// For version 4: the key of the claim's scope.
    V4(&'a SigningKey),
    /// For version 2: the secret itself.
    V2(&'a str),
}

/// A form that the holder of the secret allowed.
#[derive(Debug)]
pub struct PostVerified {
    /// As for other requests; the body is the file, which the signature does not cover.
    pub verified: Verified,
    /// The smallest and largest file that the policy allows, in bytes.
    pub content_length: Option<(u64, u64)>,
}

const MAX_FORM: usize = 20 << 10;
const MAX_FIELDS: usize = 256;
const WEEK: i64 = 604_800;

/// Finds the signature in a form. Nothing, if it has none: an anonymous upload.
///
/// # Errors
/// Fields that are repeated, malformed or missing; a form of more than 20 KiB without its file.
pub fn read(fields: Fields<'_>) -> Result<Option<PostClaim>, AuthError> {
    let size: usize = fields.0.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MAX_FORM || fields.0.len() > MAX_FIELDS {
        return Err(AuthError::TooLong { what: "the form without its file", limit: MAX_FORM });
    }
    fields.check_unique()?;
    let signed = |name: &&str| fields.value(name).is_some();
    let marks =
        ["x-amz-signature", "x-amz-credential", "x-amz-algorithm", "signature", "awsaccesskeyid", "policy"];
    if !marks.iter().any(signed) {
        return Ok(None);
    }
    let policy = fields.required("policy")?.to_owned();
    let token = fields.value("x-amz-security-token").map(str::to_owned);
    let v4 = ["x-amz-signature", "x-amz-credential", "x-amz-algorithm"].iter().any(signed);
    let v2 = ["signature", "awsaccesskeyid"].iter().any(signed);
    match (v4, v2) {
        (true, true) => Err(AuthError::MultipleMechanisms),
        (true, false) => read_v4(fields, token, policy).map(Some),
        _ => read_v2(fields, token, policy).map(Some),
    }
}

fn read_v4(fields: Fields<'_>, token: Option<String>, policy: String) -> Result<PostClaim, AuthError> {
    let algorithm = fields.required("x-amz-algorithm")?;
    if algorithm != "AWS4-HMAC-SHA256" {
        return Err(AuthError::UnsupportedAlgorithm { place: Place::Form, algorithm: shown(algorithm) });
    }
    let date = fields.required("x-amz-date")?;
    let fault = || AuthError::Date(DateFault { place: Place::Form, got: Some(shown(date)) });
    let time = stamp::parse_basic(date).ok_or_else(fault)?;
    let (access_key_id, scope) = claim::credential(Place::Form, fields.required("x-amz-credential")?, time)?;
    let signature = fields.required("x-amz-signature")?.to_owned();
    claim::at_most(256, "the signature", &signature)?;
    Ok(PostClaim { access_key_id, token, version: PostVersion::V4 { scope, time }, signature, policy })
}

fn read_v2(fields: Fields<'_>, token: Option<String>, policy: String) -> Result<PostClaim, AuthError> {
    let access_key_id = fields.required("AWSAccessKeyId")?.to_owned();
    let signature = fields.required("signature")?.to_owned();
    if access_key_id.is_empty() || access_key_id.len() > 128 {
        return Err(AuthError::AccessKeyShape { place: Place::Form });
    }
    claim::at_most(64, "the signature", &signature)?;
    Ok(PostClaim { access_key_id, token, version: PostVersion::V2, signature, policy })
}

impl PostClaim {
    /// Checks the signature, then the policy against the form. `fields` must be expanded and the ones that
    /// the upload will use; `bucket` is the bucket that the request addresses; `now` is in seconds
    /// since 1970.
    ///
    /// # Errors
    /// A credential for another service, region or day; a signature that the key does not give; a policy
    /// that is malformed, has run out, or does not allow exactly this form.
    pub fn verify(
        &self,
        fields: Fields<'_>,
        bucket: &str,
        key: &PostKey<'_>,
        rules: &Rules<'_>,
        now: i64,
    ) -> Result<PostVerified, AuthError> {
        fields.check_unique()?;
        if fields.value("policy") != Some(&self.policy) {
            return Err(AuthError::FormFieldMissing { field: "policy" });
        }
        self.check_scope(rules, now)?;
        self.check_signature(key)?;
        let document = Document::parse(&self.decoded()?)?;
        if now > document.expiration {
            return Err(AuthError::PolicyExpired);
        }
        document.check(fields, bucket)?;
        let (signature_version, signed_at) = match self.version {
            PostVersion::V4 { time, .. } => (SignatureVersion::V4, time),
            PostVersion::V2 => (SignatureVersion::V2, now),
        };
        let body = BodyCheck::Unsigned;
        let verified = Verified { auth_type: AuthType::Post, signature_version, signed_at, body };
        Ok(PostVerified { verified, content_length: document.content_length })
    }

    fn decoded(&self) -> Result<Vec<u8>, AuthError> {
        let text: String = self.policy.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        let malformed = |_| AuthError::PolicyMalformed { reason: "the policy is not base64.".to_owned() };
        STANDARD.decode(text).map_err(malformed)
    }

    fn check_scope(&self, rules: &Rules<'_>, now: i64) -> Result<(), AuthError> {
        let PostVersion::V4 { scope, time } = &self.version else { return Ok(()) };
        let (request_time, server_time, allowed_seconds) = (*time, now, rules.skew_seconds);
        let age = now.saturating_sub(*time);
        if age < -allowed_seconds {
            return Err(AuthError::NotYetValid { request_time, server_time, allowed_seconds });
        }
        if age > WEEK {
            let expires_at = time + WEEK;
            return Err(AuthError::Expired {
                signed_at: *time,
                expires_at,
                expires_seconds: WEEK,
                server_time,
            });
        }
        let region = match rules.region {
            RegionRule::Only(expected) if expected != &*scope.region => {
                Some((scope.region.to_string(), expected.to_owned()))
            }
            _ => None,
        };
        let expected = rules.services.first().copied().unwrap_or_default();
        let known = rules.services.contains(&&*scope.service);
        let fault = ScopeFault {
            region,
            service: (!known).then(|| (scope.service.to_string(), expected.to_owned())),
            date: (scope.date != ScopeDate::of(*time)).then(|| (scope.date.as_str().to_owned(), *time)),
            ..ScopeFault::none(Place::Form)
        };
        if fault.any() { Err(AuthError::Scope(Box::new(fault))) } else { Ok(()) }
    }

    fn check_signature(&self, key: &PostKey<'_>) -> Result<(), AuthError> {
        let policy = self.policy.as_bytes();
        let holds = match (&self.version, key) {
            (PostVersion::V4 { .. }, PostKey::V4(key)) => {
                same(&hex32(&key.sign(policy)), self.signature.as_bytes())
            }
            (PostVersion::V2, PostKey::V2(secret)) => {
                same(mac(secret, V2Method::HmacSha1, policy).as_bytes(), self.signature.as_bytes())
            }
            _ => return Err(AuthError::VersionTwoRefused),
        };
        if holds {
            return Ok(());
        }
        Err(AuthError::SignatureDoesNotMatch(Box::new(Mismatch {
            access_key_id: self.access_key_id.clone(),
            signature_provided: self.signature.clone(),
            string_to_sign: self.policy.clone(),
            canonical_request: String::new(),
        })))
    }
}
