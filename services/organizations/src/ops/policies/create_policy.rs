use kurodo_gateway::Handler;
use kurodo_identity::{OrgPolicy, id, keys};

use super::{must_be_new, of_kind};
use crate::{
    Error, Organizations, document, kind, limits,
    model::{CreatePolicyInput, CreatePolicyOutput, op},
    ops::{Answer, Asked, now},
    resources::Known,
    room::Draft,
    tags, view,
};

impl Handler<op::CreatePolicy> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::CreatePolicy>) -> Answer<op::CreatePolicy> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let policy = self
            .change(permit, |draft| {
                let policy = create(draft, input, now)?;
                Ok(view::whole_policy(&draft.organization, &Known::Own(policy)))
            })
            .await?;
        Ok(CreatePolicyOutput { policy: Some(policy) }.into())
    }
}

fn create(draft: &mut Draft<'_>, input: &CreatePolicyInput, now: i64) -> Result<OrgPolicy, Error> {
    let kind = kind::read(input.r#type)?;
    document::check(kind, &input.content)?;
    must_be_new(draft, kind, &input.name, None)?;
    limits::policies(kind).admits_another(of_kind(draft, kind)?.len())?;
    let policy = OrgPolicy {
        id: id::org_policy()?,
        name: input.name.clone(),
        description: input.description.clone(),
        kind,
        content: input.content.clone(),
        created: now,
        tags: tags::new(input.tags.as_ref())?,
    };
    draft.put(&keys::org_policies().exactly(&policy.id), &policy)?;
    Ok(policy)
}
