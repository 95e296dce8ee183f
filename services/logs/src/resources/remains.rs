use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};

use crate::layout;

/// What is left of a group, or of a stream where one is named, that was deleted.
#[derive(Debug)]
pub struct Remains {
    /// The region.
    pub(crate) region: Region,
    /// The account.
    pub(crate) account: AccountId,
    pub(crate) group: u64,
    pub(crate) stream: Option<u64>,
}

impl Resource for Remains {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match self.stream {
            Some(stream) => layout::events(self.account, &self.region, self.group, stream),
            None => layout::contents(self.account, &self.region, self.group),
        }
    }
}

/// That it is deleted.
impl Annexed for Remains {
    fn annex(&self) -> Scope {
        match self.stream {
            Some(stream) => layout::stream_remains(self.account, &self.region, self.group, stream),
            None => layout::group_remains(self.account, &self.region, self.group),
        }
    }
}
