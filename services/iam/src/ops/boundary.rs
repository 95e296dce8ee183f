//! Managed policies that a user, group or role refers to: attached ones, and permissions boundaries.

use kurodo_arn::Arn;
use kurodo_identity::{keys, managed};

use crate::{
    Error,
    error::Missing,
    room::{Draft, Look},
    text::path_and_name,
};

/// Where policies of service-linked roles lie.
const FOR_SERVICES: &str = "/aws-service-role/";

/// That a policy can be referred to. Whoever deletes it at the same time finds it touched.
pub(super) fn refer(draft: &Draft<'_>, arn: &str, missing: fn(String) -> Missing) -> Result<(), Error> {
    let parsed: Arn = arn.parse().map_err(|_| Error::arn(arn))?;
    let rest = parsed.resource.strip_prefix("policy").ok_or_else(|| Error::arn(arn))?;
    let (path, name) = path_and_name(rest).ok_or_else(|| Error::arn(arn))?;
    if path.starts_with(FOR_SERVICES) {
        return Err(Error::PolicyNotAttachable(
            "Cannot attach a Service Role Policy to a Customer Role.".to_owned(),
        ));
    }
    let none = || Error::from(missing(arn.to_owned()));
    if parsed.account == "aws" {
        return managed::policy(arn).map(|_| ()).ok_or_else(none);
    }
    let policy = draft.record(&keys::policy(name))?.filter(|policy| policy.arn(draft.account()) == arn);
    draft.touch(&policy.ok_or_else(none)?)
}
