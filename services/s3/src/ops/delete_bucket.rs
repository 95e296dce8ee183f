use kurodo_gateway::{Authorized, Handler};
use kurodo_store::{Expectation, KeyParser, Reader, Scan, StoreError, Transaction, blobs::BlobId};

use super::Answer;
use crate::{
    Error, S3,
    facts::BucketFacts,
    layout::{self, Setting},
    model::{DeleteBucketOutput, op},
    records::Part,
};

impl Handler<op::DeleteBucket> for S3 {
    /// A bucket must be empty of objects, and of all versions of them. Uploads that nobody completed go with it.
    async fn handle(&self, call: Authorized<'_, Self, op::DeleteBucket>) -> Answer<op::DeleteBucket> {
        let (settings, contents) = &call.permits;
        let facts = settings.resource().facts()?;
        let (has_access_points, fact) = &facts.attached;
        if *has_access_points {
            return Err(Error::BucketHasAccessPoints(facts.name.clone()));
        }
        let left = Left::read(&self.store.read(contents))?;
        let mut transaction = self.store.write(settings).transaction();
        transaction.expect_fact(&facts.exists).expect_fact(fact);
        for setting in Setting::ALL {
            transaction.delete(setting.key());
        }
        transaction.under(contents).expect_empty([layout::OBJECTS]).expect_empty([layout::VERSIONS]);
        left.delete(&mut transaction);
        transaction.commit().await.map_err(|error| failed(error, facts))?;
        self.discard_left(left);

        // What was uploaded meanwhile. Nothing can be added any more.
        let late = Left::read(&self.store.read(contents))?;
        if !late.keys.is_empty() {
            let mut transaction = self.store.write(contents).transaction();
            late.delete(&mut transaction);
            transaction.commit().await?;
            self.discard_left(late);
        }
        Ok(DeleteBucketOutput {}.into())
    }
}

impl S3 {
    fn discard_left(&self, left: Left) {
        left.blobs.into_iter().for_each(|blob| self.readers.discard(vec![blob]));
    }
}

fn failed(error: StoreError, facts: &BucketFacts) -> Error {
    let bucket = facts.name.clone();
    match error.conflict().map(|conflict| conflict.expectation) {
        Some(Expectation::Empty) => Error::BucketNotEmpty { bucket, versioned: facts.versioning.was_on() },
        Some(Expectation::Fact) => Error::NoSuchBucket(bucket),
        _ => error.into(),
    }
}

/// What nobody completed.
struct Left {
    keys: Vec<bytes::Bytes>,
    blobs: Vec<BlobId>,
}

impl Left {
    fn read(contents: &Reader<'_>) -> Result<Self, Error> {
        let mut left = Self { keys: Vec::new(), blobs: Vec::new() };
        for record in contents.cursor(&Scan::within([layout::UPLOADS]))? {
            let record = record?;
            if is_part(&record.key) {
                left.blobs.push(Part::read(&record.value)?.blob.id());
            }
            left.keys.push(record.key);
        }
        Ok(left)
    }

    fn delete(&self, transaction: &mut Transaction<'_>) {
        for key in &self.keys {
            transaction.delete(key);
        }
    }
}

/// Whether something comes behind the upload's id.
fn is_part(key: &[u8]) -> bool {
    let mut parser = KeyParser::new(key);
    let upload =
        parser.byte().is_ok() && parser.part().is_ok() && parser.number().is_ok() && parser.number().is_ok();
    upload && parser.end().is_err()
}
