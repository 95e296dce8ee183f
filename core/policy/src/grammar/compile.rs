//! The values of a document's elements, checked and compiled.

use super::{
    Source, actions, conditions, principals,
    raw::{RawCondition, RawStatement},
    resources,
};
use crate::{
    Effect, Kind, PolicyError, Statement, action::ActionPattern, condition::Condition, policy::Version,
    principal_element::PrincipalElement, resource::ResourcePattern, statement::Matcher,
};

pub(super) fn statements(
    raw: Vec<RawStatement<'_>>,
    version: Version,
    source: &Source<'_>,
) -> Result<Vec<Statement>, PolicyError> {
    let variables = version == Version::V2012;
    let mut early = Vec::with_capacity(raw.len());
    for raw in &raw {
        let effect = effect(raw, source)?;
        early.push((effect, principal(raw, effect, source)?, compile_conditions(raw, variables, source)?));
    }
    sids(&raw, source)?;
    raw.iter().try_for_each(|raw| action_exists(raw, source))?;
    raw.iter().try_for_each(|raw| resource_fits(raw, source))?;
    let mut resources = Vec::with_capacity(raw.len());
    for raw in &raw {
        resources.push(compile_resource(raw, variables, source)?);
    }
    let parts = raw.iter().zip(early).zip(resources);
    let statements: Result<Vec<Statement>, PolicyError> = parts
        .map(|((raw, (effect, principal, conditions)), resource)| {
            let action = compile_action(raw, source)?;
            let sid = raw.sid.map(str::to_owned);
            let span = source.lines.span(raw.node);
            Ok(Statement { sid, effect, span, principal, action, resource, conditions })
        })
        .collect();
    let statements = statements?;
    if source.kind == Kind::Rcp { rcp(statements) } else { Ok(statements) }
}

fn effect(raw: &RawStatement<'_>, source: &Source<'_>) -> Result<Effect, PolicyError> {
    match raw.effect {
        Some(("Allow", _)) => Ok(Effect::Allow),
        Some(("Deny", _)) => Ok(Effect::Deny),
        Some((_, node)) => Err(source.legacy(node, "case counts in an effect")),
        None => Err(PolicyError::Missing("Effect")),
    }
}

fn principal(
    raw: &RawStatement<'_>,
    effect: Effect,
    source: &Source<'_>,
) -> Result<Option<PrincipalElement>, PolicyError> {
    let given = raw.principal.or(raw.not_principal);
    let negated = raw.not_principal.is_some();
    match (source.kind, given) {
        (Kind::Identity | Kind::Boundary | Kind::Session | Kind::Scp | Kind::Endpoint, None) => Ok(None),
        (Kind::Identity | Kind::Boundary | Kind::Session, Some(_)) => {
            Err(PolicyError::PrincipalInIdentityPolicy)
        }
        (Kind::Scp, Some(_)) => Err(PolicyError::Organization("a service control policy has no Principal")),
        (_, None) => Err(PolicyError::Missing("Principal")),
        (Kind::Trust | Kind::Rcp, Some(_)) if negated => Err(PolicyError::Prohibited("NotPrincipal")),
        (_, Some(_)) if negated && effect == Effect::Allow => Err(PolicyError::AllowNotPrincipal),
        (_, Some(node)) => {
            let element = PrincipalElement { negated, values: principals::values(node, source)? };
            let whoever = source.kind == Kind::Endpoint && !negated && element.names_everyone();
            Ok((!whoever).then_some(element))
        }
    }
}

fn compile_conditions(
    raw: &RawStatement<'_>,
    variables: bool,
    source: &Source<'_>,
) -> Result<Box<[Condition]>, PolicyError> {
    let compile = |raw: &RawCondition<'_>| conditions::compile(raw, variables, source);
    raw.conditions.iter().map(compile).collect()
}

/// IAM wants ids of letters and digits that differ; other services take any id.
fn sids(raw: &[RawStatement<'_>], source: &Source<'_>) -> Result<(), PolicyError> {
    if matches!(source.kind, Kind::Resource | Kind::Endpoint | Kind::KeyPolicy) {
        return Ok(());
    }
    let mut known = std::collections::HashSet::new();
    for sid in raw.iter().filter_map(|raw| raw.sid).filter(|sid| !sid.is_empty()) {
        if !known.insert(sid) {
            return Err(PolicyError::DuplicateSid);
        }
    }
    let plain = |sid: &&str| sid.bytes().all(|b| b.is_ascii_alphanumeric());
    if known.iter().all(plain) { Ok(()) } else { Err(PolicyError::Sid) }
}

fn action_exists(raw: &RawStatement<'_>, source: &Source<'_>) -> Result<(), PolicyError> {
    let given = raw.action.as_ref().or(raw.not_action.as_ref());
    match source.kind {
        Kind::Rcp if raw.not_action.is_some() => Err(PolicyError::Prohibited("NotAction")),
        _ if given.is_some_and(|actions| !actions.is_empty()) => Ok(()),
        Kind::Resource | Kind::Trust => Err(PolicyError::Missing("Action")),
        _ => Err(PolicyError::NoActions),
    }
}

fn resource_fits(raw: &RawStatement<'_>, source: &Source<'_>) -> Result<(), PolicyError> {
    let given = raw.resource.as_ref().or(raw.not_resource.as_ref());
    match source.kind {
        Kind::Trust if raw.resource.is_some() => Err(PolicyError::Prohibited("Resource")),
        Kind::Trust if raw.not_resource.is_some() => Err(PolicyError::Prohibited("NotResource")),
        Kind::Trust => Ok(()),
        _ if given.is_some_and(|resources| !resources.is_empty()) => Ok(()),
        Kind::Resource => Err(PolicyError::Missing("Resource")),
        _ => Err(PolicyError::NoResources),
    }
}

fn compile_resource(
    raw: &RawStatement<'_>,
    variables: bool,
    source: &Source<'_>,
) -> Result<Option<Matcher<ResourcePattern>>, PolicyError> {
    let negated = raw.not_resource.is_some();
    let Some(texts) = raw.resource.as_ref().or(raw.not_resource.as_ref()) else { return Ok(None) };
    for text in texts {
        resources::check(text, raw.node, source)?;
    }
    let patterns = texts.iter().map(|text| ResourcePattern::new(text, variables)).collect();
    Ok(Some(Matcher { negated, patterns, texts: texts.iter().map(|&text| text.into()).collect() }))
}

fn compile_action(
    raw: &RawStatement<'_>,
    source: &Source<'_>,
) -> Result<Matcher<ActionPattern>, PolicyError> {
    let negated = raw.not_action.is_some();
    let texts = raw.action.as_ref().or(raw.not_action.as_ref()).map_or(&[][..], Vec::as_slice);
    for text in texts {
        actions::check(text, negated, source)?;
    }
    let patterns = texts.iter().map(|text| ActionPattern::new(text)).collect();
    Ok(Matcher { negated, patterns, texts: texts.iter().map(|&text| text.into()).collect() })
}

/// Resource control policies speak of everyone and only deny; but for the one that AWS attaches everywhere,
/// which allows everything.
///
/// Source: Organizations User Guide, "RCP syntax".
fn rcp(mut statements: Vec<Statement>) -> Result<Vec<Statement>, PolicyError> {
    let one =
        |mut texts: Box<dyn Iterator<Item = &str> + '_>| texts.next() == Some("*") && texts.next().is_none();
    for statement in &statements {
        let everything = one(Box::new(statement.actions())) && one(Box::new(statement.resources()));
        let full_access = statements.len() == 1 && everything && statement.conditions.is_empty();
        match statement.effect {
            Effect::Allow if !full_access => {
                return Err(PolicyError::Organization("a resource control policy only denies"));
            }
            Effect::Deny if statement.actions().any(|action| action == "*") => {
                return Err(PolicyError::Organization("a resource control policy names its services"));
            }
            _ => {}
        }
        if !statement.principal.as_ref().is_some_and(PrincipalElement::names_everyone) {
            return Err(PolicyError::Organization("a resource control policy's Principal is *"));
        }
    }
    // It speaks of whoever asks, also of those that no other policy means by everyone.
    statements.iter_mut().for_each(|statement| statement.principal = None);
    Ok(statements)
}
