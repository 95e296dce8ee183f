//! What is made of events beside keeping them: metrics, and records of streams.
//!
//! Putting events notes in the same transaction that there is something to be made of them; it waits in a queue until a
//! chore has taken it on. So nothing is lost when the server stops, and who puts events does not wait for it.

mod cloudwatch;
mod defaults;
mod figures;
mod kinesis;
mod metric;
mod parcel;
mod pauses;
mod queue;
mod subscription;

pub(crate) use cloudwatch::CloudWatch;
pub(crate) use defaults::Defaults;
pub(crate) use figures::{Figures, Series, takable};
pub(crate) use kinesis::{Fault, Stream, assume};
pub(crate) use metric::{Meter, MetricFilter};
pub(crate) use parcel::{Parcel, parcels, test_content};
pub(crate) use pauses::Pauses;
pub(crate) use queue::{Block, METRICS, Put, Taken, Turns};
pub(crate) use subscription::{Subscription, role_for};
