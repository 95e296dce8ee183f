//! Imports under way, a piece of an object at a time.

use std::{collections::BTreeMap, sync::Arc};

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress, Turns};
use kurodo_store::{Key, Transaction, Version, Writer};

use super::settings::record;
use crate::{
    DynamoDb, Error,
    attribute::{Item, item_size},
    definition::Definition,
    encryption::TableKey,
    facts::TableFacts,
    history::Noting,
    imports::{Import, Object, UNPACKED, chunk, lines, unzipped},
    items::{Occasion, Written, changed, get, stage},
    layout,
    names::ImportName,
    needs::ITEM,
    plan::{check_item, key_of_item},
    s3::{Bucket, Fault},
    table::{action, chore},
};

/// Bytes of an object that are read together: more than the longest line that an item can be.
const PIECE: u64 = 4 << 20;
/// The largest compressed object.
const ZIPPED: u64 = 64 << 20;

type Permits<'r> =
    (Permit<'r, action::ImportTable>, Permit<'r, action::ImportItems>, Permit<'r, action::NoteImport>);

/// How an import ends some of whose items are none.
///
/// Source: DynamoDB Developer Guide, "Amazon S3 import formats for DynamoDB", "Data validation errors".
const INVALID: (&str, &str) =
    ("ItemValidationError", "Some of the items failed validation checks and were not imported.");

/// An import under way, where it is, and the version of its record.
struct UnderWay {
    place: ImportName,
    import: Import,
    version: Version,
}

impl Keeper<chore::ImportTables> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::ImportTables>) -> Result<Progress, Error> {
        let (permits, now) = (&errand.permits, errand.call.now_ms);
        let (target, _, note) = permits;
        let Some(id) = &note.resource().due else { return Ok(Progress::Done) };
        let Some(found) = self.store.read(note).get(layout::id(id))? else { return Ok(Progress::Done) };
        let (place, import) = (note.resource().import(id), Import::read(&found.value)?);
        let mut work = UnderWay { place, import, version: found.version };
        if work.import.ended.is_some() {
            self.forget_import(note, &work).await?;
            return Ok(Progress::More);
        }
        let facts = target.resource().facts().filter(|facts| facts.definition.importing.as_ref() == Some(id));
        let key = match facts {
            Some(facts) => self.vault.unlock_own(facts, now).await?,
            None => None,
        };
        let read = match (facts, &key) {
            (Some(_), Some(_)) => self.read_some(&mut work).await,
            (Some(_), None) => Err(locked()),
            (None, _) => Err(Fault::Refused("TableNotFound".to_owned(), "The table is gone".to_owned())),
        };
        let items = match read {
            Ok(items) => items,
            Err(Fault::Refused(code, message)) => {
                work.import.failure = Some((code, message));
                work.import.ended = Some(now);
                BTreeMap::new()
            }
            Err(Fault::Failed(error)) => return Err(error),
        };
        self.note_import(permits, (facts, key.as_ref()), &mut work, items, now).await?;
        Ok(Progress::More)
    }
}

type Items = BTreeMap<Vec<u8>, (Key, Item)>;

impl DynamoDb {
    /// Reads the next piece, and tells the items in it; where there is none, the import is over.
    async fn read_some(&self, work: &mut UnderWay) -> Result<Items, Fault> {
        let UnderWay { place, import, .. } = work;
        let caller = self.sponsors.of(&place.id).ok_or_else(interrupted)?;
        let (source, region) = (import.source.clone(), place.table.region.clone());
        let owner = source.owner.as_deref();
        let bucket = Bucket { relay: &self.relay, caller, region, name: &source.bucket, owner, kms: None };
        let Some(object) = import.at.clone() else {
            let prefix = source.prefix.as_deref().unwrap_or_default();
            let next = bucket.next(prefix, import.after.as_deref()).await.map_err(of_s3)?;
            import.at = next.map(|(key, size)| Object { key, size, offset: 0, names: None });
            import.ended = import.at.is_none().then_some(import.began);
            return Ok(Items::new());
        };
        let (piece, is_last) = piece(&bucket, &object, source.zipped.then_some(&self.unpacking)).await?;
        let whole = chunk(&piece, is_last);
        let items = add(import, whole);
        let read = whole.len() as u64;
        import.bytes = import.bytes.saturating_add(i64::try_from(read).unwrap_or(i64::MAX));
        let is_over = is_last && read == piece.len() as u64;
        match &mut import.at {
            Some(at) if !is_over => at.offset += read,
            _ => (import.after, import.at) = (Some(object.key), None),
        }
        Ok(items)
    }

    /// Writes items, and notes how far the import is. The table can be used once the import has ended.
    async fn note_import(
        &self,
        (target, filling, note): &Permits<'_>,
        (facts, key): (Option<&Arc<TableFacts>>, Option<&TableKey>),
        work: &mut UnderWay,
        items: Items,
        now: i64,
    ) -> Result<(), Error> {
        work.import.ended = work.import.ended.map(|_| now);
        let id = &work.place.id;
        let (noted, writer, table) =
            (self.store.write(note), self.store.write(filling), self.store.write(target));
        let mut transaction = noted.transaction();
        let mut hold = self.collections.hold();
        if let Some(facts) = facts {
            transaction.expect_fact(&facts.current);
            if let Some(key) = key {
                let time = (now, self.clock.tick(now));
                let room = |written: &Written| hold.admit((facts, key), written, || self.store.read(filling));
                let (staged, refused) = staged(&writer, (facts, key), items, time, room)?;
                transaction.join(staged);
                work.import.imported -= refused;
            }
            if work.import.ended.is_some() {
                let mut usable = table.transaction();
                usable.put([], record(&Definition { importing: None, ..facts.definition.clone() })?);
                transaction.join(usable);
            }
        }
        if work.import.ended.is_some() && work.import.imported < work.import.processed {
            work.import.failure.get_or_insert_with(|| (INVALID.0.to_owned(), INVALID.1.to_owned()));
        }
        transaction.expect_version(layout::id(id), work.version).put(layout::id(id), work.import.record()?);
        hold.sent();
        if changed(transaction.commit().await)?.is_none() {
            hold.undone();
            return Ok(());
        }
        hold.done();
        if work.import.ended.is_some() {
            self.sponsors.forget(id);
        }
        Ok(())
    }

    async fn forget_import(
        &self,
        note: &Permit<'_, action::NoteImport>,
        work: &UnderWay,
    ) -> Result<(), Error> {
        let writer = self.store.write(note);
        let mut transaction = writer.transaction();
        transaction
            .expect_version(layout::id(&work.place.id), work.version)
            .delete(layout::id(&work.place.id));
        changed(transaction.commit().await)?;
        Ok(())
    }
}

/// Whose name an import is read in is not known after a restart.
fn interrupted() -> Fault {
    let message =
        "The server was restarted while the import was under way; the table has a part of the items.";
    Fault::Refused("ImportInterrupted".to_owned(), message.to_owned())
}

/// That KMS does not let DynamoDB open the table's key any more fails the import.
fn locked() -> Fault {
    let message = "DynamoDB may not use the table's key; the table has a part of the items.";
    Fault::Refused("KMSAccessDenied".to_owned(), message.to_owned())
}

/// What S3 refuses, in the words of imports.
fn of_s3(fault: Fault) -> Fault {
    match fault {
        Fault::Refused(code, message) => Fault::Refused(format!("S3{code}"), message),
        failed => failed,
    }
}

/// The next piece of an object, and whether the object ends with it.
async fn piece(
    bucket: &Bucket<'_>,
    object: &Object,
    unpacking: Option<&Turns>,
) -> Result<(Vec<u8>, bool), Fault> {
    let Object { key, size, offset, .. } = object;
    if *size == 0 {
        return Ok((Vec::new(), true));
    }
    let Some(turns) = unpacking else {
        let piece = bucket.part(key, *offset, PIECE).await.map_err(of_s3)?;
        let is_last = offset.saturating_add(piece.len() as u64) >= *size || piece.is_empty();
        return Ok((piece.to_vec(), is_last));
    };
    if *size >= ZIPPED {
        let message = format!("{key} is compressed and has more than {ZIPPED} bytes");
        return Err(Fault::Refused("S3ObjectTooLarge".to_owned(), message));
    }
    if *offset >= UNPACKED {
        let message = format!("{key} unpacks to more than {UNPACKED} bytes");
        return Err(Fault::Refused("S3ObjectTooLarge".to_owned(), message));
    }
    let content = bucket.part(key, 0, *size).await.map_err(of_s3)?;
    turns
        .take(|| unzipped(&content, *offset))
        .await
        .ok_or_else(|| Fault::Refused(INVALID.0.to_owned(), format!("{key} is not compressed with GZIP")))
}

/// The items of these lines. Of two with the same key the later one counts.
fn add(import: &mut Import, whole: &[u8]) -> Items {
    let mut items = Items::new();
    for item in lines(whole).flat_map(|line| import.items(line)).collect::<Vec<_>>() {
        import.processed += 1;
        let fits =
            item.filter(|item| item_size(item) <= ITEM && check_item(&import.definition, item).is_ok());
        let Some(item) = fits else { continue };
        if let Ok(key) = key_of_item(&import.definition.key, &item) {
            import.imported += 1;
            items.insert(key.stored.to_vec(), (key.stored, item));
        }
    }
    items
}

/// The items with their copies in indexes, and without those of items that they replace; and how many items there is no
/// room for.
fn staged<'w>(
    writer: &'w Writer<'_>,
    (facts, table): (&TableFacts, &TableKey),
    items: Items,
    (now, time): (i64, u64),
    mut room: impl FnMut(&Written) -> Result<(), Error>,
) -> Result<(Transaction<'w>, i64), Error> {
    let (mut transaction, nothing, mut refused) = (writer.transaction(), Noting::default(), 0);
    for (key, item) in items.into_values() {
        let old = match facts.definition.indexes.is_empty() {
            true => None,
            false => get(writer, table, &key)?.map(|(item, _)| item),
        };
        let written = Written { old, version: None, new: Some(item) };
        match room(&written) {
            Err(Error::CollectionTooLarge) => {
                refused += 1;
                continue;
            }
            other => other?,
        }
        stage(
            &mut transaction,
            writer,
            (facts, table),
            &key,
            &written,
            Occasion::call(now),
            (&nothing, time),
        )?;
    }
    Ok((transaction, refused))
}
