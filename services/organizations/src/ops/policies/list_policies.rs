use kurodo_gateway::Handler;

use super::of_kind;
use crate::{
    Organizations, kind,
    model::{ListPoliciesOutput, op},
    ops::{Answer, Asked},
    page,
    room::{Look, Room},
    view,
};

impl Handler<op::ListPolicies> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListPolicies>) -> Answer<op::ListPolicies> {
        let (room, input) = (Room::open(&self.store, &asked.permits)?, &asked.input);
        let found = of_kind(&room, kind::read(input.filter)?)?
            .iter()
            .map(|policy| (policy.id().to_owned(), view::policy(room.organization(), policy)))
            .collect();
        let page = page::cut("ListPolicies", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListPoliciesOutput { policies: Some(page.items), next_token: page.next }.into())
    }
}
