//! An explanation in plain words.

use std::fmt::{self, Display, Formatter};

use super::{ConditionTrace, Explanation, PolicyTrace, StatementTrace};
use crate::{Effect, Layer, Reason};

/// The layers in the order of evaluation.
const LAYERS: [Layer; 8] = [
    Layer::Scp,
    Layer::Rcp,
    Layer::Resource,
    Layer::Trust,
    Layer::Identity,
    Layer::Boundary,
    Layer::Session,
    Layer::Endpoint,
];

/// What was looked at and what it came to, then what would change the outcome.
impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} on {}", self.action, self.resource)?;
        writeln!(f, "\nWhat was looked at:")?;
        for layer in LAYERS {
            self.layer(layer, f)?;
        }
        if let Some(grant) = &self.grant {
            writeln!(f, "  a grant beside the policies: {grant}")?;
        }
        if self.policies.is_empty() && self.grant.is_none() {
            writeln!(f, "  no policy at all: nothing is attached that could allow it")?;
        }
        self.remedy(f)
    }
}

impl Explanation {
    fn layer(&self, layer: Layer, f: &mut Formatter<'_>) -> fmt::Result {
        let mut policies = self.policies.iter().filter(|policy| policy.kind == layer).peekable();
        if policies.peek().is_none() {
            return Ok(());
        }
        writeln!(f, "  {}", heading(layer))?;
        policies.try_for_each(|policy| told(policy, f))
    }

    /// The words for who decides here next, and what they would have to say.
    fn remedy(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.decision.allowed {
            return Ok(());
        }
        writeln!(f, "\nWhat would let it pass:")?;
        match &self.decision.reason {
            Reason::ExplicitDeny { kind, policy, sid, statement } => {
                let place = Place { statement: *statement, sid: sid.as_deref() };
                writeln!(f, "  {place} of the {} {policy} denies it.", kind.phrase())?;
                writeln!(f, "  A deny wins over every allow: it has to be changed, or not to apply.")
            }
            Reason::ImplicitDeny { kind } => self.missing(*kind, f),
            Reason::AnonymousDenied => {
                writeln!(
                    f,
                    "  The request is not signed. Sign it, or let the resource's policy allow everyone."
                )
            }
            Reason::Allow { .. } | Reason::AllowRoot | Reason::AllowGrant { .. } => Ok(()),
        }
    }

    fn missing(&self, kind: Layer, f: &mut Formatter<'_>) -> fmt::Result {
        for (policy, statement) in self.nearly(kind) {
            let place = Place { statement: statement.statement, sid: statement.sid.as_deref() };
            writeln!(f, "  {place} of {} would allow it if its conditions held: see above.", policy.policy)?;
        }
        match kind {
            Layer::Identity => {
                writeln!(f, "  An identity-based policy of the caller, or of its groups, that says:")?;
                writeln!(f, "    {}", statement(&self.action, &self.resource))
            }
            Layer::Trust => {
                writeln!(f, "  A trust policy of the role that allows {} to the caller,", self.action)?;
                writeln!(f, "    {}", caller(&self.principal))
            }
            Layer::Resource => {
                writeln!(f, "  A policy of the resource that allows {} to the caller,", self.action)?;
                writeln!(f, "    {}", caller(&self.principal))
            }
            Layer::Boundary => {
                writeln!(
                    f,
                    "  The permissions boundary has to allow it too: it limits what other policies allow."
                )
            }
            Layer::Session => {
                writeln!(
                    f,
                    "  The session's own policies limit what it may do, and are fixed when it is made:"
                )?;
                writeln!(f, "  a new session whose policies allow it, or that has none.")
            }
            Layer::Scp | Layer::Rcp => {
                writeln!(f, "  A {} that allows it, at every level of the organisation", kind.phrase())?;
                writeln!(f, "  from the root to the account.")
            }
            Layer::Endpoint => writeln!(f, "  The VPC endpoint's policy has to allow it too."),
        }
    }

    /// Statements of this layer that only their conditions keep from allowing it.
    fn nearly(&self, kind: Layer) -> impl Iterator<Item = (&PolicyTrace, &StatementTrace)> {
        let policies = self.policies.iter().filter(move |policy| policy.kind == kind);
        policies.flat_map(|policy| {
            let near = |s: &&StatementTrace| {
                !s.matched && s.effect == Effect::Allow && s.action && s.resource && s.principal
            };
            policy.statements.iter().filter(near).map(move |statement| (policy, statement))
        })
    }
}

fn heading(layer: Layer) -> String {
    match layer {
        Layer::Scp | Layer::Rcp => format!("{}s, by level from the root", plural(layer)),
        Layer::Identity | Layer::Session => format!("{}s", plural(layer)),
        _ => layer.phrase().to_owned(),
    }
}

fn plural(layer: Layer) -> &'static str {
    match layer {
        Layer::Scp => "service control policie",
        Layer::Rcp => "resource control policie",
        Layer::Identity => "identity-based policie",
        _ => "session policie",
    }
}

/// One policy, and those of its statements that say something of the action.
fn told(policy: &PolicyTrace, f: &mut Formatter<'_>) -> fmt::Result {
    let came_to = match policy.effect {
        Some(Effect::Deny) => "DENIES it",
        Some(Effect::Allow) => "allows it",
        None => "does not allow it",
    };
    let level = policy.level.map(|level| format!("level {level}, ")).unwrap_or_default();
    writeln!(f, "    {level}{}: {came_to}", policy.policy)?;
    let (concerned, others): (Vec<_>, Vec<_>) = policy.statements.iter().partition(|s| s.action);
    for statement in concerned {
        step(statement, f)?;
    }
    match others.as_slice() {
        [] => Ok(()),
        [one] => writeln!(f, "      {}: is about other actions", place(one)),
        many => writeln!(f, "      {} statements are about other actions", many.len()),
    }
}

fn step(statement: &StatementTrace, f: &mut Formatter<'_>) -> fmt::Result {
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    let failing: Vec<_> = statement.conditions.iter().filter(|condition| !condition.holds).collect();
    let came_to = match (statement.matched, statement.resource, statement.principal) {
        (true, ..) => "applies",
        (_, false, _) => "is about other resources",
        (_, _, false) => "is about other principals",
        _ if failing.len() == 1 => "does not apply: a condition does not hold",
        _ => "does not apply: conditions do not hold",
    };
    writeln!(f, "      {} ({effect}, line {}): {came_to}", place(statement), statement.span.start.line)?;
    let shown = if statement.matched { statement.conditions.iter().collect() } else { failing };
    let relevant = statement.resource && statement.principal;
    shown.into_iter().filter(|_| relevant).try_for_each(|condition| held(condition, f))
}

fn held(condition: &ConditionTrace, f: &mut Formatter<'_>) -> fmt::Result {
    let ConditionTrace { operator, key, expected, found, holds } = condition;
    let found = match found {
        Some(values) => format!("the request has {}", listed(values)),
        None => "the request does not have this key".to_owned(),
    };
    let holds = if *holds { "holds" } else { "does NOT hold" };
    writeln!(f, "        {operator} {key} {}: {holds}; {found}", listed(expected))
}

fn listed(values: &[String]) -> String {
    let quoted: Vec<_> = values.iter().map(|value| format!("{value:?}")).collect();
    quoted.join(" or ")
}

/// A statement, counted from 1 as people do, with its id.
struct Place<'a> {
    statement: usize,
    sid: Option<&'a str>,
}

fn place(statement: &StatementTrace) -> Place<'_> {
    Place { statement: statement.statement, sid: statement.sid.as_deref() }
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "statement {}", self.statement.saturating_add(1))?;
        self.sid.filter(|sid| !sid.is_empty()).map_or(Ok(()), |sid| write!(f, " {sid:?}"))
    }
}

fn caller(principal: &str) -> &str {
    if principal.is_empty() { "which is anonymous." } else { principal }
}

/// A statement that allows an action; a resource that has no ARN can only be meant with all others.
fn statement(action: &str, resource: &str) -> String {
    let resource = if resource.starts_with("arn:") { resource } else { "*" };
    format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
}

#[cfg(test)]
mod tests;
