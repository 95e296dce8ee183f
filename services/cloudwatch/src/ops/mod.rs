//! One file per operation, or for a few that are alike.

mod alarm_actions;
mod alarm_history;
mod chores;
mod dashboards;
mod delete_alarms;
mod describe_alarms;
mod evaluate_alarms;
mod get_metric_data;
mod get_metric_statistics;
mod list_metrics;
mod put_alarm;
mod put_metric_data;
mod scrape;
mod send_notices;
mod set_alarm_state;
mod tags;

use kurodo_gateway::{Authorized, Reply, wire::Operation};
use kurodo_store::StoreError;

use crate::{CloudWatch, Error};

/// A call that was let through.
type Asked<'r, O> = Authorized<'r, CloudWatch, O>;
/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// How often something is tried again that others changed at the same time.
const ATTEMPTS: usize = 16;

/// Whether it was written; not, where somebody else was first.
fn written<T>(done: Result<T, StoreError>) -> Result<bool, Error> {
    match done {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
