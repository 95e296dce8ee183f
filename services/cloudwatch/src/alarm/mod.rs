//! Alarms: what they watch, and how their states follow from it.

mod decide;
mod define;
mod evaluate;
mod history;
mod notice;
mod rule;
mod stored;
mod view;

pub use decide::{Decision, Missing, decide};
pub(crate) use define::{composite, metric};
pub(crate) use evaluate::{Verdict, judge, judge_composite};
pub(crate) use history::{HISTORY_KEPT, Item, configuration, transition};
pub use notice::Webhooks;
pub(crate) use notice::{Actions, Notice};
pub use rule::{Rule, RuleFault};
pub use stored::State;
pub(crate) use stored::{Condition, StateOf, Stored, Watched};
pub(crate) use view::{composite_view, metric_view};
