use kurodo_arn::{AccountId, Arn};
use kurodo_identity::{StoredDirectory, session::compact};
use kurodo_policy::Kind;

use crate::{Error, model::PolicyDescriptorType};

/// Managed session policies that a session may have.
const MOST: usize = 10;

/// A session's policies: what it may do at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SessionPolicies {
    /// The inline policy, without white space.
    pub(crate) inline: Option<String>,
    /// The ARNs of the managed ones.
    pub(crate) arns: Vec<String>,
}

/// Reads the policies that a request passes: each must be a policy, and the managed ones must exist in the
/// session's account or be AWS's.
pub(crate) fn read(
    directory: &StoredDirectory,
    account: AccountId,
    inline: Option<&str>,
    arns: Option<&[PolicyDescriptorType]>,
) -> Result<SessionPolicies, Error> {
    if let Some(text) = inline {
        directory.compiled(text, Kind::Session)?;
    }
    let arns: Vec<String> = arns.unwrap_or_default().iter().filter_map(|policy| policy.arn.clone()).collect();
    if arns.len() > MOST {
        return Err(Error::validation(format!("A session may have at most {MOST} managed policies.")));
    }
    for arn in &arns {
        if arn.parse::<Arn>().is_err() {
            return Err(Error::validation(format!("{arn} is invalid")));
        }
        if !directory.has_policy(account, arn)? {
            return Err(Error::validation(format!("Policy {arn} does not exist or is not attachable.")));
        }
    }
    Ok(SessionPolicies { inline: inline.map(compact), arns })
}
