//! One statement: that it speaks of this bucket, of S3's actions, and of things that go together.

use serde_json::Value;

use super::{
    actions::{self, On},
    conditions, malformed, texts,
};
use crate::Error;

/// Refuses what S3 refuses in a statement whose form is right.
pub(super) fn check(statement: &Value, bucket: &str) -> Result<(), Error> {
    let resources = Resources::read(statement, bucket)?;
    let named = texts(statement, "Action");
    let patterns = named.clone().or_else(|| texts(statement, "NotAction")).unwrap_or_default();
    if !patterns.iter().all(|pattern| actions::exists(pattern)) {
        return Err(malformed("Policy has invalid action"));
    }
    let patterns = named.unwrap_or_else(|| vec!["*"]);
    if !patterns.iter().all(|pattern| resources.take(pattern)) {
        return Err(malformed("Action does not apply to any resource(s) in statement"));
    }
    conditions::check(statement, &patterns)
}

/// What kinds of things a statement names.
#[derive(Debug, Default)]
struct Resources {
    bucket: bool,
    objects: bool,
}

impl Resources {
    /// Everything but some things may be of either kind.
    fn read(statement: &Value, bucket: &str) -> Result<Self, Error> {
        let named = texts(statement, "Resource");
        let negated = named.is_none();
        let mut found = Self { bucket: negated, objects: negated };
        for arn in named.or_else(|| texts(statement, "NotResource")).unwrap_or_default() {
            found.add(arn, bucket).ok_or_else(|| malformed("Policy has invalid resource"))?;
        }
        Ok(found)
    }

    /// A bucket's policy speaks of the bucket, by its whole name, and of what is in it.
    fn add(&mut self, arn: &str, bucket: &str) -> Option<()> {
        let behind = arn.strip_prefix("arn:aws:s3:::")?.strip_prefix(bucket)?;
        match behind.chars().next() {
            None => self.bucket = true,
            Some('/') => self.objects = true,
            Some('*') => (self.bucket, self.objects) = (true, true),
            Some(_) => return None,
        }
        Some(())
    }

    /// Whether an action of this pattern can be done to one of them.
    fn take(&self, pattern: &str) -> bool {
        (self.bucket && actions::on(pattern, On::Bucket))
            || (self.objects && actions::on(pattern, On::Object))
    }
}
