//! The policies of a user, group or role, as they are in force.

use kurodo_identity::{Group, Tags, keys, managed};
use kurodo_policy::{Context, Kind};

use super::simulator::{Simulator, Source};
use crate::{
    Error,
    error::Missing,
    model::PolicySourceType,
    ops::groups,
    resources::{Identity, IdentityKind, Subject},
    room::Look,
};

/// What is known of the identity itself.
pub(super) struct Known {
    pub(super) id: String,
    pub(super) simulator: Simulator,
}

/// The identity's policies, its boundary, and its condition keys.
pub(super) fn gather(look: &impl Look, identity: &Identity) -> Result<Known, Error> {
    let mut known = Known { id: String::new(), simulator: Simulator::default() };
    match identity.kind {
        IdentityKind::User => user(look, identity, &mut known)?,
        IdentityKind::Group => {
            let missing = || Missing::Group(identity.name.clone());
            let group = look.record(&keys::group(&identity.name))?.ok_or_else(missing)?;
            identity.check(&group.seen())?;
            of_group(look, &group, &mut known.simulator)?;
            known.id = group.id;
        }
        IdentityKind::Role => {
            let missing = || Missing::Role(identity.name.clone());
            let role = look.record(&keys::role(&identity.name))?.ok_or_else(missing)?;
            identity.check(&role.seen())?;
            let simulator = &mut known.simulator;
            inline("role", &role.name, PolicySourceType::Role, &role.inline, simulator)?;
            attached(look, &role.attached, simulator)?;
            bound(look, role.boundary.as_ref(), simulator)?;
            tags(&role.tags, &mut simulator.context);
            known.id = role.id;
        }
    }
    Ok(known)
}

fn user(look: &impl Look, identity: &Identity, known: &mut Known) -> Result<(), Error> {
    let missing = || Missing::User(identity.name.clone());
    let user = look.record(&keys::user(&identity.name))?.ok_or_else(missing)?;
    identity.check(&user.seen())?;
    let simulator = &mut known.simulator;
    inline("user", &user.name, PolicySourceType::User, &user.inline, simulator)?;
    attached(look, &user.attached, simulator)?;
    for id in &user.groups {
        of_group(look, &groups::by_id(look, id)?, simulator)?;
    }
    bound(look, user.boundary.as_ref(), simulator)?;
    simulator.context.set("aws:username", user.name.as_str());
    tags(&user.tags, &mut simulator.context);
    known.id = user.id;
    Ok(())
}

fn of_group(look: &impl Look, group: &Group, simulator: &mut Simulator) -> Result<(), Error> {
    inline("group", &group.name, PolicySourceType::Group, &group.inline, simulator)?;
    attached(look, &group.attached, simulator)
}

fn inline(
    of: &str,
    holder: &str,
    kind: PolicySourceType,
    policies: &std::collections::BTreeMap<String, String>,
    simulator: &mut Simulator,
) -> Result<(), Error> {
    for (name, document) in policies {
        let source = Source::new(format!("{of}_{holder}_{name}"), document, kind, Kind::Identity)?;
        simulator.identity.push(source);
    }
    Ok(())
}

fn attached(look: &impl Look, arns: &[String], simulator: &mut Simulator) -> Result<(), Error> {
    for arn in arns {
        simulator.identity.push(by_arn(look, arn, Kind::Identity)?);
    }
    Ok(())
}

fn bound(look: &impl Look, arn: Option<&String>, simulator: &mut Simulator) -> Result<(), Error> {
    simulator.boundary = arn.map(|arn| by_arn(look, arn, Kind::Boundary)).transpose()?;
    Ok(())
}

fn by_arn(look: &impl Look, arn: &str, used_as: Kind) -> Result<Source, Error> {
    let name = arn.rsplit('/').next().unwrap_or_default();
    if let Some(document) = managed::document(arn) {
        return Source::new(name.to_owned(), document, PolicySourceType::AwsManaged, used_as);
    }
    let gone = Error::Inconsistent("an attached policy is gone");
    let policy = look.record(&keys::policy(name))?.filter(|policy| policy.arn(look.account()) == arn);
    let Some(policy) = policy else { return Err(gone) };
    let document = policy.document().ok_or(gone)?;
    Source::new(name.to_owned(), document, PolicySourceType::UserManaged, used_as)
}

fn tags(tags: &Tags, context: &mut Context) {
    for tag in tags {
        context.set(format!("aws:PrincipalTag/{}", tag.key), tag.value.as_str());
    }
}
