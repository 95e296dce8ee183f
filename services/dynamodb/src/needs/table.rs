use kurodo_authz::{Action, Need};
use kurodo_gateway::{ConditionValue, Find};

use crate::{
    DynamoDb, Error,
    error::invalid_values,
    model::CreateTableInput,
    names::{self, TableName},
    resources::{Table, TableStreams},
    table::action,
};

type CreateNeeds = (
    Need<action::CreateTable>,
    Need<action::OpenStream>,
    Option<Need<action::TagResource>>,
    Option<Need<action::PutResourcePolicy>>,
);

/// The table; and, where it is to have tags or a policy, the right to give it those.
pub(crate) async fn create_table(
    find: &Find<'_, DynamoDb>,
    input: &mut CreateTableInput,
) -> Result<CreateNeeds, Error> {
    if input.table_name.starts_with("arn:") {
        return Err(invalid_values("TableName must be a name, not an ARN"));
    }
    names::check("tableName", &input.table_name)?;
    let name = TableName::parse(find, &input.table_name)?;
    let create = tagged(input, Need::new(Table::find(find, name.clone())?));
    let open = tagged(input, Need::new(TableStreams::of(Table::find(find, name.clone())?)));
    let tag = match &input.tags {
        Some(_) => Some(tagged(input, Need::new(Table::find(find, name.clone())?))),
        None => None,
    };
    let govern = match &input.resource_policy {
        Some(_) => Some(Need::new(Table::find(find, name)?)),
        None => None,
    };
    Ok((create, open, tag, govern))
}

fn tagged<A: Action>(input: &CreateTableInput, need: Need<A>) -> Need<A> {
    let need = input.tags.condition("aws:TagKeys", need);
    input.tags.condition("aws:RequestTag/*", need)
}
