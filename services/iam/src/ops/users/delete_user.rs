use kurodo_gateway::Handler;
use kurodo_identity::{User, keys};

use crate::{
    Error, Iam,
    error::Blocker,
    model::{DeleteUserOutput, op},
    ops::{Answer, Asked},
    room::Draft,
};

impl Handler<op::DeleteUser> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteUser>) -> Answer<op::DeleteUser> {
        let permit = &asked.permits;
        self.change(permit, |draft| delete(draft, &permit.resource().load(draft)?)).await?;
        Ok(DeleteUserOutput {}.into())
    }
}

fn delete(draft: &Draft<'_>, user: &User) -> Result<(), Error> {
    let hangs_on_it = [
        (!user.attached.is_empty(), Blocker::Attached),
        (!user.inline.is_empty(), Blocker::Inline),
        (!user.groups.is_empty(), Blocker::Membership),
        (user.login.is_some(), Blocker::LoginProfile),
        (!user.keys.is_empty(), Blocker::AccessKeys),
        (!user.mfa.is_empty(), Blocker::Mfa),
    ];
    if let Some((_, blocker)) = hangs_on_it.into_iter().find(|(there, _)| *there) {
        return Err(blocker.into());
    }
    draft.delete(&keys::user(&user.name));
    draft.delete(&keys::entity(&user.id));
    Ok(())
}
