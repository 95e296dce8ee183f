use kurodo_gateway::Handler;
use kurodo_identity::keys;

use super::versions::readable;
use crate::{
    Error, Iam,
    model::{
        EntityType, ListEntitiesForPolicyInput, ListEntitiesForPolicyOutput, PolicyGroup, PolicyRole,
        PolicyUsageType, PolicyUser, op,
    },
    ops::{Answer, Asked, below},
    page::Paging,
    room::{Look, Room},
};

/// Something that has the policy.
enum Entity {
    User(PolicyUser),
    Group(PolicyGroup),
    Role(PolicyRole),
}

impl Handler<op::ListEntitiesForPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListEntitiesForPolicy>) -> Answer<op::ListEntitiesForPolicy> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let operation = "ListEntitiesForPolicy";
        let paging = Paging::read(operation, room.account(), input.marker.as_ref(), input.max_items)?;
        readable(&room, permit.resource())?;
        let page = paging.sort(Wanted { arn: permit.resource().arn(), input }.entities(&room)?)?;

        let (is_truncated, marker) = (page.truncated(), page.marker);
        let (mut groups, mut users, mut roles) = (Vec::new(), Vec::new(), Vec::new());
        for entity in page.items {
            match entity {
                Entity::User(user) => users.push(user),
                Entity::Group(group) => groups.push(group),
                Entity::Role(role) => roles.push(role),
            }
        }
        let (policy_groups, policy_users, policy_roles) = (Some(groups), Some(users), Some(roles));
        let output =
            ListEntitiesForPolicyOutput { policy_groups, policy_users, policy_roles, is_truncated, marker };
        Ok(output.into())
    }
}

/// Which entities are asked for.
struct Wanted<'a> {
    arn: String,
    input: &'a ListEntitiesForPolicyInput,
}

impl Wanted<'_> {
    fn entities(&self, look: &impl Look) -> Result<Vec<(String, Entity)>, Error> {
        let mut found = Vec::new();
        if self.wants(EntityType::Group) {
            for group in look.all(&keys::groups())? {
                if self.has(&group.path, &group.attached, None) {
                    let place = format!("group/{}", group.name.to_lowercase());
                    let (group_name, group_id) = (Some(group.name), Some(group.id));
                    found.push((place, Entity::Group(PolicyGroup { group_name, group_id })));
                }
            }
        }
        if self.wants(EntityType::Role) {
            for role in look.all(&keys::roles())? {
                if self.has(&role.path, &role.attached, role.boundary.as_ref()) {
                    let place = format!("role/{}", role.name.to_lowercase());
                    let (role_name, role_id) = (Some(role.name), Some(role.id));
                    found.push((place, Entity::Role(PolicyRole { role_name, role_id })));
                }
            }
        }
        if self.wants(EntityType::User) {
            for user in look.all(&keys::users())? {
                if self.has(&user.path, &user.attached, user.boundary.as_ref()) {
                    let place = format!("user/{}", user.name.to_lowercase());
                    let (user_name, user_id) = (Some(user.name), Some(user.id));
                    found.push((place, Entity::User(PolicyUser { user_name, user_id })));
                }
            }
        }
        Ok(found)
    }

    fn wants(&self, kind: EntityType) -> bool {
        self.input.entity_filter.is_none_or(|filter| filter == kind)
    }

    fn has(&self, path: &str, attached: &[String], boundary: Option<&String>) -> bool {
        let attached = attached.contains(&self.arn);
        let bounded = boundary == Some(&self.arn);
        let used = match self.input.policy_usage_filter {
            Some(PolicyUsageType::PermissionsPolicy) => attached,
            Some(PolicyUsageType::PermissionsBoundary) => bounded,
            None => attached || bounded,
        };
        used && below(path, self.input.path_prefix.as_ref())
    }
}
