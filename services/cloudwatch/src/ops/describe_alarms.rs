use kurodo_gateway::Handler;
use kurodo_store::{Reader, Scan, after_prefix};

use super::{Answer, Asked};
use crate::{
    CloudWatch, Error,
    alarm::{Condition, State, Stored, Watched, composite_view, metric_view},
    data::MetricName,
    layout,
    model::{
        AlarmType, DescribeAlarmsForMetricInput, DescribeAlarmsForMetricOutput, DescribeAlarmsInput,
        DescribeAlarmsOutput, Dimension, op,
    },
    page,
    resources::Alarms,
};

/// Alarms on a page, where the request does not say how many; and the most.
const USUAL: usize = 50;
const MOST: i32 = 100;

/// The ARN of an alarm among all of a region.
fn arn(all: &Alarms, name: &str) -> String {
    format!("arn:aws:cloudwatch:{}:{}:alarm:{name}", all.region, all.account)
}

impl Handler<op::DescribeAlarms> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::DescribeAlarms>) -> Answer<op::DescribeAlarms> {
        let (input, all) = (&asked.input, asked.permits.resource());
        let limit = limit(input.max_records)?;
        let reader = self.store.read(&asked.permits);
        let wanted = Wanted::read(input, &reader)?;
        let after = page::open("DescribeAlarms", input.next_token.as_deref())?;
        let mut scan =
            Scan::within(layout::beginning(input.alarm_name_prefix.as_deref().unwrap_or_default()));
        if let Some(next) = after.as_deref().and_then(after_prefix) {
            scan = scan.from(next);
        }
        let (mut output, mut last, mut found) = (DescribeAlarmsOutput::default(), Vec::new(), 0);
        let (mut metric, mut composite) = (Vec::new(), Vec::new());
        for record in reader.cursor(&scan)? {
            let record = record?;
            let stored = Stored::read(&record.value)?;
            if !wanted.has(&stored) {
                continue;
            }
            if found == limit {
                output.next_token = Some(page::seal("DescribeAlarms", &last));
                break;
            }
            found += 1;
            last = record.key.to_vec();
            let arn = || arn(all, &stored.name);
            metric.extend(metric_view(&stored, arn()));
            composite.extend(composite_view(&stored, arn()));
        }
        (output.metric_alarms, output.composite_alarms) = (Some(metric), Some(composite));
        output.log_alarms = Some(Vec::new());
        Ok(output.into())
    }
}

fn limit(asked: Option<i32>) -> Result<usize, Error> {
    let Some(asked) = asked else { return Ok(USUAL) };
    let fits = usize::try_from(asked).ok().filter(|_| (1..=MOST).contains(&asked));
    fits.ok_or_else(|| {
        Error::Validation(format!("MaxRecords must be between 1 and {MOST}, and not {asked}."))
    })
}

/// Which alarms are asked for.
struct Wanted<'i> {
    input: &'i DescribeAlarmsInput,
    state: Option<State>,
    /// Those that a composite alarm names.
    children: Option<Vec<String>>,
}

impl<'i> Wanted<'i> {
    fn read(input: &'i DescribeAlarmsInput, reader: &Reader<'_>) -> Result<Self, Error> {
        let names = input.alarm_names.as_ref().is_some_and(|names| !names.is_empty());
        if names && input.alarm_name_prefix.is_some() {
            return Err(Error::Validation(
                "AlarmNamePrefix and AlarmNames are mutually exclusive".to_owned(),
            ));
        }
        if input.children_of_alarm_name.is_some() && input.parents_of_alarm_name.is_some() {
            return Err(Error::Validation(
                "ChildrenOfAlarmName and ParentsOfAlarmName are mutually exclusive".to_owned(),
            ));
        }
        let children = match &input.children_of_alarm_name {
            None => None,
            Some(name) => {
                let found = reader.get(layout::name(name))?;
                let parent = found.map(|found| Stored::read(&found.value)).transpose()?;
                let rule = parent.and_then(|parent| parent.rule());
                let names = rule.iter().flat_map(|rule| rule.names()).map(str::to_owned);
                Some(names.collect())
            }
        };
        Ok(Self { input, state: input.state_value.map(State::of), children })
    }

    fn has(&self, stored: &Stored) -> bool {
        let input = self.input;
        let kind = if stored.is_composite() { AlarmType::CompositeAlarm } else { AlarmType::MetricAlarm };
        let kinds = input.alarm_types.as_deref().filter(|kinds| !kinds.is_empty());
        // Relatives of an alarm may be of either kind.
        let related = input.children_of_alarm_name.is_some() || input.parents_of_alarm_name.is_some();
        let of_kind = match kinds {
            Some(kinds) => kinds.contains(&kind),
            None => related || kind == AlarmType::MetricAlarm,
        };
        let named = input.alarm_names.as_deref().filter(|names| !names.is_empty());
        let is_parent = |child: &str| stored.rule().is_some_and(|rule| rule.names().contains(&child));
        of_kind
            && named.is_none_or(|names| names.contains(&stored.name))
            && self.state.is_none_or(|state| state == stored.state.value)
            // No alarm has actions.
            && input.action_prefix.is_none()
            && self.children.as_ref().is_none_or(|children| children.contains(&stored.name))
            && input.parents_of_alarm_name.as_deref().is_none_or(is_parent)
    }
}

impl Handler<op::DescribeAlarmsForMetric> for CloudWatch {
    async fn handle(
        &self,
        asked: Asked<'_, op::DescribeAlarmsForMetric>,
    ) -> Answer<op::DescribeAlarmsForMetric> {
        let (input, all) = (&asked.input, &asked.permits.resource().0);
        let mut found = Vec::new();
        for record in self.store.read(&asked.permits).cursor(&Scan::default())? {
            let stored = Stored::read(&record?.value)?;
            if watches(&stored, input) {
                found.extend(metric_view(&stored, arn(all, &stored.name)));
            }
        }
        Ok(DescribeAlarmsForMetricOutput { metric_alarms: Some(found) }.into())
    }
}

/// Whether an alarm is about this metric, by the statistic and the period that are named.
fn watches(stored: &Stored, input: &DescribeAlarmsForMetricInput) -> bool {
    let Condition::Metric { watched, .. } = &stored.condition else { return false };
    let Watched::Metric { namespace, name, dimensions, statistic, extended, period, unit } = &**watched
    else {
        return false;
    };
    let given: Vec<Dimension> = dimensions
        .iter()
        .map(|(name, value)| Dimension { name: name.clone(), value: value.clone() })
        .collect();
    let same = |wanted: Option<&str>, known: Option<&str>| wanted.is_none() || wanted == known;
    *namespace == input.namespace
        && MetricName::new(name, Some(&given))
            == MetricName::new(&input.metric_name, input.dimensions.as_deref())
        && same(input.statistic.map(|statistic| statistic.as_str()), statistic.as_deref())
        && same(input.extended_statistic.as_deref(), extended.as_deref())
        && same(input.unit.map(|unit| unit.as_str()), unit.as_deref())
        && input.period.is_none_or(|wanted| wanted == *period)
}
