use std::sync::Arc;

use kurodo_gateway::{
    Dialect, Failure, Observer, Relay, Service, ServiceFacts, Turns,
    wire::{Violation, violation_message},
};
use kurodo_identity::Principals;
use kurodo_keys::{Sealer, SecretKey};
use kurodo_store::Store;

use crate::{
    Error,
    encryption::Vault,
    exports::Sponsors,
    facts::Cache,
    history::Clock,
    items::{Collections, LARGEST, Rounds},
    meter::Meter,
    model,
    needs::Watch,
};

/// The service.
pub struct DynamoDb {
    pub(crate) store: Store,
    /// Whom the policies of tables and streams name.
    pub(crate) principals: Principals,
    /// The tables that requests asked for lately.
    pub(crate) tables: Cache,
    /// How far the looks for expired items have come.
    pub(crate) rounds: Rounds,
    /// When items are changed.
    pub(crate) clock: Clock,
    /// What other chores looked at last.
    pub(crate) watch: Watch,
    /// Capacity that is provisioned.
    pub(crate) meter: Meter,
    /// How large item collections are.
    pub(crate) collections: Collections,
    /// In whose names exports under way are written, and imports under way read.
    pub(crate) sponsors: Sponsors,
    /// Turns at unpacking what is imported.
    pub(crate) unpacking: Turns,
    /// Where the keys of tables under keys of KMS are opened.
    pub(crate) vault: Vault,
    /// The way to other services.
    pub(crate) relay: Relay,
    /// Seals the tokens with which statements go on.
    pub(crate) pages: Sealer,
}

/// What an operator decides of limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Whether provisioned capacity is enforced, or only noted.
    pub throughput: bool,
    /// The most bytes of an item collection, where fewer than AWS's 10 GiB.
    pub collection: Option<u64>,
}

impl DynamoDb {
    /// The service over this store. Below `secret` is the key of the tokens that it gives out. Through `relay` it asks
    /// S3 and KMS.
    pub fn new(
        store: Store,
        principals: Principals,
        secret: &SecretKey,
        limits: Limits,
        relay: Relay,
        observer: Arc<dyn Observer>,
    ) -> Self {
        Self {
            store,
            principals,
            tables: Cache::new(),
            rounds: Rounds::default(),
            clock: Clock::default(),
            watch: Watch::default(),
            meter: Meter::new(limits.throughput, observer),
            collections: Collections::new(limits.collection.map_or(LARGEST, |bytes| bytes.min(LARGEST))),
            sponsors: Sponsors::default(),
            unpacking: Turns::default(),
            vault: Vault::new(relay.clone()),
            relay,
            pages: Sealer::new(&secret.derive("dynamodb-pages", b"")),
        }
    }
}

impl Service for DynamoDb {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::Json,
        region: None,
        skew_seconds: 15 * 60,
        scraped: None,
        data_events: &[
            "BatchExecuteStatement",
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "ExecuteStatement",
            "ExecuteTransaction",
            "GetItem",
            "PutItem",
            "Query",
            "Scan",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateItem",
        ],
    };
    const CRC32: bool = true;

    /// Names of tables and ARNs are looked at first, in words of their own; of other violations ten are named.
    fn invalid(operation: &'static str, violations: &[Violation]) -> Option<Failure> {
        /// The most violations that are named.
        const NAMED: usize = 10;
        const BY_NAME: [&str; 6] = [
            "CreateTable",
            "DeleteTable",
            "DescribeTable",
            "DescribeTimeToLive",
            "UpdateTable",
            "UpdateTimeToLive",
        ];
        let table = violations.iter().find(|one| one.path == "tableName");
        let message = match table.filter(|_| BY_NAME.contains(&operation)) {
            Some(one) if one.missing => MISSING_NAME.to_owned(),
            Some(one) if operation == "CreateTable" && one.message.contains("length") => {
                violation_message(std::slice::from_ref(one))
            }
            Some(one) if one.message.contains("length") => NAME_LENGTH.to_owned(),
            _ if violations.iter().any(|one| one.path == "resourceArn" && one.missing) => {
                "Invalid TableArn".to_owned()
            }
            _ => violation_message(violations.get(..NAMED)?),
        };
        Some(Failure::new("ValidationException", 400, message))
    }
}

const MISSING_NAME: &str = "The parameter 'TableName' is required but was not present in the request";
const NAME_LENGTH: &str = "TableName must be at least 3 characters long and at most 255 characters long";
