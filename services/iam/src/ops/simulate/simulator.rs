use std::sync::Arc;

use kurodo_policy::{Attached, Context, Explanation, Kind, Model, Policies, Policy, Request, explain};

use super::question::Question;
use crate::{
    Error,
    model::{OrderedOrganizationPolicyType, PolicySourceType},
};

/// A policy, and how results cite it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) attached: Attached,
    pub(super) kind: PolicySourceType,
}

impl Source {
    /// A policy of this name.
    pub(super) fn new(
        name: String,
        text: &str,
        kind: PolicySourceType,
        used_as: Kind,
    ) -> Result<Self, Error> {
        let policy = Policy::parse(text, used_as)
            .map_err(|error| Error::InvalidInput(format!("Policy {name} cannot be used: {error}")))?;
        Ok(Self { attached: Attached { name, policy: Arc::new(policy) }, kind })
    }
}

/// Policies that a request brings along, by the name of its parameter and their places in it.
pub(super) fn listed(name: &str, texts: Option<&Vec<String>>, used_as: Kind) -> Result<Vec<Source>, Error> {
    let texts = texts.map(Vec::as_slice).unwrap_or_default();
    let named = texts.iter().enumerate().map(|(at, text)| (format!("{name}.{}", at + 1), text));
    named.map(|(name, text)| Source::new(name, text, PolicySourceType::None, used_as)).collect()
}

/// All that a simulation decides by.
#[derive(Debug, Default)]
pub(super) struct Simulator {
    pub(super) identity: Vec<Source>,
    pub(super) boundary: Option<Source>,
    pub(super) resource: Option<Source>,
    /// Service control policies, by level.
    pub(super) organization: Vec<Vec<Attached>>,
    pub(super) context: Context,
}

impl Simulator {
    /// Takes a permissions boundary from a request, which may bring along one.
    pub(super) fn bound(&mut self, texts: Option<&Vec<String>>) -> Result<(), Error> {
        let mut given = listed("PermissionsBoundaryPolicyInputList", texts, Kind::Boundary)?;
        if given.len() > 1 {
            let message = "PermissionsBoundaryPolicyInputList takes one policy.";
            return Err(Error::InvalidInput(message.to_owned()));
        }
        if let Some(boundary) = given.pop() {
            self.boundary = Some(boundary);
        }
        Ok(())
    }

    /// Takes a resource's policy from a request.
    pub(super) fn protect(&mut self, text: Option<&String>) -> Result<(), Error> {
        let name = || "ResourcePolicy".to_owned();
        let source = |text| Source::new(name(), text, PolicySourceType::Resource, Kind::Resource);
        self.resource = text.map(|text| source(text)).transpose()?;
        Ok(())
    }

    /// Takes service control policies from a request.
    pub(super) fn organize(&mut self, levels: &[OrderedOrganizationPolicyType]) -> Result<(), Error> {
        for (at, level) in levels.iter().enumerate() {
            let name = format!(
                "OrderedOrganizationPolicyInputList.{}.ServiceControlPolicyInputList",
                at.saturating_add(1)
            );
            let sources = listed(&name, level.service_control_policy_input_list.as_ref(), Kind::Scp)?;
            self.organization.push(sources.into_iter().map(|source| source.attached).collect());
        }
        Ok(())
    }

    /// What the policies decide on one action and one resource.
    pub(super) fn explain(&self, question: &Question, action: &str, resource: &str) -> Explanation {
        let identity: Vec<Attached> = self.identity.iter().map(|source| source.attached.clone()).collect();
        let request = Request {
            principal: &question.principal,
            action,
            resource,
            owner: Some(question.owner),
            context: &self.context,
        };
        let policies = Policies {
            scps: &self.organization,
            resource: self.resource.as_ref().map(|source| &source.attached),
            identity: &identity,
            boundary: self.boundary.as_ref().map(|source| &source.attached),
            ..Policies::default()
        };
        explain(&request, &policies, Model::Standard)
    }

    /// How results cite the policy of this name.
    pub(super) fn kind_of(&self, name: &str) -> PolicySourceType {
        let sources = self.identity.iter().chain(&self.boundary).chain(&self.resource);
        let mut kinds = sources.filter(|source| source.attached.name == name).map(|source| source.kind);
        kinds.next().unwrap_or(PolicySourceType::None)
    }
}
