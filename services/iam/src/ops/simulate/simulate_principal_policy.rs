use kurodo_gateway::{Call, Handler};
use kurodo_policy::{Kind, Principal};

use super::{
    context,
    gather::{Known, gather},
    question::{Question, principal},
    result,
    simulate_custom_policy::time,
    simulator::{Simulator, listed},
};
use crate::{
    Error, Iam,
    model::{SimulatePrincipalPolicyInput, SimulatePrincipalPolicyOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    resources::{Identity, IdentityKind},
    room::{Look, Room},
};

impl Handler<op::SimulatePrincipalPolicy> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::SimulatePrincipalPolicy>,
    ) -> Answer<op::SimulatePrincipalPolicy> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let operation = "SimulatePrincipalPolicy";
        let paging = Paging::read(operation, room.account(), input.marker.as_ref(), input.max_items)?;
        let Known { id, simulator } = gather(&room, permit.resource())?;
        let caller = caller(permit.resource(), id, input)?;
        let simulator = complete(simulator, input, &caller, asked.call)?;
        let owner = input.resource_owner.as_ref();
        let question = Question::new(caller, &input.action_names, input.resource_arns.as_ref(), owner)?;
        let page = self.simulations.take(|| result::page(&paging, &simulator, &question)).await?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(SimulatePrincipalPolicyOutput { evaluation_results: Some(page.items), is_truncated, marker }
            .into())
    }
}

/// Who is simulated: the caller that the request names, or the identity itself.
fn caller(identity: &Identity, id: String, input: &SimulatePrincipalPolicyInput) -> Result<Principal, Error> {
    match &input.caller_arn {
        Some(arn) => principal(arn, None),
        None if input.resource_policy.is_some() && identity.kind != IdentityKind::User => {
            let message = "A simulation with a ResourcePolicy needs a CallerArn, unless it is of a user.";
            Err(Error::InvalidInput(message.to_owned()))
        }
        None => principal(&kurodo_authz::Named::arn(identity), Some(id)),
    }
}

/// Adds what the request brings along to what is in force.
fn complete(
    mut simulator: Simulator,
    input: &SimulatePrincipalPolicyInput,
    caller: &Principal,
    call: &Call,
) -> Result<Simulator, Error> {
    simulator.identity.extend(listed("PolicyInputList", input.policy_input_list.as_ref(), Kind::Identity)?);
    simulator.bound(input.permissions_boundary_policy_input_list.as_ref())?;
    simulator.protect(input.resource_policy.as_ref())?;
    // The account's guardrails are those of the caller, who is of the same account.
    simulator.organization.clone_from(&call.caller.scps);
    simulator.context.merge(time(call));
    simulator.context.set("aws:PrincipalArn", caller.arn.as_str());
    if let Some(account) = caller.account {
        simulator.context.set("aws:PrincipalAccount", account.to_string());
    }
    if let Some(id) = &caller.user_id {
        simulator.context.set("aws:userid", id.as_str());
    }
    context::add(&mut simulator.context, input.context_entries.as_deref().unwrap_or_default())?;
    Ok(simulator)
}
