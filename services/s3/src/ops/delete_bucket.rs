use kurodo_gateway::{Authorized, Handler};
use kurodo_store::{Expectation, KeyParser, Reader, Scan, blobs::BlobId};

use super::Answer;
use crate::{
    Error, S3,
    layout::Setting,
    model::{DeleteBucketOutput, op},
    records::Part,
};

impl Handler<op::DeleteBucket> for S3 {
    /// A bucket must be empty of objects. Uploads that nobody completed go with it.
    async fn handle(&self, call: Authorized<'_, Self, op::DeleteBucket>) -> Answer<op::DeleteBucket> {
        let (settings, objects, uploads) = &call.permits;
        let bucket = settings.resource();
        let writer = self.store.write(settings);
        let left = left(&self.store.read(uploads))?;

        let mut transaction = writer.transaction();
        transaction.expect_fact(&bucket.facts()?.exists);
        for setting in Setting::ALL {
            transaction.delete(setting.key());
        }
        transaction.under(objects).expect_empty("");
        transaction.under(uploads);
        for key in &left.keys {
            transaction.delete(key);
        }
        match transaction.commit().await {
            Ok(_) => {}
            Err(error) => {
                return Err(match error.conflict().map(|conflict| conflict.expectation) {
                    Some(Expectation::Empty) => Error::BucketNotEmpty(bucket.name().to_owned()),
                    Some(Expectation::Fact) => Error::NoSuchBucket(bucket.name().to_owned()),
                    _ => error.into(),
                });
            }
        }
        left.blobs.into_iter().for_each(|blob| self.readers.discard(vec![blob]));
        Ok(DeleteBucketOutput {}.into())
    }
}

/// What nobody completed.
struct Left {
    keys: Vec<bytes::Bytes>,
    blobs: Vec<BlobId>,
}

fn left(uploads: &Reader<'_>) -> Result<Left, Error> {
    let mut left = Left { keys: Vec::new(), blobs: Vec::new() };
    for record in uploads.cursor(&Scan::default())? {
        let record = record?;
        if is_part(&record.key) {
            left.blobs.push(Part::read(&record.value)?.blob.id());
        }
        left.keys.push(record.key);
    }
    Ok(left)
}

/// Whether something comes behind the upload's id.
fn is_part(key: &[u8]) -> bool {
    let mut parser = KeyParser::new(key);
    parser.part().is_ok() && parser.number().is_ok() && parser.number().is_ok() && parser.end().is_err()
}
