use bytes::Bytes;
use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::{KeyParser, Scan};

use crate::{
    Error, S3, action,
    lifecycle::DAY_MS,
    listing::{Ask, Start, walk_versions},
    records::{Damaged, Part, Upload, VersionId},
    storage::{At, Look},
    table::chore,
};

/// So many records are looked at before others get their turn.
const PAGE: usize = 1000;
/// So many pages are looked at in one go, so that a server can stop.
const PAGES: usize = 20;

impl Keeper<chore::MeasureStorage> for S3 {
    async fn keep(&self, errand: Errand<'_, Self, chore::MeasureStorage>) -> Result<Progress, Error> {
        let (contents, uploads) = &errand.permits;
        let facts = contents.resource().facts()?;
        let mut look = self.measured.take(facts.account, facts.id);
        let looked = self.measure_on(contents, uploads, &mut look).await;
        if looked.is_ok() && !matches!(look.at, At::End) {
            self.measured.keep(facts.account, look);
            return Ok(Progress::More);
        }
        // A bucket that cannot be looked through keeps no other from its turn.
        self.measured.measured(errand.call.now_ms.div_euclid(DAY_MS), facts.id);
        looked?;
        self.figures.stored(facts, "NumberOfObjects", "AllStorageTypes", look.storage.objects);
        for (kind, bytes) in &look.storage.bytes {
            self.figures.stored(facts, "BucketSizeBytes", kind, *bytes);
        }
        Ok(Progress::More)
    }
}

impl S3 {
    /// Looks at some pages more.
    async fn measure_on(
        &self,
        contents: &Permit<'_, action::ListBucketVersions>,
        uploads: &Permit<'_, action::ListBucketMultipartUploads>,
        look: &mut Look,
    ) -> Result<(), Error> {
        for _ in 0..PAGES {
            look.at = match std::mem::replace(&mut look.at, At::End) {
                At::Versions(start, behind) => self.measure_versions(contents, look, start, behind)?,
                At::Uploads(behind) => self.measure_uploads(uploads, look, behind)?,
                At::End => break,
            };
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Looks at a page of versions; tells where the next one begins.
    fn measure_versions(
        &self,
        permit: &Permit<'_, action::ListBucketVersions>,
        look: &mut Look,
        start: Start,
        behind: Option<VersionId>,
    ) -> Result<At, Error> {
        let ask = Ask { start, most: PAGE, ..Ask::default() };
        let page = walk_versions(&self.store.read(permit), &[], &ask, behind.as_ref())?;
        page.versions.iter().for_each(|version| look.storage.version(&version.kept));
        Ok(page.next.map_or(At::Uploads(Bytes::new()), |(start, behind)| At::Versions(start, behind)))
    }

    /// Looks at a page of uploads and their parts, likewise.
    fn measure_uploads(
        &self,
        permit: &Permit<'_, action::ListBucketMultipartUploads>,
        look: &mut Look,
        behind: Bytes,
    ) -> Result<At, Error> {
        let scan = Scan::default();
        let scan = if behind.is_empty() { scan } else { scan.after(&behind) };
        let (mut last, mut seen) = (behind, 0);
        for record in self.store.read(permit).cursor(&scan)?.take(PAGE) {
            let record = record?;
            if is_part(&record.key)? {
                look.storage.part(look.class, &Part::read(&record.value)?);
            } else {
                // Its parts follow it.
                look.class = Upload::read(&record.value)?.class;
            }
            (last, seen) = (record.key, seen + 1);
        }
        Ok(if seen < PAGE { At::End } else { At::Uploads(last) })
    }
}

/// Whether a record is one of an upload's parts, or the upload itself.
fn is_part(key: &[u8]) -> Result<bool, Damaged> {
    let malformed = |_| Damaged("key of an upload");
    let mut parser = KeyParser::new(key);
    parser.text().map_err(malformed)?;
    parser.number().map_err(malformed)?;
    parser.number().map_err(malformed)?;
    Ok(parser.end().is_err())
}
