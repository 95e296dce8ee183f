use kurodo_authz::Need;
use kurodo_gateway::Find;

use super::one_group;
use crate::{
    Error, Logs,
    insights::Pointer,
    model::{GetLogGroupFieldsInput, GetLogRecordInput, StartLiveTailInput, StartQueryInput},
    names::GroupName,
    resources::{Contents, Searched},
    table::action,
};

/// The most groups of a query.
///
/// Source: CloudWatch Logs API Reference, StartQuery.
const MOST: usize = 50;

/// The groups that a query looks through.
pub(crate) async fn start_query(
    find: &Find<'_, Logs>,
    input: &mut StartQueryInput,
) -> Result<Vec<Need<action::StartQuery>>, Error> {
    let given = [
        input.log_group_name.clone().map(|name| vec![name]),
        input.log_group_names.clone(),
        input.log_group_identifiers.clone(),
    ];
    let [names] = &given.into_iter().flatten().collect::<Vec<_>>()[..] else {
        return Err(Error::invalid(
            "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be given.",
        ));
    };
    if names.is_empty() || names.len() > MOST {
        return Err(Error::invalid(format!("A query is of 1 to {MOST} log groups.")));
    }
    let mut needs = Vec::new();
    for name in names {
        let group = GroupName::parse(find, name)?;
        if Some(group.account) != find.account() {
            return Err(Error::NotImplemented {
                operation: "StartQuery",
                member: "log groups of other accounts",
            });
        }
        needs.push(Need::new(Contents::find(find, group)?));
    }
    Ok(needs)
}

/// The groups whose events are pushed.
pub(crate) async fn start_live_tail(
    find: &Find<'_, Logs>,
    input: &mut StartLiveTailInput,
) -> Result<Vec<Need<action::StartLiveTail>>, Error> {
    let need = |name: &String| Ok(Need::new(Contents::find(find, GroupName::parse(find, name)?)?));
    input.log_group_identifiers.iter().map(need).collect()
}

/// The groups of the next query that is to be run.
pub(crate) async fn scheduled(find: &Find<'_, Logs>) -> Result<Option<Vec<Need<action::RunQuery>>>, Error> {
    let next = find.account().and_then(|account| find.service.queries.next(account));
    let Some(job) = next else { return Ok(None) };
    let need = |group: &GroupName| Ok(Need::new(Searched::find(find, group.clone(), job.clone())?));
    job.groups.iter().map(need).collect::<Result<Vec<_>, Error>>().map(Some)
}

/// The group that an event is in.
pub(crate) async fn get_log_record(
    find: &Find<'_, Logs>,
    input: &mut GetLogRecordInput,
) -> Result<Need<action::GetLogRecord>, Error> {
    let pointer = Pointer::parse(&input.log_record_pointer)?;
    Ok(Need::new(Contents::find(find, GroupName::parse(find, &pointer.group)?)?))
}

/// The group whose fields are asked for.
pub(crate) async fn get_log_group_fields(
    find: &Find<'_, Logs>,
    input: &mut GetLogGroupFieldsInput,
) -> Result<Need<action::GetLogGroupFields>, Error> {
    let (name, identifier) = (input.log_group_name.as_deref(), input.log_group_identifier.as_deref());
    Ok(Need::new(Contents::find(find, one_group(find, name, identifier)?)?))
}
