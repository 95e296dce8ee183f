use kurodo_gateway::Handler;

use super::details::{Detail, Details};
use crate::{
    Iam,
    model::{GetAccountAuthorizationDetailsOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::GetAccountAuthorizationDetails> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::GetAccountAuthorizationDetails>,
    ) -> Answer<op::GetAccountAuthorizationDetails> {
        let ((permit, uses), input) = (&asked.permits, &asked.input);
        let (room, uses) = (Room::open(&self.store, permit), Room::open(&self.store, uses));
        let operation = "GetAccountAuthorizationDetails";
        let paging = Paging::read(operation, room.account(), input.marker.as_ref(), input.max_items)?;
        let page = paging.sort(Details { look: &room, uses: &uses }.all(input.filter.as_deref())?)?;

        let (is_truncated, marker) = (page.truncated(), page.marker);
        let (mut users, mut groups, mut roles, mut policies) = (vec![], vec![], vec![], vec![]);
        for detail in page.items {
            match detail {
                Detail::User(user) => users.push(*user),
                Detail::Group(group) => groups.push(*group),
                Detail::Role(role) => roles.push(*role),
                Detail::Policy(policy) => policies.push(*policy),
            }
        }
        let output = GetAccountAuthorizationDetailsOutput {
            user_detail_list: Some(users),
            group_detail_list: Some(groups),
            role_detail_list: Some(roles),
            policies: Some(policies),
            is_truncated,
            marker,
        };
        Ok(output.into())
    }
}
