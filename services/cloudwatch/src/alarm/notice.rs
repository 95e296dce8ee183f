//! What alarms tell others: a message to a webhook for each change of state.
//!
//! Sources: CloudWatch API Reference, PutMetricAlarm, "AlarmActions"; CloudWatch User Guide, "Using Amazon CloudWatch alarms".

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{Condition, Item, State, StateOf, Stored, Watched};
use crate::{Error, model::HistoryItemType, time};

/// How often a message is sent until it is given up.
pub(crate) const ATTEMPTS: u32 = 5;
/// Milliseconds until a message is sent again; each time four times as long.
const PAUSE: i64 = 2_000;
/// The most messages of an alarm that wait: an alarm that flaps loses its oldest.
const MOST: usize = 50;

/// Whom an alarm tells, by the state that it enters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Actions {
    pub(crate) ok: Vec<String>,
    pub(crate) alarm: Vec<String>,
    pub(crate) insufficient_data: Vec<String>,
}

impl Actions {
    pub(crate) fn of(&self, state: State) -> &[String] {
        match state {
            State::Ok => &self.ok,
            State::Alarm => &self.alarm,
            State::InsufficientData => &self.insufficient_data,
        }
    }
}

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub(crate) to: String,
    pub(crate) message: String,
    /// When the alarm changed its state, in milliseconds since 1970.
    pub(crate) at: i64,
    attempts: u32,
    /// When it is sent next, likewise.
    pub(crate) next: i64,
}

impl Notice {
    /// Notes that it was not taken; whether it is to be sent again.
    pub(crate) fn failed(&mut self, now_ms: i64) -> bool {
        self.attempts += 1;
        self.next = now_ms.saturating_add(PAUSE << (2 * self.attempts.min(ATTEMPTS)));
        self.attempts < ATTEMPTS
    }

    /// Whether this is another's place in the list.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (self.at, &self.to, self.attempts) == (other.at, &other.to, other.attempts)
    }

    /// What histories say of it.
    pub(crate) fn item(&self, composite: bool, error: Option<&str>, now_ms: i64) -> Item {
        let to = &self.to;
        let summary = match error {
            None => format!("Successfully executed action {to}"),
            Some(error) => format!("Failed to execute action {to}. Received error: \"{error}\""),
        };
        let data = json!({
            "actionState": if error.is_none() { "Succeeded" } else { "Failed" },
            "stateUpdateTimestamp": self.at,
            "notificationResource": to,
            "publishedMessage": self.message,
            "error": error,
        });
        Item {
            time: now_ms,
            kind: HistoryItemType::Action.as_str().to_owned(),
            composite,
            summary: summary.chars().take(255).collect(),
            data: data.to_string().chars().take(4095).collect(),
        }
    }
}

impl Stored {
    /// Lines up the messages of a change of state.
    pub(crate) fn tell(&mut self, before: &StateOf, arn: &str, now_ms: i64) -> Result<(), Error> {
        let message = self.message(before, arn)?;
        for to in self.actions.of(self.state.value).to_vec() {
            let message = message.clone();
            self.notices.push(Notice { to, message, at: now_ms, attempts: 0, next: now_ms });
        }
        let over = self.notices.len().saturating_sub(MOST);
        self.notices.drain(..over);
        Ok(())
    }

    /// What AWS sends of it to topics.
    fn message(&self, before: &StateOf, arn: &str) -> Result<String, Error> {
        let part = |at: usize| arn.split(':').nth(at).unwrap_or_default();
        let mut message = json!({
            "AlarmName": self.name,
            "AlarmDescription": self.description,
            "AWSAccountId": part(4),
            "AlarmConfigurationUpdatedTimestamp": time::stamp(self.configured),
            "NewStateValue": self.state.value.as_str(),
            "NewStateReason": self.state.reason,
            "StateChangeTime": time::stamp(self.transitioned),
            "Region": part(3),
            "AlarmArn": arn,
            "OldStateValue": before.value.as_str(),
            "OKActions": self.actions.ok,
            "AlarmActions": self.actions.alarm,
            "InsufficientDataActions": self.actions.insufficient_data,
        });
        if let Some(members) = message.as_object_mut() {
            match &self.condition {
                Condition::Composite { rule } => members.insert("AlarmRule".to_owned(), json!(rule)),
                Condition::Metric { .. } => members.insert("Trigger".to_owned(), self.trigger()),
            };
        }
        serde_json::to_string(&message).map_err(|_| Error::Damaged("an alarm"))
    }

    fn trigger(&self) -> Json {
        let Condition::Metric {
            watched,
            evaluation_periods,
            datapoints_to_alarm,
            threshold,
            comparison,
            missing,
            low_samples,
        } = &self.condition
        else {
            return Json::Null;
        };
        let mut trigger = json!({
            "EvaluationPeriods": evaluation_periods,
            "DatapointsToAlarm": datapoints_to_alarm,
            "ComparisonOperator": comparison,
            "Threshold": threshold,
            "TreatMissingData": missing.as_deref().unwrap_or(""),
            "EvaluateLowSampleCountPercentile": low_samples.as_deref().unwrap_or(""),
        });
        if let (
            Watched::Metric { namespace, name, dimensions, statistic, extended, period, unit },
            Some(members),
        ) = (&**watched, trigger.as_object_mut())
        {
            let pairs = dimensions.iter().map(|(name, value)| json!({ "value": value, "name": name }));
            let kind = if extended.is_some() { "ExtendedStatistic" } else { "Statistic" };
            let own = json!({
                "MetricName": name,
                "Namespace": namespace,
                "StatisticType": kind,
                "Statistic": statistic.as_ref().map(|word| word.to_uppercase()).or_else(|| extended.clone()),
                "Unit": unit,
                "Dimensions": pairs.collect::<Vec<_>>(),
                "Period": period,
            });
            members.extend(own.as_object().cloned().unwrap_or_default());
        }
        trigger
    }
}

/// The webhooks that an operator lets alarms tell: beginnings of addresses.
#[derive(Debug, Clone, Default)]
pub struct Webhooks(Vec<String>);

impl Webhooks {
    /// Those whose addresses begin so.
    ///
    /// # Errors
    /// The one that is no address under `https`.
    pub fn new(beginnings: Vec<String>) -> Result<Self, String> {
        match beginnings.iter().find(|beginning| parts(beginning).is_none()) {
            Some(wrong) => Err(wrong.clone()),
            None => Ok(Self(beginnings)),
        }
    }

    /// Whether an address is one of them: the host is the very same, and the path begins with the one that was given.
    pub(crate) fn allows(&self, address: &str) -> bool {
        // Nothing is escaped before the query: a server may read an escaped path in another way.
        let escaped = address.split('?').next().is_some_and(|path| path.contains('%'));
        let plain = !escaped && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let parts = parts(address).filter(|(_, path)| plain && !path.contains("/.") && !path.contains('#'));
        let Some((host, path)) = parts else { return false };
        self.0
            .iter()
            .filter_map(|known| self::parts(known))
            .any(|(known, beginning)| known.eq_ignore_ascii_case(host) && path.starts_with(beginning))
    }
}

/// The host with its port, and the path with the query, of an address under `https`.
fn parts(address: &str) -> Option<(&str, &str)> {
    let rest = address.strip_prefix("https://")?;
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(at)?;
    (!host.is_empty() && !host.contains('@')).then_some((host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_operator_names_is_told() {
        let named = ["https://hooks.example/alarms/", "https://b:8443"].map(str::to_owned);
        let hooks = Webhooks::new(named.to_vec()).unwrap();
        for wrong in ["http://hooks.example/", "hooks.example", "https://", "https://a@b/"] {
            assert!(Webhooks::new(vec![wrong.to_owned()]).is_err(), "{wrong}");
        }
        for good in
            ["https://hooks.example/alarms/a?b=c", "https://HOOKS.example/alarms/", "https://b:8443/x"]
        {
            assert!(hooks.allows(good), "{good}");
        }
        for bad in [
            "http://hooks.example/alarms/a",
            "https://hooks.example/other",
            "https://hooks.example.evil/alarms/a",
            "https://hooks.example@evil/alarms/a",
            "https://hooks.example/alarms/../other",
            "https://hooks.example/alarms/a#x",
            "https://hooks.example/alarms/%2e%2e/other",
            "https://hooks.example/alarms/.%2E%2fother",
            "https://hooks.example\\.evil/alarms/",
            "https://hooks.example:444/alarms/",
            "https://b:84430/x",
            "https://b",
            "arn:aws:sns:us-east-1:111122223333:t",
        ] {
            assert!(!hooks.allows(bad), "{bad}");
        }
        assert!(!Webhooks::default().allows("https://hooks.example/alarms/a"));
    }

    #[test]
    fn a_message_is_sent_again_later_and_later_and_then_given_up() {
        let mut notice = Notice { to: String::new(), message: String::new(), at: 0, attempts: 0, next: 0 };
        let mut pauses = Vec::new();
        while notice.failed(0) {
            pauses.push(notice.next);
        }
        assert_eq!(pauses, [8_000, 32_000, 128_000, 512_000]);
    }
}
