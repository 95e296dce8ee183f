use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;
use kurodo_gateway::{Room, Share, Turns};
use kurodo_select::{MOST_RECORD, Scan, SelectError, Step};

use crate::{
    Error,
    content::{Opened, Reading},
    figures::Selected,
    model::{
        ContinuationEvent, EndEvent, Progress, ProgressEvent, RecordsEvent,
        SelectObjectContentEventStream as Event, Stats, StatsEvent,
    },
};

/// The most bytes of a result in one event; records go on in the next.
const MOST: usize = 128 * 1024;
/// The most bytes of an object that are looked at in one go.
const PIECE: usize = 64 * 1024;
/// How long a client hears nothing while no record is found.
const QUIET: Duration = Duration::from_secs(1);

/// Room for what queries hold of objects between their turns, in bytes: pages of Parquet may be large, and clients slow.
/// Each query has a little for itself.
pub(crate) fn room() -> Room {
    Room::new(512 << 20, 2 << 20)
}

/// A query on its way through an object.
pub(crate) struct Selecting {
    scan: Scan,
    turns: Turns,
    share: Share,
    opened: Opened,
    content: Reading,
    /// What was read and not looked at.
    piece: Bytes,
    /// What was found and not sent.
    records: Bytes,
    progress: bool,
    told: Instant,
    /// Bytes read, as the object has them, and bytes sent.
    count: Selected,
    stage: Stage,
    first: Option<Event>,
}

enum Stage {
    Scanning,
    /// What ended the query, once the records before it are sent.
    Failed(Error),
    Scanned,
    /// The last progress was told.
    Told,
    Summed,
    Ended,
}

impl Selecting {
    /// Reads the names of the columns from the beginning of the object, where the range begins later.
    pub(crate) async fn read_header(scan: &mut Scan, mut content: Reading) -> Result<(), Error> {
        let mut bytes = Vec::new();
        while let Some(piece) = content.next().await? {
            bytes.extend_from_slice(&piece);
            if scan.push_header(&bytes, false)? {
                return Ok(());
            }
            if bytes.len() > MOST_RECORD {
                return Err(SelectError::OverMaxRecordSize.into());
            }
        }
        scan.push_header(&bytes, true)?;
        Ok(())
    }

    /// Begins, up to the first thing that there is to tell: a query that fails before is refused as any other request.
    pub(crate) async fn begin(
        scan: Scan,
        (turns, room): (Turns, &Room),
        (opened, content): (Opened, Reading),
        (progress, count): (bool, Selected),
    ) -> Result<Self, Error> {
        let (piece, records) = (Bytes::new(), Bytes::new());
        let (told, stage) = (Instant::now(), Stage::Scanning);
        let mut selecting = Self {
            scan,
            turns,
            share: room.share(),
            opened,
            content,
            piece,
            records,
            progress,
            told,
            count,
            stage,
            first: None,
        };
        selecting.look().await?;
        selecting.first = selecting.next().await?;
        Ok(selecting)
    }

    /// All events, from the first.
    pub(crate) fn events(self) -> impl Stream<Item = Result<Event, Error>> + Send {
        stream::try_unfold(self, |mut selecting| async {
            let event = match selecting.first.take() {
                Some(first) => Some(first),
                None => selecting.next().await?,
            };
            Ok(event.map(|event| (event, selecting)))
        })
    }

    async fn next(&mut self) -> Result<Option<Event>, Error> {
        if let (Stage::Scanning, true) = (&self.stage, self.records.is_empty())
            && let Err(error) = self.look().await
        {
            self.stage = Stage::Failed(error);
        }
        if let Some(records) = self.records() {
            return Ok(Some(records));
        }
        let (stage, event) = match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Failed(error) => return Err(error),
            Stage::Scanning if self.progress => (Stage::Scanning, self.progress()),
            Stage::Scanning => (Stage::Scanning, Event::Cont(ContinuationEvent {})),
            Stage::Scanned if self.progress => (Stage::Told, self.progress()),
            Stage::Scanned | Stage::Told => (Stage::Summed, self.stats()),
            Stage::Summed => (Stage::Ended, Event::End(EndEvent {})),
            Stage::Ended => return Ok(None),
        };
        self.stage = stage;
        self.told = Instant::now();
        Ok(Some(event))
    }

    /// Looks through the object until an event is full of records, or it is time to say something.
    async fn look(&mut self) -> Result<(), Error> {
        let looked = self.look_until().await;
        self.records = self.scan.take().into();
        looked
    }

    async fn look_until(&mut self) -> Result<(), Error> {
        while self.told.elapsed() < QUIET {
            match self.turn().await? {
                Step::Hungry => self.feed().await?,
                Step::Wants { start, end } => self.turn_to(start, end).await?,
                Step::Again => tokio::task::yield_now().await,
                Step::Full => break,
                Step::Done => {
                    self.stage = Stage::Scanned;
                    break;
                }
            }
        }
        Ok(())
    }

    async fn turn(&mut self) -> Result<Step, Error> {
        // Nobody looks longer than through a piece at once.
        let step = self.turns.take(|| self.scan.read()).await;
        self.share.fit(self.scan.held()).map_err(|_| Error::Busy)?;
        Ok(step?)
    }

    /// Goes on with these bytes of the object.
    async fn turn_to(&mut self, start: u64, end: u64) -> Result<(), Error> {
        self.piece = Bytes::new();
        self.content = self.opened.range(start..end).await?;
        Ok(())
    }

    /// Takes more of the object.
    async fn feed(&mut self) -> Result<(), Error> {
        if self.piece.is_empty() {
            self.piece = self.content.next().await?.unwrap_or_default();
        }
        let piece = self.piece.split_to(PIECE.min(self.piece.len()));
        self.count.scanned += piece.len() as u64;
        match piece.is_empty() {
            true => self.scan.end(),
            false => self.scan.push(&piece),
        }
        Ok(())
    }

    fn records(&mut self) -> Option<Event> {
        let payload = self.records.split_to(MOST.min(self.records.len()));
        if payload.is_empty() {
            return None;
        }
        self.told = Instant::now();
        self.count.returned += payload.len() as u64;
        Some(Event::Records(RecordsEvent { payload: Some(payload) }))
    }

    fn progress(&self) -> Event {
        let [bytes_scanned, bytes_processed, bytes_returned] = self.counted();
        let details = Progress { bytes_scanned, bytes_processed, bytes_returned };
        Event::Progress(ProgressEvent { details: Some(details) })
    }

    fn stats(&self) -> Event {
        let [bytes_scanned, bytes_processed, bytes_returned] = self.counted();
        let details = Stats { bytes_scanned, bytes_processed, bytes_returned };
        Event::Stats(StatsEvent { details: Some(details) })
    }

    fn counted(&self) -> [Option<i64>; 3] {
        [self.count.scanned, self.scan.processed(), self.count.returned]
            .map(|bytes| i64::try_from(bytes).ok())
    }
}
