//! The client's side: enough to sign Kurodo's own requests and to test the verifier.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    canonical::Canonical,
    chunked::{Chain, Verifier, sha256},
    encoding::{Keep, ascii, encode, hex32},
    head::Head,
    key::SigningKey,
    rules::PathRule,
    scope::Scope,
    signed_headers::SignedHeaders,
    stamp,
    trailer::SIGNATURE,
};

/// Signs requests with one key.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The key for the scope.
    pub key: &'a SigningKey,
    /// What the key is good for.
    pub scope: &'a Scope,
    /// The session token of temporary credentials.
    pub token: Option<&'a str>,
    /// S3's way: no normalised path, and `x-amz-content-sha256` is sent.
    pub s3: bool,
}

/// Why a request cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// A value that no header field can hold.
    #[error("a header value holds control characters: remove them")]
    HeaderValue,
    /// More header fields than can be signed.
    #[error(
        "there are too many header fields to sign: send at most 128, of at most 4096 characters in all names"
    )]
    Fields,
}

/// Fields that proxies add or change on the way, and so are not signed.
const UNSIGNABLE: [&str; 8] = [
    "authorization",
    "connection",
    "expect",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

fn signed_headers(head: &Head<'_>) -> Result<SignedHeaders, SignError> {
    let names = head.headers.keys().map(HeaderName::as_str).filter(|name| !UNSIGNABLE.contains(name));
    let mut names: Vec<&str> = names.chain(["host"]).collect();
    names.sort_unstable();
    names.dedup();
    SignedHeaders::parse(&names.join(";")).ok_or(SignError::Fields)
}

impl Signer<'_> {
    /// The head's fields with those that authenticate it. `payload` is the body's SHA-256 in hex, or a
    /// word that `x-amz-content-sha256` knows; `time` is in seconds since 1970.
    ///
    /// # Errors
    /// A token that no field can hold, or too many fields.
    pub fn authorize(&self, head: &Head<'_>, payload: &str, time: i64) -> Result<HeaderMap, SignError> {
        let mut headers = head.headers.clone();
        headers.remove(header::AUTHORIZATION);
        headers.insert("x-amz-date", value(&stamp::basic(time))?);
        if self.s3 {
            headers.insert("x-amz-content-sha256", value(payload)?);
        }
        if let Some(token) = self.token {
            headers.insert("x-amz-security-token", value(token)?);
        }
        let dressed = Head { headers: &headers, ..*head };
        let signed_headers = signed_headers(&dressed)?;
        let signature = self.signature(&dressed, &signed_headers, payload, time, false);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={signature}",
            self.access_key_id,
            self.scope,
            signed_headers.as_str(),
        );
        headers.insert(header::AUTHORIZATION, value(&authorization)?);
        Ok(headers)
    }

    /// The query of a presigned request that lives for `expires` seconds from `time`.
    ///
    /// # Errors
    /// Too many fields.
    pub fn presign(
        &self,
        head: &Head<'_>,
        payload: &str,
        time: i64,
        expires: u32,
    ) -> Result<String, SignError> {
        let signed_headers = signed_headers(head)?;
        let credential = format!("{}/{}", self.access_key_id, self.scope);
        let (date, expires) = (stamp::basic(time), expires.to_string());
        let mut query = head.query.to_owned();
        let parameters = [
            ("X-Amz-Algorithm", Some("AWS4-HMAC-SHA256")),
            ("X-Amz-Credential", Some(credential.as_str())),
            ("X-Amz-Date", Some(&date)),
            ("X-Amz-Expires", Some(&expires)),
            ("X-Amz-Security-Token", self.token),
            ("X-Amz-SignedHeaders", Some(signed_headers.as_str())),
        ];
        for (name, value) in parameters {
            let Some(value) = value else { continue };
            append(&mut query, name, value);
        }
        let dressed = Head { query: &query, ..*head };
        let signature = self.signature(&dressed, &signed_headers, payload, time, true);
        append(&mut query, "X-Amz-Signature", &signature);
        Ok(query)
    }

    /// The signature of a form's policy, which is given as it is posted: in base64.
    pub fn policy(&self, policy: &str) -> String {
        ascii(&hex32(&self.key.sign(policy.as_bytes()))).to_owned()
    }

    /// Signs the chunks of a body whose head carries the signature `seed`, made at `time`.
    pub fn chunks(&self, seed: &str, time: i64) -> ChunkSigner {
        let key = self.key.clone();
        let chain = Chain::new(Verifier::Hmac(key.clone()), time, self.scope.to_string(), seed);
        ChunkSigner { key, chain }
    }

    fn signature(
        &self,
        head: &Head<'_>,
        signed_headers: &SignedHeaders,
        payload: &str,
        time: i64,
        presigned: bool,
    ) -> String {
        let paths = if self.s3 { PathRule::AsSent } else { PathRule::Normalised };
        let canonical = Canonical { head, signed_headers, payload, paths, presigned, without_token: false };
        let (date, hash) = (stamp::basic(time), hex32(&canonical.hash().0));
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{}\n{}", self.scope, ascii(&hash));
        ascii(&hex32(&self.key.sign(text.as_bytes()))).to_owned()
    }
}

fn value(text: &str) -> Result<HeaderValue, SignError> {
    HeaderValue::from_str(text).map_err(|_| SignError::HeaderValue)
}

fn append(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    let mut encoded = Vec::with_capacity(value.len() + 16);
    encode(value.as_bytes(), Keep::Nothing, &mut encoded);
    query.push_str(name);
    query.push('=');
    query.push_str(ascii(&encoded));
}

/// Encodes and signs the chunks of a body.
pub struct ChunkSigner {
    key: SigningKey,
    chain: Chain,
}

impl ChunkSigner {
    /// One chunk; an empty one is the last. Chunks but the last need 8 KiB at least.
    /// After the last chunk comes [`ChunkSigner::trailer`], or an empty line.
    pub fn chunk(&mut self, data: &[u8]) -> Vec<u8> {
        let text = self.chain.text("PAYLOAD", &[&sha256(b""), &sha256(data)]);
        let signature = self.link(&text);
        let mut chunk = format!("{:x};chunk-signature={signature}\r\n", data.len()).into_bytes();
        if !data.is_empty() {
            chunk.extend_from_slice(data);
            chunk.extend_from_slice(b"\r\n");
        }
        chunk
    }

    /// The trailer, with its signature and the empty line that ends the body.
    pub fn trailer(&mut self, fields: &[(&str, &str)]) -> String {
        let canonical: String = fields.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let lines: String = fields.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        let text = self.chain.text("TRAILER", &[&sha256(canonical.as_bytes())]);
        format!("{lines}{SIGNATURE}:{}\r\n\r\n", self.link(&text))
    }

    fn link(&mut self, text: &str) -> String {
        let signature = ascii(&hex32(&self.key.sign(text.as_bytes()))).to_owned();
        self.chain.follow(&signature);
        signature
    }
}
