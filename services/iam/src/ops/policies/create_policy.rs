use kurodo_gateway::Handler;
use kurodo_identity::{
    ManagedPolicy, PolicyVersion,
    id::{self, Prefix},
    keys,
};

use crate::{
    Error, Iam,
    error::Duplicate,
    model::{CreatePolicyInput, CreatePolicyOutput, op},
    ops::{Answer, Asked, now, path},
    quota,
    room::{Draft, Look},
    tags, text,
    view::{self, Used},
};

impl Handler<op::CreatePolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreatePolicy>) -> Answer<op::CreatePolicy> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let policy = self
            .change(permit, |draft| {
                let policy = create(draft, input, now)?;
                Ok(view::whole_policy(draft.account(), &policy, Used::default()))
            })
            .await?;
        Ok(CreatePolicyOutput { policy: Some(policy) }.into())
    }
}

fn create(draft: &Draft<'_>, input: &CreatePolicyInput, now: i64) -> Result<ManagedPolicy, Error> {
    let (name, document) = (&input.policy_name, &input.policy_document);
    text::managed_policy(document)?;
    quota::POLICY_SIZE.admits(text::size(document))?;
    if draft.record(&keys::policy(name))?.is_some() {
        return Err(Duplicate::Policy(name.clone()).into());
    }
    quota::POLICIES.admits_another(draft.count(&keys::policies())?)?;
    let policy = ManagedPolicy {
        name: name.clone(),
        id: id::unique(Prefix::Policy, draft.account())?,
        path: path(input.path.as_ref()),
        created: now,
        updated: now,
        description: input.description.clone(),
        tags: tags::new(input.tags.as_ref())?,
        versions: vec![PolicyVersion { number: 1, document: document.clone(), created: now }],
        default: 1,
        latest: 1,
    };
    draft.keep(&policy)?;
    Ok(policy)
}
