//! What the rows of the table name.

mod access_point;
mod attached;

pub use access_point::{AccessPoint, Points};
pub use attached::Attached;

pub(crate) use access_point::{access_point, points};

use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;

use crate::{Error, S3Control, block};

/// What an account decides for all of its buckets.
#[derive(Debug, Clone)]
pub struct Account {
    id: AccountId,
}

impl Account {
    /// The account.
    pub fn id(&self) -> AccountId {
        self.id
    }
}

impl Resource for Account {
    fn owner(&self) -> AccountId {
        self.id
    }

    fn scope(&self) -> Scope {
        block::scope(self.id)
    }
}

/// The account that the request names. Whether the caller belongs to it is the decision's business.
pub(crate) async fn account(_: &Find<'_, S3Control>, id: &str) -> Result<Account, Error> {
    Ok(Account { id: id.parse().map_err(|_| Error::InvalidAccount)? })
}
