//! The part of a service's facts that its table needs, with what Rust wants to know about each shape.

use std::collections::{BTreeMap, BTreeSet};

use super::{names, table::Selection};
use crate::{
    failure::{Context, Failure, Outcome},
    models::{
        facts::{Facts, Operation, Reference, Shape, Traits},
        services::Service,
    },
};

/// A service as the emitters see it.
pub(crate) struct Model<'a> {
    pub(crate) service: &'a Service,
    pub(crate) facts: &'a Facts,
    pub(crate) selection: &'a Selection,
    /// Shapes that get a description.
    pub(crate) reachable: BTreeSet<&'a str>,
    /// Structures, unions and enums that get a Rust type under their own name.
    pub(crate) typed: BTreeSet<&'a str>,
    /// Exceptions that served operations name.
    pub(crate) errors: BTreeSet<&'a str>,
}

/// The two ends of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Input,
    Output,
}

impl End {
    /// `Input` or `Output`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Output => "Output",
        }
    }
}

impl<'a> Model<'a> {
    pub(crate) fn new(service: &'a Service, facts: &'a Facts, selection: &'a Selection) -> Outcome<Self> {
        let mut model = Self {
            service,
            facts,
            selection,
            reachable: BTreeSet::new(),
            typed: BTreeSet::new(),
            errors: BTreeSet::new(),
        };
        for name in &selection.served {
            let operation = model.operation(name)?;
            for root in operation.input.iter().chain(&operation.output) {
                model.reach_members(&root.shape)?;
            }
            for error in &operation.errors {
                model.errors.insert(&error.shape);
            }
        }
        for error in model.errors.clone() {
            model.reach(error)?;
            if !model.tells_more(error)? {
                model.typed.remove(error);
            }
        }
        model.check_names()?;
        Ok(model)
    }

    pub(crate) fn operation(&self, name: &str) -> Outcome<&'a Operation> {
        self.facts.operations.get(name).context(|| format!("no operation {name}"))
    }

    pub(crate) fn shape(&self, name: &str) -> Outcome<&'a Shape> {
        self.facts.shapes.get(name).context(|| format!("no shape {name}"))
    }

    /// What is said of an enum's words besides the facts.
    fn ordered(&self, name: &str) -> &'static [&'static str] {
        let orders = self.service.orders.iter().find(|(known, _)| *known == name);
        orders.map_or(&[], |(_, words)| *words)
    }

    /// The words of an enum: those of the facts, and those that AWS takes besides.
    pub(crate) fn words(&self, name: &str, shape: &'a Shape) -> Vec<&'a str> {
        let known = |word: &&str| shape.words.iter().any(|fact| fact.eq_ignore_ascii_case(word));
        let more = self.ordered(name).iter().copied().filter(|word| !known(word));
        shape.words.iter().map(String::as_str).chain(more).collect()
    }

    /// All spellings of an enum's words, as messages name them.
    pub(crate) fn told(&self, name: &str, shape: &Shape) -> Vec<String> {
        let ordered = self.ordered(name);
        let others = shape.words.iter().map(String::as_str).filter(|word| !ordered.contains(word));
        others.chain(ordered.iter().copied()).map(str::to_owned).collect()
    }

    /// How else a word of an enum is written.
    pub(crate) fn spellings(&self, name: &str, word: &str) -> Vec<&'static str> {
        let words = self.ordered(name).iter().copied();
        words.filter(|other| *other != word && other.eq_ignore_ascii_case(word)).collect()
    }

    /// The members of a structure in the facts' order; of event streams the events alone, for errors end them.
    pub(crate) fn members(&self, name: &str) -> Outcome<Vec<&'a (String, Reference)>> {
        let shape = self.shape(name)?;
        let mut members = Vec::new();
        for member in shape.members.iter().flat_map(|members| &members.0) {
            if !shape.eventstream || !self.shape(&member.1.shape)?.exception {
                members.push(member);
            }
        }
        Ok(members)
    }

    /// The shape at one end of an operation, if the facts give one.
    pub(crate) fn end(&self, operation: &str, end: End) -> Outcome<Option<&'a Reference>> {
        let operation = self.operation(operation)?;
        Ok(match end {
            End::Input => operation.input.as_ref(),
            End::Output => operation.output.as_ref(),
        })
    }

    /// Whether the shape at an operation's end also stands elsewhere, under the very name that the end would have: then
    /// the one type and description serve for both.
    pub(crate) fn is_shared(&self, operation: &str, end: End) -> Outcome<bool> {
        let name = format!("{operation}{}", end.word());
        let shape = self.end(operation, end)?.map(|reference| reference.shape.as_str());
        Ok(shape.is_some_and(|shape| self.typed.contains(shape) && names::type_name(shape) == name))
    }

    /// A shape's traits with those of a reference to it on top.
    pub(crate) fn traits(&self, reference: &Reference) -> Outcome<Traits> {
        let shape = self.shape(&reference.shape)?;
        let mut traits = reference.traits.over(&shape.traits);
        if shape.kind == "structure" {
            // A structure's own name is that of its root element, not of the members that hold it.
            traits.location_name.clone_from(&reference.traits.location_name);
        }
        Ok(traits)
    }

    /// Whether a member's content travels beside the value.
    pub(crate) fn streams(&self, reference: &Reference) -> Outcome<bool> {
        Ok(self.traits(reference)?.streaming || self.shape(&reference.shape)?.eventstream)
    }

    fn reach(&mut self, name: &'a str) -> Outcome {
        if !self.reachable.insert(name) {
            return Ok(());
        }
        let shape = self.shape(name)?;
        if shape.is_typed() {
            self.typed.insert(name);
        }
        for reference in shape.member.iter().chain(&shape.key).chain(&shape.value) {
            self.reach(&reference.shape)?;
        }
        self.reach_members(name)
    }

    fn reach_members(&mut self, name: &'a str) -> Outcome {
        for (_, reference) in self.members(name)? {
            self.reach(&reference.shape)?;
        }
        Ok(())
    }

    /// Whether an exception has more to say than its message.
    fn tells_more(&self, name: &str) -> Outcome<bool> {
        Ok(self.members(name)?.iter().any(|(member, _)| !member.eq_ignore_ascii_case("message")))
    }

    /// Whether a member of `owner` must be boxed, because its structure contains `owner` without a list between.
    pub(crate) fn recursive(&self, owner: &str, member: &str) -> Outcome<bool> {
        let mut seen = BTreeSet::new();
        let mut open = vec![member];
        while let Some(name) = open.pop() {
            if name == owner {
                return Ok(true);
            }
            if seen.insert(name) {
                open.extend(self.members(name)?.iter().map(|(_, reference)| reference.shape.as_str()));
            }
        }
        Ok(false)
    }

    fn check_names(&self) -> Outcome {
        let mut seen = BTreeMap::new();
        let mut roots = Vec::new();
        for operation in &self.selection.served {
            for end in [End::Input, End::Output] {
                if !self.is_shared(operation, end)? {
                    roots.push(format!("{operation}{}", end.word()));
                }
            }
        }
        for (rust, aws) in roots
            .into_iter()
            .map(|root| (root, "an operation"))
            .chain(self.typed.iter().map(|name| (names::type_name(name), *name)))
        {
            if let Some(other) = seen.insert(rust.clone(), aws) {
                return Err(Failure::new(format!("{aws} and {other} would both be `{rust}`")));
            }
        }
        Ok(())
    }
}

impl Shape {
    /// Whether Rust gets a type for it.
    pub(crate) fn is_typed(&self) -> bool {
        self.kind == "structure" && !self.document || self.is_enum()
    }

    /// Whether it is an enum in Rust too.
    pub(crate) fn is_enum(&self) -> bool {
        self.kind == "string" && !self.words.is_empty() && !self.traits.sensitive
    }
}
