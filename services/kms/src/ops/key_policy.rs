//! The policy of a key: there is one, and its name is `default`.

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Kms,
    key::Key as Stored,
    model::{GetKeyPolicyOutput, ListKeyPoliciesOutput, PutKeyPolicyOutput, op},
    pages::Page,
    policy,
};

fn named(name: Option<&str>) -> Result<(), Error> {
    match name {
        None | Some(policy::NAME) => Ok(()),
        Some(_) => Err(Error::NotFound("No such policy exists".to_owned())),
    }
}

impl Handler<op::GetKeyPolicy> for Kms {
    async fn handle(&self, asked: Asked<'_, op::GetKeyPolicy>) -> Answer<op::GetKeyPolicy> {
        named(asked.input.policy_name.as_deref())?;
        let policy = asked.permits.resource().existing()?.key.policy.clone();
        let policy_name = Some(policy::NAME.to_owned());
        Ok(GetKeyPolicyOutput { policy: Some(policy), policy_name }.into())
    }
}

impl Handler<op::PutKeyPolicy> for Kms {
    async fn handle(&self, asked: Asked<'_, op::PutKeyPolicy>) -> Answer<op::PutKeyPolicy> {
        let (permit, input) = (&asked.permits, asked.input);
        named(input.policy_name.as_deref())?;
        let mut key = Stored::clone(&permit.resource().living()?.key);
        key.bound_policy = policy::accept(&self.principals, &input.policy)?;
        key.policy = input.policy;
        if !input.bypass_policy_lockout_safety_check.unwrap_or_default() {
            policy::safe(&key, asked.call)?;
        }
        self.redefine(permit, &key).await?;
        Ok(PutKeyPolicyOutput {}.into())
    }
}

impl Handler<op::ListKeyPolicies> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ListKeyPolicies>) -> Answer<op::ListKeyPolicies> {
        asked.permits.resource().existing()?;
        let all = [(policy::NAME.to_owned(), policy::NAME.to_owned())];
        let page = Page::of(all, asked.input.marker.as_deref(), asked.input.limit, 100)?;
        let truncated = Some(page.truncated());
        Ok(ListKeyPoliciesOutput { policy_names: Some(page.items), next_marker: page.next, truncated }.into())
    }
}
