//! Wildcards, variables and ARNs, by recursion over characters.

use kurodo_policy::Context;

/// A character of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Plain(char),
    Star,
    Question,
}

/// "multi-character match wildcards (*) and single-character match wildcards (?)"
pub(super) fn like(pattern: &str, text: &str) -> bool {
    walk(&marks(pattern), &text.chars().collect::<Vec<_>>())
}

fn marks(pattern: &str) -> Vec<Mark> {
    let mark = |c| match c {
        '*' => Mark::Star,
        '?' => Mark::Question,
        c => Mark::Plain(c),
    };
    pattern.chars().map(mark).collect()
}

fn walk(pattern: &[Mark], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some((Mark::Star, rest)), _) => {
            walk(rest, text) || text.split_first().is_some_and(|(_, after)| walk(pattern, after))
        }
        (Some((Mark::Question, rest)), Some((_, after))) => walk(rest, after),
        (Some((Mark::Plain(a), rest)), Some((b, after))) => a == b && walk(rest, after),
        (Some(_), None) => false,
    }
}

/// The pattern with its variables replaced; `None` when one has no value. With `wildcards`, what the policy
/// wrote as `*` and `?` are wildcards, what a variable brought is not.
fn filled(pattern: &str, context: &Context, variables: bool, wildcards: bool) -> Option<Vec<Mark>> {
    let plain = |text: &str| text.chars().map(Mark::Plain).collect::<Vec<_>>();
    let written = |text: &str| if wildcards { marks(text) } else { plain(text) };
    let Some((before, rest)) = pattern.split_once("${").filter(|_| variables) else {
        return Some(written(pattern));
    };
    let (inside, after) = rest.split_once('}')?;
    let value = match (inside, inside.split_once(", ")) {
        ("*" | "?" | "$", _) => inside.to_owned(),
        (_, Some((key, default))) => {
            let default = default.trim_matches('\'').to_owned();
            single(context, key).unwrap_or(default)
        }
        _ => single(context, inside)?,
    };
    let mut all = written(before);
    all.extend(plain(&value));
    all.extend(filled(after, context, variables, wildcards)?);
    Some(all)
}

fn single(context: &Context, key: &str) -> Option<String> {
    let found = context.iter().find(|(name, _)| name.to_lowercase() == key.to_lowercase());
    found.and_then(|(_, values)| values.single()).map(str::to_owned)
}

/// Whether a text matches a pattern in this request.
pub(super) fn matches(
    pattern: &str,
    text: &str,
    context: &Context,
    variables: bool,
    wildcards: bool,
) -> bool {
    let text: Vec<char> = text.chars().collect();
    filled(pattern, context, variables, wildcards).is_some_and(|pattern| walk(&pattern, &text))
}

/// The pattern as one text, for comparisons that ignore case.
pub(super) fn flat(pattern: &str, context: &Context, variables: bool) -> Option<String> {
    let marks = filled(pattern, context, variables, false)?;
    marks.into_iter().map(|mark| if let Mark::Plain(c) = mark { Some(c) } else { None }).collect()
}

/// "wildcards within ARN segments", "a policy variable in the resource portion of the ARN"
pub(super) fn resource(pattern: &str, resource: &str, context: &Context, variables: bool) -> bool {
    if pattern == "*" {
        return true;
    }
    let (pattern, resource) = (six(pattern), six(resource));
    let (Some(pattern), Some(resource)) = (pattern, resource) else { return false };
    let front = (0..5).all(|at| like(&pattern[at], &resource[at]));
    front && matches(&pattern[5], &resource[5], context, variables, true)
}

/// "Each of the six colon-delimited components of the ARN is checked separately"
pub(super) fn arn(pattern: &str, value: &str, context: &Context, variables: bool) -> bool {
    let Some(value) = six(value) else { return false };
    if pattern == "*" {
        return true;
    }
    let Some(marks) = filled(pattern, context, variables, true) else { return false };
    let mut parts: Vec<Vec<Mark>> = vec![Vec::new()];
    for mark in marks {
        if mark == Mark::Plain(':') && parts.len() < 6 {
            parts.push(Vec::new());
        } else {
            parts.last_mut().unwrap().push(mark);
        }
    }
    let part = |at: usize| walk(&parts[at], &value[at].chars().collect::<Vec<_>>());
    parts.len() == 6 && (0..6).all(part)
}

fn six(text: &str) -> Option<Vec<String>> {
    let parts: Vec<String> = text.splitn(6, ':').map(str::to_owned).collect();
    (parts.len() == 6).then_some(parts)
}
