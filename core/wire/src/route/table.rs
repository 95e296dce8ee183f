//! The routes of a service, grouped by path.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};

use super::template::{self, Literal, Template};
use crate::{Location, Member, OperationSchema, RouteSchema, ServiceSchema};

/// Where a route leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// To a place in the table of served operations.
    Served(usize),
    /// To a place in the table of refused ones.
    Refused(usize),
}

/// One operation's route.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) choice: Choice,
    method: &'static str,
    /// What the template says of the query.
    literals: Vec<Literal>,
    /// Parameters that input must have.
    required_query: Vec<&'static str>,
    /// Headers that input must have.
    required_headers: Vec<HeaderName>,
    /// Parameters that input may have; `None` for any.
    known_query: Option<Vec<&'static str>>,
    deprecated: bool,
}

/// The routes of one path.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) template: Template,
    /// The most particular first.
    routes: Vec<Route>,
}

type Query<'q> = [(Cow<'q, str>, Cow<'q, str>)];

/// All routes of the service, the most particular path first.
pub(super) fn groups(service: &'static ServiceSchema) -> Vec<Group> {
    let served = service.operations.iter().enumerate().map(|(at, operation)| Route::served(at, operation));
    let refused = service.refused.iter().enumerate().map(|(at, schema)| Route::refused(at, schema));
    let mut groups: Vec<Group> = Vec::new();
    for (template, route) in served.chain(refused) {
        match groups.iter_mut().find(|group| group.template == template) {
            Some(group) => group.routes.push(route),
            None => groups.push(Group { template, routes: vec![route] }),
        }
    }
    for group in &mut groups {
        group.routes.sort_by_key(Route::order);
    }
    groups.sort_by_key(|group| group.template.rank());
    groups
}

impl Route {
    fn served(at: usize, operation: &OperationSchema) -> (Template, Self) {
        let (template, literals) = template::parse(operation.uri);
        let members = operation.input.members();
        let any = members.iter().any(|member| matches!(member.location, Location::QueryMap));
        let query = |member: &Member| match member.location {
            Location::Query(name) => Some(name),
            _ => None,
        };
        let header = |member: &Member| match member.location {
            Location::Header(name) => Some(name.clone()),
            _ => None,
        };
        let required = || members.iter().filter(|member| member.required);
        let route = Self {
            choice: Choice::Served(at),
            method: operation.method,
            literals,
            required_query: required().filter_map(query).collect(),
            required_headers: required().filter_map(header).collect(),
            known_query: (!any).then(|| members.iter().filter_map(query).collect()),
            deprecated: operation.deprecated,
        };
        (template, route)
    }

    fn refused(at: usize, schema: &RouteSchema) -> (Template, Self) {
        let (template, literals) = template::parse(schema.uri);
        let route = Self {
            choice: Choice::Refused(at),
            method: schema.method,
            literals,
            required_query: schema.required_query.to_vec(),
            required_headers: schema.required_headers.iter().filter_map(|name| name.parse().ok()).collect(),
            known_query: None,
            deprecated: schema.deprecated,
        };
        (template, route)
    }

    fn requirements(&self) -> usize {
        self.required_query.len() + self.required_headers.len()
    }

    /// Before others: more literals, more requirements, served, not deprecated.
    fn order(&self) -> (usize, usize, bool, bool) {
        let served = matches!(self.choice, Choice::Served(_));
        (usize::MAX - self.literals.len(), usize::MAX - self.requirements(), !served, self.deprecated)
    }

    fn wants(&self, method: &str, query: &Query<'_>) -> bool {
        self.method == method
            && self.literals.iter().all(|(name, value)| {
                query.iter().any(|(key, found)| key == name && value.is_none_or(|value| value == found))
            })
    }

    fn is_complete(&self, query: &Query<'_>, headers: &HeaderMap) -> bool {
        self.required_query.iter().all(|name| query.iter().any(|(key, _)| key == name))
            && self.required_headers.iter().all(|name| headers.contains_key(name))
    }

    /// Whether the operation takes notice of the parameter.
    fn knows(&self, name: &str) -> bool {
        self.literals.iter().any(|(literal, _)| *literal == name)
            || self.required_query.contains(&name)
            || self.known_query.as_ref().is_none_or(|known| known.contains(&name))
    }
}

impl Group {
    /// The route that the request means. Required parameters only choose between routes that are otherwise equal:
    /// a request that lacks one is the operation's to refuse.
    pub(super) fn choose(&self, method: &str, query: &Query<'_>, headers: &HeaderMap) -> Option<&Route> {
        let mut fitting = self.routes.iter().filter(|route| route.wants(method, query));
        let first = fitting.next()?;
        let mut least = first;
        let equal = fitting.take_while(|route| route.literals == first.literals);
        for route in std::iter::once(first).chain(equal) {
            if route.is_complete(query, headers) {
                return Some(route);
            }
            if route.requirements() < least.requirements() {
                least = route;
            }
        }
        Some(least)
    }

    /// Whether the query names a subresource of this path that the route would ignore: `DELETE /b/k?acl` must not
    /// delete the object.
    pub(super) fn ignores_subresource(&self, route: &Route, query: &Query<'_>) -> bool {
        query
            .iter()
            .any(|(name, _)| !route.knows(name) && self.routes.iter().any(|other| other.is_chosen_by(name)))
    }
}

impl Route {
    /// Whether the parameter sets this route apart from others of its path.
    fn is_chosen_by(&self, name: &str) -> bool {
        self.literals.iter().any(|(literal, value)| *literal == name && value.is_none())
            || (self.literals.is_empty() && self.required_query.contains(&name))
    }
}
