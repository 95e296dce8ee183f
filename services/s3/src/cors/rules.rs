//! Reading the rules that a request gives.
//!
//! Source: S3 User Guide, "Elements of a CORS configuration"; S3 API Reference, `PutBucketCors`.

use crate::{
    Error, limits, model,
    records::{Cors, CorsRule},
};

/// The methods that rules may name.
pub(crate) const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];

/// Reads a bucket's rules.
pub(crate) fn read(rules: Vec<model::CORSRule>) -> Result<Cors, Error> {
    if rules.is_empty() {
        return Err(Error::MalformedXml);
    }
    if rules.len() > limits::CORS_RULES {
        return Err(Error::InvalidRequest(
            "The number of CORS rules should not exceed allowed limit of 100 rules.".into(),
        ));
    }
    rules.into_iter().map(rule).collect::<Result<_, _>>().map(Cors)
}

fn rule(rule: model::CORSRule) -> Result<CorsRule, Error> {
    let headers = rule.allowed_headers.unwrap_or_default();
    let exposed = rule.expose_headers.unwrap_or_default();
    if rule.allowed_methods.is_empty() || rule.allowed_origins.is_empty() {
        return Err(Error::MalformedXml);
    }
    if let Some(method) = rule.allowed_methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
        return Err(invalid(format!(
            "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
        )));
    }
    once("AllowedOrigin", &rule.allowed_origins)?;
    once("AllowedHeader", &headers)?;
    if let Some(name) = exposed.iter().find(|name| name.contains('*')) {
        return Err(invalid(format!(
            "ExposeHeader \"{name}\" contains wildcard. We currently do not support wildcard for ExposeHeader."
        )));
    }
    if rule.id.as_ref().is_some_and(|id| id.chars().count() > limits::CORS_RULE_ID) {
        return Err(invalid(
            "The length of the CORS rule ID should not exceed allowed limit of 255".to_owned(),
        ));
    }
    if let Some(bad) =
        [&rule.allowed_origins, &headers, &exposed].into_iter().flatten().find(|text| !is_field(text))
    {
        return Err(invalid(format!("\"{bad}\" cannot be sent in a header field")));
    }
    Ok(CorsRule {
        id: rule.id,
        origins: rule.allowed_origins,
        methods: rule.allowed_methods,
        headers,
        exposed,
        max_age: rule.max_age_seconds,
    })
}

/// That no text has more than one `*`.
fn once(what: &str, texts: &[String]) -> Result<(), Error> {
    match texts.iter().find(|text| text.matches('*').count() > 1) {
        Some(text) => Err(invalid(format!("{what} \"{text}\" can not have more than one wildcard."))),
        None => Ok(()),
    }
}

fn is_field(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_graphic() || c == ' ')
}

fn invalid(message: String) -> Error {
    Error::InvalidRequest(message.into())
}

/// The rules as replies show them.
pub(crate) fn shown(rules: &Cors) -> Vec<model::CORSRule> {
    let some = |texts: &[String]| (!texts.is_empty()).then(|| texts.to_vec());
    let shown = |rule: &CorsRule| model::CORSRule {
        id: rule.id.clone(),
        allowed_headers: some(&rule.headers),
        allowed_methods: rule.methods.clone(),
        allowed_origins: rule.origins.clone(),
        expose_headers: some(&rule.exposed),
        max_age_seconds: rule.max_age,
    };
    rules.0.iter().map(shown).collect()
}
