//! The parts of refusals that take more than a line to tell.

use crate::{error::Place, scope::ScopeDate, stamp};

/// Which parts of the authentication are absent. `true` means absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MissingParts {
    /// Where the others were found.
    pub place: Place,
    /// The algorithm (query form).
    pub algorithm: bool,
    /// Its parameter too (query form): outside of S3, AWS then sees no signature at all.
    pub algorithm_parameter: bool,
    /// The credential.
    pub credential: bool,
    /// The signature.
    pub signature: bool,
    /// The list of signed headers.
    pub signed_headers: bool,
    /// The date.
    pub date: bool,
    /// How long it is valid (S3's query form).
    pub expires: bool,
    /// SHA-256 of the `Authorization` field in base64, which AWS prints in place of its value.
    pub authorization_hash: String,
}

impl MissingParts {
    /// Whether anything besides the date is missing.
    pub fn any_but_date(&self) -> bool {
        self.algorithm || self.credential || self.signature || self.signed_headers || self.expires
    }

    /// AWS's text outside S3.
    pub fn message(&self) -> String {
        match self.place {
            Place::Header => self.header_message(),
            Place::Query | Place::Form => self.query_message(),
        }
    }

    fn header_message(&self) -> String {
        let mut text = String::new();
        for (missing, name) in [
            (self.credential, "Credential"),
            (self.signature, "Signature"),
            (self.signed_headers, "SignedHeaders"),
        ] {
            if missing {
                text += &format!("Authorization header requires '{name}' parameter. ");
            }
        }
        if self.date {
            text += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
        }
        format!(
            "{text}(Hashed with SHA-256 and encoded with Base64) Authorization={}",
            self.authorization_hash
        )
    }

    fn query_message(&self) -> String {
        let parts = [
            (self.algorithm, "X-Amz-Algorithm"),
            (self.credential, "X-Amz-Credential"),
            (self.signature, "X-Amz-Signature"),
            (self.signed_headers, "X-Amz-SignedHeaders"),
            (self.date, "X-Amz-Date"),
            (self.expires, "X-Amz-Expires"),
        ];
        let missing = parts.iter().filter(|(missing, _)| *missing);
        let text: String =
            missing.map(|(_, name)| format!("AWS query-string parameters must include '{name}'. ")).collect();
        text + "Re-examine the query-string parameters."
    }
}

/// A date that is absent or not of the right form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFault {
    /// Where it was looked for.
    pub place: Place,
    /// What was there, cut to a printable length; `None` when absent.
    pub got: Option<String>,
}

/// What is wrong with `X-Amz-Expires`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpiresFault {
    /// Not a number.
    #[error("X-Amz-Expires should be a number")]
    NotANumber,
    /// Below zero.
    #[error("X-Amz-Expires must be non-negative")]
    Negative,
    /// Over seven days.
    #[error(
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
    )]
    TooLong,
}

/// Which elements of the credential scope are wrong; at least one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeFault {
    /// Where the credential was found.
    pub place: Place,
    /// The region given and the region expected.
    pub region: Option<(String, String)>,
    /// The service given and the service expected.
    pub service: Option<(String, String)>,
    /// The terminal given.
    pub terminal: Option<String>,
    /// The day given and the request's time, in seconds since 1970.
    pub date: Option<(String, i64)>,
}

impl ScopeFault {
    /// No fault yet.
    pub(crate) fn none(place: Place) -> Self {
        Self { place, region: None, service: None, terminal: None, date: None }
    }

    /// Whether anything is wrong.
    pub(crate) fn any(&self) -> bool {
        self.region.is_some() || self.service.is_some() || self.terminal.is_some() || self.date.is_some()
    }

    /// AWS's text outside S3: every fault, one sentence each.
    pub fn message(&self) -> String {
        let mut text = Vec::new();
        if let Some((got, _)) = &self.region {
            text.push(format!("Credential should be scoped to a valid region, not '{got}'. "));
        }
        if let Some((_, expected)) = &self.service {
            text.push(format!("Credential should be scoped to correct service: '{expected}'. "));
        }
        if let Some(got) = &self.terminal {
            text.push(format!(
                "Credential should be scoped with a valid terminator: 'aws4_request', not '{got}'. "
            ));
        }
        if let Some((got, time)) = &self.date {
            let (stamp, day) = (stamp::basic(*time), ScopeDate::of(*time));
            text.push(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{got}' != '{}', from '{stamp}'.",
                day.as_str()
            ));
        }
        text.concat()
    }

    /// S3's text: the first fault.
    pub fn s3_message(&self) -> String {
        let lead = match self.place {
            Place::Header => "The authorization header is malformed; ",
            Place::Query => "Error parsing the X-Amz-Credential parameter; ",
            Place::Form => "Error parsing the x-amz-credential field; ",
        };
        if let Some((got, time)) = &self.date {
            let day = ScopeDate::of(*time);
            let text = format!(
                "Invalid credential date \"{got}\". This date is not the same as X-Amz-Date: \"{}\".",
                day.as_str()
            );
            return if self.place == Place::Header { format!("{lead}{text}") } else { text };
        }
        if let Some((got, expected)) = &self.region {
            return format!("{lead}the region '{got}' is wrong; expecting '{expected}'");
        }
        if let Some((got, expected)) = &self.service {
            return format!("{lead}incorrect service \"{got}\". This endpoint belongs to \"{expected}\".");
        }
        let got = self.terminal.as_deref().unwrap_or_default();
        format!("{lead}incorrect terminal \"{got}\". This endpoint uses \"aws4_request\".")
    }
}
