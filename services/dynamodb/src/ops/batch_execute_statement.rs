use std::collections::BTreeMap;

use kurodo_authz::{Denial, Grant, Permit, Write};
use kurodo_gateway::{Call, Handler};

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    attribute::{Supplied, shown},
    encryption::Locked,
    model::{
        BatchExecuteStatementOutput, BatchStatementError, BatchStatementErrorCodeEnum as Code,
        BatchStatementResponse, ConsumedCapacity, ReturnConsumedCapacity, op,
    },
    partiql::{Fault, Statement},
    resources,
    table::action,
};

impl Handler<op::BatchExecuteStatement> for DynamoDb {
    /// Each statement is decided and done for itself.
    async fn handle(&self, asked: Asked<'_, op::BatchExecuteStatement>) -> Answer<op::BatchExecuteStatement> {
        let capacity = asked.input.return_consumed_capacity;
        let (selects, inserts, updates, deletes) = asked.permits;
        let (mut selects, mut inserts) = (selects.into_iter(), inserts.into_iter());
        let (mut updates, mut deletes) = (updates.into_iter(), deletes.into_iter());
        let (mut responses, mut consumed_capacity) = (Vec::new(), Vec::new());
        for one in &asked.input.statements {
            let done = match Statement::parse(&one.statement, one.parameters.as_deref()) {
                Err(fault) => Some(Err(Failed::before(fault.into()))),
                Ok(Statement::Exists(_)) => Some(Err(Failed::before(Fault::Exists.into()))),
                Ok(Statement::Select(_)) => match selects.next() {
                    Some(permit) => Some(self.read_one(permit, asked.call, capacity).await),
                    None => None,
                },
                Ok(Statement::Insert(_)) => self.change_one(inserts.next(), asked.call, capacity).await,
                Ok(Statement::Change(change)) if change.update.is_some() => {
                    self.change_one(updates.next(), asked.call, capacity).await
                }
                Ok(Statement::Change(_)) => self.change_one(deletes.next(), asked.call, capacity).await,
            };
            responses.push(match done {
                None => return Err(Fault::NO_STATEMENT.into()),
                Some(Err(failed)) => failed.response()?,
                Some(Ok(done)) => {
                    consumed_capacity.extend(done.consumed);
                    BatchStatementResponse { table_name: Some(done.table), item: done.item, error: None }
                }
            });
        }
        Ok(BatchExecuteStatementOutput {
            responses: Some(responses),
            consumed_capacity: Some(consumed_capacity).filter(|all| !all.is_empty()),
        }
        .into())
    }
}

/// What a statement came to.
struct Done {
    table: String,
    item: Option<BTreeMap<String, Supplied>>,
    consumed: Option<ConsumedCapacity>,
}

/// Why a statement was not done.
enum Failed {
    Denied(Box<Denial>),
    /// With the table, where it got so far.
    Error(Error, Option<String>),
}

impl Failed {
    fn before(error: Error) -> Self {
        Self::Error(error, None)
    }

    /// The response; or the error, where it is the whole request's.
    fn response(self) -> Result<BatchStatementResponse, Error> {
        let (code, message, item, table_name) = match self {
            Self::Denied(denial) => (Code::AccessDenied, denial.message(), None, None),
            Self::Error(error, table) => {
                let (code, message) = (code(&error), error.to_string());
                let Some(code) = code else { return Err(error) };
                let item = if let Error::ConditionalCheckFailed(item) = error { item } else { None };
                (code, message, item, table)
            }
        };
        let error = BatchStatementError { code: Some(code), message: Some(message), item: item.map(shown) };
        Ok(BatchStatementResponse { error: Some(error), table_name, item: None })
    }
}

/// The error's code among those of a batch.
fn code(error: &Error) -> Option<Code> {
    Some(match error {
        Error::Validation(_) | Error::Statement(_) => Code::ValidationError,
        Error::ResourceNotFound(_) => Code::ResourceNotFound,
        Error::ConditionalCheckFailed(_) => Code::ConditionalCheckFailed,
        Error::KeyDenied(_) => Code::AccessDenied,
        Error::DuplicateItem => Code::DuplicateItem,
        Error::CollectionTooLarge => Code::ItemCollectionSizeLimitExceeded,
        Error::TransactionConflict => Code::TransactionConflict,
        Error::ThroughputExceeded(_) => Code::ProvisionedThroughputExceeded,
        Error::TableChanged => Code::InternalServerError,
        _ => return None,
    })
}

type Decided<G> = Result<G, Box<Denial>>;

impl DynamoDb {
    async fn read_one(
        &self,
        permit: Decided<Permit<'_, action::PartiQLSelect>>,
        call: &Call,
        capacity: Option<ReturnConsumedCapacity>,
    ) -> Result<Done, Failed> {
        let permit = permit.map_err(Failed::Denied)?;
        let (plan, facts) = permit.resource().plan().map_err(Failed::before)?;
        let failed = |error| Failed::Error(error, Some(facts.name.clone()));
        let keys = self.vault.unlock(Locked::from_iter([facts]), call).await.map_err(failed)?;
        let table = (facts, keys.of(facts).map_err(failed)?);
        let (found, _) = self.select(&self.store.read(&permit), table, plan, None).map_err(failed)?;
        Ok(Done {
            table: facts.name.clone(),
            item: found.items.into_iter().next().map(shown),
            consumed: found.consumed.view(capacity, &facts.name),
        })
    }

    async fn change_one<G>(
        &self,
        permit: Option<Decided<G>>,
        call: &Call,
        capacity: Option<ReturnConsumedCapacity>,
    ) -> Option<Result<Done, Failed>>
    where
        G: Grant<Access = Write, Resource = resources::Change>,
    {
        Some(match permit? {
            Err(denial) => Err(Failed::Denied(denial)),
            Ok(permit) => match permit.resource().plan() {
                Err(error) => Err(Failed::before(error)),
                Ok((_, facts)) => match self.change(&permit, call, capacity, None).await {
                    Err(error) => Err(Failed::Error(error, Some(facts.name.clone()))),
                    Ok(changed) => Ok(Done {
                        table: facts.name.clone(),
                        item: changed.attributes,
                        consumed: changed.consumed_capacity,
                    }),
                },
            },
        })
    }
}
