use std::sync::Arc;

use bytes::Bytes;
use kurodo_store::{KeyParser, Scan};

use super::{Finding, Need};
use crate::{
    Error, S3,
    facts::BucketFacts,
    layout::{self, Setting},
    lifecycle::{At, DAY_MS, Facts, Lifecycle, Round, Within},
    listing::{Ask, Version, walk_versions},
    records::{Damaged, Head, Kept, Marker, Upload, UploadId},
    resources::{Door, Object},
    table::action,
    versions::Versions,
};

/// What is done at once.
#[derive(Default)]
struct Due {
    expired: Vec<Need<action::DeleteObject>>,
    aged: Vec<Need<action::DeleteObjectVersion>>,
    moved: Vec<Need<action::PutObject>>,
    aborted: Vec<Need<action::AbortMultipartUpload>>,
}

type Needs = (
    Vec<Need<action::DeleteObject>>,
    Vec<Need<action::DeleteObjectVersion>>,
    Vec<Need<action::PutObject>>,
    Vec<Need<action::AbortMultipartUpload>>,
);

/// So many versions are looked at before others get their turn.
const PAGE: usize = 1000;

/// What the lifecycle rules of the account's buckets make due: a page of it.
pub(crate) async fn lifecycle(find: &Finding<'_>) -> Result<Option<Needs>, Error> {
    for name in governed(find)?.iter() {
        let Some(facts) = S3::bucket_facts(find, name)? else { continue };
        let Some(rules) = facts.lifecycle.as_ref().filter(|_| Some(facts.account) == find.account()) else {
            continue;
        };
        let (rounds, day) = (&find.service.rounds, find.call.now_ms.div_euclid(DAY_MS));
        let mut round = rounds.of(facts.id, day, rules);
        while !matches!(round.at, At::Done) {
            let due = Look { find, facts: &facts, rules }.on(&mut round)?;
            rounds.keep(facts.id, round.clone());
            if !due.is_empty() {
                return Ok(Some((due.expired, due.aged, due.moved, due.aborted)));
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(None)
}

/// The buckets that have lifecycle rules, of whichever account: looked up again when any bucket has changed.
fn governed(find: &Finding<'_>) -> Result<Arc<Vec<String>>, Error> {
    let generation = find.service.store.generation(layout::BUCKETS);
    if let Some(names) = find.service.rounds.governed(generation) {
        return Ok(names);
    }
    let names = Arc::new(super::having(find, Setting::Lifecycle)?);
    find.service.rounds.keep_governed(generation, &names);
    Ok(names)
}

impl Due {
    fn is_empty(&self) -> bool {
        self.expired.is_empty() && self.aged.is_empty() && self.moved.is_empty() && self.aborted.is_empty()
    }
}

/// A look through one bucket.
struct Look<'a> {
    find: &'a Finding<'a>,
    facts: &'a Arc<BucketFacts>,
    rules: &'a Lifecycle,
}

impl Look<'_> {
    /// Looks at a page more.
    fn on(&self, round: &mut Round) -> Result<Due, Error> {
        let mut due = Due::default();
        round.at = match std::mem::replace(&mut round.at, At::Done) {
            At::Versions { start, behind, within } => {
                let ask = Ask { start, most: PAGE, ..Ask::default() };
                let base = layout::contents(self.facts.id);
                let page = walk_versions(&self.find.stored(), base.prefix(), &ask, behind.as_ref())?;
                let within = self.versions(&page.versions, within, &mut due)?;
                match page.next {
                    Some((start, behind)) => At::Versions { start, behind, within },
                    None => At::Uploads(Vec::new()),
                }
            }
            At::Uploads(behind) => self.uploads(&behind, &mut due)?,
            At::Done => At::Done,
        };
        Ok(due)
    }

    fn versions(
        &self,
        versions: &[Version],
        mut within: Option<Within>,
        due: &mut Due,
    ) -> Result<Option<Within>, Error> {
        for version in versions {
            let before = within.take().filter(|within| within.key == version.key && !version.is_latest);
            match (&version.kept, &before) {
                (Kept::Object(head), None) => self.current(&version.key, head, due)?,
                (Kept::Marker(marker), None) => self.marker(&version.key, marker, due)?,
                (kept, Some(before)) => self.older(kept, before, due)?,
            }
            let since_ms = match &version.kept {
                Kept::Object(head) => head.modified_ms,
                Kept::Marker(marker) => marker.modified_ms,
            };
            let newer = before.map_or(0, |before| before.newer + 1);
            within = Some(Within { key: version.key.clone(), since_ms, newer });
        }
        Ok(within)
    }

    fn current(&self, key: &str, head: &Head, due: &mut Due) -> Result<(), Error> {
        let (facts, now_ms) = (Facts { key, head }, self.find.call.now_ms);
        if self.rules.has_expired(facts, now_ms)? {
            due.expired.push(Need::new(Object::at(self.find, self.facts, key, Door::Content)?));
        } else if let Some(class) = self.rules.class(facts, now_ms)? {
            let object = Object::existing(self.find, self.facts, key, Some(head.id.wanted()))?;
            due.moved.push(Need::new(object.moving(class)));
        }
        Ok(())
    }

    /// A delete marker that is current goes when no version lies under it any more.
    fn marker(&self, key: &str, marker: &Marker, due: &mut Due) -> Result<(), Error> {
        if !self.rules.marker_goes(key, marker.modified_ms, self.find.call.now_ms) {
            return Ok(());
        }
        let (object, versions) = (layout::object(self.facts.id, key), layout::versions(self.facts.id, key));
        let versions = Versions::stored(&self.find.stored(), object.prefix(), versions.prefix());
        if versions.latest_older()?.is_none() {
            let object = Object::at(self.find, self.facts, key, Door::Content)?;
            due.aged.push(Need::new(object.named(Some(marker.id.wanted())).alone()));
        }
        Ok(())
    }

    fn older(&self, kept: &Kept, before: &Within, due: &mut Due) -> Result<(), Error> {
        let (key, age, now_ms) = (&before.key, (before.since_ms, before.newer), self.find.call.now_ms);
        let (goes, class) = match kept {
            Kept::Marker(_) => (self.rules.marker_has_aged(key, age, now_ms), None),
            Kept::Object(head) => {
                let facts = Facts { key, head };
                let goes = self.rules.has_aged(facts, age, now_ms)? && !head.lock.holds(now_ms, false);
                (goes, self.rules.older_class(facts, age, now_ms)?)
            }
        };
        let wanted = Some(kept.id().wanted());
        if goes {
            let object = Object::at(self.find, self.facts, key, Door::Content)?;
            due.aged.push(Need::new(object.named(wanted)));
        } else if let Some(class) = class {
            let object = Object::existing(self.find, self.facts, key, wanted)?;
            due.moved.push(Need::new(object.moving(class)));
        }
        Ok(())
    }

    fn uploads(&self, behind: &[u8], due: &mut Due) -> Result<At, Error> {
        if self.rules.rules.iter().all(|rule| rule.abort_days.is_none()) {
            return Ok(At::Done);
        }
        let uploads = layout::uploads(self.facts.id);
        let scan = Scan::within(uploads.prefix());
        let scan = if behind.is_empty() { scan } else { scan.after(behind) };
        for (seen, record) in self.find.stored().cursor(&scan)?.enumerate() {
            let record = record?;
            self.upload(&record.key.slice(uploads.prefix().len()..), &record.value, due)?;
            if seen + 1 == PAGE {
                return Ok(At::Uploads(record.key.to_vec()));
            }
        }
        Ok(At::Done)
    }

    fn upload(&self, key: &[u8], record: &Bytes, due: &mut Due) -> Result<(), Error> {
        let malformed = |_| Damaged("key of an upload");
        let mut parser = KeyParser::new(key);
        let name = parser.text().map_err(malformed)?;
        let id =
            UploadId::from_halves(parser.number().map_err(malformed)?, parser.number().map_err(malformed)?);
        if parser.end().is_err() {
            return Ok(());
        }
        let initiated_ms = Upload::read(record)?.initiated_ms;
        if self.rules.abort(&name, initiated_ms).is_some_and(|abort| abort.at_ms <= self.find.call.now_ms) {
            due.aborted.push(Need::new(Object::at(self.find, self.facts, &name, Door::Upload(id))?));
        }
        Ok(())
    }
}
