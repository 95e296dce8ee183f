use kurodo_policy::same_name;
use serde_json::{Map, Value};

use crate::{Token, TokenError};

/// Seconds that the issuer's clock may be wrong.
///
/// Source: IAM User Guide, "OIDC federation".
const SKEW: i64 = 5 * 60;

/// Bytes that a subject may have. Source: STS API Reference, `SubjectFromWebIdentityToken`.
const LONGEST_SUBJECT: usize = 255;

/// Where tokens say which tags the session is to have.
///
/// Source: IAM User Guide, "Pass session tags in AWS STS", "Passing session tags using AssumeRoleWithWebIdentity".
const TAGS: &str = "https://aws.amazon.com/tags";
/// Where they say of the source identity.
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// What a verified token says of its bearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who the bearer is to the issuer (`sub`).
    pub subject: String,
    /// For whom the token is: the authorised party (`azp`), else the audience.
    pub audience: String,
    /// The audiences as they are given (`aud`), where there is an authorised party beside them.
    pub audiences: Vec<String>,
    /// How the bearer was authenticated (`amr`).
    pub methods: Vec<String>,
    /// The bearer's address (`email`).
    pub email: Option<String>,
    /// The source identity that the session is to have.
    pub source_identity: Option<String>,
    /// The tags that it is to have.
    pub tags: Vec<SessionTag>,
}

/// A tag for the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Whether it goes on to the sessions of roles that are assumed from this one.
    pub transitive: bool,
}

impl Identity {
    /// Reads the claims of a token whose signature was verified.
    ///
    /// Source: OpenID Connect Core 1.0, section 3.1.3.7; IAM User Guide, "IAM and AWS STS condition context keys",
    /// "Available keys for AWS OIDC federation".
    pub(crate) fn of(token: &Token, client_ids: &[String], now: i64) -> Result<Self, TokenError> {
        check_times(token, now)?;
        let audiences = texts(token.claims.get("aud")).filter(|audiences| !audiences.is_empty());
        let audiences = audiences.ok_or(TokenError::Missing("aud"))?;
        let party = token.claims.get("azp").map(|party| party.as_str().ok_or(TokenError::Missing("azp")));
        let meant = match party.transpose()? {
            Some(party) => client_ids.iter().find(|id| *id == party),
            None => client_ids.iter().find(|id| audiences.contains(id)),
        };
        let audience = meant.ok_or(TokenError::Audience)?.clone();
        let given = if token.claims.contains_key("azp") { audiences } else { Vec::new() };
        let subject = token.text("sub")?.to_owned();
        if subject.len() > LONGEST_SUBJECT {
            return Err(TokenError::Missing("sub"));
        }
        let text = |claim: &str| token.claims.get(claim).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            subject,
            audience,
            audiences: given,
            methods: texts(token.claims.get("amr")).unwrap_or_default(),
            email: text("email"),
            source_identity: text(SOURCE_IDENTITY),
            tags: tags(&token.claims).ok_or(TokenError::Tags)?,
        })
    }
}

fn check_times(token: &Token, now: i64) -> Result<(), TokenError> {
    let end = token.time("exp")?;
    if now > end.saturating_add(SKEW) {
        return Err(TokenError::Expired { now, end });
    }
    let begin = token.claims.contains_key("nbf").then(|| token.time("nbf")).transpose()?;
    let soonest = begin.into_iter().chain([token.time("iat")?]).max();
    if soonest.is_some_and(|soonest| soonest > now.saturating_add(SKEW)) {
        return Err(TokenError::Early);
    }
    Ok(())
}

/// One text or several.
fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    match value? {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// Both of AWS's forms: one object, or a claim for each tag.
fn tags(claims: &Map<String, Value>) -> Option<Vec<SessionTag>> {
    let mut principal: Vec<(&str, &Value)> = Vec::new();
    let mut transitive: Vec<String> = Vec::new();
    let empty = Map::new();
    let nested = claims.get(TAGS).map_or(Some(&empty), Value::as_object)?;
    let inside = nested.iter().map(|(name, value)| (name.as_str(), value));
    let apart =
        claims.iter().filter_map(|(name, value)| Some((name.strip_prefix(TAGS)?.strip_prefix('/')?, value)));
    for (name, value) in inside.chain(apart) {
        match name.split_once('/').unwrap_or((name, "")) {
            ("principal_tags", "") => {
                principal.extend(value.as_object()?.iter().map(|(k, v)| (k.as_str(), v)))
            }
            ("principal_tags", key) => principal.push((key, value)),
            ("transitive_tag_keys", "") => transitive.extend(texts(Some(value))?),
            _ => return None,
        }
    }
    let missing = transitive.iter().any(|key| !principal.iter().any(|(name, _)| same_name(name, key)));
    if missing {
        return None;
    }
    let tag = |(key, value): &(&str, &Value)| {
        let values = texts(Some(value))?;
        let [value] = &values[..] else { return None };
        let transitive = transitive.iter().any(|name| same_name(name, key));
        Some(SessionTag { key: (*key).to_owned(), value: value.clone(), transitive })
    };
    principal.iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::algorithm::Algorithm;

    const NOW: i64 = 1_800_000_000;

    fn identity(mut claims: Value, client_ids: &[&str]) -> Result<Identity, TokenError> {
        let base = json!({"iss": "https://i", "sub": "s", "aud": "app", "exp": NOW + 60, "iat": NOW});
        for (name, value) in base.as_object().unwrap() {
            claims.as_object_mut().unwrap().entry(name).or_insert(value.clone());
        }
        let claims = claims.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
        let token = Token {
            algorithm: Algorithm::named("RS256").unwrap(),
            key_id: None,
            signed: String::new(),
            signature: Vec::new(),
            claims: claims.map(|(name, value)| (name.clone(), value.clone())).collect(),
        };
        let client_ids: Vec<_> = client_ids.iter().map(|&id| id.to_owned()).collect();
        Identity::of(&token, &client_ids, NOW)
    }

    #[test]
    fn times_hold_to_five_minutes() {
        assert!(identity(json!({"exp": NOW - 300}), &["app"]).is_ok());
        let late = identity(json!({"exp": NOW - 301}), &["app"]);
        assert!(matches!(late, Err(TokenError::Expired { now: NOW, end }) if end == NOW - 301));
        for claim in ["nbf", "iat"] {
            assert!(identity(json!({claim: NOW + 300}), &["app"]).is_ok());
            assert!(
                matches!(identity(json!({claim: NOW + 301}), &["app"]), Err(TokenError::Early)),
                "{claim}"
            );
        }
    }

    #[test]
    fn nothing_may_be_missing() {
        for claim in ["sub", "aud", "exp", "iat"] {
            let found = identity(json!({claim: null}), &["app"]);
            assert!(matches!(found, Err(TokenError::Missing(name)) if name == claim), "{claim}");
        }
        for wrong in [
            json!({"aud": []}),
            json!({"aud": [1]}),
            json!({"azp": 1}),
            json!({"sub": ""}),
            json!({"sub": "s".repeat(256)}),
        ] {
            assert!(matches!(identity(wrong, &["app"]), Err(TokenError::Missing(_))));
        }
    }

    #[test]
    fn a_token_is_for_whom_it_was_made() {
        assert_eq!(identity(json!({}), &["app"]).unwrap().audience, "app");
        assert_eq!(identity(json!({"aud": ["other", "app"]}), &["app"]).unwrap().audience, "app");
        assert!(matches!(identity(json!({}), &["other", ""]), Err(TokenError::Audience)));
        assert!(matches!(identity(json!({}), &[]), Err(TokenError::Audience)));
        // The authorised party decides, where there is one.
        let found = identity(json!({"aud": ["api"], "azp": "app"}), &["app"]).unwrap();
        assert_eq!((found.audience.as_str(), found.audiences), ("app", vec!["api".to_owned()]));
        let other = identity(json!({"aud": ["app"], "azp": "other"}), &["app"]);
        assert!(matches!(other, Err(TokenError::Audience)));
    }

    #[test]
    fn tags_come_in_two_forms() {
        let tag =
            |key: &str, transitive| SessionTag { key: key.to_owned(), value: "v".to_owned(), transitive };
        let nested = json!({TAGS: {"principal_tags": {"a": ["v"], "b": "v"}, "transitive_tag_keys": ["B"]}});
        assert_eq!(identity(nested, &["app"]).unwrap().tags, [tag("a", false), tag("b", true)]);
        let flat = json!({
            "https://aws.amazon.com/tags/principal_tags/a": "v",
            "https://aws.amazon.com/tags/transitive_tag_keys": "a",
        });
        assert_eq!(identity(flat, &["app"]).unwrap().tags, [tag("a", true)]);
        for wrong in [
            json!({TAGS: "a"}),
            json!({TAGS: {"principal_tags": {"a": ["v", "w"]}}}),
            json!({TAGS: {"principal_tags": {"a": 1}}}),
            json!({TAGS: {"principal_tags": {"a": "v"}, "transitive_tag_keys": ["b"]}}),
            json!({TAGS: {"others": {}}}),
        ] {
            assert!(matches!(identity(wrong.clone(), &["app"]), Err(TokenError::Tags)), "{wrong}");
        }
    }
}
