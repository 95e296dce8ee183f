use kurodo_gateway::Handler;

use crate::{
    Organizations,
    error::Missing,
    model::{DescribeAccountOutput, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    thing::Thing,
    view,
};

impl Handler<op::DescribeAccount> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::DescribeAccount>) -> Answer<op::DescribeAccount> {
        let permit = &asked.permits;
        let room = Room::open(&self.store, permit)?;
        let Thing::Account(member) = permit.resource().load(&room, Missing::Account)? else {
            return Err(Missing::Account.into());
        };
        Ok(DescribeAccountOutput { account: Some(view::account(room.organization(), &member)) }.into())
    }
}
