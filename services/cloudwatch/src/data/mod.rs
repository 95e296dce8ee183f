//! Metrics as they are stored: what was put, what it adds up to, and how coarse it is.

mod codec;
mod datum;
mod list;
mod metric;
mod statistic;
mod summary;
mod tend;
mod tier;
mod view;

pub(crate) use datum::{Datum, entries, read_entry};
pub(crate) use list::{LISTED, Listed, list};
pub(crate) use metric::{Known, MetricId, MetricName, unit_number, unit_of};
pub use statistic::Statistic;
pub use summary::Summary;
pub(crate) use tend::{Mark, merge, roll_up, rollable};
pub(crate) use tier::{KEPT, Tier};
pub(crate) use view::{Range, View};
