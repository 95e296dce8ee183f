//! Needs that a row cannot say in a line.

mod chores;
mod queries;

use std::collections::BTreeMap;

use kurodo_authz::{Action, Need, OneOf};
use kurodo_gateway::Find;

pub(crate) use chores::{expired, remains, unexported, unforwarded, unmeasured};
pub(crate) use queries::{get_log_group_fields, get_log_record, scheduled, start_live_tail, start_query};

use crate::{
    Error, Logs,
    filter::role_for,
    model::{
        AssociateKmsKeyInput, CreateLogGroupInput, DeleteResourcePolicyInput, DescribeLogStreamsInput,
        DisassociateKmsKeyInput, FilterLogEventsInput, GetLogEventsInput, PutResourcePolicyInput,
        PutSubscriptionFilterInput, TagLogGroupInput, TagResourceInput,
    },
    names::{self, GroupName},
    resources::{self, Contents, Events, Group, Groups, Role},
    table::action,
};

/// A need with the tags that a request gives.
fn with_tags<A: Action>(need: Need<A>, tags: &BTreeMap<String, String>) -> Need<A> {
    if tags.is_empty() {
        return need;
    }
    let keys: Vec<_> = tags.keys().cloned().collect();
    let each = |need: Need<A>, (key, value): (&String, &String)| {
        need.with(format!("aws:RequestTag/{key}"), value.as_str())
    };
    tags.iter().fold(need, each).with("aws:TagKeys", keys)
}

type Creation = (Need<action::CreateLogGroup>, Option<Need<action::TagResource>>);

/// A new group, and its tags.
pub(crate) async fn create_log_group(
    find: &Find<'_, Logs>,
    input: &mut CreateLogGroupInput,
) -> Result<Creation, Error> {
    names::check(&input.log_group_name)?;
    let tags = input.tags.clone().unwrap_or_default();
    let create = Need::new(resources::group(find, &input.log_group_name).await?);
    let tag = match tags.is_empty() {
        true => None,
        false => Some(with_tags(Need::new(resources::named(find, &input.log_group_name).await?), &tags)),
    };
    Ok((with_tags(create, &tags), tag))
}

/// The group that is given tags, by its name.
pub(crate) async fn tag_log_group(
    find: &Find<'_, Logs>,
    input: &mut TagLogGroupInput,
) -> Result<Need<action::TagLogGroup>, Error> {
    Ok(with_tags(Need::new(resources::named(find, &input.log_group_name).await?), &input.tags))
}

/// The same by its ARN.
pub(crate) async fn tag_resource(
    find: &Find<'_, Logs>,
    input: &mut TagResourceInput,
) -> Result<Need<action::TagResource>, Error> {
    Ok(with_tags(Need::new(resources::tagged(find, &input.resource_arn).await?), &input.tags))
}

/// The group that a request names in one of two ways.
pub(crate) fn one_group(
    find: &Find<'_, Logs>,
    name: Option<&str>,
    identifier: Option<&str>,
) -> Result<GroupName, Error> {
    match (name, identifier) {
        (Some(_), Some(_)) => {
            Err(Error::invalid("LogGroup name and LogGroup ARN are mutually exclusive parameters."))
        }
        (Some(name), None) => {
            names::check(name)?;
            GroupName::parse(find, name)
        }
        (None, Some(identifier)) => GroupName::parse(find, identifier),
        (None, None) => Err(Error::invalid("Either logGroupName or logGroupIdentifier must be given.")),
    }
}

/// The group whose streams are asked for.
pub(crate) async fn describe_log_streams(
    find: &Find<'_, Logs>,
    input: &mut DescribeLogStreamsInput,
) -> Result<Need<action::DescribeLogStreams>, Error> {
    let (name, identifier) = (input.log_group_name.as_deref(), input.log_group_identifier.as_deref());
    Ok(Need::new(Contents::find(find, one_group(find, name, identifier)?)?))
}

/// The group whose events are asked for.
pub(crate) async fn filter_log_events(
    find: &Find<'_, Logs>,
    input: &mut FilterLogEventsInput,
) -> Result<Need<action::FilterLogEvents>, Error> {
    let (name, identifier) = (input.log_group_name.as_deref(), input.log_group_identifier.as_deref());
    Ok(Need::new(Contents::find(find, one_group(find, name, identifier)?)?))
}

/// The stream whose events are asked for.
pub(crate) async fn get_log_events(
    find: &Find<'_, Logs>,
    input: &mut GetLogEventsInput,
) -> Result<Need<action::GetLogEvents>, Error> {
    let (name, identifier) = (input.log_group_name.as_deref(), input.log_group_identifier.as_deref());
    Ok(Need::new(Events::find(find, one_group(find, name, identifier)?, &input.log_stream_name)?))
}

type Governed<A, G> = Result<OneOf<Need<A>, Need<G>>, Error>;

/// The account's policies, or the group whose policy it is.
async fn governed<A, G>(find: &Find<'_, Logs>, arn: Option<&str>) -> Governed<A, G>
where
    A: Action<Resource = Groups>,
    G: Action<Resource = Group>,
{
    Ok(match arn {
        Some(arn) => OneOf::Second(Need::new(Group::find(find, GroupName::from_arn(find.region(), arn)?)?)),
        None => OneOf::First(Need::new(resources::groups(find).await?)),
    })
}

/// What is given a policy.
pub(crate) async fn put_resource_policy(
    find: &Find<'_, Logs>,
    input: &mut PutResourcePolicyInput,
) -> Governed<action::PutAccountResourcePolicy, action::PutGroupResourcePolicy> {
    governed(find, input.resource_arn.as_deref()).await
}

/// What loses a policy.
pub(crate) async fn delete_resource_policy(
    find: &Find<'_, Logs>,
    input: &mut DeleteResourcePolicyInput,
) -> Governed<action::DeleteAccountResourcePolicy, action::DeleteGroupResourcePolicy> {
    governed(find, input.resource_arn.as_deref()).await
}

/// The group whose events are forwarded, and the role that is given to CloudWatch Logs for it.
///
/// Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
pub(crate) async fn put_subscription_filter(
    find: &Find<'_, Logs>,
    input: &mut PutSubscriptionFilterInput,
) -> Result<(Need<action::PutSubscriptionFilter>, Need<action::PassRole>), Error> {
    let group = resources::group(find, &input.log_group_name).await?;
    let role = Role::called(role_for(input)?)?;
    Ok((Need::new(group), Need::new(role).with("iam:PassedToService", "logs.amazonaws.com")))
}

/// The group that a key of KMS protects, or did. What queries find is never stored, so that there is nothing of it to
/// protect.
fn protected(find: &Find<'_, Logs>, name: Option<&str>, identifier: Option<&str>) -> Result<Group, Error> {
    let group = match (name, identifier) {
        (None, Some(arn)) if arn.contains(":query-result:") => {
            return Err(Error::NotImplemented {
                operation: "KMS key association",
                member: "query-result, since results of queries are never stored",
            });
        }
        (None, Some(arn)) => GroupName::from_arn(find.region(), arn)?,
        (Some(name), None) => one_group(find, Some(name), None)?,
        _ => {
            return Err(Error::invalid(
                "Either logGroupName or resourceIdentifier must be given, and not both.",
            ));
        }
    };
    Group::find(find, group)
}

/// The group that a key is associated with.
pub(crate) async fn associate_kms_key(
    find: &Find<'_, Logs>,
    input: &mut AssociateKmsKeyInput,
) -> Result<Need<action::AssociateKmsKey>, Error> {
    let (name, identifier) = (input.log_group_name.as_deref(), input.resource_identifier.as_deref());
    Ok(Need::new(protected(find, name, identifier)?))
}

/// The group whose key is not used any more.
pub(crate) async fn disassociate_kms_key(
    find: &Find<'_, Logs>,
    input: &mut DisassociateKmsKeyInput,
) -> Result<Need<action::DisassociateKmsKey>, Error> {
    let (name, identifier) = (input.log_group_name.as_deref(), input.resource_identifier.as_deref());
    Ok(Need::new(protected(find, name, identifier)?))
}
