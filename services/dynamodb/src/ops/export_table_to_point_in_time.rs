use jiff::Timestamp;
use kurodo_authz::Permit;
use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked, create_backup::recoverable, settings::random};
use crate::{
    DynamoDb, Error, backup,
    encryption::Locked,
    error::{invalid_request, invalid_values},
    exports::{Export, Wanted, What},
    facts::TableFacts,
    history::{Continuous, Noting},
    items::{ATTEMPTS, changed},
    layout,
    model::{
        ExportFormat, ExportTableToPointInTimeInput, ExportTableToPointInTimeOutput, ExportType,
        ExportViewType, S3SseAlgorithm, op,
    },
    names::ExportName,
    table::action,
};

/// The longest period of an incremental export, in milliseconds.
///
/// Source: DynamoDB Developer Guide, "DynamoDB data export to Amazon S3: how it works".
const LONGEST: i64 = 24 * 3600 * 1000;
/// The most exports of a table under way.
///
/// Source: DynamoDB Developer Guide, "Quotas", 300 concurrent export jobs.
const AT_ONCE: usize = 300;

type Permits<'r> = (Permit<'r, action::ExportTableToPointInTime>, Permit<'r, action::HoldOrigin>);

impl Handler<op::ExportTableToPointInTime> for DynamoDb {
    /// Notes what is to be exported. A chore does it, in the caller's name.
    async fn handle(
        &self,
        asked: Asked<'_, op::ExportTableToPointInTime>,
    ) -> Answer<op::ExportTableToPointInTime> {
        let (input, call) = (&asked.input, asked.call);
        check_honoured(input)?;
        let table = asked.permits.1.resource();
        let found = table.existing().map_err(|_| Error::TableNotFound(input.table_arn.clone()))?;
        let facts = recoverable(Some(found), &table.name)?;
        self.vault.unlock(Locked::from_iter([facts]), call).await?;
        let id = backup::id(call.now_ms, u32::from_be_bytes(random()?));
        self.sponsors.note(&id, call.caller.clone());
        let begun = self.begin_export(&asked.permits, facts, &id, input, call.now_ms).await;
        if !matches!(&begun, Ok((place, _)) if place.id == id) {
            self.sponsors.forget(&id);
        }
        let (place, export) = begun?;
        Ok(ExportTableToPointInTimeOutput { export_description: Some(export.describe(&place)) }.into())
    }
}

impl DynamoDb {
    /// Notes an export, and that the table's past is needed for it; or finds the one that the token is of.
    async fn begin_export(
        &self,
        (permit, origin): &Permits<'_>,
        facts: &TableFacts,
        id: &str,
        input: &ExportTableToPointInTimeInput,
        now: i64,
    ) -> Result<(ExportName, Export), Error> {
        for _ in 0..ATTEMPTS {
            let (writer, items) = (self.store.write(permit), self.store.write(origin));
            // Two exports that begin at once change the same record, so that each sees the other.
            let noting = Noting::read(&items)?;
            let continuous = noting.history.continuous;
            let unavailable = || Error::PointInTimeRecoveryUnavailable(facts.name.clone());
            let wanted = wanted(input, continuous.ok_or_else(unavailable)?, now)?;
            let mut under_way = 0;
            for record in writer.scan(&Scan::default())? {
                let known = Export::read(&record.value)?;
                under_way += usize::from(known.ended.is_none());
                if known.is_by(wanted.token.as_deref(), now) {
                    let place = permit.resource().export(&found_id(&record.key)?);
                    return same(input, &known, &wanted).map(|()| (place, known));
                }
            }
            if under_way >= AT_ONCE {
                return Err(Error::LimitExceeded(format!(
                    "Subscriber limit exceeded: There is a limit of {AT_ONCE} concurrent exports per subscriber"
                )));
            }
            let export = new_export(facts, wanted, now);
            let mut history = noting.history.clone();
            history.restores.push(export.hold(id));
            let mut held = items.transaction();
            noting.replace(&mut held, &history)?;
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current).put(layout::id(id), export.record()?);
            transaction.join(held);
            if changed(transaction.commit().await)?.is_some() {
                return Ok((permit.resource().export(id), export));
            }
        }
        Err(Error::TransactionConflict)
    }
}

fn found_id(key: &[u8]) -> Result<String, Error> {
    let id = kurodo_store::KeyParser::new(key).text().map(std::borrow::Cow::into_owned);
    id.map_err(|_| crate::error::DamagedTable("(an export)".to_owned()).into())
}

/// That a request with a token asks for what the first one with it asked for. A time that is not given is that of the
/// first one.
fn same(input: &ExportTableToPointInTimeInput, known: &Export, wanted: &Wanted) -> Result<(), Error> {
    let what = match input.export_time.is_none() && known.kind_is_full() {
        true => known.wanted.what,
        false => wanted.what,
    };
    let full = input.export_type != Some(ExportType::IncrementalExport);
    if (Wanted { what, ..wanted.clone() }) == known.wanted && full == known.kind_is_full() {
        return Ok(());
    }
    Err(Error::ExportConflict(
        "Export with the same client token but different parameters already exists".to_owned(),
    ))
}

fn new_export(facts: &TableFacts, wanted: Wanted, now: i64) -> Export {
    let definition = &facts.definition;
    Export {
        contents: definition.contents,
        table: definition.id.clone(),
        key: definition.key.clone(),
        protection: facts.definition.protection.clone(),
        wanted,
        began: now,
        ended: None,
        failure: None,
        started: false,
        after: None,
        files: Vec::new(),
        bytes: 0,
    }
}

/// What is asked for and not done is refused by name.
fn check_honoured(input: &ExportTableToPointInTimeInput) -> Result<(), Error> {
    let refuse = |member| Err(Error::NotImplemented { operation: "ExportTableToPointInTime", member });
    let by_kms = input.s3_sse_algorithm == Some(S3SseAlgorithm::Kms);
    match (input.export_format, &input.s3_sse_kms_key_id) {
        (Some(ExportFormat::Ion), _) => refuse("ExportFormat ION"),
        (_, Some(_)) if !by_kms => Err(Error::Validation(
            "S3SseKmsKeyId can only be specified when S3SseAlgorithm is KMS".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn wanted(input: &ExportTableToPointInTimeInput, continuous: Continuous, now: i64) -> Result<Wanted, Error> {
    let what = match input.export_type.unwrap_or(ExportType::FullExport) {
        ExportType::FullExport => full(input, continuous, now)?,
        ExportType::IncrementalExport => changes(input, continuous, now)?,
    };
    Ok(Wanted {
        what,
        token: input.client_token.clone(),
        bucket: input.s3_bucket.clone(),
        owner: input.s3_bucket_owner.clone(),
        prefix: input.s3_prefix.clone().filter(|prefix| !prefix.is_empty()),
        kms: (input.s3_sse_algorithm == Some(S3SseAlgorithm::Kms))
            .then(|| input.s3_sse_kms_key_id.clone().unwrap_or_default()),
    })
}

fn full(input: &ExportTableToPointInTimeInput, continuous: Continuous, now: i64) -> Result<What, Error> {
    if input.incremental_export_specification.is_some() {
        return Err(invalid_values(
            "IncrementalExportSpecification can only be given for an ExportType of INCREMENTAL_EXPORT",
        ));
    }
    let at = input.export_time.map_or(Ok(continuous.latest(now)), |at| within(at, continuous, now))?;
    Ok(What::Full { at })
}

fn changes(input: &ExportTableToPointInTimeInput, continuous: Continuous, now: i64) -> Result<What, Error> {
    if input.export_time.is_some() {
        return Err(invalid_values("ExportTime cannot be given for an ExportType of INCREMENTAL_EXPORT"));
    }
    let given = input.incremental_export_specification.as_ref();
    let from = given.and_then(|given| given.export_from_time);
    let (Some(given), Some(from)) = (given, from) else {
        return Err(invalid_request("ExportFromTime must be provided in IncrementalExportSpecification"));
    };
    let from = within(from, continuous, now)?;
    let to = given.export_to_time.map_or(Ok(continuous.latest(now)), |to| within(to, continuous, now))?;
    if to <= from || to - from > LONGEST {
        return Err(invalid_values(
            "ExportToTime must be later than ExportFromTime, by no more than 24 hours",
        ));
    }
    let old = given.export_view_type != Some(ExportViewType::NewImage);
    Ok(What::Changes { from, to, old })
}

/// A time to the second, in milliseconds since 1970, that the table can be recovered to.
fn within(at: Timestamp, continuous: Continuous, now: i64) -> Result<i64, Error> {
    let at = at.as_second().saturating_mul(1000);
    if at >= continuous.earliest(now) && at <= continuous.latest(now) {
        return Ok(at);
    }
    Err(Error::InvalidExportTime(
        "The specified ExportTime is outside of the point in time recovery window.".to_owned(),
    ))
}
