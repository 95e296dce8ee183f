use kurodo_identity::{
    Group, InstanceProfile, ManagedPolicy, OidcProvider, Record, Role, SamlProvider, Tags, User, VirtualMfa,
    keys::Key,
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
pub(crate) trait Subject: Record {
    fn seen(&self) -> Seen;
}

/// Loads the record that a permit's resource stands for, if it is still what was decided on.
pub(crate) fn load<R: Subject>(
    look: &impl Look,
    key: &Key<R>,
    seen: Option<&Seen>,
    missing: impl FnOnce() -> Missing,
) -> Result<R, Error> {
    let record = look.record(key)?.ok_or_else(missing)?;
    if seen == Some(&record.seen()) { Ok(record) } else { Err(Error::ConcurrentModification) }
}

macro_rules! subject {
    ($($record:ident { $id:ident, $path:expr, $name:ident, $tags:expr, $boundary:expr })*) => {
        $(impl Subject for $record {
            fn seen(&self) -> Seen {
                Seen {
                    id: self.$id.to_string(),
                    path: $path(self),
                    name: self.$name.clone(),
                    tags: $tags(self),
                    boundary: $boundary(self),
                }
            }
        })*
    };
}

subject! {
    User { id, |it: &User| it.path.clone(), name, |it: &User| it.tags.clone(), |it: &User| it.boundary.clone() }
    Role { id, |it: &Role| it.path.clone(), name, |it: &Role| it.tags.clone(), |it: &Role| it.boundary.clone() }
    Group { id, |it: &Group| it.path.clone(), name, |_: &Group| Tags::new(), |_: &Group| None }
    ManagedPolicy {
        id, |it: &ManagedPolicy| it.path.clone(), name, |it: &ManagedPolicy| it.tags.clone(),
        |_: &ManagedPolicy| None
    }
    InstanceProfile {
        id, |it: &InstanceProfile| it.path.clone(), name, |it: &InstanceProfile| it.tags.clone(),
        |_: &InstanceProfile| None
    }
    VirtualMfa {
        created, |it: &VirtualMfa| it.path.clone(), name, |it: &VirtualMfa| it.tags.clone(),
        |_: &VirtualMfa| None
    }
    SamlProvider {
        created, |_: &SamlProvider| String::new(), name, |it: &SamlProvider| it.tags.clone(),
        |_: &SamlProvider| None
    }
    OidcProvider {
        created, |_: &OidcProvider| String::new(), url, |it: &OidcProvider| it.tags.clone(),
        |_: &OidcProvider| None
    }
}
