//! A small service: things with content, in memory, and operations that wait and panic. It is served three times, in
//! the dialects of S3, of JSON services and of query services.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use kurodo_arn::AccountId;
use kurodo_gateway::{
    ActionFacts, Answered, Authorized, ChoreFacts, CrossOrigin, Dialect, Errand, Failure, Handler, Keeper,
    Mount, Progress, Received, Reply, Round, RowFacts, Sent, Service, ServiceFacts, Sharing, body_failure,
    service,
    wire::{OperationSchema, Value, Violation},
};
use kurodo_store::CoreDoor;
use tokio::sync::Semaphore;

use crate::model::{self, Empty, Note, Tagged, op};

pub struct Depot {
    pub(crate) account: AccountId,
    pub(crate) things: Mutex<HashMap<String, Bytes>>,
    /// Open for as many waits as it has permits.
    pub(crate) gate: Semaphore,
    /// Waits that began.
    pub(crate) waiting: AtomicUsize,
    /// Handlers that ran.
    pub(crate) handled: AtomicUsize,
    /// Handlers that are still to find that what was decided on was changed.
    pub(crate) overtaken: AtomicUsize,
    /// Who swept.
    pub(crate) sweepers: Mutex<Vec<String>>,
}

impl Depot {
    pub(crate) fn new(account: AccountId) -> Self {
        let (things, gate) = (Mutex::default(), Semaphore::new(0));
        Self {
            account,
            things,
            gate,
            waiting: AtomicUsize::new(0),
            handled: AtomicUsize::new(0),
            overtaken: AtomicUsize::new(0),
            sweepers: Mutex::default(),
        }
    }

    pub(crate) fn thing(&self, name: &str) -> Option<Bytes> {
        self.things.lock().unwrap().get(name).cloned()
    }
}

impl Service for Depot {
    type Error = Failure;
    const FACTS: &'static ServiceFacts = &model::S3;
}

service! { Depot:
    resources {
        Thing { bucket, key } = "arn:aws:s3:::{bucket}/{key}";
        Bucket { name } = "arn:aws:s3:::{name}";
    }
    actions {
        PutThing: Write on Thing = "s3:PutObject";
        GetThing: Read on Thing = "s3:GetObject";
        ChangeBucket: Write on Bucket = "s3:PutBucketPolicy";
        ReadBucket: Read on Bucket = "s3:ListBucket";
    }
    operations {
        PutThing: PutThing on thing(bucket, key);
        GetThing: GetThing on thing(bucket, key);
        HeadThing: GetThing on thing(bucket, key);
        WriteNote: ChangeBucket on bucket(bucket);
        Wait: ReadBucket on bucket(bucket);
        Break: ChangeBucket on bucket(bucket);
        BreakNeeds: [ReadBucket] by needs::breaking;
    }
    chores {
        Sweep: [PutThing] by needs::dust every 1 seconds;
        Stumble: [ReadBucket] by needs::stumbling every 1 seconds;
    }
    refused { Unheard }
}

impl Handler<op::PutThing> for Depot {
    async fn handle(&self, call: Authorized<'_, Self, op::PutThing>) -> Result<Reply<Tagged>, Failure> {
        self.handled.fetch_add(1, Ordering::Relaxed);
        let content = call.body.collect(64 << 20).await;
        let content = content.map_err(|error| body_failure(Dialect::S3, &error))?;
        let announced = call.input.length.and_then(|length| u64::try_from(length).ok());
        if call.call.head.headers().contains_key("x-test-length") {
            assert_eq!(announced, Some(content.len() as u64));
        }
        let etag = format!("\"{}\"", content.len());
        let thing = call.permits.resource();
        self.things.lock().unwrap().insert(format!("{}/{}", thing.bucket, thing.key), content);
        Ok(Tagged { etag: Some(etag) }.into())
    }
}

impl Handler<op::GetThing> for Depot {
    async fn handle(&self, call: Authorized<'_, Self, op::GetThing>) -> Result<Reply<Tagged>, Failure> {
        let thing = call.permits.resource();
        let missing = || Failure::new("NoSuchKey", 404, "The specified key does not exist.");
        let content = self.thing(&format!("{}/{}", thing.bucket, thing.key)).ok_or_else(missing)?;
        let length = content.len() as u64;
        let pieces: Vec<_> = content.chunks(32 << 10).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
        let reply = Reply::from(Tagged { etag: Some(format!("\"{length}\"")) });
        Ok(reply.with_content(length, Box::pin(futures_util::stream::iter(pieces))))
    }
}

impl Handler<op::HeadThing> for Depot {
    async fn handle(&self, call: Authorized<'_, Self, op::HeadThing>) -> Result<Reply<Tagged>, Failure> {
        let thing = call.permits.resource();
        let missing = || Failure::new("NoSuchKey", 404, "The specified key does not exist.");
        let content = self.thing(&format!("{}/{}", thing.bucket, thing.key)).ok_or_else(missing)?;
        let reply = Reply::from(Tagged { etag: Some("\"h\"".to_owned()) });
        Ok(reply.with_header("content-length", content.len().to_string()))
    }
}

impl Handler<op::WriteNote> for Depot {
    async fn handle(&self, call: Authorized<'_, Self, op::WriteNote>) -> Result<Reply<Note>, Failure> {
        self.handled.fetch_add(1, Ordering::Relaxed);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        match self.overtaken.fetch_update(set, fetch, |left| left.checked_sub(1)) {
            Ok(_) => Err(Failure::new("InternalFailure", 500, "").overtaken()),
            Err(_) => Ok(call.input.into()),
        }
    }
}

impl Handler<op::Wait> for Depot {
    async fn handle(&self, _: Authorized<'_, Self, op::Wait>) -> Result<Reply<Empty>, Failure> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.gate.acquire().await.unwrap().forget();
        Ok(Empty {}.into())
    }
}

impl Handler<op::Break> for Depot {
    async fn handle(&self, _: Authorized<'_, Self, op::Break>) -> Result<Reply<Empty>, Failure> {
        panic!("as the test wants")
    }
}

impl Handler<op::BreakNeeds> for Depot {
    async fn handle(&self, _: Authorized<'_, Self, op::BreakNeeds>) -> Result<Reply<Empty>, Failure> {
        Ok(Empty {}.into())
    }
}

/// One speck at a time.
impl Keeper<chore::Sweep> for Depot {
    async fn keep(&self, errand: Errand<'_, Self, chore::Sweep>) -> Result<Progress, Failure> {
        let thing = errand.permits.resource();
        self.things.lock().unwrap().remove(&format!("{}/{}", thing.bucket, thing.key));
        self.sweepers.lock().unwrap().push(errand.call.caller.principal.arn.clone());
        Ok(Progress::More)
    }
}

impl Keeper<chore::Stumble> for Depot {
    async fn keep(&self, _: Errand<'_, Self, chore::Stumble>) -> Result<Progress, Failure> {
        panic!("as the test wants")
    }
}

/// The service under other facts.
pub(crate) struct Dressed(pub(crate) Arc<Depot>, pub(crate) &'static ServiceFacts);

impl Mount for Dressed {
    fn facts(&self) -> &'static ServiceFacts {
        self.1
    }
    fn rows(&self) -> Vec<(RowFacts, Vec<&'static str>)> {
        self.0.rows()
    }
    fn schemas(&self) -> Vec<&'static OperationSchema> {
        self.0.schemas()
    }
    fn refused(&self) -> &'static [&'static str] {
        self.0.refused()
    }
    fn actions(&self) -> &'static [ActionFacts] {
        self.0.actions()
    }
    fn has_crc32(&self) -> bool {
        self.0.has_crc32()
    }
    fn invalid(&self, operation: &'static str, violations: &[Violation]) -> Option<Failure> {
        self.0.invalid(operation, violations)
    }
    fn violations(&self, operation: &OperationSchema, input: &Value) -> Vec<Violation> {
        self.0.violations(operation, input)
    }
    fn cross_origin(&self, door: &CoreDoor, asked: &CrossOrigin<'_>) -> Option<Result<Sharing, Failure>> {
        Mount::cross_origin(&*self.0, door, asked)
    }
    fn answered(&self, door: &CoreDoor, answered: &Answered<'_>) {
        Mount::answered(&*self.0, door, answered);
    }
    /// Only one of them does the chores.
    fn chores(&self) -> Vec<ChoreFacts> {
        if self.1.schema.name == "depot" { self.0.chores() } else { Vec::new() }
    }
    fn chore<'a>(
        &'a self,
        chore: usize,
        round: Round<'a>,
    ) -> Pin<Box<dyn Future<Output = Progress> + Send + 'a>> {
        self.0.chore(chore, round)
    }
    fn operate<'a>(
        &'a self,
        row: usize,
        received: Received<'a>,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        self.0.operate(row, received)
    }
}
