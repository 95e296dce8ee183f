use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Organizations,
    error::Missing,
    model::{DescribeCreateAccountStatusOutput, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    view,
};

impl Handler<op::DescribeCreateAccountStatus> for Organizations {
    async fn handle(
        &self,
        asked: Asked<'_, op::DescribeCreateAccountStatus>,
    ) -> Answer<op::DescribeCreateAccountStatus> {
        let room = Room::open(&self.store, &asked.permits)?;
        let key = keys::create_account_requests().exactly(&asked.input.create_account_request_id);
        let request = room.record(&key)?.ok_or(Missing::CreateAccountStatus)?;
        let status = view::request(&request);
        Ok(DescribeCreateAccountStatusOutput { create_account_status: Some(status) }.into())
    }
}
