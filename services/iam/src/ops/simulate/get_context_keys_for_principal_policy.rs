use kurodo_gateway::Handler;
use kurodo_policy::Kind;

use super::{gather::gather, get_context_keys_for_custom_policy::names, simulator::listed};
use crate::{
    Iam,
    model::{GetContextKeysForPrincipalPolicyOutput, op},
    ops::{Answer, Asked},
    room::Room,
};

impl Handler<op::GetContextKeysForPrincipalPolicy> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::GetContextKeysForPrincipalPolicy>,
    ) -> Answer<op::GetContextKeysForPrincipalPolicy> {
        let permit = &asked.permits;
        let known = gather(&Room::open(&self.store, permit), permit.resource())?.simulator;
        let given = listed("PolicyInputList", asked.input.policy_input_list.as_ref(), Kind::Identity)?;
        let names = names(known.identity.iter().chain(&known.boundary).chain(&given));
        Ok(GetContextKeysForPrincipalPolicyOutput { context_key_names: Some(names) }.into())
    }
}
