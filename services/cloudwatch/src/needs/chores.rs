//! What there is to do that nobody waits for.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use kurodo_arn::{AccountId, Region};
use kurodo_authz::Need;
use kurodo_gateway::Find;
use kurodo_store::{KeyParser, Reader, Scan, after_prefix};

use super::Found;
use crate::{
    CloudWatch, Error,
    alarm::{HISTORY_KEPT, Item, Stored},
    data::{Mark, rollable},
    layout,
    resources::{Alarm, Alarms, Metrics, Namespace, Others},
    table::action,
};

/// The most series of a namespace that are looked at together for data that are too old.
const SERIES: usize = 20_000;
/// The most alarms whose histories are looked at together.
const HISTORIES: usize = 100;

/// How far the chores have come, by account.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// What there was of metrics when nothing was left to merge.
    merged: Mutex<HashMap<AccountId, u64>>,
    /// Which namespace is looked at for old data, and after what.
    rolled: Mutex<HashMap<AccountId, (Vec<u8>, Mark)>>,
    /// What there was of alarms when none had anything to tell.
    told: Mutex<HashMap<AccountId, u64>>,
}

/// The namespaces of an account, with their keys below all of its metrics.
fn namespaces(reader: &Reader<'_>, account: AccountId) -> Found<Vec<(Vec<u8>, Region, String)>> {
    let all = layout::all_metrics(account);
    let mut cursor = reader.cursor(&Scan::within(all.prefix()))?;
    let mut found = Vec::new();
    while let Some(record) = cursor.next().transpose()? {
        let key = record.key.get(all.prefix().len()..).unwrap_or_default();
        let (region, name) = layout::parse_namespace(key).ok_or(Error::Damaged("a namespace"))?;
        let own = layout::namespace_of(&region, &name);
        let whole = [all.prefix(), &own].concat();
        found.push((own.to_vec(), region, name));
        match after_prefix(&whole) {
            Some(next) => cursor.seek(&next)?,
            None => break,
        }
    }
    Ok(found)
}

/// A namespace with data that were put and not merged.
pub(crate) async fn unmerged(find: &Find<'_, CloudWatch>) -> Found<Option<Need<action::PutMetricData>>> {
    let Some(account) = find.account() else { return Ok(None) };
    // The generation comes first: what is read after it is not older.
    let (service, generation) = (find.service, find.service.store.generation(layout::METRICS));
    let stored = find.stored();
    let lock = || service.watch.merged.lock().unwrap_or_else(PoisonError::into_inner);
    if lock().get(&account) == Some(&generation) {
        return Ok(None);
    }
    for (_, region, namespace) in namespaces(&stored, account)? {
        let scope = layout::namespace(account, &region, &namespace);
        if !stored.is_empty([scope.prefix(), &layout::inbox()].concat())? {
            return Ok(Some(Need::new(Namespace::new(account, region, namespace))));
        }
    }
    lock().insert(account, generation);
    Ok(None)
}

/// A namespace with data that are too old for how fine they are.
pub(crate) async fn old_data(find: &Find<'_, CloudWatch>) -> Found<Option<Need<action::PutMetricData>>> {
    let Some(account) = find.account() else { return Ok(None) };
    let (service, stored) = (find.service, find.stored());
    let now = find.call.now_ms.div_euclid(1000);
    let lock = || service.watch.rolled.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut at, mut mark) = lock().get(&account).cloned().unwrap_or_default();
    for (own, region, namespace) in namespaces(&stored, account)? {
        if own < at {
            continue;
        }
        if own != at {
            (at, mark) = (own, Vec::new());
        }
        let scope = layout::namespace(account, &region, &namespace);
        loop {
            let (due, next) = rollable(&stored, scope.prefix(), &mark, now, SERIES)?;
            mark = next;
            if due.is_some() {
                lock().insert(account, (at, mark));
                return Ok(Some(Need::new(Namespace { due, ..Namespace::new(account, region, namespace) })));
            }
            if mark.is_empty() {
                break;
            }
        }
    }
    lock().remove(&account);
    Ok(None)
}

/// What the services counted of the account since the last look.
pub(crate) async fn figures(find: &Find<'_, CloudWatch>) -> Found<Option<Vec<Need<action::PutMetricData>>>> {
    let Some(account) = find.account() else { return Ok(None) };
    let counted = find.service.figures.take(account);
    let needs = counted.into_iter().map(|(region, namespace, figures)| {
        Need::new(Namespace { figures, ..Namespace::new(account, region, namespace.to_owned()) })
    });
    Ok(Some(needs.collect()).filter(|needs: &Vec<_>| !needs.is_empty()))
}

type Due =
    (Vec<Need<action::SetAlarmState>>, Vec<Need<action::GetMetricData>>, Vec<Need<action::ReadAlarms>>);

/// All alarms of the account, and what their states follow from.
pub(crate) async fn alarms_due(find: &Find<'_, CloudWatch>) -> Found<Option<Due>> {
    let Some(account) = find.account() else { return Ok(None) };
    let all = layout::all_alarms(account);
    let (mut alarms, mut regions) = (Vec::new(), Vec::<Region>::new());
    for record in find.stored().cursor(&Scan::within(all.prefix()))? {
        let record = record?;
        let key = record.key.get(all.prefix().len()..).unwrap_or_default();
        let (region, name) = layout::parse_alarm(key).ok_or(Error::Damaged("an alarm's name"))?;
        if !regions.contains(&region) {
            regions.push(region.clone());
        }
        let stored = Some(Stored::read(&record.value)?);
        alarms.push(Need::new(Alarm { region, account, name, stored, others: Others::default() }));
    }
    if alarms.is_empty() {
        return Ok(None);
    }
    let metrics = regions.iter().map(|region| Need::new(Metrics { account, region: region.clone() }));
    let states = regions.iter().map(|region| Need::new(Alarms { account, region: region.clone() }));
    Ok(Some((alarms, metrics.collect(), states.collect())))
}

/// The most alarms whose messages are sent together.
const TELLING: usize = 32;

/// Alarms that have something to tell webhooks.
pub(crate) async fn noticed(find: &Find<'_, CloudWatch>) -> Found<Option<Vec<Need<action::SetAlarmState>>>> {
    let Some(account) = find.account() else { return Ok(None) };
    let generation = find.service.store.generation(layout::ALARMS);
    let told = || find.service.watch.told.lock().unwrap_or_else(PoisonError::into_inner);
    if told().get(&account) == Some(&generation) {
        return Ok(None);
    }
    let (all, now) = (layout::all_alarms(account), find.call.now_ms);
    let (mut needs, mut waits) = (Vec::new(), false);
    for record in find.stored().cursor(&Scan::within(all.prefix()))? {
        let record = record?;
        let stored = Stored::read(&record.value)?;
        waits |= !stored.notices.is_empty();
        if needs.len() < TELLING && stored.notices.iter().any(|notice| notice.next <= now) {
            let key = record.key.get(all.prefix().len()..).unwrap_or_default();
            let (region, name) = layout::parse_alarm(key).ok_or(Error::Damaged("an alarm's name"))?;
            let (stored, others) = (Some(stored), Others::default());
            needs.push(Need::new(Alarm { region, account, name, stored, others }));
        }
    }
    if !waits {
        told().insert(account, generation);
    }
    Ok(Some(needs).filter(|needs| !needs.is_empty()))
}

/// Alarms with history that is too old.
pub(crate) async fn old_history(
    find: &Find<'_, CloudWatch>,
) -> Found<Option<Vec<Need<action::DeleteAlarms>>>> {
    let Some(account) = find.account() else { return Ok(None) };
    let (all, stored) = (layout::all_histories(account), find.stored());
    let mut cursor = stored.cursor(&Scan::within(all.prefix()))?;
    let mut needs = Vec::new();
    while let Some(record) = cursor.next().transpose()? {
        let mut parser = KeyParser::new(record.key.get(all.prefix().len()..).unwrap_or_default());
        let region = parser.text().ok().and_then(|region| region.parse::<Region>().ok());
        let (Some(region), Ok(name)) = (region, parser.text()) else {
            return Err(Error::Damaged("the name of a history"));
        };
        // The first of a history is its oldest.
        if find.call.now_ms - Item::read(&record.value)?.time > HISTORY_KEPT {
            needs.push(Need::new(Alarm::find(find, account, &region, &name)?));
        }
        let next = after_prefix(layout::history(account, &region, &name).prefix());
        match next.filter(|_| needs.len() < HISTORIES) {
            Some(next) => cursor.seek(&next)?,
            None => break,
        }
    }
    Ok(Some(needs).filter(|needs| !needs.is_empty()))
}
