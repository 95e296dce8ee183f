//! Pages of other origins: what a bucket's rules say to their browsers. Rules let nobody in; they say who sees answers.
//!
//! Source: S3 User Guide, "Using cross-origin resource sharing (CORS)"; Fetch Standard, "CORS protocol".

mod rules;

use kurodo_gateway::{CrossOrigin, Sharing};
use kurodo_store::Reader;
use percent_encoding::percent_decode_str;

use crate::{
    Error, S3,
    access_points::behind,
    records::{Cors, CorsRule},
};

pub(crate) use rules::{METHODS, read, shown};

/// What a page of another origin may see, by the bucket that its request is for, also where it comes through an access
/// point of the server's own region.
pub(crate) fn sharing(service: &S3, stored: &Reader<'_>, asked: &CrossOrigin<'_>) -> Result<Sharing, Error> {
    let (origin, method) = wanted(asked)?;
    let (bucket, key) = named(asked);
    let forbidden =
        |why| Error::CorsForbidden { why, method: method.to_owned(), resource: resource(&bucket, key) };
    let facts = behind(service, stored, &bucket, asked.region)?.ok_or_else(|| forbidden(NO_BUCKET))?;
    let rules = facts.cors.as_ref().ok_or_else(|| forbidden(NOT_ENABLED))?;
    let headers = asked.asked_headers.unwrap_or_default();
    let rule = rules.find(origin, method, headers).ok_or_else(|| forbidden(NOT_ALLOWED))?;
    Ok(rule.shares(origin, headers))
}

const NO_BUCKET: &str = "CORSResponse: Bucket not found";
const NOT_ENABLED: &str = "CORSResponse: CORS is not enabled for this bucket.";
const NOT_ALLOWED: &str = "CORSResponse: This CORS request is not allowed. This is usually because the evalution of \
                           Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers \
                           are not whitelisted by the resource's CORS spec.";

/// The origin and the method that the rules are asked for: the one that the browser asks for, or the request's own.
fn wanted<'a>(asked: &'a CrossOrigin<'_>) -> Result<(&'a str, &'a str), Error> {
    let origin = asked
        .origin
        .ok_or(Error::BadRequest("Insufficient information. Origin request header needed.".into()))?;
    let method = match asked.asked_method {
        None if asked.is_preflight() => Err("null"),
        None => return Ok((origin, asked.method.as_str())),
        Some(method) if METHODS.contains(&method) => Ok(method),
        Some(method) => Err(method),
    };
    let wrong = |method| Error::BadRequest(format!("Invalid Access-Control-Request-Method: {method}").into());
    Ok((origin, method.map_err(wrong)?))
}

/// The bucket, and whether the path names an object in it.
fn named(asked: &CrossOrigin<'_>) -> (String, bool) {
    let path = asked.path.trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    (percent_decode_str(bucket).decode_utf8_lossy().into_owned(), !key.is_empty())
}

fn resource(bucket: &str, key: bool) -> &'static str {
    match (bucket, key) {
        ("", _) => "SERVICE",
        (_, false) => "BUCKET",
        (_, true) => "OBJECT",
    }
}

impl Cors {
    /// The first rule that lets this origin see the answer to this method with these header fields.
    fn find(&self, origin: &str, method: &str, headers: &str) -> Option<&CorsRule> {
        self.0.iter().find(|rule| {
            rule.methods.iter().any(|allowed| allowed == method)
                && rule.origins.iter().any(|pattern| fits(pattern, origin))
                && names(headers)
                    .all(|name| rule.headers.iter().any(|pattern| fits(&pattern.to_ascii_lowercase(), &name)))
        })
    }
}

impl CorsRule {
    /// What the browser is told. With an origin of its own it may send credentials; with `*` none are let through.
    fn shares(&self, origin: &str, headers: &str) -> Sharing {
        let anyone =
            self.origins.iter().find(|pattern| fits(pattern, origin)).is_some_and(|pattern| pattern == "*");
        let asked: Vec<_> = names(headers).collect();
        let mut sharing = vec![
            ("access-control-allow-origin", if anyone { "*" } else { origin }.to_owned()),
            ("access-control-allow-methods", self.methods.join(", ")),
            ("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method".to_owned()),
        ];
        if !asked.is_empty() {
            sharing.push(("access-control-allow-headers", asked.join(", ")));
        }
        if !self.exposed.is_empty() {
            sharing.push(("access-control-expose-headers", self.exposed.join(", ")));
        }
        if let Some(seconds) = self.max_age {
            sharing.push(("access-control-max-age", seconds.to_string()));
        }
        if !anyone {
            sharing.push(("access-control-allow-credentials", "true".to_owned()));
        }
        sharing
    }
}

/// The names in a list of header fields, in small letters.
fn names(headers: &str) -> impl Iterator<Item = String> {
    headers.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty())
}

/// Whether a text is what a pattern with at most one `*` says.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => text.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => pattern == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(origin: &str, method: &str, header: &str) -> CorsRule {
        CorsRule {
            origins: vec![origin.to_owned()],
            methods: vec![method.to_owned()],
            headers: vec![header.to_owned()],
            ..CorsRule::default()
        }
    }

    #[test]
    fn a_star_stands_for_anything_once() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("https://*.example.com", "https://a.b.example.com", true),
            ("https://*.example.com", "https://example.com", false),
            ("start*end", "startend", true),
            // Neither half may be used twice.
            ("aba*aba", "aba", false),
            ("https://a.com", "https://a.com", true),
            ("https://a.com", "https://A.com", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_first_rule_that_fits_counts() {
        let rules = Cors(vec![
            rule("https://a", "GET", "x-amz-*"),
            rule("https://a", "PUT", "Content-Type"),
            rule("*", "GET", "*"),
        ]);
        let index = |origin, method, headers| {
            let found = rules.find(origin, method, headers)?;
            rules.0.iter().position(|rule| rule == found)
        };
        assert_eq!(index("https://a", "GET", "X-Amz-Date, x-amz-acl"), Some(0));
        assert_eq!(index("https://a", "GET", "x-amz-date,content-type"), Some(2));
        assert_eq!(index("https://a", "PUT", "content-type"), Some(1));
        assert_eq!(index("https://a", "PUT", "x-amz-date"), None);
        assert_eq!(index("https://b", "PUT", ""), None);
    }

    #[test]
    fn credentials_go_with_named_origins_only() {
        let field = |rule: CorsRule, name| {
            let sharing = rule.shares("https://a", "");
            sharing.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let credentials = "access-control-allow-credentials";
        assert_eq!(field(rule("*", "GET", "*"), credentials), None);
        assert_eq!(field(rule("https://*", "GET", "*"), credentials).as_deref(), Some("true"));
        assert_eq!(field(rule("*", "GET", "*"), "access-control-allow-origin").as_deref(), Some("*"));
    }
}
