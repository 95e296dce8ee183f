//! Exports under way, a file at a time.

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::{Reader, Transaction, Version};

use crate::{
    DynamoDb, Error,
    attribute::item_size,
    encryption::TableKey,
    exports::{
        DataFile, Export, File, What, change_line, checksum, files_manifest, item_line, summary_manifest,
    },
    history::{Cut, Noting, events, page},
    items::{ATTEMPTS, changed},
    layout,
    names::ExportName,
    s3::{Bucket, Fault},
    table::{action, chore},
};

/// How many items are looked at together.
const TOGETHER: usize = 500;
/// Bytes of a data file before compression, beyond its last items.
const FILE: usize = 8 << 20;

/// An export under way, where it is, and the version of its record.
struct UnderWay {
    place: ExportName,
    export: Export,
    version: Version,
}

impl Keeper<chore::ExportTables> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::ExportTables>) -> Result<Progress, Error> {
        let ((permit, origin), now) = (&errand.permits, errand.call.now_ms);
        let Some(id) = &permit.resource().due else { return Ok(Progress::Done) };
        let Some(found) = self.store.read(permit).get(layout::id(id))? else { return Ok(Progress::Done) };
        let (place, export) = (permit.resource().export(id), Export::read(&found.value)?);
        let mut work = UnderWay { place, export, version: found.version };
        if work.export.ended.is_some() {
            self.forget_export(permit, &work).await?;
            return Ok(Progress::More);
        }
        match self.export_some(origin, &mut work, now).await {
            Ok(()) => {}
            Err(Fault::Refused(code, message)) => {
                work.export.failure = Some((code, message));
                work.export.ended = Some(now);
            }
            Err(Fault::Failed(error)) => return Err(error),
        }
        self.note_export(permit, origin, &work).await?;
        Ok(Progress::More)
    }
}

impl DynamoDb {
    /// Says that the bucket can be written, or writes the next data file; after the last one the manifests.
    async fn export_some(
        &self,
        origin: &Permit<'_, action::HoldOrigin>,
        work: &mut UnderWay,
        now: i64,
    ) -> Result<(), Fault> {
        let UnderWay { place, export, .. } = work;
        let caller = self.sponsors.of(&place.id).ok_or_else(interrupted)?;
        let (wanted, region) = (export.wanted.clone(), place.table.region.clone());
        let owner = wanted.owner.as_deref();
        let kms = wanted.kms.as_deref();
        let bucket = Bucket { relay: &self.relay, caller, region, name: &wanted.bucket, owner, kms };
        if !export.started {
            put(&bucket, &export.started_key(&place.id), Vec::new()).await?;
            export.started = true;
            return Ok(());
        }
        let table = self.vault.unlock_export((export, &place.table), (&bucket.caller, now)).await;
        let table = table.map_err(of_kms)?;
        let (content, items, more) = {
            let reader = self.store.read(origin);
            next_file(&reader, (export, &table), now).map_err(Fault::Failed)?
        };
        if items > 0 || export.files.is_empty() {
            let (key, md5) = (export.data_key(&place.id), checksum(&content));
            let etag = put(&bucket, &key, content).await?;
            export.files.push(File { key, items, md5, etag });
        }
        if !more {
            finish(&bucket, place, export, now).await?;
            export.ended = Some(now);
        }
        Ok(())
    }

    /// Notes how far the export is. One that has ended needs nothing of the table's past any more.
    async fn note_export(
        &self,
        permit: &Permit<'_, action::ExportTableToPointInTime>,
        origin: &Permit<'_, action::HoldOrigin>,
        work: &UnderWay,
    ) -> Result<(), Error> {
        let (id, record) = (&work.place.id, work.export.record()?);
        for _ in 0..ATTEMPTS {
            let (writer, items) = (self.store.write(permit), self.store.write(origin));
            let mut transaction = writer.transaction();
            transaction.expect_version(layout::id(id), work.version).put(layout::id(id), record.clone());
            if work.export.ended.is_some() {
                let mut released = items.transaction();
                release(&items, &mut released, id)?;
                transaction.join(released);
            }
            match transaction.commit().await {
                // Somebody else has noted something: what was done is done again, in the same files.
                Err(error) if error.conflict().is_some_and(|conflict| conflict.which == 0) => return Ok(()),
                other => {
                    if changed(other)?.is_some() {
                        break;
                    }
                }
            }
        }
        if work.export.ended.is_some() {
            self.sponsors.forget(id);
        }
        Ok(())
    }

    async fn forget_export(
        &self,
        permit: &Permit<'_, action::ExportTableToPointInTime>,
        work: &UnderWay,
    ) -> Result<(), Error> {
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction
            .expect_version(layout::id(&work.place.id), work.version)
            .delete(layout::id(&work.place.id));
        changed(transaction.commit().await)?;
        Ok(())
    }
}

/// Nothing of the table's past is needed for this export any more.
fn release(items: &Reader<'_>, transaction: &mut Transaction<'_>, id: &str) -> Result<(), Error> {
    let noting = Noting::read(items)?;
    let mut history = noting.history.clone();
    history.restores.retain(|one| one.table != id);
    noting.replace(transaction, &history)
}

/// Whose name an export is written in is not known after a restart.
fn interrupted() -> Fault {
    let message = "The server was restarted while the export was under way; export the table again.";
    Fault::Refused("ExportInterrupted".to_owned(), message.to_owned())
}

/// That the caller may not use the table's key any more fails the export.
fn of_kms(error: Error) -> Fault {
    match error {
        Error::KeyDenied(message) => Fault::Refused("KMSAccessDenied".to_owned(), message),
        other => Fault::Failed(other),
    }
}

/// Writes a file; what S3 refuses is told in the words of exports.
async fn put(bucket: &Bucket<'_>, key: &str, content: impl Into<bytes::Bytes>) -> Result<String, Fault> {
    bucket.put(key, content.into()).await.map_err(|fault| match fault {
        Fault::Refused(code, message) => Fault::Refused(format!("S3{code}"), message),
        failed => failed,
    })
}

/// Writes the manifests: first what they tell of, so that whoever sees the summary sees everything.
async fn finish(bucket: &Bucket<'_>, place: &ExportName, export: &Export, now: i64) -> Result<(), Fault> {
    let id = &place.id;
    let files = (export.files_key(id), files_manifest(export));
    let summary = (export.summary_key(id), summary_manifest(export, place, now));
    for (key, content) in [files, summary] {
        let beside = key.replace(".json", ".md5");
        put(bucket, &beside, checksum(&content)).await?;
        put(bucket, &key, content).await?;
    }
    Ok(())
}

/// The next data file, how many items it has, and whether there may be more after it.
fn next_file(
    reader: &Reader<'_>,
    (export, table): (&mut Export, &TableKey),
    now: i64,
) -> Result<(bytes::Bytes, i64, bool), Error> {
    let (mut file, mut more) = (DataFile::new(), true);
    while more && file.bytes < FILE {
        more = match export.wanted.what {
            What::Full { at } => add_items(reader, (export, table), &mut file, at, now)?,
            What::Changes { from, to, old } => {
                add_changes(reader, (export, table), &mut file, (from, to, old), now)?
            }
        };
    }
    let items = file.items;
    Ok((file.finish()?, items, more))
}

fn add_items(
    reader: &Reader<'_>,
    (export, table): (&mut Export, &TableKey),
    file: &mut DataFile,
    at: i64,
    now: i64,
) -> Result<bool, Error> {
    let found = page(reader, Cut::Time(at), export.after.as_deref(), TOGETHER, now)?;
    for (key, record) in &found.items {
        let item = table.open(key, record)?;
        export.bytes = export.bytes.saturating_add(i64::try_from(item_size(&item)).unwrap_or(i64::MAX));
        file.add(&item_line(&item))?;
    }
    export.after = found.last.or(export.after.take());
    Ok(found.more)
}

fn add_changes(
    reader: &Reader<'_>,
    (export, table): (&mut Export, &TableKey),
    file: &mut DataFile,
    (from, to, view): (i64, i64, bool),
    now: i64,
) -> Result<bool, Error> {
    let found = events(reader, (from, to), export.after.as_deref(), TOGETHER, now)?;
    for event in &found.events {
        let open = |record: &Option<bytes::Bytes>| {
            record.as_ref().map(|record| table.open(&event.key, record)).transpose()
        };
        let (old, new) = (open(&event.old)?, open(&event.new)?);
        let bytes: usize = [&old, &new].into_iter().flatten().map(item_size).sum();
        export.bytes = export.bytes.saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX));
        file.add(&change_line(&export.key, event.at, old.as_ref(), new.as_ref(), view))?;
    }
    export.after = found.last.or(export.after.take());
    Ok(found.more)
}
