use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kurodo_arn::AccountId;
use kurodo_store::{Place, Reader, Scan, after_prefix};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    block::{Damaged, Head, Messages, Packed},
    facts::decode,
    layout,
    locks::Locks,
    walk::messages,
};

/// The consumer that makes metrics of events.
pub(crate) const METRICS: u64 = 0;
/// Bytes of messages, and puts, that are taken at once.
const BYTES: u64 = 4 << 20;
const PUTS: usize = 1024;

/// What one request put, as it waits. The blocks are what its transaction changed first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Put {
    /// The group's name, and the stream's.
    pub(crate) group: String,
    pub(crate) stream: String,
    /// The stream's number.
    pub(crate) number: u64,
    /// The times of the first events of its blocks.
    pub(crate) blocks: Vec<i64>,
    /// Whether the request said that its events are in the embedded metric format.
    #[serde(default)]
    pub(crate) embedded: bool,
}

impl Put {
    /// What is put into a stream of a group.
    pub(crate) fn new(group: &str, stream: &str, number: u64, blocks: &[Packed]) -> Self {
        let blocks = blocks.iter().map(|block| block.first).collect();
        Self { group: group.to_owned(), stream: stream.to_owned(), number, blocks, embedded: false }
    }

    /// Its blocks that are still there. The reader reads what the group holds.
    fn open(&self, from: (&Reader<'_>, &Locks), place: Place) -> Result<Vec<Block>, Error> {
        let below = layout::events_below(self.number);
        let mut found = Vec::new();
        for (first, change) in self.blocks.iter().zip((0..).step_by(2)) {
            let place = Place { change, ..place };
            // Who deletes a stream deletes what was to be made of it, too.
            let Some(head) = from.0.get([&below[..], &layout::head(*first, place)].concat())? else {
                continue;
            };
            let head = Head::decode(*first, &head.value)?;
            let messages = messages(from, &below, place)?;
            found.push(Block { place, times: head.all_times()?, head, messages });
        }
        Ok(found)
    }
}

/// Events that were put together.
pub(crate) struct Block {
    pub(crate) place: Place,
    pub(crate) head: Head,
    pub(crate) times: Vec<i64>,
    pub(crate) messages: Messages,
}

impl Block {
    /// Times and messages of its events.
    pub(crate) fn events(&self) -> impl Iterator<Item = Result<(i64, &str), Damaged>> {
        self.times.iter().enumerate().map(|(index, time)| Ok((*time, self.messages.message(index)?)))
    }
}

/// The next puts of a queue, in the order in which they were acknowledged.
#[derive(Default)]
pub(crate) struct Taken {
    /// Their keys below what waits of the group.
    pub(crate) keys: Vec<Vec<u8>>,
    pub(crate) puts: Vec<(Put, Vec<Block>)>,
    /// Whether there may be more.
    pub(crate) is_full: bool,
}

impl Taken {
    /// Takes what waits for a consumer, as much as is worked on at once. `waiting` reads what waits of the group,
    /// `contents` what it holds: nothing where it is gone.
    pub(crate) fn next(
        waiting: &Reader<'_>,
        contents: (&Reader<'_>, &Locks),
        consumer: u64,
    ) -> Result<Self, Error> {
        let (mut taken, mut bytes) = (Self::default(), 0);
        for record in waiting.cursor(&Scan::within(layout::waiting_for(consumer)))? {
            let record = record?;
            let put: Put = decode(&record.value, "what waits")?;
            let place = Place::of(&record.key).ok_or(Damaged)?;
            let blocks = put.open(contents, place)?;
            bytes += blocks.iter().map(|block| block.head.bytes).sum::<u64>();
            taken.keys.push(record.key.to_vec());
            taken.puts.push((put, blocks));
            taken.is_full = bytes >= BYTES || taken.keys.len() == PUTS;
            if taken.is_full {
                break;
            }
        }
        Ok(taken)
    }
}

/// Whose turn it is. One look goes once through the queues of an account, so that a queue that is never empty delays no
/// other, and no other account.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<AccountId, Turn>>);

#[derive(Debug)]
struct Turn {
    /// What the keys of the queue begin with.
    queue: Vec<u8>,
    /// Where to go on.
    next: Vec<u8>,
    /// How often it had its turn again.
    again: u32,
}

/// How often a long queue is taken from within one look.
const AGAIN: u32 = 16;

impl Turns {
    /// The whole key of something in the next queue of an account of which this is true; `None` after the last one.
    pub(crate) fn next(
        &self,
        stored: &Reader<'_>,
        account: AccountId,
        is_wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Vec<u8>>, Error> {
        let last = self.turns().remove(&account);
        let all = layout::all_waiting(account);
        let mut cursor = stored.cursor(&Scan::within(all.prefix()))?;
        cursor.seek(last.as_ref().map_or(all.prefix(), |last| &last.next))?;
        while let Some(record) = cursor.next().transpose()? {
            let end = record.key.len().saturating_sub(Place::BYTES);
            let queue = record.key.get(..end).ok_or(Damaged)?.to_vec();
            let next = after_prefix(&queue).ok_or(Damaged)?;
            if is_wanted(&queue) {
                let again = last.filter(|last| last.queue == queue).map_or(0, |last| last.again + 1);
                self.turns().insert(account, Turn { queue, next, again });
                return Ok(Some(record.key.to_vec()));
            }
            cursor.seek(&next)?;
        }
        Ok(None)
    }

    /// There is more in the queue whose turn it was: it has another one.
    pub(crate) fn again(&self, account: AccountId) {
        if let Some(turn) = self.turns().get_mut(&account).filter(|turn| turn.again < AGAIN) {
            turn.next.clone_from(&turn.queue);
        }
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<AccountId, Turn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
