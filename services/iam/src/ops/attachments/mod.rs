//! Managed policies attached to users, groups and roles.

mod attach_group_policy;
mod attach_role_policy;
mod attach_user_policy;
mod detach_group_policy;
mod detach_role_policy;
mod detach_user_policy;
mod list_attached_group_policies;
mod list_attached_role_policies;
mod list_attached_user_policies;

use crate::{
    Error,
    error::Missing,
    model::AttachedPolicy,
    ops::{below, boundary::refer},
    page::{Page, Paging},
    quota::Quota,
    room::Draft,
    text::path_and_name,
    view,
};

/// Adds a policy to those attached; one that is attached already stays so.
fn attach(draft: &Draft<'_>, attached: &mut Vec<String>, arn: &str, quota: Quota) -> Result<(), Error> {
    refer(draft, arn, Missing::Attachable)?;
    if !attached.iter().any(|known| known == arn) {
        quota.admits_another(attached.len())?;
        attached.push(arn.to_owned());
    }
    Ok(())
}

/// Takes a policy away from those attached.
fn detach(attached: &mut Vec<String>, arn: &str) -> Result<(), Error> {
    let before = attached.len();
    attached.retain(|known| known != arn);
    if attached.len() == before { Err(Missing::Policy(arn.to_owned()).into()) } else { Ok(()) }
}

/// A page of the attached policies whose paths start so.
fn listed(
    paging: &Paging,
    attached: &[String],
    prefix: Option<&String>,
) -> Result<Page<AttachedPolicy>, Error> {
    let wanted = attached.iter().filter(|arn| path_of(arn).is_some_and(|path| below(path, prefix)));
    paging.sort(wanted.map(|arn| (arn.clone(), view::attached(arn))).collect())
}

fn path_of(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    path_and_name(resource.strip_prefix("policy")?).map(|(path, _)| path)
}
