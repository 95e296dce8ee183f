use kurodo_gateway::Handler;
use kurodo_store::{Reader, Scan};

use super::{Answer, Asked, count};
use crate::{
    Error, Logs,
    definition::GroupDefinition,
    facts::decode,
    layout,
    model::{DescribeLogGroupsInput, DescribeLogGroupsOutput, LogGroup, op},
    names::GroupName,
    page,
    resources::Groups,
};

/// Groups of a page, where the request does not say how many.
const USUAL: usize = 50;

impl Handler<op::DescribeLogGroups> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DescribeLogGroups>) -> Answer<op::DescribeLogGroups> {
        let (permit, input) = (&asked.permits, &asked.input);
        if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
            return Err(Error::invalid(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
            ));
        }
        let reader = self.store.read(permit);
        let limit = page::limit(input.limit, USUAL);
        let after = page::after(input.next_token.as_deref())?;
        let prefix = input.log_group_name_prefix.as_deref().unwrap_or_default();
        let mut found = some(&reader, prefix, after, limit + 1, |name, group| is_asked(input, name, group))?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next_token = found.last().filter(|_| more).map(|(name, _)| page::token(name));
        let contents = reader.annex(permit);
        let view = |(name, group): (String, GroupDefinition)| {
            let bytes = self.stored_bytes(&contents, group.id, asked.call.now_ms)?;
            Ok(view(permit.resource(), name, &group, bytes))
        };
        let log_groups = found.into_iter().map(view).collect::<Result<_, Error>>()?;
        Ok(DescribeLogGroupsOutput { log_groups: Some(log_groups), next_token }.into())
    }
}

/// The groups after a name that this is true of, at most so many.
pub(super) fn some(
    reader: &Reader<'_>,
    prefix: &str,
    after: Option<String>,
    most: usize,
    is_asked: impl Fn(&str, &GroupDefinition) -> bool,
) -> Result<Vec<(String, GroupDefinition)>, Error> {
    let scan = Scan::within(layout::groups_beginning(prefix));
    let scan = match &after {
        Some(after) => scan.after(layout::group_below(after)),
        None => scan,
    };
    let mut found = Vec::new();
    for record in reader.cursor(&scan)? {
        let record = record?;
        let name = layout::name(&record.key).ok_or_else(|| Error::DamagedDefinition("a group".to_owned()))?;
        let group = decode(&record.value, &name)?;
        if is_asked(&name, &group) {
            found.push((name, group));
        }
        if found.len() == most {
            break;
        }
    }
    Ok(found)
}

fn is_asked(input: &DescribeLogGroupsInput, name: &str, group: &GroupDefinition) -> bool {
    let pattern = input.log_group_name_pattern.as_deref().unwrap_or_default();
    let class = input.log_group_class.is_none_or(|class| class == group.class.word());
    let named = |identifier: &String| {
        let bare = identifier.rsplit_once(":log-group:").map_or(identifier.as_str(), |(_, name)| name);
        bare.strip_suffix(":*").unwrap_or(bare) == name
    };
    let listed = input.log_group_identifiers.as_ref().is_none_or(|all| all.iter().any(named));
    name.contains(pattern) && class && listed
}

fn view(place: &Groups, name: String, group: &GroupDefinition, bytes: u64) -> LogGroup {
    let arn = GroupName { region: place.region.clone(), account: place.account, name: name.clone() }.arn();
    LogGroup {
        log_group_name: Some(name),
        creation_time: Some(group.created),
        retention_in_days: group.retention,
        metric_filter_count: count(group.metric_filters.len()),
        arn: Some(format!("{arn}:*")),
        kms_key_id: group.key().map(str::to_owned),
        stored_bytes: i64::try_from(bytes).ok(),
        log_group_class: Some(group.class.word()),
        log_group_arn: Some(arn),
        deletion_protection_enabled: Some(group.protected),
        ..LogGroup::default()
    }
}
