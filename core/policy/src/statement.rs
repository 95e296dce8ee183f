use serde::{Deserialize, Serialize};

use crate::{
    Context, Principal,
    action::ActionPattern,
    condition::Condition,
    pattern::Pattern,
    principal_element::{PrincipalElement, Reach},
    resource::{ResourcePattern, ResourceText},
};

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
}

/// A part of a document: from `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}

/// What a statement does to the requests that it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Allows them, unless something denies them.
    Allow,
    /// Denies them, whatever allows them.
    Deny,
}

/// A list of patterns, or everything but them.
#[derive(Debug, Clone)]
pub(crate) struct Matcher<P> {
    pub(crate) negated: bool,
    pub(crate) patterns: Box<[P]>,
    /// As written.
    pub(crate) texts: Box<[Box<str>]>,
}

impl<P> Matcher<P> {
    fn matches(&self, matches: impl FnMut(&P) -> bool) -> bool {
        self.patterns.iter().any(matches) != self.negated
    }
}

/// The request, prepared once for all statements.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) principal: &'a Principal,
    /// In lower case.
    pub(crate) action: &'a str,
    pub(crate) resource: ResourceText<'a>,
    pub(crate) context: &'a Context,
    /// The principal has a permissions boundary.
    pub(crate) bounded: bool,
}

/// One compiled statement.
#[derive(Debug)]
pub struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) span: Span,
    /// `None` in policies that know no principal: they speak of whom they are attached to.
    pub(crate) principal: Option<PrincipalElement>,
    pub(crate) action: Matcher<ActionPattern>,
    /// `None` in trust policies: they speak of the role they are attached to.
    pub(crate) resource: Option<Matcher<ResourcePattern>>,
    pub(crate) conditions: Box<[Condition]>,
}

impl Statement {
    /// The statement's id.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Whether it allows or denies.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Where it stands in the policy's source.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The values of `Action` or `NotAction`, as written.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.action.texts.iter().map(|text| &**text)
    }

    /// The values of `Resource` or `NotResource`, as written; none in trust policies.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resource.iter().flat_map(|resource| resource.texts.iter()).map(|text| &**text)
    }

    /// The ARNs and unique ids of users, roles and sessions that the principal element names.
    pub fn principals(&self) -> impl Iterator<Item = &str> {
        use crate::principal_element::Who;
        let values = self.principal.iter().flat_map(|principal| principal.values.iter());
        values.filter_map(|who| match who {
            Who::Named(text) | Who::Role(text) | Who::UniqueId(text) => Some(&**text),
            _ => None,
        })
    }

    /// Whether the statement applies, and how it reaches the principal. The cheap tests come first.
    pub(crate) fn applies(&self, question: &Question<'_>) -> Option<Reach> {
        (self.matches_action(question) && self.matches_resource(question)).then_some(())?;
        let reach = self.reach(question)?;
        self.conditions.iter().all(|condition| condition.holds(question.context)).then_some(reach)
    }

    pub(crate) fn matches_action(&self, question: &Question<'_>) -> bool {
        self.action.matches(|pattern| pattern.matches(question.action))
    }

    pub(crate) fn matches_resource(&self, question: &Question<'_>) -> bool {
        let matches = |pattern: &ResourcePattern| pattern.matches(&question.resource, question.context);
        self.resource.as_ref().is_none_or(|resource| resource.matches(matches))
    }

    pub(crate) fn reach(&self, question: &Question<'_>) -> Option<Reach> {
        match &self.principal {
            Some(element) => element.reach(question.principal, self.effect, question.bounded),
            None => Some(Reach::Direct),
        }
    }

    /// The condition keys and variables that the statement mentions.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let resources = self.resource.iter().flat_map(|resource| resource.patterns.iter());
        let in_resources = resources.filter_map(ResourcePattern::pattern).flat_map(Pattern::variables);
        let conditions = self.conditions.iter();
        let in_values = conditions.clone().flat_map(Condition::variables);
        let variables = in_resources.chain(in_values).map(|variable| &*variable.key);
        conditions.map(|condition| &*condition.key).chain(variables)
    }
}
