use kurodo_identity::{
    Group, InstanceProfile, ManagedPolicy, OidcProvider, Record, Role, SamlProvider, Tag, Tags, User,
    VirtualMfa,
    keys::{self, Key},
};
use kurodo_policy::Context;

use crate::{Error, error::Missing, room::Look};

/// What a decision looked at in a record. A handler that finds something else there does not act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) tags: Tags,
    pub(crate) boundary: Option<String>,
}

impl Seen {
    fn new(id: &str, path: &str, name: &str, tags: &[Tag]) -> Self {
        let (id, path, name) = (id.to_owned(), path.to_owned(), name.to_owned());
        Self { id, path, name, tags: tags.to_vec(), boundary: None }
    }

    /// Adds the tags as condition keys.
    pub(crate) fn tags_to(&self, prefixes: &[&str], context: &mut Context) {
        for tag in &self.tags {
            for prefix in prefixes {
                context.set(format!("{prefix}{}", tag.key), tag.value.as_str());
            }
        }
    }
}

/// A record that a resource stands for.
pub(crate) trait Subject: Record + Sized {
    /// Where it lies.
    fn key(&self) -> Key<Self>;
    /// What decisions look at.
    fn seen(&self) -> Seen;
}

/// Loads the record that a permit's resource stands for, if it is still what was decided on. What the decision did not see is
/// missing, also where a record of another path or spelling has its place.
pub(crate) fn load<R: Subject>(
    look: &impl Look,
    key: &Key<R>,
    seen: Option<&Seen>,
    missing: impl FnOnce() -> Missing,
) -> Result<R, Error> {
    let Some((record, seen)) = look.record(key)?.zip(seen) else { return Err(missing().into()) };
    if *seen == record.seen() { Ok(record) } else { Err(Error::ConcurrentModification) }
}

impl Subject for User {
    fn key(&self) -> Key<Self> {
        keys::user(&self.name)
    }

    fn seen(&self) -> Seen {
        let boundary = self.boundary.clone();
        Seen { boundary, ..Seen::new(&self.id, &self.path, &self.name, &self.tags) }
    }
}

impl Subject for Role {
    fn key(&self) -> Key<Self> {
        keys::role(&self.name)
    }

    fn seen(&self) -> Seen {
        let boundary = self.boundary.clone();
        Seen { boundary, ..Seen::new(&self.id, &self.path, &self.name, &self.tags) }
    }
}

impl Subject for Group {
    fn key(&self) -> Key<Self> {
        keys::group(&self.name)
    }

    fn seen(&self) -> Seen {
        Seen::new(&self.id, &self.path, &self.name, &[])
    }
}

impl Subject for ManagedPolicy {
    fn key(&self) -> Key<Self> {
        keys::policy(&self.name)
    }

    fn seen(&self) -> Seen {
        Seen::new(&self.id, &self.path, &self.name, &self.tags)
    }
}

impl Subject for InstanceProfile {
    fn key(&self) -> Key<Self> {
        keys::instance_profile(&self.name)
    }

    fn seen(&self) -> Seen {
        Seen::new(&self.id, &self.path, &self.name, &self.tags)
    }
}

impl Subject for VirtualMfa {
    fn key(&self) -> Key<Self> {
        keys::mfa_device(&self.name)
    }

    fn seen(&self) -> Seen {
        Seen::new(&self.created.to_string(), &self.path, &self.name, &self.tags)
    }
}

impl Subject for SamlProvider {
    fn key(&self) -> Key<Self> {
        keys::saml_providers().exactly(&self.name)
    }

    fn seen(&self) -> Seen {
        Seen::new(&self.created.to_string(), "", &self.name, &self.tags)
    }
}

impl Subject for OidcProvider {
    fn key(&self) -> Key<Self> {
        keys::oidc_providers().exactly(&self.url)
    }

    fn seen(&self) -> Seen {
        Seen::new(&self.created.to_string(), "", &self.url, &self.tags)
    }
}
