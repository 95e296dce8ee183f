use super::Source;
use crate::{Kind, PolicyError, action::ActionPattern};

/// The actions that a role's trust policy can speak of.
const TRUST_ACTIONS: [&str; 6] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
    "sts:setcontext",
];

/// Refuses what is not an action: `*`, or a service, one colon and a name.
pub(super) fn check(text: &str, negated: bool, source: &Source<'_>) -> Result<(), PolicyError> {
    form(text).map_err(|error| if source.is_resource() { PolicyError::Action } else { error })?;
    if source.kind != Kind::Trust {
        return Ok(());
    }
    let pattern = ActionPattern::new(text);
    let assumes = TRUST_ACTIONS.iter().any(|action| pattern.matches(action));
    let sts = text.get(..4).is_some_and(|vendor| vendor.eq_ignore_ascii_case("sts:"));
    if assumes && sts && !negated { Ok(()) } else { Err(PolicyError::TrustAction) }
}

fn form(text: &str) -> Result<(), PolicyError> {
    let mut parts = text.split(':');
    let vendor = parts.next().unwrap_or("");
    match (parts.next(), parts.next()) {
        (None, _) if vendor == "*" => return Ok(()),
        (None, _) => return Err(PolicyError::ActionVendor),
        (Some(_), Some(_)) => return Err(PolicyError::ActionColons),
        (Some(_), None) => {}
    }
    let plain = vendor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let known = vendor == "*" || (plain && !vendor.is_empty());
    if known { Ok(()) } else { Err(PolicyError::Vendor(vendor.to_owned())) }
}
