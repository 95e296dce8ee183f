/// What a service demands of a signature.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The signing names that the endpoint answers to; the first one is named in refusals.
    pub services: &'a [&'a str],
    /// S3's way: `x-amz-content-sha256` is mandatory in the header form, bodies may come in signed chunks,
    /// and presigned requests leave the body unsigned.
    pub s3: bool,
    /// How the path becomes canonical.
    pub paths: PathRule,
    /// How far the request's time may lie from ours, in seconds, either way.
    pub skew_seconds: i64,
    /// Which regions may be signed for.
    pub region: RegionRule<'a>,
    /// Whether a body that the signature does not cover is acceptable.
    pub unsigned_payload: bool,
    /// Whether the session token must be covered by the signature.
    pub token: TokenRule,
    /// How long a presigned request lives.
    pub expires: ExpiresRule,
}

/// How the path becomes canonical.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathRule {
    /// Dots and slashes stay, and escapes are decoded before the path is encoded (S3).
    AsSent,
    /// Dot segments and doubled slashes go, and escapes are encoded once more (everyone else).
    Normalised,
}

/// Which regions may be signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionRule<'a> {
    /// Whatever the client names.
    Any,
    /// This one only.
    Only(&'a str),
}

/// Whether the session token must be covered by the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRule {
    /// It must be.
    Signed,
    /// It is added after signing, as AWS IoT wants it, and so is never covered.
    AddedAfterSigning,
}

/// How long a presigned request lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiresRule {
    /// `X-Amz-Expires` is mandatory and decides (S3).
    Mandatory,
    /// The permitted skew, or `X-Amz-Expires` where that is longer (measured: STS answers for 15 minutes
    /// whatever the parameter says).
    AtLeastSkew,
}

impl Rules<'static> {
    /// S3: 15 minutes of skew, any region.
    pub const fn s3() -> Self {
        Self {
            services: &["s3"],
            s3: true,
            paths: PathRule::AsSent,
            skew_seconds: 900,
            region: RegionRule::Any,
            unsigned_payload: true,
            token: TokenRule::Signed,
            expires: ExpiresRule::Mandatory,
        }
    }
}

impl<'a> Rules<'a> {
    /// A service other than S3: any region, the body always signed.
    pub const fn service(services: &'a [&'a str], skew_seconds: i64) -> Self {
        Self {
            services,
            s3: false,
            paths: PathRule::Normalised,
            skew_seconds,
            region: RegionRule::Any,
            unsigned_payload: false,
            token: TokenRule::Signed,
            expires: ExpiresRule::AtLeastSkew,
        }
    }
}
