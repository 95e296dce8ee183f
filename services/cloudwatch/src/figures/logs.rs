//! What log groups took. What was forwarded and extracted is told by CloudWatch Logs itself, as it does so.
//!
//! Source: CloudWatch Logs User Guide, "Monitoring with CloudWatch metrics".

use super::{Subject, publish::Collector, tally::Tally};
use crate::model::StandardUnit;

/// What a log group took, and all of them together.
pub(super) fn group(into: &mut Collector<'_>, subject: &Subject, tally: &Tally) {
    let of = [("LogGroupName", &*subject.resource)];
    let (bytes, events) = (tally.measured("Bytes"), tally.measured("Events"));
    for of in [&of[..], &[]] {
        into.put("IncomingBytes", of, StandardUnit::Bytes, bytes.samples());
        into.put("IncomingLogEvents", of, StandardUnit::None, events.samples());
    }
}
