//! Resources and ARNs: what `Resource`, `NotResource` and the ARN operators match.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Resource" and "Amazon Resource Name (ARN) condition
//! operators".

use crate::{
    Context,
    pattern::{Pattern, Reading, Unit, glob},
};

/// An ARN's six parts. The last holds the resource, colons and slashes and all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArnParts<'a>([&'a str; 6]);

impl<'a> ArnParts<'a> {
    /// The parts, if the text has six.
    pub(crate) fn split(text: &'a str) -> Option<Self> {
        let mut pieces = text.splitn(6, ':');
        let mut parts = [""; 6];
        for part in &mut parts {
            *part = pieces.next()?;
        }
        Some(Self(parts))
    }
}

/// The resource of a request, split once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResourceText<'a> {
    pub(crate) parts: Option<ArnParts<'a>>,
}

impl<'a> ResourceText<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { parts: ArnParts::split(text) }
    }
}

/// One value of `Resource` or `NotResource`.
#[derive(Debug, Clone)]
pub(crate) enum ResourcePattern {
    /// `*`.
    All,
    Arn(ArnPattern),
}

impl ResourcePattern {
    /// Variables count only in the last part of an ARN.
    pub(crate) fn new(text: &str, variables: bool) -> Self {
        if text == "*" { Self::All } else { Self::Arn(ArnPattern::new(text, variables)) }
    }

    pub(crate) fn matches(&self, resource: &ResourceText<'_>, context: &Context) -> bool {
        match self {
            Self::All => true,
            Self::Arn(arn) => resource.parts.as_ref().is_some_and(|parts| arn.matches(parts, context)),
        }
    }

    pub(crate) fn pattern(&self) -> Option<&Pattern> {
        match self {
            Self::All => None,
            Self::Arn(arn) => arn.parts.last(),
        }
    }
}

/// An ARN whose parts are matched each by itself, so that a wildcard never reaches over a colon between them.
#[derive(Debug, Clone)]
pub(crate) struct ArnPattern {
    parts: Box<[Pattern]>,
}

impl ArnPattern {
    /// Parts that the text leaves out match everything.
    pub(crate) fn new(text: &str, variables: bool) -> Self {
        let pieces = text.splitn(6, ':').chain(std::iter::repeat("*")).take(6).enumerate();
        let part =
            |(at, piece)| Pattern::new(piece, Reading { wildcards: true, variables: variables && at == 5 });
        Self { parts: pieces.map(part).collect() }
    }

    fn matches(&self, arn: &ArnParts<'_>, context: &Context) -> bool {
        let part = |at: usize| {
            self.parts
                .get(at)
                .zip(arn.0.get(at))
                .is_some_and(|(pattern, part)| pattern.matches(part, context))
        };
        // The service and the resource differ most often.
        [2, 5, 3, 4, 1, 0].into_iter().all(part)
    }
}

/// One value of an ARN condition operator. Here a variable may stand anywhere: it is filled in first.
#[derive(Debug, Clone)]
pub(crate) enum ArnValue {
    /// Not an ARN: ARN operators know no left-out parts.
    Never,
    Parts(ArnPattern),
    Template(Pattern),
}

impl ArnValue {
    pub(crate) fn new(text: &str, variables: bool) -> Self {
        let template = Pattern::new(text, Reading { wildcards: true, variables });
        let filled = template.variables().next().is_some() || (variables && text.contains("${"));
        match () {
            () if filled || template.is_all() => Self::Template(template),
            () if ArnParts::split(text).is_none() => Self::Never,
            () => Self::Parts(ArnPattern::new(text, false)),
        }
    }

    pub(crate) fn matches(&self, value: &str, context: &Context) -> bool {
        let Some(arn) = ArnParts::split(value) else { return false };
        match self {
            Self::Never => false,
            Self::Parts(pattern) => pattern.matches(&arn, context),
            Self::Template(pattern) if pattern.is_all() => true,
            Self::Template(pattern) => {
                pattern.units(context).is_some_and(|units| matches_units(&units, &arn))
            }
        }
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = &crate::variables::Variable> {
        let template = match self {
            Self::Template(pattern) => Some(pattern),
            Self::Never | Self::Parts(_) => None,
        };
        template.into_iter().flat_map(Pattern::variables)
    }
}

/// Cuts filled-in units at their first five colons and matches part by part.
fn matches_units(units: &[Unit<'_>], arn: &ArnParts<'_>) -> bool {
    let mut parts: Vec<Vec<Unit<'_>>> = vec![Vec::new()];
    for unit in units {
        let Unit::Text(text) = unit else {
            push(&mut parts, *unit);
            continue;
        };
        let room = 6_usize.saturating_sub(parts.len());
        for (at, piece) in text.splitn(room + 1, ':').enumerate() {
            if at > 0 {
                parts.push(Vec::new());
            }
            push(&mut parts, Unit::Text(piece));
        }
    }
    let equal = |(units, part): (&Vec<Unit<'_>>, &str)| glob(|at| units.get(at).copied(), part);
    parts.len() == 6 && parts.iter().zip(arn.0).all(equal)
}

fn push<'a>(parts: &mut [Vec<Unit<'a>>], unit: Unit<'a>) {
    if let Some(last) = parts.last_mut() {
        last.push(unit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(pattern: &str, text: &str) -> bool {
        let mut context = Context::new();
        context.set("aws:username", "bob");
        context.set("aws:PrincipalAccount", "111122223333");
        ResourcePattern::new(pattern, true).matches(&ResourceText::new(text), &context)
    }

    fn arn(pattern: &str, text: &str) -> bool {
        let mut context = Context::new();
        context.set("aws:PrincipalAccount", "111122223333");
        context.set("aws:PrincipalArn", "arn:aws:iam::111122223333:user/a");
        ArnValue::new(pattern, true).matches(text, &context)
    }

    #[test]
    fn wildcards_stay_within_an_arns_parts() {
        assert!(resource("arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:eu-west-1:111122223333:q"));
        assert!(!resource("arn:aws:sqs:*:q", "arn:aws:sqs:eu-west-1:111122223333:q"));
        assert!(!resource("arn:aws:s:*:finance/*", "arn:aws:s:r:1:store/abc:2:finance/d"));
        assert!(resource("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y:z"));
        assert!(resource("arn:aws:s3:::b*", "arn:aws:s3:::b"));
        assert!(!resource("arn:aws:s3:::b/*", "arn:aws:s3:::b"));
        assert!(resource(
            "arn:aws:logs:*:*:log-group:*:log-stream:x",
            "arn:aws:logs:r:1:log-group:g:log-stream:x"
        ));
    }

    #[test]
    fn the_star_matches_requests_without_a_resource_and_arns_do_not() {
        assert!(resource("*", "*"));
        assert!(!resource("arn:aws:s3:::*", "*"));
    }

    #[test]
    fn parts_left_out_match_everything() {
        assert!(resource("arn:aws:dynamodb", "arn:aws:dynamodb:r:1:table/t"));
        assert!(!resource("arn:aws:dynamodb", "arn:aws:kinesis:r:1:stream/t"));
    }

    #[test]
    fn variables_count_after_the_fifth_colon_only() {
        assert!(resource("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x"));
        assert!(!resource("arn:aws:iam::${aws:PrincipalAccount}:user/x", "arn:aws:iam::111122223333:user/x"));
    }

    #[test]
    fn arn_operators_fill_in_variables_first() {
        assert!(arn("arn:aws:iam::${aws:PrincipalAccount}:user/*", "arn:aws:iam::111122223333:user/x"));
        assert!(arn("${aws:PrincipalArn}", "arn:aws:iam::111122223333:user/a"));
        assert!(!arn("${aws:PrincipalArn}", "arn:aws:iam::111122223333:user/ab"));
        assert!(!arn("${aws:missing}", "arn:aws:iam::111122223333:user/a"));
        assert!(arn("arn:aws:iam::*:user/*:${aws:PrincipalAccount}", "arn:aws:iam::1:user/x:111122223333"));
    }

    #[test]
    fn arn_operators_want_six_parts() {
        assert!(!arn("arn:aws:iam:*", "arn:aws:iam::111122223333:user/x"));
        assert!(arn("*", "arn:aws:iam::111122223333:user/x"));
        assert!(!arn("*", "bob"));
        assert!(!arn("arn:aws:sns:*:1:t", "arn:aws:sns:r:2:x:1:t"));
    }
}
