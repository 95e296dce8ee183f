//! What is made of events beside keeping them: metrics.
//!
//! Putting events notes in the same transaction that there is something to be made of them; it waits in a queue until a
//! chore has taken it on. So nothing is lost when the server stops, and who puts events does not wait for it.

mod cloudwatch;
mod defaults;
mod figures;
mod metric;
mod queue;

pub(crate) use cloudwatch::CloudWatch;
pub(crate) use defaults::Defaults;
pub(crate) use figures::{Figures, Series};
pub(crate) use metric::{Meter, MetricFilter};
pub(crate) use queue::{Block, METRICS, Put, Taken, Turns};
