use kurodo_gateway::Handler;
use kurodo_store::Scan;
use serde::{Deserialize, Serialize};

use super::{Answer, Asked, start_query::uuid};
use crate::{
    Error, Logs,
    error::changed,
    facts::{decode, encode},
    insights::Query,
    layout,
    model::{
        DeleteQueryDefinitionOutput, DescribeQueryDefinitionsOutput, PutQueryDefinitionOutput,
        QueryDefinition as View, QueryLanguage, op,
    },
    page,
};

/// The most definitions of an account in a region.
///
/// Source: CloudWatch Logs User Guide, "CloudWatch Logs quotas".
const MOST: usize = 1000;
const MISSING: Error = Error::NotFound("The specified query definition does not exist.");

/// A query that an account keeps.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Definition {
    id: String,
    name: String,
    query: String,
    groups: Vec<String>,
    /// In milliseconds since 1970.
    modified: i64,
}

impl Handler<op::PutQueryDefinition> for Logs {
    async fn handle(&self, asked: Asked<'_, op::PutQueryDefinition>) -> Answer<op::PutQueryDefinition> {
        let input = asked.input;
        if input.query_language.is_some_and(|language| language != QueryLanguage::Cwli) {
            let (operation, member) = ("PutQueryDefinition", "a queryLanguage other than CWLI");
            return Err(Error::NotImplemented { operation, member });
        }
        Query::parse(&input.query_string)
            .map_err(|fault| Error::invalid(format!("Invalid query string: {fault}")))?;
        let id = input.query_definition_id.clone().map_or_else(uuid, Ok)?;
        let writer = self.store.write(&asked.permits);
        let (found, fact) = writer.fact(layout::query_definition(&id))?;
        if found.is_none() && input.query_definition_id.is_some() {
            return Err(MISSING);
        }
        if found.is_none() && writer.scan(&Scan::default().limit(MOST))?.len() >= MOST {
            return Err(Error::LimitExceeded);
        }
        let definition = Definition {
            id: id.clone(),
            name: input.name,
            query: input.query_string,
            groups: input.log_group_names.unwrap_or_default(),
            modified: asked.call.now_ms,
        };
        let mut transaction = writer.transaction();
        transaction.expect_fact(&fact);
        transaction.put(layout::query_definition(&id), encode(&definition, &id)?);
        changed(transaction.commit().await)?;
        Ok(PutQueryDefinitionOutput { query_definition_id: Some(id) }.into())
    }
}

impl Handler<op::DescribeQueryDefinitions> for Logs {
    async fn handle(
        &self,
        asked: Asked<'_, op::DescribeQueryDefinitions>,
    ) -> Answer<op::DescribeQueryDefinitions> {
        let (input, reader) = (&asked.input, self.store.read(&asked.permits));
        let prefix = input.query_definition_name_prefix.as_deref().unwrap_or_default();
        let cwli = input.query_language.is_none_or(|language| language == QueryLanguage::Cwli);
        let mut all = Vec::new();
        for record in reader.cursor(&Scan::default())? {
            let definition: Definition = decode(&record?.value, "a query")?;
            if cwli && definition.name.starts_with(prefix) {
                all.push(definition);
            }
        }
        let limit = page::limit(input.max_results, MOST);
        let id = |definition: &Definition| definition.id.clone();
        let (page, next_token) = page::cut(all, input.next_token.as_deref(), limit, id)?;
        let query_definitions = Some(page.into_iter().map(view).collect());
        Ok(DescribeQueryDefinitionsOutput { query_definitions, next_token }.into())
    }
}

fn view(definition: Definition) -> View {
    View {
        query_language: Some(QueryLanguage::Cwli),
        query_definition_id: Some(definition.id),
        name: Some(definition.name),
        query_string: Some(definition.query),
        last_modified: Some(definition.modified),
        log_group_names: Some(definition.groups),
        parameters: None,
    }
}

impl Handler<op::DeleteQueryDefinition> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DeleteQueryDefinition>) -> Answer<op::DeleteQueryDefinition> {
        let key = layout::query_definition(&asked.input.query_definition_id);
        let writer = self.store.write(&asked.permits);
        writer.get(&key)?.ok_or(MISSING)?;
        let mut transaction = writer.transaction();
        transaction.delete(&key);
        changed(transaction.commit().await)?;
        Ok(DeleteQueryDefinitionOutput { success: Some(true) }.into())
    }
}
