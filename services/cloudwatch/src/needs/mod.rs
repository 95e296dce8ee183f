//! Needs that a row cannot say in a line, and what chores find to do.

mod chores;

use std::collections::HashSet;

use kurodo_arn::Arn;
use kurodo_authz::{Action, Need, OneOf};
use kurodo_gateway::{ConditionValue, Find};
use kurodo_store::Scan;

pub(crate) use chores::{Watch, alarms_due, figures, noticed, old_data, old_history, unmerged};

use crate::{
    CloudWatch, Error,
    alarm::{Rule, Stored},
    layout,
    model::{
        DeleteAlarmsInput, DeleteDashboardsInput, DisableAlarmActionsInput, EnableAlarmActionsInput,
        ListTagsForResourceInput, PutCompositeAlarmInput, PutDashboardInput, PutMetricAlarmInput, Tag,
        TagResourceInput, UntagResourceInput,
    },
    resources::{self, Alarm, Dashboard},
    table::action,
};

type Found<N> = Result<N, Error>;

/// The action, with the tags that the request has.
fn tagged<A: Action>(resource: A::Resource, tags: &Option<Vec<Tag>>) -> Need<A> {
    let need = tags.condition("aws:RequestTag/*", Need::new(resource));
    tags.condition("aws:TagKeys", need)
}

/// The ARNs that an alarm notifies, as a condition key.
fn notifying<A: Action>(need: Need<A>, actions: [&Option<Vec<String>>; 3]) -> Need<A> {
    let all: Vec<String> = actions.into_iter().flatten().flatten().cloned().collect();
    if all.is_empty() { need } else { need.with("cloudwatch:AlarmActions", all) }
}

/// A metric alarm, and its tags.
pub(crate) async fn put_metric_alarm(
    find: &Find<'_, CloudWatch>,
    input: &PutMetricAlarmInput,
) -> Found<(Need<action::PutMetricAlarm>, Option<Need<action::TagAlarm>>)> {
    let name = &input.alarm_name;
    let put = tagged(resources::alarm(find, name).await?, &input.tags);
    let actions = [&input.ok_actions, &input.alarm_actions, &input.insufficient_data_actions];
    let tag = match input.tags.is_given() {
        true => Some(tagged(resources::alarm(find, name).await?, &input.tags)),
        false => None,
    };
    Ok((notifying(put, actions), tag))
}

/// A composite alarm, with what its rule names and is not there, and its tags.
pub(crate) async fn put_composite_alarm(
    find: &Find<'_, CloudWatch>,
    input: &PutCompositeAlarmInput,
) -> Found<(Need<action::PutCompositeAlarm>, Need<action::TellAlarms>, Option<Need<action::TagAlarm>>)> {
    let name = &input.alarm_name;
    let mut alarm = resources::alarm(find, name).await?;
    if let Ok(rule) = Rule::parse(&input.alarm_rule) {
        let reader = find.stored();
        for child in rule.names() {
            let scope = layout::alarm(alarm.account, &alarm.region, child);
            if reader.get(scope.prefix())?.is_none() {
                alarm.others.missing.push(child.to_owned());
            }
        }
    }
    let actions = [&input.ok_actions, &input.alarm_actions, &input.insufficient_data_actions];
    let put = notifying(tagged(alarm, &input.tags), actions);
    let tell = Need::new(resources::any_alarms(find).await?);
    let tag = match input.tags.is_given() {
        true => Some(tagged(resources::alarm(find, name).await?, &input.tags)),
        false => None,
    };
    Ok((put, tell, tag))
}

async fn each_alarm<A: Action<Resource = Alarm>>(
    find: &Find<'_, CloudWatch>,
    names: &[String],
) -> Found<Vec<Need<A>>> {
    let mut needs = Vec::new();
    for name in distinct(names, "AlarmNames")? {
        needs.push(Need::new(resources::alarm(find, name).await?));
    }
    Ok(needs)
}

/// Each name once.
fn distinct<'n>(names: &'n [String], parameter: &str) -> Found<Vec<&'n String>> {
    if names.is_empty() {
        return Err(Error::Validation(format!("The parameter {parameter} must not be empty.")));
    }
    let mut seen = HashSet::new();
    Ok(names.iter().filter(|name| seen.insert(*name)).collect())
}

/// The alarms whose actions are to be taken.
pub(crate) async fn enable_alarm_actions(
    find: &Find<'_, CloudWatch>,
    input: &EnableAlarmActionsInput,
) -> Found<Vec<Need<action::EnableAlarmActions>>> {
    each_alarm(find, &input.alarm_names).await
}

/// The alarms whose actions are not to be taken.
pub(crate) async fn disable_alarm_actions(
    find: &Find<'_, CloudWatch>,
    input: &DisableAlarmActionsInput,
) -> Found<Vec<Need<action::DisableAlarmActions>>> {
    each_alarm(find, &input.alarm_names).await
}

/// The alarms that are to be deleted, with those that hang on them.
pub(crate) async fn delete_alarms(
    find: &Find<'_, CloudWatch>,
    input: &DeleteAlarmsInput,
) -> Found<Vec<Need<action::DeleteAlarms>>> {
    let account = find.account().ok_or(Error::Unsigned)?;
    let all = layout::alarms(account, find.region());
    let mut rules = Vec::new();
    for record in find.stored().cursor(&Scan::within(all.prefix()))? {
        let stored = Stored::read(&record?.value)?;
        if let Some(rule) = stored.rule().filter(|_| !input.alarm_names.contains(&stored.name)) {
            rules.push((stored.name.clone(), rule));
        }
    }
    let mut needs = Vec::new();
    for name in distinct(&input.alarm_names, "AlarmNames")? {
        let mut alarm = resources::alarm(find, name).await?;
        let parents = rules.iter().filter(|(_, rule)| rule.names().contains(&name.as_str()));
        alarm.others.parents = parents.map(|(parent, _)| parent.clone()).collect();
        needs.push(Need::new(alarm));
    }
    Ok(needs)
}

/// A dashboard, and its tags.
pub(crate) async fn put_dashboard(
    find: &Find<'_, CloudWatch>,
    input: &PutDashboardInput,
) -> Found<(Need<action::PutDashboard>, Option<Need<action::TagDashboard>>)> {
    let name = &input.dashboard_name;
    let put = tagged(resources::dashboard(find, name).await?, &input.tags);
    let tag = match input.tags.is_given() {
        true => Some(tagged(resources::dashboard(find, name).await?, &input.tags)),
        false => None,
    };
    Ok((put, tag))
}

/// The dashboards that are to be deleted.
pub(crate) async fn delete_dashboards(
    find: &Find<'_, CloudWatch>,
    input: &DeleteDashboardsInput,
) -> Found<Vec<Need<action::DeleteDashboards>>> {
    let mut needs = Vec::new();
    for name in distinct(&input.dashboard_names, "DashboardNames")? {
        needs.push(Need::new(resources::dashboard(find, name).await?));
    }
    Ok(needs)
}

/// What an ARN names that has tags.
async fn by_arn(find: &Find<'_, CloudWatch>, text: &str) -> Found<OneOf<Alarm, Dashboard>> {
    let wrong = || Error::Value(format!("Invalid ARN: {text}"));
    let arn: Arn = text.parse().map_err(|_| wrong())?;
    let own = find.account().is_some_and(|account| arn.account == account.to_string());
    if arn.service != "cloudwatch" || !own {
        return Err(wrong());
    }
    if let Some(name) = arn.resource.strip_prefix("dashboard/") {
        return resources::dashboard(find, name).await.map(OneOf::Second);
    }
    let name = arn.resource.strip_prefix("alarm:").ok_or_else(wrong)?;
    match arn.region == find.region().as_str() {
        true => resources::alarm(find, name).await.map(OneOf::First),
        false => Err(wrong()),
    }
}

/// What is to be given tags.
pub(crate) async fn tag_resource(
    find: &Find<'_, CloudWatch>,
    input: &TagResourceInput,
) -> Found<OneOf<Need<action::TagAlarm>, Need<action::TagDashboard>>> {
    let tags =
        Some(input.tags.iter().map(|tag| Tag { key: tag.key.clone(), value: tag.value.clone() }).collect());
    Ok(match by_arn(find, &input.resource_arn).await? {
        OneOf::First(alarm) => OneOf::First(tagged(alarm, &tags)),
        OneOf::Second(dashboard) => OneOf::Second(tagged(dashboard, &tags)),
    })
}

/// What tags are to be taken from.
pub(crate) async fn untag_resource(
    find: &Find<'_, CloudWatch>,
    input: &UntagResourceInput,
) -> Found<OneOf<Need<action::UntagAlarm>, Need<action::UntagDashboard>>> {
    let keys = &input.tag_keys;
    Ok(match by_arn(find, &input.resource_arn).await? {
        OneOf::First(alarm) => OneOf::First(keys.condition("aws:TagKeys", Need::new(alarm))),
        OneOf::Second(dashboard) => OneOf::Second(keys.condition("aws:TagKeys", Need::new(dashboard))),
    })
}

/// What tags are asked of.
pub(crate) async fn list_tags_for_resource(
    find: &Find<'_, CloudWatch>,
    input: &ListTagsForResourceInput,
) -> Found<OneOf<Need<action::ListAlarmTags>, Need<action::ListDashboardTags>>> {
    Ok(match by_arn(find, &input.resource_arn).await? {
        OneOf::First(alarm) => OneOf::First(Need::new(alarm)),
        OneOf::Second(dashboard) => OneOf::Second(Need::new(dashboard)),
    })
}
