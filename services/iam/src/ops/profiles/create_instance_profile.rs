use kurodo_gateway::Handler;
use kurodo_identity::{
    InstanceProfile,
    id::{self, Prefix},
    keys,
};

use crate::{
    Error, Iam,
    error::Duplicate,
    model::{CreateInstanceProfileInput, CreateInstanceProfileOutput, op},
    ops::{Answer, Asked, now, path},
    quota,
    room::{Draft, Look},
    tags, view,
};

impl Handler<op::CreateInstanceProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreateInstanceProfile>) -> Answer<op::CreateInstanceProfile> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let profile = self.change(permit, |draft| create(draft, input, now)).await?;
        let instance_profile = view::instance_profile(permit.resource().account, &profile, None);
        Ok(CreateInstanceProfileOutput { instance_profile }.into())
    }
}

fn create(draft: &Draft<'_>, input: &CreateInstanceProfileInput, now: i64) -> Result<InstanceProfile, Error> {
    let name = &input.instance_profile_name;
    if draft.record(&keys::instance_profile(name))?.is_some() {
        return Err(Duplicate::InstanceProfile(name.clone()).into());
    }
    quota::INSTANCE_PROFILES.admits_another(draft.count(&keys::instance_profiles())?)?;
    let profile = InstanceProfile {
        name: name.clone(),
        id: id::unique(Prefix::InstanceProfile, draft.account())?,
        path: path(input.path.as_ref()),
        created: now,
        role: None,
        tags: tags::new(input.tags.as_ref())?,
    };
    draft.keep(&profile)?;
    Ok(profile)
}
