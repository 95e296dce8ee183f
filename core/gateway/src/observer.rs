use std::{sync::Arc, time::Duration};

use kurodo_arn::{AccountId, Region};

/// Is told of every request once it was answered: what operators watch is made of it.
///
/// It is called on the way of the request, and must neither wait nor do more than count.
pub trait Observer: Send + Sync + 'static {
    /// A request was answered: its answer begins. Gives who is to be told when the answer ends, where somebody is.
    fn seen(&self, seen: &Seen<'_>) -> Option<Arc<dyn Watcher>>;

    /// A service measured something of one of its things, of which a request may concern many.
    fn measured(&self, measured: &Measured<'_>);
}

/// Waits for the end of an answer.
pub trait Watcher: Send + Sync {
    /// So many bytes of content were handed to the connection, which is all of them unless it broke off; the last of them
    /// so long after the request's head had arrived.
    fn sent(&self, bytes: u64, duration: Duration);
}

/// What a service measured of one of its things.
#[derive(Debug, Clone, Copy)]
pub struct Measured<'a> {
    /// The service's name.
    pub service: &'static str,
    /// Whose the thing is.
    pub account: AccountId,
    /// Where it is.
    pub region: &'a Region,
    /// Its name, such as a table's.
    pub resource: &'a str,
    /// What else the figure goes by, as CloudWatch calls it, such as an index of the table.
    pub dimension: Option<(&'static str, &'a str)>,
    /// What was measured, as CloudWatch calls it.
    pub metric: &'static str,
    /// How much.
    pub value: f64,
}

/// A request that was answered.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The service's name; empty where none was asked for.
    pub service: &'static str,
    /// The operation; empty where the request was refused before it was known.
    pub operation: &'static str,
    /// Whose resource the request was for, or else who asked; `None` where neither is known.
    pub account: Option<AccountId>,
    /// The region.
    pub region: &'a Region,
    /// The ARN of the first resource that was decided on.
    pub resource: Option<&'a str>,
    /// How many decisions there were.
    pub decisions: usize,
    /// The kind of denial and of the policy that it comes from, where the request was denied.
    pub denial: Option<(&'static str, &'static str)>,
    /// The HTTP status.
    pub status: u16,
    /// The error's code, where it failed.
    pub code: Option<&'a str>,
    /// What the service measured of its work, by names of its own; nothing where the request failed.
    pub measures: &'a [(&'static str, f64)],
    /// Bytes of content received.
    pub bytes_in: u64,
    /// From when the operation was known until the answer begins.
    pub duration: Duration,
    /// From when all of the request had arrived until the answer begins.
    pub thought: Duration,
}
