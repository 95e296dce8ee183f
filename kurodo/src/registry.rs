//! The services, one line each.

use std::sync::Arc;

use kurodo_gateway::{ActionFacts, Mount, RowFacts, wire::ServiceSchema};

use crate::serve::Parts;

/// A service's table, to print.
pub(crate) struct Table {
    pub(crate) schema: &'static ServiceSchema,
    pub(crate) rows: Vec<(RowFacts, Vec<&'static str>)>,
    pub(crate) actions: &'static [ActionFacts],
    pub(crate) refused: &'static [&'static str],
}

macro_rules! services {
    ($($service:path: |$parts:ident| $new:expr;)*) => {
        /// The services that the gateway serves.
        pub(crate) fn services(parts: &Parts) -> Vec<Arc<dyn Mount>> {
            vec![$({
                let $parts = parts;
                Arc::new($new)
            }),*]
        }

        /// Their tables.
        pub(crate) fn tables() -> Vec<Table> {
            vec![$(table::<$service>()),*]
        }
    };
}

services! {
    kurodo_iam::Iam: |parts| kurodo_iam::Iam::new(parts.store.clone());
    kurodo_dynamodb::DynamoDb: |parts| kurodo_dynamodb::DynamoDb::new(parts.store.clone());
    kurodo_sts::Sts: |parts| kurodo_sts::Sts::new(parts.directory.clone(), &parts.messages);
}

fn table<S: kurodo_gateway::Table>() -> Table {
    Table {
        schema: S::FACTS.schema,
        rows: S::ROWS.iter().map(|row| (row.facts, (row.actions)())).collect(),
        actions: S::ACTIONS,
        refused: S::REFUSED,
    }
}
