use kurodo_gateway::{Call, Handler};
use kurodo_policy::{Context, Kind};

use super::{
    context,
    question::{Question, nobody, principal},
    result,
    simulator::{Simulator, listed},
};
use crate::{
    Error, Iam,
    model::{SimulateCustomPolicyInput, SimulateCustomPolicyOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::SimulateCustomPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::SimulateCustomPolicy>) -> Answer<op::SimulateCustomPolicy> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        let paging =
            Paging::read("SimulateCustomPolicy", room.account(), input.marker.as_ref(), input.max_items)?;
        let caller = match &input.caller_arn {
            Some(arn) => principal(arn, None)?,
            None => nobody(room.account()),
        };
        let owner = input.resource_owner.as_ref();
        let question = Question::new(caller, &input.action_names, input.resource_arns.as_ref(), owner)?;
        let simulator = simulator(input, asked.call)?;
        let page = self.simulations.take(|| result::page(&paging, &simulator, &question)).await?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(SimulateCustomPolicyOutput { evaluation_results: Some(page.items), is_truncated, marker }.into())
    }
}

fn simulator(input: &SimulateCustomPolicyInput, call: &Call) -> Result<Simulator, Error> {
    let identity = listed("PolicyInputList", Some(&input.policy_input_list), Kind::Identity)?;
    let mut simulator = Simulator { identity, context: time(call), ..Simulator::default() };
    simulator.bound(input.permissions_boundary_policy_input_list.as_ref())?;
    simulator.organize(input.ordered_organization_policy_input_list.as_deref().unwrap_or_default())?;
    simulator.protect(input.resource_policy.as_ref())?;
    if input.resource_policy.is_some() && input.caller_arn.is_none() {
        let message = "A simulation with a ResourcePolicy needs a CallerArn.";
        return Err(Error::InvalidInput(message.to_owned()));
    }
    context::add(&mut simulator.context, input.context_entries.as_deref().unwrap_or_default())?;
    Ok(simulator)
}

/// The keys that every simulation has: the time.
pub(super) fn time(call: &Call) -> Context {
    let mut context = Context::new();
    for key in ["aws:CurrentTime", "aws:EpochTime"] {
        if let Some(values) = call.context.get(key) {
            context.set(key, values.clone());
        }
    }
    context
}
