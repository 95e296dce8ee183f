use std::collections::BTreeMap;

use kurodo_arn::Region;
use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::{KeyParser, Scan};

use super::{ATTEMPTS, written};
use crate::{
    CloudWatch, Error,
    alarm::{State, StateOf, Stored, Verdict, judge, judge_composite, transition},
    data::View,
    layout,
    table::{action, chore},
};

impl Keeper<chore::EvaluateAlarms> for CloudWatch {
    async fn keep(&self, errand: Errand<'_, Self, chore::EvaluateAlarms>) -> Result<Progress, Error> {
        let (alarms, metrics, all) = &errand.permits;
        let now_ms = errand.call.now_ms;
        for permit in metrics {
            let reader = self.store.read(permit);
            let mut view = View::new(&reader, now_ms.div_euclid(1000));
            for alarm in of_region(alarms, &permit.resource().region) {
                self.note(alarm, now_ms, |stored| judge(stored, &mut view, now_ms)).await?;
            }
        }
        // What composite alarms hang on is known by now.
        for permit in all {
            let alarms = || of_region(alarms, &permit.resource().region);
            let composite = |alarm: &&Permit<'_, action::SetAlarmState>| {
                alarm.resource().stored.as_ref().is_some_and(Stored::is_composite)
            };
            if !alarms().any(|alarm| composite(&alarm)) {
                continue;
            }
            let states = self.states(permit)?;
            for alarm in alarms().filter(composite) {
                let arn = alarm.resource().arn();
                self.note(alarm, now_ms, |stored| Ok(judge_composite(stored, &arn, &states, now_ms))).await?;
            }
        }
        Ok(Progress::Done)
    }
}

fn of_region<'a, 'r>(
    alarms: &'a [Permit<'r, action::SetAlarmState>],
    region: &'a Region,
) -> impl Iterator<Item = &'a Permit<'r, action::SetAlarmState>> {
    alarms.iter().filter(move |alarm| alarm.resource().region == *region)
}

impl CloudWatch {
    /// The states of all alarms, each since when.
    fn states(&self, all: &Permit<'_, action::ReadAlarms>) -> Result<BTreeMap<String, (State, i64)>, Error> {
        let mut states = BTreeMap::new();
        for record in self.store.read(all).cursor(&Scan::default())? {
            let record = record?;
            let name = KeyParser::new(&record.key).text().map_err(|_| Error::Damaged("an alarm's name"))?;
            let stored = Stored::read(&record.value)?;
            states.insert(name.into_owned(), (stored.state.value, stored.transitioned));
        }
        Ok(states)
    }

    /// Brings an alarm into the state that it should be in. One that cannot be judged does not keep others from it.
    async fn note(
        &self,
        permit: &Permit<'_, action::SetAlarmState>,
        now_ms: i64,
        judge: impl FnOnce(&Stored) -> Result<Verdict, Error>,
    ) -> Result<(), Error> {
        let alarm = permit.resource();
        let Some(stored) = &alarm.stored else { return Ok(()) };
        match judge(stored) {
            Ok(Verdict::Stays) => Ok(()),
            Ok(Verdict::Enters(state)) => self.enter(permit, Some(stored), state, now_ms).await.map(|_| ()),
            Err(Error::Store(error)) => Err(error.into()),
            Err(error) => {
                tracing::warn!(alarm = alarm.arn(), %error, "an alarm cannot be evaluated");
                Ok(())
            }
        }
    }

    /// Writes the state of an alarm, and notes it; not, where the alarm is another by now than what was judged. Whether
    /// there is such an alarm.
    pub(super) async fn enter(
        &self,
        permit: &Permit<'_, action::SetAlarmState>,
        judged: Option<&Stored>,
        state: StateOf,
        now_ms: i64,
    ) -> Result<bool, Error> {
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let Some(found) = writer.get(layout::ITSELF)? else { return Ok(false) };
            let mut stored = Stored::read(&found.value)?;
            if judged.is_some_and(|judged| *judged != stored) {
                return Ok(true);
            }
            let before = stored.state.clone();
            stored.enter(state.clone(), now_ms);
            let moved = before.value != stored.state.value;
            if moved && stored.actions_enabled {
                stored.tell(&before, &permit.resource().arn(), now_ms)?;
            }
            let mut transaction = writer.transaction();
            transaction.expect_version(layout::ITSELF, found.version);
            transaction.put(layout::ITSELF, stored.to_bytes()?);
            if moved {
                let item = transition(&stored, &before, now_ms).to_bytes()?;
                transaction.in_annex(permit).append(layout::ITSELF, item);
            }
            if written(transaction.commit().await)? {
                if moved && stored.actions_enabled {
                    let (from, to) = (before.value.as_str(), stored.state.value.as_str());
                    let (alarm, reason) = (permit.resource().arn(), &stored.state.reason);
                    tracing::warn!(target: "kurodo::alarm", alarm, from, to, reason, "an alarm changed its state");
                }
                return Ok(true);
            }
        }
        Err(Error::Changed)
    }
}
