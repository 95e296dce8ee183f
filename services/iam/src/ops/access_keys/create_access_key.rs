use kurodo_gateway::Handler;
use kurodo_identity::{AccessKey, id, keys};
use kurodo_wire::Secret;

use super::Holder;
use crate::{
    Error, Iam,
    model::{self, CreateAccessKeyOutput, StatusType, op},
    ops::{Answer, Asked, now},
    quota,
    room::{Draft, Look},
    view,
};

impl Handler<op::CreateAccessKey> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreateAccessKey>) -> Answer<op::CreateAccessKey> {
        let (permit, now) = (&asked.permits, now(asked.call));
        let (user_name, key) =
            self.change(permit, |draft| create(draft, Holder::load(draft, permit.resource())?, now)).await?;
        let access_key = model::AccessKey {
            user_name,
            access_key_id: key.id,
            status: StatusType::Active,
            secret_access_key: Secret::new(key.secret.expose().to_owned()),
            create_date: Some(view::time(key.created)),
        };
        Ok(CreateAccessKeyOutput { access_key }.into())
    }
}

fn create(draft: &Draft<'_>, mut holder: Holder, now: i64) -> Result<(String, AccessKey), Error> {
    quota::ACCESS_KEYS_PER_USER.admits_another(holder.keys().len())?;
    let id = id::access_key(draft.account())?;
    if draft.record(&keys::access_key(&id))?.is_some() {
        return Err(Error::Inconsistent("a new access key has an id that is taken"));
    }
    holder.keys_mut().push(id.clone());
    holder.keep(draft)?;
    let key = AccessKey { id, secret: id::secret()?, owner: holder.owner(), active: true, created: now };
    draft.put(&keys::access_key(&key.id), &key)?;
    Ok((holder.name().to_owned(), key))
}
