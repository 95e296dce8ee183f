use kurodo_gateway::Handler;

use super::{Answer, Asked, describe_log_groups::some};
use crate::{
    Logs,
    model::{ListLogGroupsOutput, LogGroupSummary, op},
    names::GroupName,
    page,
};

/// Groups of a page, where the request does not say how many.
const USUAL: usize = 50;

impl Handler<op::ListLogGroups> for Logs {
    async fn handle(&self, asked: Asked<'_, op::ListLogGroups>) -> Answer<op::ListLogGroups> {
        let (place, input) = (asked.permits.resource(), &asked.input);
        let limit = page::limit(input.limit, USUAL);
        let after = page::after(input.next_token.as_deref())?;
        let pattern = input.log_group_name_pattern.as_deref();
        let reader = self.store.read(&asked.permits);
        let mut found = some(&reader, "", after, limit + 1, |name, group| {
            pattern.is_none_or(|pattern| matches(pattern, name))
                && input.log_group_class.is_none_or(|class| class == group.class.word())
        })?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next_token = found.last().filter(|_| more).map(|(name, _)| page::token(name));
        let view = |(name, group): (String, crate::definition::GroupDefinition)| LogGroupSummary {
            log_group_arn: Some(
                GroupName { region: place.region.clone(), account: place.account, name: name.clone() }.arn(),
            ),
            log_group_name: Some(name),
            log_group_class: Some(group.class.word()),
        };
        let log_groups = Some(found.into_iter().map(view).collect());
        Ok(ListLogGroupsOutput { log_groups, next_token }.into())
    }
}

/// Whether a name has one of the parts that `|` divides, or begins with it after `^`.
///
/// Source: CloudWatch Logs API Reference, ListLogGroups.
fn matches(pattern: &str, name: &str) -> bool {
    pattern.split('|').any(|part| match part.strip_prefix('^') {
        Some(beginning) => name.starts_with(beginning),
        None => name.contains(part),
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn parts_and_beginnings() {
        assert!(matches("foo|^bar", "bars") && matches("foo|^bar", "a-foo"));
        assert!(!matches("foo|^bar", "a-bar") && !matches("Foo", "foo"));
    }
}
