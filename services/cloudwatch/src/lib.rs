//! Amazon CloudWatch: metrics, alarms and dashboards.
//!
//! Read [`table`] first: it says what every operation demands. `data` is how metrics lie in the store and how they grow
//! coarser with age; `math` evaluates metric math over what `data` reads; `alarm` is what alarms are and how their
//! states follow from both; `ops` holds the operations, and the chores that keep all of this going.

pub mod alarm;
mod dashboard;
mod data;
mod error;
mod figures;
mod labels;
mod layout;
pub mod math;
pub mod model;
mod needs;
mod ops;
mod page;
mod query;
pub mod resources;
mod service;
pub mod table;
mod tags;
mod time;

pub use alarm::Webhooks;
pub use data::{Statistic, Summary};
pub use error::Error;
pub use figures::Figures;
pub use service::CloudWatch;
