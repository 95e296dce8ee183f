//! What the rows of the table name, and what the decision needs to know of it.

mod alarm;
mod dashboard;
mod metrics;

use kurodo_arn::AccountId;
use kurodo_gateway::Find;

pub use alarm::{Alarm, Alarms, AnyAlarms, History};
pub(crate) use alarm::{Others, alarm, alarms, any_alarms, history};
pub use dashboard::{Dashboard, Dashboards};
pub(crate) use dashboard::{dashboard, dashboards};
pub use metrics::{Metrics, Namespace};
pub(crate) use metrics::{metrics, namespace};

use crate::{CloudWatch, Error};

fn account(find: &Find<'_, CloudWatch>) -> Result<AccountId, Error> {
    find.account().ok_or(Error::Unsigned)
}

/// The tags of a thing as condition keys.
fn describe(tags: &[(String, String)], context: &mut kurodo_policy::Context) {
    for (key, value) in tags {
        context.set(format!("aws:ResourceTag/{key}"), value.as_str());
    }
}
