use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    Error, S3,
    conditions::matches,
    model::{DeleteObjectOutput, op},
    records::Head,
};

impl Handler<op::DeleteObject> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::DeleteObject>) -> Answer<op::DeleteObject> {
        let Authorized { input, permits: (permit, _known), .. } = call;
        self.remove(&permit, |there| deletable(there, input.if_match.as_deref(), &input.key)).await?;
        let request_charged = permit.resource().charged();
        Ok(DeleteObjectOutput { request_charged, ..DeleteObjectOutput::default() }.into())
    }
}

/// Whether what is there is what the request wants to delete.
pub(super) fn deletable(there: Option<&Head>, if_match: Option<&str>, key: &str) -> Result<(), Error> {
    match (if_match, there) {
        (Some(_), None) => Err(Error::NoSuchKey(key.to_owned())),
        (Some(tags), Some(head)) if !matches(tags, &head.etag) => Err(Error::PreconditionFailed("If-Match")),
        _ => Ok(()),
    }
}
