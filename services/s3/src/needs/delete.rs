use super::{Finding, Need, write::known};
use crate::{
    Error, limits,
    model::{DeleteObjectInput, DeleteObjectsInput},
    resources::{Door, Object, located},
    table::action,
};

type Delete = (Need<action::DeleteObject>, Option<Need<action::GetObject>>);

/// Deleting a certain object, and no other, needs to be allowed to know it; deleting whatever is there does not.
///
/// Source: S3 User Guide, "Enforce conditional deletes on Amazon S3 buckets".
pub(crate) async fn delete_object(find: &Finding<'_>, input: &DeleteObjectInput) -> Result<Delete, Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let tag = input.if_match.as_deref();
    let need = Need::new(Object::at(find, &facts, &input.key, Door::Content)?).with_some("s3:if-match", tag);
    Ok((need, known(find, &facts, &input.key, tag.filter(|tag| *tag != "*"))?))
}

type Deletes = (Vec<Need<action::DeleteObject>>, Vec<Need<action::GetObject>>);

/// One need for each object; and one to know it, for each that comes with an entity tag, in the same order.
pub(crate) async fn delete_objects(find: &Finding<'_>, input: &DeleteObjectsInput) -> Result<Deletes, Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let objects = &input.delete.objects;
    if objects.is_empty() || objects.len() > limits::PAGE {
        return Err(Error::MalformedXml);
    }
    let (mut deletes, mut reads) = (Vec::with_capacity(objects.len()), Vec::new());
    for object in objects {
        let tag = object.e_tag.as_deref();
        let need = Need::new(Object::at(find, &facts, &object.key, Door::Content)?);
        deletes.push(need.with_some("s3:if-match", tag));
        reads.extend(known(find, &facts, &object.key, tag.filter(|tag| *tag != "*"))?);
    }
    Ok((deletes, reads))
}
