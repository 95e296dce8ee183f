use kurodo_gateway::Handler;
use kurodo_identity::LoginProfile;

use super::{hashing::hash, shown, strength::heed};
use crate::{
    Error, Iam,
    error::Duplicate,
    model::{CreateLoginProfileOutput, op},
    ops::{Answer, Asked, now},
};

impl Handler<op::CreateLoginProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreateLoginProfile>) -> Answer<op::CreateLoginProfile> {
        let (permit, now) = (&asked.permits, now(asked.call));
        let Some(password) = asked.input.password else {
            return Err(Error::Validation("Password can not be empty for Login Profile".to_owned()));
        };
        let hash = hash(&self.hashes, &password).await?;
        let reset_required = asked.input.password_reset_required.unwrap_or(false);
        let login_profile = self
            .change(permit, |draft| {
                let mut user = permit.resource().load(draft)?;
                if user.login.is_some() {
                    return Err(Duplicate::LoginProfile(user.name).into());
                }
                heed(draft, password.expose())?;
                let password = hash.clone();
                let profile = LoginProfile {
                    password,
                    created: now,
                    changed: now,
                    reset_required,
                    earlier: Vec::new(),
                };
                let shown = shown(&user, &profile);
                user.login = Some(profile);
                draft.keep(&user)?;
                Ok(shown)
            })
            .await?;
        Ok(CreateLoginProfileOutput { login_profile }.into())
    }
}
