use kurodo_gateway::Handler;
use kurodo_policy::{Kind, context_keys};

use super::simulator::{Source, listed};
use crate::{
    Iam,
    model::{GetContextKeysForCustomPolicyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::GetContextKeysForCustomPolicy> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::GetContextKeysForCustomPolicy>,
    ) -> Answer<op::GetContextKeysForCustomPolicy> {
        let texts = &asked.input.policy_input_list;
        let names = names(&listed("PolicyInputList", Some(texts), Kind::Identity)?);
        Ok(GetContextKeysForCustomPolicyOutput { context_key_names: Some(names) }.into())
    }
}

/// The condition keys that policies mention, each once, whatever its case.
pub(super) fn names<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in sources.into_iter().flat_map(|source| context_keys(&source.attached.policy)) {
        if !names.iter().any(|known| kurodo_policy::same_name(known, &name)) {
            names.push(name);
        }
    }
    names.sort();
    names
}
