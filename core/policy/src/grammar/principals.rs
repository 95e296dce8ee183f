use kurodo_arn::{AccountId, Arn};

use super::{
    Source,
    raw::{object, strings},
};
use crate::{
    Kind, PolicyError,
    document::{Member, Node, Value},
    principal_element::Who,
};

/// The values of `Principal` or `NotPrincipal`.
pub(super) fn values(node: &Node, source: &Source<'_>) -> Result<Box<[Who]>, PolicyError> {
    match &node.value {
        Value::String(text) if text == "*" && source.kind == Kind::Trust => Err(PolicyError::TrustStar),
        Value::String(text) if text == "*" => Ok([Who::Everyone].into()),
        Value::String(text) => Err(invalid("AWS", text, source)),
        _ => map(object(node, source)?, source),
    }
}

fn map(members: &[Member], source: &Source<'_>) -> Result<Box<[Who]>, PolicyError> {
    let mut values = Vec::new();
    for Member { name, node } in members {
        let texts = strings(node, source)?;
        if texts.is_empty() {
            return Err(invalid(name, "", source));
        }
        for text in texts {
            values.push(value(name, text, source).ok_or_else(|| invalid(name, text, source))?);
        }
    }
    if values.is_empty() { Err(invalid("AWS", "", source)) } else { Ok(values.into()) }
}

fn invalid(name: &str, text: &str, source: &Source<'_>) -> PolicyError {
    let named = if source.is_resource() { String::new() } else { format!(": \"{name}\":\"{text}\"") };
    PolicyError::Principal(named)
}

fn value(name: &str, text: &str, source: &Source<'_>) -> Option<Who> {
    match name {
        "AWS" => aws(text),
        "Service" => is_host(text).then(|| Who::Service(text.into())),
        "Federated" => is_provider(text).then(|| Who::Federated(text.into())),
        "CanonicalUser" if source.is_resource() => {
            let id = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
            id.then(|| Who::Canonical(text.to_ascii_lowercase().into()))
        }
        _ => None,
    }
}

fn aws(text: &str) -> Option<Who> {
    if text == "*" {
        return Some(Who::Everyone);
    }
    if let Ok(account) = text.parse() {
        return Some(Who::Account(account));
    }
    let unique = (16..=128).contains(&text.len())
        && text.starts_with('A')
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if unique { Some(Who::UniqueId(text.into())) } else { aws_arn(text) }
}

/// An account's root, a user, a role, or a session of a role or a federated user. Never a part of a name.
fn aws_arn(text: &str) -> Option<Who> {
    let arn: Arn = text.parse().ok()?;
    let account: AccountId = arn.account.parse().ok()?;
    let here = arn.partition == kurodo_arn::PARTITION && arn.region.is_empty();
    (here && !text.contains(['*', '?']) && !text.contains("${")).then_some(())?;
    let named = || Some(Who::Named(text.into()));
    let (kind, name) = arn.resource.split_once('/').unwrap_or((&arn.resource, ""));
    let levels = name.split('/').filter(|level| !level.is_empty()).count();
    let whole = !name.ends_with('/');
    match (arn.service.as_str(), kind) {
        ("iam", "root") if arn.resource == "root" => Some(Who::Account(account)),
        ("iam", "user") if levels > 0 && whole => named(),
        ("iam", "role") if levels > 0 && whole => Some(Who::Role(text.into())),
        ("sts", "assumed-role") if levels == 2 && whole => named(),
        ("sts", "federated-user") if levels == 1 && whole => named(),
        _ => None,
    }
}

fn is_host(text: &str) -> bool {
    let label = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    text.contains('.') && text.split('.').all(label)
}

/// A well-known provider's host, perhaps with a path, or the ARN of a SAML or OpenID Connect provider.
fn is_provider(text: &str) -> bool {
    let Ok(arn) = text.parse::<Arn>() else {
        return is_host(text.split('/').next().unwrap_or(""));
    };
    let provider = arn
        .resource
        .split_once('/')
        .is_some_and(|(kind, name)| matches!(kind, "saml-provider" | "oidc-provider") && !name.is_empty());
    let here = arn.partition == kurodo_arn::PARTITION && arn.service == "iam" && arn.region.is_empty();
    here && provider && arn.account.parse::<AccountId>().is_ok() && !text.contains(['*', '?'])
}
