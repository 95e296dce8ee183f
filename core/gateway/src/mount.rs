use std::{future::Future, pin::Pin};

use kurodo_store::CoreDoor;
use kurodo_wire::{OperationSchema, Value, Violation};

use crate::{
    ActionFacts, Answered, ChoreFacts, CrossOrigin, Failure, Progress, Received, Round, RowFacts, Sent,
    ServiceFacts, Sharing, Table,
};

/// A service in the gateway, whatever its type.
pub trait Mount: Send + Sync {
    /// Names, protocols and refusals.
    fn facts(&self) -> &'static ServiceFacts;
    /// Whether replies carry the CRC-32 of their body.
    fn has_crc32(&self) -> bool;
    /// The service's own words for an invalid input.
    fn invalid(&self, operation: &'static str, violations: &[Violation]) -> Option<Failure>;
    /// What is wrong with an input of this operation by itself.
    fn violations(&self, operation: &OperationSchema, input: &Value) -> Vec<Violation>;
    /// The rows of the table, in order.
    fn rows(&self) -> Vec<(RowFacts, Vec<&'static str>)>;
    /// The shapes of the rows' operations, in order.
    fn schemas(&self) -> Vec<&'static OperationSchema>;
    /// The operations that are refused by name.
    fn refused(&self) -> &'static [&'static str];
    /// The actions.
    fn actions(&self) -> &'static [ActionFacts];
    /// What the service lets a page of another origin see; `None` where it knows of no other origins.
    fn cross_origin(&self, door: &CoreDoor, asked: &CrossOrigin<'_>) -> Option<Result<Sharing, Failure>>;
    /// Lets the service know of a request to it that has its answer.
    fn answered(&self, door: &CoreDoor, answered: &Answered<'_>);
    /// The rows for what the service does of its own accord, in order.
    fn chores(&self) -> Vec<ChoreFacts>;
    /// Does what is due of a chore in one account.
    fn chore<'a>(
        &'a self,
        chore: usize,
        round: Round<'a>,
    ) -> Pin<Box<dyn Future<Output = Progress> + Send + 'a>>;
    /// Takes a request of the row's operation all its way.
    fn operate<'a>(
        &'a self,
        row: usize,
        received: Received<'a>,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>>;
}

impl<S: Table> Mount for S {
    fn facts(&self) -> &'static ServiceFacts {
        S::FACTS
    }

    fn has_crc32(&self) -> bool {
        S::CRC32
    }

    fn invalid(&self, operation: &'static str, violations: &[Violation]) -> Option<Failure> {
        S::invalid(operation, violations)
    }

    fn violations(&self, operation: &OperationSchema, input: &Value) -> Vec<Violation> {
        S::violations(operation, input)
    }

    fn rows(&self) -> Vec<(RowFacts, Vec<&'static str>)> {
        S::ROWS.iter().map(|row| (row.facts, (row.actions)())).collect()
    }

    fn schemas(&self) -> Vec<&'static OperationSchema> {
        S::ROWS.iter().map(|row| (row.schema)()).collect()
    }

    fn refused(&self) -> &'static [&'static str] {
        S::REFUSED
    }

    fn actions(&self) -> &'static [ActionFacts] {
        S::ACTIONS
    }

    fn cross_origin(&self, door: &CoreDoor, asked: &CrossOrigin<'_>) -> Option<Result<Sharing, Failure>> {
        S::cross_origin(self, &door.read(), asked).map(|found| found.map_err(Into::into))
    }

    fn answered(&self, door: &CoreDoor, answered: &Answered<'_>) {
        S::answered(self, door, answered);
    }

    fn chores(&self) -> Vec<ChoreFacts> {
        S::CHORES.iter().map(|chore| chore.facts).collect()
    }

    fn chore<'a>(
        &'a self,
        chore: usize,
        round: Round<'a>,
    ) -> Pin<Box<dyn Future<Output = Progress> + Send + 'a>> {
        match S::CHORES.get(chore) {
            Some(entry) => (entry.run)(self, round),
            None => Box::pin(async { Progress::Done }),
        }
    }

    fn operate<'a>(
        &'a self,
        row: usize,
        received: Received<'a>,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        match S::ROWS.get(row) {
            Some(entry) => (entry.operate)(self, received),
            None => Box::pin(async move { received.lost() }),
        }
    }
}
