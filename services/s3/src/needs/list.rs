use super::{Finding, Need};
use crate::{
    Error,
    model::{ListMultipartUploadsInput, ListObjectsInput, ListObjectsV2Input},
    resources::{Bucket, Reach, located},
    table::action,
};

macro_rules! lists {
    ($($operation:ident($input:ty, $max:ident): $action:ident in $reach:ident;)*) => {
        $(pub(crate) async fn $operation(
            find: &Finding<'_>,
            input: &$input,
        ) -> Result<Need<action::$action>, Error> {
            let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
            Ok(Need::new(Bucket::existing(find, &facts, Reach::$reach))
                .with_some("s3:prefix", input.prefix.as_deref())
                .with_some("s3:delimiter", input.delimiter.as_deref())
                .with_some("s3:max-keys", input.$max.map(i64::from)))
        })*
    };
}

lists! {
    list_objects(ListObjectsInput, max_keys): ListBucket in Objects;
    list_objects_v2(ListObjectsV2Input, max_keys): ListBucket in Objects;
    list_multipart_uploads(ListMultipartUploadsInput, max_uploads): ListBucketMultipartUploads in Uploads;
}
