//! What AWS holds inputs to beyond its API facts: these were written for streams that only names could name, and
//! records that partition keys alone distribute.

use kurodo_wire::{OperationSchema, Value, Violation, validate};

/// The most violations that are named.
const NAMED: usize = 10;
/// The most bytes of a record's data, in streams that have the usual limit.
const DATA: usize = 1 << 20;
/// The most shards that can be asked for.
const SHARDS: i64 = 100_000;

/// Everything that is wrong with an input by itself.
pub(crate) fn violations(operation: &OperationSchema, input: &Value) -> Vec<Violation> {
    let mut found = validate(operation.input, input);
    let input = Input { operation, values: input.as_members().unwrap_or_default() };
    input.check_name(&mut found);
    match operation.name {
        "CreateStream" => input.check_shards(&mut found),
        "PutRecord" => {
            let (data, key) = (input.value("Data"), input.value("PartitionKey"));
            check_record("", data, key, &mut found);
        }
        "PutRecords" => input.check_records(&mut found),
        "IncreaseStreamRetentionPeriod" | "DecreaseStreamRetentionPeriod" => input.check_hours(&mut found),
        _ => {}
    }
    found.truncate(NAMED);
    found
}

struct Input<'v> {
    operation: &'v OperationSchema,
    values: &'v [Value],
}

impl<'v> Input<'v> {
    fn value(&self, name: &str) -> Option<&'v Value> {
        let (at, _) = self.operation.input.member(name)?;
        self.values.get(at)
    }

    fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| !value.is_null())
    }

    /// Streams are named by name or ARN, and lists of their shards also by a token.
    fn check_name(&self, found: &mut Vec<Violation>) {
        let either = self.value("StreamName").is_some() && self.value("StreamARN").is_some();
        let named = ["StreamName", "StreamARN", "NextToken"].into_iter().any(|name| self.has(name));
        let listed = self.operation.name == "ListShards";
        if either && !named && !listed {
            found.push(missing("StreamName", "streamName"));
        }
    }

    /// Unless a stream scales by itself, it is said how many shards it has.
    fn check_shards(&self, found: &mut Vec<Violation>) {
        let mode = self.value("StreamModeDetails").and_then(Value::as_members).and_then(<[Value]>::first);
        let on_demand = mode.and_then(Value::as_str) == Some("ON_DEMAND");
        match self.value("ShardCount") {
            Some(Value::Int(count)) if *count > SHARDS => {
                let rule = format!("Member must have value less than or equal to {SHARDS}");
                found.push(violation("ShardCount", "shardCount", &format!("'{count}'"), &rule));
            }
            Some(Value::Null) if !on_demand => found.push(missing("ShardCount", "shardCount")),
            _ => {}
        }
    }

    fn check_hours(&self, found: &mut Vec<Violation>) {
        if let Some(Value::Int(hours @ ..1)) = self.value("RetentionPeriodHours") {
            let rule = "Member must have value greater than or equal to 1";
            found.push(violation(
                "RetentionPeriodHours",
                "retentionPeriodHours",
                &format!("'{hours}'"),
                rule,
            ));
        }
    }

    fn check_records(&self, found: &mut Vec<Violation>) {
        let Some((_, list)) = self.operation.input.member("Records") else { return };
        let kurodo_wire::Kind::List { item } = &list.target().kind else { return };
        let at = |name| item.target().member(name).map(|(at, _)| at);
        let Some(Value::List(records)) = self.value("Records") else { return };
        for (number, record) in (1..).zip(records) {
            let value = |name| record.as_members().and_then(|values| values.get(at(name)?));
            check_record(&format!("records.{number}.member."), value("Data"), value("PartitionKey"), found);
        }
    }
}

fn check_record(path: &str, data: Option<&Value>, key: Option<&Value>, found: &mut Vec<Violation>) {
    if key.is_none_or(Value::is_null) {
        found.push(missing("PartitionKey", &format!("{path}partitionKey")));
    }
    let length = data.and_then(Value::as_bytes).map_or(0, <[u8]>::len);
    if length > DATA {
        let shown = format!("'java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]'");
        let rule = format!("Member must have length less than or equal to {DATA}");
        found.push(violation("Data", &format!("{path}data"), &shown, &rule));
    }
}

fn missing(member: &'static str, path: &str) -> Violation {
    Violation { missing: true, ..violation(member, path, "null", "Member must not be null") }
}

fn violation(member: &'static str, path: &str, shown: &str, rule: &str) -> Violation {
    let message = format!("Value {shown} at '{path}' failed to satisfy constraint: {rule}");
    Violation { path: path.to_owned(), member, missing: false, worded: false, message }
}
