use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Organizations,
    model::{ListCreateAccountStatusOutput, op},
    ops::{Answer, Asked},
    page,
    room::{Look, Room},
    view,
};

impl Handler<op::ListCreateAccountStatus> for Organizations {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListCreateAccountStatus>,
    ) -> Answer<op::ListCreateAccountStatus> {
        let (room, input) = (Room::open(&self.store, &asked.permits)?, &asked.input);
        let states = input.states.as_deref().unwrap_or_default();
        let found = room
            .all(&keys::create_account_requests())?
            .into_iter()
            .filter(|request| states.is_empty() || states.contains(&view::state(&request.state)))
            .map(|request| (request.id.clone(), view::request(&request)))
            .collect();
        let page = page::cut("ListCreateAccountStatus", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListCreateAccountStatusOutput { create_account_statuses: Some(page.items), next_token: page.next }
            .into())
    }
}
