use kurodo_authz::Permit;
use kurodo_gateway::{Call, Handler};
use kurodo_store::Scan;

use super::{
    Answer, Asked,
    settings::{random, record, uuid},
};
use crate::{
    DynamoDb, Error, backup,
    definition::{Definition, Fresh, create},
    encryption::{Wish, wish},
    error::invalid_request,
    imports::{Form, Import, Source},
    items::changed,
    layout,
    model::{
        CreateTableInput, CsvOptions, ImportTableInput, ImportTableOutput, InputCompressionType, InputFormat,
        op,
    },
    names::ImportName,
    table::action,
};

/// The most imports into tables of a name that are under way.
///
/// Source: DynamoDB Developer Guide, "Quotas", 50 concurrent import jobs.
const AT_ONCE: usize = 50;

type Permits<'r> =
    (Permit<'r, action::ImportTable>, Permit<'r, action::ImportItems>, Permit<'r, action::NoteImport>);

impl Handler<op::ImportTable> for DynamoDb {
    /// Makes the table. A chore fills it, in the caller's name.
    async fn handle(&self, asked: Asked<'_, op::ImportTable>) -> Answer<op::ImportTable> {
        let (input, call) = (&asked.input, asked.call);
        check_honoured(input)?;
        let id = backup::id(call.now_ms, u32::from_be_bytes(random()?));
        self.sponsors.note(&id, call.caller.clone());
        let begun = self.begin_import(&asked.permits, &id, input, call).await;
        if !matches!(&begun, Ok((place, _)) if place.id == id) {
            self.sponsors.forget(&id);
        }
        let (place, import) = begun?;
        Ok(ImportTableOutput { import_table_description: import.describe(&place) }.into())
    }
}

impl DynamoDb {
    async fn begin_import(
        &self,
        (permit, _, note): &Permits<'_>,
        id: &str,
        input: &ImportTableInput,
        call: &Call,
    ) -> Result<(ImportName, Import), Error> {
        let (mut under_way, now) = (0, call.now_ms);
        let mut import = new_import(input, id, permit.resource().contents, now)?;
        for record in self.store.read(note).scan(&Scan::default())? {
            let known = Import::read(&record.value)?;
            under_way += usize::from(known.ended.is_none());
            if known.is_by(import.token.as_deref(), now) {
                let place = note.resource().import(&found_id(&record.key)?);
                return same(&known, &import).map(|()| (place, known));
            }
        }
        if permit.resource().facts().is_some() {
            return Err(exists(&permit.resource().name));
        }
        if under_way >= AT_ONCE {
            return Err(Error::LimitExceeded(format!(
                "Subscriber limit exceeded: There is a limit of {AT_ONCE} concurrent imports per subscriber"
            )));
        }
        let place = permit.resource().place();
        if let Some(key) = &import.kms {
            let new = Box::pin(self.vault.protect(key, &place, call)).await?;
            import.definition.protection = Some(Box::pin(self.vault.standing(new, &place, now)).await?);
        }
        let stored = self.store_import(permit, note, id, &import).await;
        self.vault.kept(import.definition.protection.as_ref(), &place, stored).await?;
        Ok((note.resource().import(id), import))
    }

    async fn store_import(
        &self,
        permit: &Permit<'_, action::ImportTable>,
        note: &Permit<'_, action::NoteImport>,
        id: &str,
        import: &Import,
    ) -> Result<(), Error> {
        let (writer, noted) = (self.store.write(permit), self.store.write(note));
        let mut transaction = writer.transaction();
        transaction.expect_absent([]).put([], record(&import.definition)?);
        let mut beside = noted.transaction();
        beside.put(layout::id(id), import.record()?);
        transaction.join(beside);
        match changed(transaction.commit().await)? {
            Some(_) => Ok(()),
            None => Err(exists(&permit.resource().name)),
        }
    }
}

fn exists(table: &str) -> Error {
    Error::ResourceInUse(format!("Table already exists: {table}"))
}

fn found_id(key: &[u8]) -> Result<String, Error> {
    let id = kurodo_store::KeyParser::new(key).text().map(std::borrow::Cow::into_owned);
    id.map_err(|_| crate::error::DamagedTable("(an import)".to_owned()).into())
}

/// That a request with a token asks for what the first one with it asked for.
fn same(known: &Import, asked: &Import) -> Result<(), Error> {
    let table = |definition: &Definition| {
        (definition.key.clone(), definition.on_demand, definition.throughput, definition.attributes.clone())
    };
    let what = (&known.source, &known.kms) == (&asked.source, &asked.kms);
    if what && table(&known.definition) == table(&asked.definition) {
        return Ok(());
    }
    Err(Error::ImportConflict(
        "Import with the same client token but different parameters already exists".to_owned(),
    ))
}

fn new_import(input: &ImportTableInput, id: &str, contents: u64, now: i64) -> Result<Import, Error> {
    let fresh = Fresh { id: uuid()?, contents, policy: None, tags: Vec::new(), now };
    let definition = Definition { importing: Some(id.to_owned()), ..create(&table(input), fresh)? };
    let kms = match wish(input.table_creation_parameters.sse_specification.as_ref())? {
        Wish::Kms(key) => Some(key),
        Wish::Default => None,
    };
    Ok(Import {
        definition,
        source: source(input)?,
        kms,
        token: input.client_token.clone(),
        began: now,
        ended: None,
        failure: None,
        at: None,
        after: None,
        processed: 0,
        imported: 0,
        bytes: 0,
    })
}

/// What is asked for and not done is refused by name.
fn check_honoured(input: &ImportTableInput) -> Result<(), Error> {
    let refuse = |member| Err(Error::NotImplemented { operation: "ImportTable", member });
    match (input.input_format, input.input_compression_type) {
        (InputFormat::Ion, _) => refuse("InputFormat ION"),
        (_, Some(InputCompressionType::Zstd)) => refuse("InputCompressionType ZSTD"),
        _ => Ok(()),
    }
}

/// The table as CreateTable would be asked for it.
fn table(input: &ImportTableInput) -> CreateTableInput {
    let given = &input.table_creation_parameters;
    CreateTableInput {
        attribute_definitions: Some(given.attribute_definitions.clone()),
        table_name: given.table_name.clone(),
        key_schema: Some(given.key_schema.clone()),
        local_secondary_indexes: None,
        global_secondary_indexes: given.global_secondary_indexes.clone(),
        billing_mode: given.billing_mode,
        provisioned_throughput: given.provisioned_throughput.clone(),
        stream_specification: None,
        sse_specification: None,
        tags: None,
        table_class: None,
        deletion_protection_enabled: None,
        warm_throughput: None,
        resource_policy: None,
        on_demand_throughput: None,
        global_table_source_arn: None,
        global_table_settings_replication_mode: None,
        vector_indexes: None,
    }
}

fn source(input: &ImportTableInput) -> Result<Source, Error> {
    let from = &input.s3_bucket_source;
    let csv = input.input_format_options.as_ref().and_then(|options| options.csv.as_ref());
    let form = match (input.input_format, csv) {
        (InputFormat::Csv, csv) => fields(csv),
        (_, None) => Form::Json,
        (_, Some(_)) => {
            let format = input.input_format;
            return Err(invalid_request(format!(
                "Unsupported InputFormatOptions for the given input format: {format}."
            )));
        }
    };
    Ok(Source {
        bucket: from.s3_bucket.clone(),
        owner: from.s3_bucket_owner.clone(),
        prefix: from.s3_key_prefix.clone(),
        form,
        zipped: input.input_compression_type == Some(InputCompressionType::Gzip),
    })
}

fn fields(csv: Option<&CsvOptions>) -> Form {
    let delimiter = csv.and_then(|csv| csv.delimiter.as_deref()).and_then(|text| text.chars().next());
    Form::Csv { delimiter: delimiter.unwrap_or(','), names: csv.and_then(|csv| csv.header_list.clone()) }
}
