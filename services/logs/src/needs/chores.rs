use kurodo_arn::AccountId;
use kurodo_authz::Need;
use kurodo_gateway::Find;
use kurodo_store::{Reader, Scan};

use crate::{
    Error, Logs,
    block::{BUCKET, bucket},
    definition::{GroupDefinition, StreamDefinition},
    export::Task,
    facts::decode,
    filter::METRICS,
    layout,
    names::GroupName,
    resources::{Contents, Exported, Metrics, Pending, Remains},
    table::action,
};

/// A group with events that are older than it keeps them.
pub(crate) async fn expired(find: &Find<'_, Logs>) -> Result<Option<Need<action::ExpireEvents>>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let (stored, now) = (find.stored(), find.call.now_ms);
    for record in stored.cursor(&Scan::within(layout::all_definitions(account).prefix()))? {
        let record = record?;
        let Some((region, name)) = layout::parse_group(&record.key) else { continue };
        let definition: GroupDefinition = decode(&record.value, &name)?;
        let group = GroupName { region, account, name };
        if definition.retention.is_some() && has_old(&stored, &group, &definition, now)? {
            return Ok(Some(Need::new(Contents::find(find, group)?)));
        }
    }
    Ok(None)
}

/// Whether a stream of the group has a block all of whose events are too old.
fn has_old(
    stored: &Reader<'_>,
    group: &GroupName,
    definition: &GroupDefinition,
    now: i64,
) -> Result<bool, Error> {
    let scope = layout::contents(group.account, &group.region, definition.id);
    let below = |key: &[u8]| [scope.prefix(), key].concat();
    let kept = bucket(definition.kept_from(now)).saturating_mul(BUCKET);
    for record in stored.cursor(&Scan::within(below(&layout::streams())))? {
        let stream: StreamDefinition = decode(&record?.value, &group.name)?;
        let heads = [&layout::events_below(stream.id)[..], &layout::heads()].concat();
        let first = stored.scan(&Scan::within(below(&heads)).limit(1))?.pop();
        let key =
            first.as_ref().and_then(|first| first.key.get(below(&layout::events_below(stream.id)).len()..));
        if key.and_then(layout::parse_head).is_some_and(|(first, _)| first < kept) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is left of a group or of a stream.
pub(crate) async fn remains(find: &Find<'_, Logs>) -> Result<Option<Need<action::DiscardContents>>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let all = layout::all_remains(account);
    let first = find.stored().scan(&Scan::within(all.prefix()).limit(1))?.pop();
    Ok(first.and_then(|record| of(account, &record.key)).map(Need::new))
}

fn of(account: AccountId, key: &[u8]) -> Option<Remains> {
    let (region, group, stream) = layout::parse_remains(key)?;
    Some(Remains { region, account, group, stream })
}

/// A group of which a task exports events.
pub(crate) async fn unexported(find: &Find<'_, Logs>) -> Result<Option<Need<action::RunExport>>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    for record in find.stored().cursor(&Scan::within(layout::all_definitions(account).prefix()))? {
        let record = record?;
        let Some((region, id)) = layout::parse_export(&record.key) else { continue };
        let task: Task = decode(&record.value, &id)?;
        if task.is_under_way() {
            let group = GroupName { region, account, name: task.group };
            return Ok(Some(Need::new(Exported::of_task(find, group, id)?)));
        }
    }
    Ok(None)
}

type Measuring = (Need<action::MeasureEvents>, Need<action::PutMetricData>);

/// A group with events of which metrics are to be made now.
pub(crate) async fn unmeasured(find: &Find<'_, Logs>) -> Result<Option<Measuring>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let (pauses, now) = (&find.service.pauses, find.call.now_ms);
    let measured = |queue: &[u8]| match layout::parse_waiting(queue) {
        Some((_, group, METRICS)) => !pauses.is_paused(group, now),
        _ => false,
    };
    let next = find.service.measured.next(&find.stored(), account, measured)?;
    let Some(key) = next else { return Ok(None) };
    let pending = Pending::of(find, account, &key)?;
    Ok(Some((Need::new(pending), Need::new(Metrics { account }))))
}

type Forwarding = (Need<action::ForwardEvents>, Need<action::PutMetricData>);

/// A group with events that are to be forwarded now.
pub(crate) async fn unforwarded(find: &Find<'_, Logs>) -> Result<Option<Forwarding>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    let (pauses, now) = (&find.service.pauses, find.call.now_ms);
    let forwarded = |queue: &[u8]| match layout::parse_waiting(queue) {
        None | Some((_, _, METRICS)) => false,
        Some((_, _, consumer)) => !pauses.is_paused(consumer, now),
    };
    let next = find.service.forwarded.next(&find.stored(), account, forwarded)?;
    let Some(key) = next else { return Ok(None) };
    let pending = Pending::of(find, account, &key)?;
    Ok(Some((Need::new(pending), Need::new(Metrics { account }))))
}
