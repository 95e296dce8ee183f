use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::Context;

use super::{account, describe};
use crate::{CloudWatch, Error, alarm::Stored, layout};

/// What of other alarms is in the way of what is to be done with one.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// Alarms that a rule names and that are not there.
    pub(crate) missing: Vec<String>,
    /// Composite alarms that hang on the alarm.
    pub(crate) parents: Vec<String>,
}

/// An alarm: its definition and state; its history is the annex.
#[derive(Debug)]
pub struct Alarm {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The alarm's name.
    pub name: String,
    pub(crate) stored: Option<Stored>,
    pub(crate) others: Others,
}

impl Alarm {
    /// The alarm of this name, if it is there.
    pub(crate) fn find(
        find: &Find<'_, CloudWatch>,
        account: AccountId,
        region: &Region,
        name: &str,
    ) -> Result<Self, Error> {
        let found = find.stored().get(layout::alarm(account, region, name).prefix())?;
        let stored = found.map(|found| Stored::read(&found.value)).transpose()?;
        let (region, name) = (region.clone(), name.to_owned());
        Ok(Self { region, account, name, stored, others: Others::default() })
    }

    /// The ARN.
    pub(crate) fn arn(&self) -> String {
        kurodo_authz::Named::arn(self)
    }
}

impl Resource for Alarm {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::alarm(self.account, &self.region, &self.name)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(stored) = &self.stored {
            describe(&stored.tags, context);
        }
    }
}

impl Annexed for Alarm {
    fn annex(&self) -> Scope {
        layout::history(self.account, &self.region, &self.name)
    }
}

/// All alarms of an account in a region.
#[derive(Debug)]
pub struct Alarms {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
}

impl Resource for Alarms {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::alarms(self.account, &self.region)
    }
}

/// The same, for who looks for the alarms of a metric.
#[derive(Debug)]
pub struct AnyAlarms(pub(crate) Alarms);

impl Resource for AnyAlarms {
    fn owner(&self) -> AccountId {
        self.0.owner()
    }

    fn scope(&self) -> Scope {
        self.0.scope()
    }
}

/// The history of one alarm, or of all.
#[derive(Debug)]
pub struct History {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The alarm's name; `*` for all.
    pub name: String,
    /// The one alarm that it is of.
    pub(crate) only: Option<String>,
}

impl Resource for History {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match &self.only {
            Some(name) => layout::history(self.account, &self.region, name),
            None => layout::histories(self.account, &self.region),
        }
    }
}

/// The alarm of this name.
pub(crate) async fn alarm(find: &Find<'_, CloudWatch>, name: &str) -> Result<Alarm, Error> {
    Alarm::find(find, account(find)?, find.region(), name)
}

/// All alarms, as the caller's account sees them.
pub(crate) async fn alarms(find: &Find<'_, CloudWatch>) -> Result<Alarms, Error> {
    Ok(Alarms { region: find.region().clone(), account: account(find)? })
}

/// The same, whichever they are: by a metric, or in the rule of a composite alarm.
pub(crate) async fn any_alarms(find: &Find<'_, CloudWatch>) -> Result<AnyAlarms, Error> {
    alarms(find).await.map(AnyAlarms)
}

/// The history of an alarm, or of all.
pub(crate) async fn history(find: &Find<'_, CloudWatch>, name: &Option<String>) -> Result<History, Error> {
    let (region, account) = (find.region().clone(), account(find)?);
    let (only, name) = (name.clone(), name.clone().unwrap_or_else(|| "*".to_owned()));
    Ok(History { region, account, name, only })
}
