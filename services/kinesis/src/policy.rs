//! Policies of streams and of consumers.

use std::sync::Arc;

use kurodo_policy::{Attached, Kind, Policy};

use crate::Error;

/// The most bytes of a policy.
///
/// Source: Kinesis Developer Guide, "Resource-based policy examples": 20 KB.
const LONGEST: usize = 20 << 10;

/// That a text is a policy.
pub(crate) fn check(text: &str) -> Result<(), Error> {
    if text.len() > LONGEST {
        return Err(Error::LimitExceeded("Policy size exceeds the limit of 20 KB.".to_owned()));
    }
    match Policy::parse(text, Kind::Resource) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::invalid(format!("Invalid policy document: {error}"))),
    }
}

/// A stored policy, to be asked.
pub(crate) fn compile(name: &str, text: &str) -> Result<Attached, Error> {
    let policy = Policy::parse(text, Kind::Resource).map_err(|_| Error::Damaged(name.to_owned()))?;
    Ok(Attached { name: format!("resource-policy:stream/{name}"), policy: Arc::new(policy) })
}
