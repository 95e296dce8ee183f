use futures_util::{StreamExt, stream};
use kurodo_authz::{Denial, Permit};
use kurodo_gateway::{Authorized, Failure, Handler};

use super::{Answer, delete_object::deletable};
use crate::{
    Error, S3, action,
    model::{self, DeleteObjectsOutput, DeletedObject, ObjectIdentifier, op},
};

type Decided<'r, A> = Result<Permit<'r, A>, Box<Denial>>;

/// So many are deleted at once; they share the flushes of the disk.
const AT_ONCE: usize = 128;

impl Handler<op::DeleteObjects> for S3 {
    /// Each object is decided and deleted for itself.
    async fn handle(&self, call: Authorized<'_, Self, op::DeleteObjects>) -> Answer<op::DeleteObjects> {
        let Authorized { input, permits: (deletes, reads), .. } = call;
        let (objects, mut reads) = (&input.delete.objects, reads.into_iter());
        let allowed = deletes.iter().find_map(|delete| delete.as_ref().ok());
        let request_charged = allowed.and_then(|permit| permit.resource().charged());
        let mut deletions = Vec::with_capacity(objects.len());
        for (object, delete) in objects.iter().zip(deletes) {
            let certain = object.e_tag.as_deref().is_some_and(|tag| tag != "*");
            let known = if certain { reads.next() } else { None };
            deletions.push(self.delete_one(object, delete, known));
        }
        let outcomes: Vec<_> = stream::iter(deletions).buffered(AT_ONCE).collect().await;

        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for (object, outcome) in objects.iter().zip(outcomes) {
            match outcome {
                Ok(()) => {
                    deleted.push(DeletedObject { key: Some(object.key.clone()), ..DeletedObject::default() })
                }
                Err(failure) => errors.push(shown(object, failure)),
            }
        }
        let loud = !input.delete.quiet.unwrap_or_default();
        Ok(DeleteObjectsOutput {
            deleted: (loud && !deleted.is_empty()).then_some(deleted),
            errors: (!errors.is_empty()).then_some(errors),
            request_charged,
        }
        .into())
    }
}

impl S3 {
    async fn delete_one(
        &self,
        object: &ObjectIdentifier,
        delete: Decided<'_, action::DeleteObject>,
        known: Option<Decided<'_, action::GetObject>>,
    ) -> Result<(), Failure> {
        let permit = delete.map_err(denied)?;
        known.transpose().map_err(denied)?;
        let condition = |there: Option<&_>| deletable(there, object.e_tag.as_deref(), &object.key);
        Ok(self.remove(&permit, condition).await?)
    }
}

fn denied(denial: Box<Denial>) -> Failure {
    Error::AccessDenied(denial.s3_message().into()).into()
}

fn shown(object: &ObjectIdentifier, failure: Failure) -> model::Error {
    model::Error {
        key: Some(object.key.clone()),
        version_id: None,
        code: Some(failure.code.into_owned()),
        message: Some(failure.message.into_owned()),
    }
}
