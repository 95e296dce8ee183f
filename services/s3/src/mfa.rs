//! Deleting versions with a one-time code.
//!
//! Source: S3 User Guide, "Configuring MFA delete".

use kurodo_gateway::Call;
use kurodo_policy::PrincipalKind;

use crate::{Error, S3, facts::BucketFacts};

/// As S3 says it.
const MISSING: &str = "Mfa Authentication must be used for this request";

impl S3 {
    /// Takes the code in `x-amz-mfa`, which is of the device of the root user whose account has the bucket. A code is
    /// taken once.
    ///
    /// # Errors
    /// There is none, or it is wrong, or somebody else shows it.
    pub(crate) async fn take_code(
        &self,
        shown: Option<&str>,
        facts: &BucketFacts,
        call: &Call,
    ) -> Result<(), Error> {
        let (serial, code) = shown
            .and_then(|shown| shown.trim().split_once(' '))
            .ok_or(Error::AccessDenied(MISSING.into()))?;
        let now = call.now_ms.div_euclid(1000);
        if is_owner(call, facts) && self.codes.show_code(&call.caller, serial, code.trim(), now).await? {
            return Ok(());
        }
        Err(Error::AccessDenied(MISSING.into()))
    }
}

/// Whether the root user of the bucket's account calls.
pub(crate) fn is_owner(call: &Call, facts: &BucketFacts) -> bool {
    let principal = &call.caller.principal;
    principal.kind == PrincipalKind::Root && principal.account == Some(facts.account)
}
