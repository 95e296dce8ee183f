use std::fmt::Display;

use kurodo_authz::{Action, OneOf, Permit, Write};
use kurodo_gateway::Handler;
use kurodo_identity::{BindError, Principals};
use kurodo_policy::{Kind, Policy};
use kurodo_store::Scan;

use super::{Answer, Asked, random};
use crate::{
    Error, Logs,
    definition::{GroupDefinition, ResourcePolicy},
    error::changed,
    facts::{decode, encode},
    layout,
    model::{
        DeleteResourcePolicyOutput, DescribeResourcePoliciesOutput, PolicyScope, PutResourcePolicyOutput,
        ResourcePolicy as View, op,
    },
    names::GroupName,
    page,
    resources::{Group, Groups},
};

/// The most policies of an account in a region, and the most bytes of one.
///
/// Source: CloudWatch Logs API Reference, PutResourcePolicy.
const MOST: usize = 10;
const LONGEST: usize = 51_200;

const MISSING: Error = Error::NotFound("Policy does not exist.");

impl Handler<op::PutResourcePolicy> for Logs {
    async fn handle(&self, asked: Asked<'_, op::PutResourcePolicy>) -> Answer<op::PutResourcePolicy> {
        let input = asked.input;
        let document =
            input.policy_document.ok_or_else(|| Error::invalid("policyDocument must be given."))?;
        let bound = Some(accept(&self.principals, &document)?);
        let revision = format!("{:016x}", random()?);
        let policy =
            ResourcePolicy { document, bound, updated: asked.call.now_ms, revision: revision.clone() };
        let expected = input.expected_revision_id.as_deref();
        let view = match &asked.permits {
            OneOf::First(permit) => {
                let name = input.policy_name.ok_or_else(|| Error::invalid("policyName must be given."))?;
                self.put_policy(permit, &name, &policy, expected).await?;
                of_account(name, policy)
            }
            OneOf::Second(permit) => {
                self.govern(permit, Some(policy.clone()), expected).await?;
                of_group(permit.resource().existing()?.name.arn(), policy)
            }
        };
        Ok(PutResourcePolicyOutput { resource_policy: Some(view), revision_id: Some(revision) }.into())
    }
}

impl Handler<op::DeleteResourcePolicy> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DeleteResourcePolicy>) -> Answer<op::DeleteResourcePolicy> {
        let expected = asked.input.expected_revision_id.as_deref();
        match &asked.permits {
            OneOf::First(permit) => {
                let name = asked.input.policy_name.as_deref();
                let name = name.ok_or_else(|| Error::invalid("policyName must be given."))?;
                let writer = self.store.write(permit);
                let (found, fact) = writer.fact(layout::policy(name))?;
                found.ok_or(MISSING)?;
                let mut transaction = writer.transaction();
                transaction.expect_fact(&fact);
                transaction.delete(layout::policy(name));
                changed(transaction.commit().await)?;
            }
            OneOf::Second(permit) => {
                permit.resource().existing()?.definition.policy.as_ref().ok_or(MISSING)?;
                self.govern(permit, None, expected).await?;
            }
        }
        Ok(DeleteResourcePolicyOutput::default().into())
    }
}

impl Logs {
    async fn put_policy<A: Action<Access = Write, Resource = Groups>>(
        &self,
        permit: &Permit<'_, A>,
        name: &str,
        policy: &ResourcePolicy,
        expected: Option<&str>,
    ) -> Result<(), Error> {
        let writer = self.store.write(permit);
        let (found, fact) = writer.fact(layout::policy(name))?;
        let known = found.as_ref().map(|found| decode::<ResourcePolicy>(&found.value, name)).transpose()?;
        is_expected(known.as_ref(), expected)?;
        let others = writer.scan(&Scan::within(layout::policies()).limit(MOST))?.len();
        if known.is_none() && others >= MOST {
            return Err(Error::LimitExceeded);
        }
        let mut transaction = writer.transaction();
        transaction.expect_fact(&fact);
        transaction.put(layout::policy(name), encode(policy, name)?);
        changed(transaction.commit().await)?;
        Ok(())
    }

    /// Gives a group this policy, or none.
    async fn govern<A: Action<Access = Write, Resource = Group>>(
        &self,
        permit: &Permit<'_, A>,
        policy: Option<ResourcePolicy>,
        expected: Option<&str>,
    ) -> Result<(), Error> {
        let facts = permit.resource().existing()?;
        is_expected(facts.definition.policy.as_ref(), expected)?;
        let definition = GroupDefinition { policy, ..facts.definition.clone() };
        self.redefine(permit, facts, &definition).await
    }
}

/// That the policy is of the revision that the caller expects, if any.
fn is_expected(known: Option<&ResourcePolicy>, expected: Option<&str>) -> Result<(), Error> {
    match expected {
        Some(expected) if known.is_none_or(|known| known.revision != expected) => Err(Error::Aborted),
        _ => Ok(()),
    }
}

/// A policy that was given, with the unique ids of the users and roles that it names.
fn accept(principals: &Principals, text: &str) -> Result<String, Error> {
    let invalid = |why: &dyn Display| Error::invalid(format!("Invalid policy document: {why}"));
    if text.len() > LONGEST {
        return Err(Error::invalid(format!("Policy document must be at most {LONGEST} bytes.")));
    }
    Policy::parse(text, Kind::Resource).map_err(|error| invalid(&error))?;
    principals.bind(text).map_err(|error| match error {
        BindError::Store(error) => error.into(),
        other => invalid(&other),
    })
}

impl Handler<op::DescribeResourcePolicies> for Logs {
    async fn handle(
        &self,
        asked: Asked<'_, op::DescribeResourcePolicies>,
    ) -> Answer<op::DescribeResourcePolicies> {
        let (input, reader) = (&asked.input, self.store.read(&asked.permits));
        let mut all = Vec::new();
        if input.policy_scope == Some(PolicyScope::Resource) || input.resource_arn.is_some() {
            let arn = input.resource_arn.as_deref();
            let arn =
                arn.ok_or_else(|| Error::invalid("resourceArn must be given with the scope RESOURCE."))?;
            let group = GroupName::from_arn(&asked.call.region, arn)?;
            if group.account != asked.permits.resource().account {
                return Err(Error::invalid("resourceArn must be of the caller's account."));
            }
            let found = reader.get(layout::group_below(&group.name))?;
            let found = found.ok_or(crate::error::NO_GROUP)?;
            let definition: GroupDefinition = decode(&found.value, &group.name)?;
            all.extend(definition.policy.map(|policy| of_group(group.arn(), policy)));
        } else {
            for record in reader.cursor(&Scan::within(layout::policies()))? {
                let record = record?;
                let name = layout::name(&record.key).unwrap_or_default();
                let policy = decode(&record.value, &name)?;
                all.push(of_account(name, policy));
            }
        }
        let limit = page::limit(input.limit, 50);
        let name = |view: &View| view.policy_name.clone().unwrap_or_default();
        let (page, next_token) = page::cut(all, input.next_token.as_deref(), limit, name)?;
        Ok(DescribeResourcePoliciesOutput { resource_policies: Some(page), next_token }.into())
    }
}

fn of_account(name: String, policy: ResourcePolicy) -> View {
    View { policy_name: Some(name), policy_scope: Some(PolicyScope::Account), ..shown(policy) }
}

fn of_group(arn: String, policy: ResourcePolicy) -> View {
    View { resource_arn: Some(arn), policy_scope: Some(PolicyScope::Resource), ..shown(policy) }
}

fn shown(policy: ResourcePolicy) -> View {
    View {
        policy_document: Some(policy.document),
        last_updated_time: Some(policy.updated),
        revision_id: Some(policy.revision),
        ..View::default()
    }
}
