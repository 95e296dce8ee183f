use std::collections::BTreeMap;

use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked, count, describe_log_streams::streams};
use crate::{
    Logs,
    insights::flatten,
    layout,
    model::{GetLogGroupFieldsOutput, LogGroupField, op},
    walk::{Merge, Range, Way},
};

/// Around which time events are looked at, in milliseconds, and how many.
///
/// Source: CloudWatch Logs API Reference, GetLogGroupFields.
const AROUND: i64 = 8 * 60 * 1000;
const LATELY: i64 = 15 * 60 * 1000;
const SAMPLE: usize = 1000;
const FIELDS: usize = 200;

impl Handler<op::GetLogGroupFields> for Logs {
    async fn handle(&self, asked: Asked<'_, op::GetLogGroupFields>) -> Answer<op::GetLogGroupFields> {
        let (permit, now) = (&asked.permits, asked.call.now_ms);
        let group = permit.resource().existing()?;
        let kept = group.definition.kept_from(now);
        let (from, until) = match asked.input.time.map(|seconds| seconds.saturating_mul(1000)) {
            Some(time) => (time.saturating_sub(AROUND), time.saturating_add(AROUND)),
            None => (now - LATELY, now.saturating_add(1)),
        };
        let reader = self.store.read(permit);
        let all = streams(&reader, &Scan::within(layout::streams()))?;
        let all = all.map(|found| found.map(|(name, stream)| (name, stream.id))).collect::<Result<_, _>>()?;
        let locks = self.open(&group.name, &group.definition).await;
        let mut merge =
            Merge::new((&reader, &locks), all, Range::of_times(from.max(kept), until), Way::Backward)?;
        let (mut fields, mut seen) = (BTreeMap::<String, usize>::new(), 0);
        while let Some((_, found)) = merge.next()?.filter(|_| seen < SAMPLE) {
            seen += 1;
            let own = ["@timestamp", "@message", "@logStream", "@ingestionTime", "@log"].map(str::to_owned);
            let discovered = flatten(&found.message, FIELDS).into_iter().map(|(name, _)| name);
            own.into_iter().chain(discovered).for_each(|name| *fields.entry(name).or_default() += 1);
        }
        let view = |(name, times): (String, usize)| LogGroupField {
            name: Some(name),
            percent: (times * 100).checked_div(seen).and_then(count),
        };
        let log_group_fields = Some(fields.into_iter().map(view).collect());
        Ok(GetLogGroupFieldsOutput { log_group_fields }.into())
    }
}
