use kurodo_gateway::Handler;
use kurodo_identity::{ManagedPolicy, keys, managed};

use super::{Uses, provided_record};
use crate::{
    Error, Iam,
    model::{ListPoliciesInput, ListPoliciesOutput, Policy, PolicyScopeType, PolicyUsageType, op},
    ops::{Answer, Asked, below},
    page::Paging,
    room::{Look, Room},
    view::{self, Used},
};

impl Handler<op::ListPolicies> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListPolicies>) -> Answer<op::ListPolicies> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        let paging = Paging::read("ListPolicies", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = paging.sort(found(&room, input)?)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListPoliciesOutput { policies: Some(page.items), is_truncated, marker }.into())
    }
}

/// The policies that are asked for, with their places: the account's own, then those that AWS provides.
fn found(look: &impl Look, input: &ListPoliciesInput) -> Result<Vec<(String, Policy)>, Error> {
    let uses = Uses::count(look)?;
    let scope = input.scope.unwrap_or(PolicyScopeType::All);
    let mut found = Vec::new();
    if scope != PolicyScopeType::Aws {
        for policy in look.all(&keys::policies())? {
            let used = uses.of(&policy.arn(look.account()));
            if is_wanted(&policy, used, input) {
                let shown = view::policy(look.account(), &policy, used);
                found.push((format!("1{}", policy.name.to_lowercase()), shown));
            }
        }
    }
    if scope != PolicyScopeType::Local {
        for provided in managed::policies() {
            let (policy, used) = (provided_record(provided), uses.of(&provided.arn));
            if is_wanted(&policy, used, input) {
                let arn = Some(provided.arn.clone());
                let shown = Policy { arn, ..view::policy(look.account(), &policy, used) };
                found.push((format!("2{}", provided.arn), shown));
            }
        }
    }
    Ok(found)
}

fn is_wanted(policy: &ManagedPolicy, used: Used, input: &ListPoliciesInput) -> bool {
    let attached = used.attached > 0;
    let as_wanted = match input.policy_usage_filter {
        Some(PolicyUsageType::PermissionsPolicy) => attached,
        Some(PolicyUsageType::PermissionsBoundary) => used.boundary > 0,
        None => true,
    };
    let only_attached = input.only_attached.unwrap_or(false);
    below(&policy.path, input.path_prefix.as_ref()) && as_wanted && (attached || !only_attached)
}
