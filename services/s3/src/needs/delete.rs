use std::sync::Arc;

use super::{
    Finding, Need,
    asks::{Asks, Either, either},
};
use crate::{
    Error,
    access_points::entered,
    facts::BucketFacts,
    limits,
    model::{DeleteObjectInput, DeleteObjectsInput},
    records::Wanted,
    resources::{Door, Object},
    table::action,
};

type DeleteOne = Either<action::DeleteObject, action::DeleteObjectVersion>;
type Known = Either<action::GetObject, action::GetObjectVersion>;
type Bypass = Need<action::BypassGovernanceRetention>;

/// One thing to delete, as requests name it.
struct Deletion<'a> {
    key: &'a str,
    version: Option<Wanted>,
    tag: Option<&'a str>,
    bypasses: bool,
}

impl Deletion<'_> {
    /// Deleting a certain object, and no other, needs to be allowed to know it; deleting whatever is there does not.
    ///
    /// Source: S3 User Guide, "Enforce conditional deletes on Amazon S3 buckets".
    fn needs(
        &self,
        find: &Finding<'_>,
        facts: &Arc<BucketFacts>,
    ) -> Result<(DeleteOne, Option<Known>, Option<Bypass>), Error> {
        let object = Object::at(find, facts, self.key, Door::Content)?.named(self.version);
        let certain = self.tag.filter(|tag| *tag != "*");
        let known = certain.map(|_| Object::existing(find, facts, self.key, self.version)).transpose()?;
        let bypass = self.bypasses.then(|| Need::new(object.clone()));
        Ok((either(object).key_of("s3:if-match", self.tag), known.map(either), bypass))
    }
}

type Delete = (DeleteOne, Option<Known>, Option<Bypass>);

pub(crate) async fn delete_object(find: &Finding<'_>, input: &DeleteObjectInput) -> Result<Delete, Error> {
    let facts = entered(find, &input.bucket, &input.expected_bucket_owner)?;
    let deletion = Deletion {
        key: &input.key,
        version: Wanted::asked(input.version_id.as_ref())?,
        tag: input.if_match.as_deref(),
        bypasses: input.bypass_governance_retention.unwrap_or_default(),
    };
    deletion.needs(find, &facts)
}

type Deletes = (Vec<DeleteOne>, Vec<Known>, Vec<Bypass>);

/// One need for each object; one to know it, for each that comes with an entity tag; and one for each to bypass its
/// retention, where the request does; all in the same order.
pub(crate) async fn delete_objects(find: &Finding<'_>, input: &DeleteObjectsInput) -> Result<Deletes, Error> {
    let facts = entered(find, &input.bucket, &input.expected_bucket_owner)?;
    let objects = &input.delete.objects;
    if objects.is_empty() || objects.len() > limits::PAGE {
        return Err(Error::MalformedXml);
    }
    let (mut deletes, mut reads, mut bypasses) = (Vec::with_capacity(objects.len()), Vec::new(), Vec::new());
    for object in objects {
        let deletion = Deletion {
            key: &object.key,
            version: Wanted::asked(object.version_id.as_ref())?,
            tag: object.e_tag.as_deref(),
            bypasses: input.bypass_governance_retention.unwrap_or_default(),
        };
        let (delete, known, bypass) = deletion.needs(find, &facts)?;
        deletes.push(delete);
        reads.extend(known);
        bypasses.extend(bypass);
    }
    Ok((deletes, reads, bypasses))
}
