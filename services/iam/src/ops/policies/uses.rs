use std::collections::HashMap;

use kurodo_identity::keys;

use crate::{Error, room::Look, view::Used};

/// What policies the users, groups and roles of an account refer to, by ARN.
#[derive(Debug, Default)]
pub(in crate::ops) struct Uses(HashMap<String, Used>);

impl Uses {
    pub(in crate::ops) fn count(look: &impl Look) -> Result<Self, Error> {
        let mut uses = Self::default();
        for user in look.walk(&keys::users(), None)? {
            let user = user?;
            uses.add(&user.attached, user.boundary.as_ref());
        }
        for group in look.walk(&keys::groups(), None)? {
            uses.add(&group?.attached, None);
        }
        for role in look.walk(&keys::roles(), None)? {
            let role = role?;
            uses.add(&role.attached, role.boundary.as_ref());
        }
        Ok(uses)
    }

    /// How often the policy with this ARN is used.
    pub(in crate::ops) fn of(&self, arn: &str) -> Used {
        self.0.get(arn).copied().unwrap_or_default()
    }

    fn add(&mut self, attached: &[String], boundary: Option<&String>) {
        for arn in attached {
            self.0.entry(arn.clone()).or_default().attached += 1;
        }
        if let Some(arn) = boundary {
            self.0.entry(arn.clone()).or_default().boundary += 1;
        }
    }
}
