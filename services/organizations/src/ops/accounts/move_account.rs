use kurodo_gateway::Handler;
use kurodo_identity::{Member, keys};

use crate::{
    Error, Organizations,
    error::Missing,
    model::{MoveAccountOutput, op},
    ops::{Answer, Asked},
    resources::Node,
    room::Draft,
    thing::Thing,
};

impl Handler<op::MoveAccount> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::MoveAccount>) -> Answer<op::MoveAccount> {
        let (account, source, destination) = &asked.permits;
        let (source, destination) = (source.resource(), destination.resource());
        self.change(account, |draft| {
            let mut member = movable(draft, account.resource(), source, destination)?;
            destination.id().clone_into(&mut member.parent);
            draft.put(&keys::member(member.account), &member)
        })
        .await?;
        Ok(MoveAccountOutput {}.into())
    }
}

/// The account, if it is where the request says and can go where the request wants it.
fn movable(draft: &Draft<'_>, account: &Node, source: &Node, destination: &Node) -> Result<Member, Error> {
    let Thing::Account(member) = account.load(draft, Missing::Account)? else {
        return Err(Missing::Account.into());
    };
    for (parent, missing) in [(source, Missing::SourceParent), (destination, Missing::DestinationParent)] {
        if !parent.load(draft, missing)?.is_parent() {
            return Err(missing.into());
        }
    }
    if member.parent != source.id() {
        return Err(Missing::Account.into());
    }
    if source.id() == destination.id() { Err(Error::DuplicateAccount) } else { Ok(member) }
}
