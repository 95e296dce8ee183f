use kurodo_gateway::Handler;
use kurodo_store::{KeyParser, Place, Record, Scan};

use super::{Answer, Asked};
use crate::{
    CloudWatch, Error,
    alarm::Item,
    model::{
        AlarmHistoryItem, AlarmType, DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput, HistoryItemType,
        ScanBy, op,
    },
    page, time,
};

/// The most items of a page.
const MOST: i32 = 100;

impl Handler<op::DescribeAlarmHistory> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::DescribeAlarmHistory>) -> Answer<op::DescribeAlarmHistory> {
        let input = &asked.input;
        let most = input.max_records.unwrap_or(MOST);
        let Some(most) = usize::try_from(most).ok().filter(|_| (1..=MOST).contains(&most)) else {
            let message = format!("MaxRecords must be between 1 and {MOST}, and not {most}.");
            return Err(Error::Validation(message));
        };
        let after = page::open("DescribeAlarmHistory", input.next_token.as_deref())?;
        let only = asked.permits.resource().only.clone();
        let mut found = Vec::new();
        for record in self.store.read(&asked.permits).cursor(&Scan::default())? {
            let record = record?;
            let item = Item::read(&record.value)?;
            if wants(input, &item) {
                found.push((place(&item, &record), name(only.as_ref(), &record)?, item));
            }
        }
        found.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        if input.scan_by != Some(ScanBy::TimestampAscending) {
            found.reverse();
        }
        let skipped = match after {
            Some(after) => {
                found.iter().position(|(place, ..)| *place == after).map_or(found.len(), |at| at + 1)
            }
            None => 0,
        };
        let page: Vec<_> = found.iter().skip(skipped).take(most).collect();
        let more = found.len() > skipped + page.len();
        let last = page.last().filter(|_| more).map(|(place, ..)| page::seal("DescribeAlarmHistory", place));
        let items = page.into_iter().map(|(_, name, item)| view(name, item));
        Ok(DescribeAlarmHistoryOutput { alarm_history_items: Some(items.collect()), next_token: last }.into())
    }
}

fn wants(input: &DescribeAlarmHistoryInput, item: &Item) -> bool {
    let kind = if item.composite { AlarmType::CompositeAlarm } else { AlarmType::MetricAlarm };
    let kinds = input.alarm_types.as_deref().filter(|kinds| !kinds.is_empty());
    let of_kind = match kinds {
        Some(kinds) => kinds.contains(&kind),
        // Of one alarm, whatever it is; of all, metric alarms.
        None => input.alarm_name.is_some() || kind == AlarmType::MetricAlarm,
    };
    of_kind
        && input.history_item_type.is_none_or(|wanted| wanted.as_str() == item.kind)
        && input.start_date.is_none_or(|start| item.time >= start.as_millisecond())
        && input.end_date.is_none_or(|end| item.time <= end.as_millisecond())
}

/// When it happened, and after what.
fn place(item: &Item, record: &Record) -> Vec<u8> {
    let order = Place::of(&record.key).map(Place::bytes).unwrap_or_default();
    [&item.time.unsigned_abs().to_be_bytes()[..], &order].concat()
}

/// The alarm that an item is of.
fn name(only: Option<&String>, record: &Record) -> Result<String, Error> {
    match only {
        Some(name) => Ok(name.clone()),
        None => {
            let name = KeyParser::new(&record.key).text().map(std::borrow::Cow::into_owned);
            name.map_err(|_| Error::Damaged("the name of a history"))
        }
    }
}

fn view(name: &str, item: &Item) -> AlarmHistoryItem {
    AlarmHistoryItem {
        alarm_name: Some(name.to_owned()),
        alarm_type: Some(if item.composite { AlarmType::CompositeAlarm } else { AlarmType::MetricAlarm }),
        timestamp: Some(time::at(item.time)),
        history_item_type: HistoryItemType::parse(&item.kind),
        history_summary: Some(item.summary.clone()),
        history_data: Some(item.data.clone()),
        ..AlarmHistoryItem::default()
    }
}
