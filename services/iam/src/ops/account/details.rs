use std::collections::BTreeMap;

use kurodo_identity::{Group, ManagedPolicy, Role, User, keys, managed};

use crate::{
    Error,
    model::{
        AttachedPolicy, EntityType, GroupDetail, InstanceProfile, ManagedPolicyDetail, PolicyDetail,
        PolicyVersion, RoleDetail, UserDetail,
    },
    ops::{groups, policies, profiles},
    room::Look,
    tags,
    text::encoded,
    view,
};

/// All that there is to tell of one thing.
pub(super) enum Detail {
    User(Box<UserDetail>),
    Group(Box<GroupDetail>),
    Role(Box<RoleDetail>),
    Policy(Box<ManagedPolicyDetail>),
}

/// Where details are found.
pub(super) struct Details<'a, L: Look> {
    pub(super) look: &'a L,
    /// The records of when roles were last used.
    pub(super) uses: &'a L,
}

type Found = Vec<(String, Detail)>;

impl<L: Look> Details<'_, L> {
    /// The details that are asked for, with their places.
    pub(super) fn all(&self, filter: Option<&[EntityType]>) -> Result<Found, Error> {
        let wants = |kind| filter.is_none_or(|filter| filter.is_empty() || filter.contains(&kind));
        let mut found = Vec::new();
        if wants(EntityType::User) {
            self.users(&mut found)?;
        }
        if wants(EntityType::Group) {
            self.groups(&mut found)?;
        }
        if wants(EntityType::Role) {
            self.roles(&mut found)?;
        }
        self.policies(
            wants(EntityType::LocalManagedPolicy),
            wants(EntityType::AwsManagedPolicy),
            &mut found,
        )?;
        Ok(found)
    }

    fn users(&self, found: &mut Found) -> Result<(), Error> {
        for user in self.look.all(&keys::users())? {
            let place = format!("1{}", user.name.to_lowercase());
            found.push((place, Detail::User(Box::new(self.user(user)?))));
        }
        Ok(())
    }

    fn groups(&self, found: &mut Found) -> Result<(), Error> {
        for group in self.look.all(&keys::groups())? {
            let place = format!("2{}", group.name.to_lowercase());
            found.push((place, Detail::Group(Box::new(self.group(group)))));
        }
        Ok(())
    }

    fn roles(&self, found: &mut Found) -> Result<(), Error> {
        let mut profiles: BTreeMap<String, Vec<InstanceProfile>> = BTreeMap::new();
        for profile in self.look.all(&keys::instance_profiles())? {
            if let Some(role) = &profile.role {
                profiles.entry(role.clone()).or_default().push(profiles::shown(self.look, &profile)?);
            }
        }
        for role in self.look.all(&keys::roles())? {
            let place = format!("3{}", role.name.to_lowercase());
            let within = profiles.remove(&role.name).unwrap_or_default();
            found.push((place, Detail::Role(Box::new(self.role(role, within)?))));
        }
        Ok(())
    }

    /// The account's own policies, and those that AWS provides and somebody has.
    fn policies(&self, own: bool, provided: bool, found: &mut Found) -> Result<(), Error> {
        let uses = policies::Uses::count(self.look)?;
        if own {
            for policy in self.look.all(&keys::policies())? {
                let arn = policy.arn(self.look.account());
                let used = uses.of(&arn);
                let place = format!("4{}", policy.name.to_lowercase());
                found.push((place, Detail::Policy(Box::new(shown(&policy, arn, used)))));
            }
        }
        let used =
            managed::policies().filter(|policy| provided && uses.of(&policy.arn) != view::Used::default());
        for policy in used {
            let detail = shown(&policies::provided_record(policy), policy.arn.clone(), uses.of(&policy.arn));
            found.push((format!("5{}", policy.arn), Detail::Policy(Box::new(detail))));
        }
        Ok(())
    }

    fn user(&self, user: User) -> Result<UserDetail, Error> {
        let groups: Result<Vec<_>, Error> =
            user.groups.iter().map(|id| Ok(groups::by_id(self.look, id)?.name)).collect();
        Ok(UserDetail {
            arn: Some(user.arn(self.look.account())),
            create_date: Some(view::time(user.created)),
            user_policy_list: inline(&user.inline),
            group_list: Some(groups?),
            attached_managed_policies: attached(&user.attached),
            permissions_boundary: view::boundary(user.boundary.as_ref()),
            tags: tags::some(&user.tags),
            path: Some(user.path),
            user_name: Some(user.name),
            user_id: Some(user.id),
        })
    }

    fn group(&self, group: Group) -> GroupDetail {
        GroupDetail {
            arn: Some(group.arn(self.look.account())),
            create_date: Some(view::time(group.created)),
            group_policy_list: inline(&group.inline),
            attached_managed_policies: attached(&group.attached),
            path: Some(group.path),
            group_name: Some(group.name),
            group_id: Some(group.id),
        }
    }

    fn role(&self, role: Role, profiles: Vec<InstanceProfile>) -> Result<RoleDetail, Error> {
        let used = self.uses.record(&keys::role_uses().exactly(&role.id))?;
        Ok(RoleDetail {
            arn: Some(role.arn(self.look.account())),
            create_date: Some(view::time(role.created)),
            assume_role_policy_document: Some(encoded(&role.trust)),
            instance_profile_list: Some(profiles),
            role_policy_list: inline(&role.inline),
            attached_managed_policies: attached(&role.attached),
            permissions_boundary: view::boundary(role.boundary.as_ref()),
            tags: tags::some(&role.tags),
            role_last_used: Some(view::role_use(used.as_ref())),
            path: Some(role.path),
            role_name: Some(role.name),
            role_id: Some(role.id),
        })
    }
}

fn inline(policies: &BTreeMap<String, String>) -> Option<Vec<PolicyDetail>> {
    let detail = |(name, document): (&String, &String)| PolicyDetail {
        policy_name: Some(name.clone()),
        policy_document: Some(encoded(document)),
    };
    Some(policies.iter().map(detail).collect())
}

fn attached(arns: &[String]) -> Option<Vec<AttachedPolicy>> {
    Some(arns.iter().map(|arn| view::attached(arn)).collect())
}

fn shown(policy: &ManagedPolicy, arn: String, used: view::Used) -> ManagedPolicyDetail {
    let versions = policy.versions.iter().map(|version| PolicyVersion {
        document: Some(encoded(&version.document)),
        ..view::version(policy, version)
    });
    ManagedPolicyDetail {
        policy_name: Some(policy.name.clone()),
        policy_id: Some(policy.id.clone()),
        arn: Some(arn),
        path: Some(policy.path.clone()),
        default_version_id: Some(view::version_id(policy.default)),
        attachment_count: Some(used.attached),
        permissions_boundary_usage_count: Some(used.boundary),
        is_attachable: Some(true),
        description: policy.description.clone(),
        create_date: Some(view::time(policy.created)),
        update_date: Some(view::time(policy.updated)),
        policy_version_list: Some(versions.collect()),
    }
}
