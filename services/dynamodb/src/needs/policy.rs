use kurodo_authz::{Action, Need, OneOf};
use kurodo_gateway::Find;

use crate::{
    DynamoDb, Error,
    model::{DeleteResourcePolicyInput, GetResourcePolicyInput, PutResourcePolicyInput},
    names::TableName,
    resources::{self, Stream, Table},
    streams::is_stream,
    table::action,
};

type TableOrStream<T, S> = Result<OneOf<Need<T>, Need<S>>, Error>;

/// The table or the stream of this ARN, whose policy is asked for.
fn governed<T, S>(find: &Find<'_, DynamoDb>, arn: &str) -> TableOrStream<T, S>
where
    T: Action<Resource = Table>,
    S: Action<Resource = Stream>,
{
    if is_stream(arn) {
        return Ok(OneOf::Second(Need::new(resources::stream(find, arn)?)));
    }
    Ok(OneOf::First(Need::new(Table::find(find, TableName::from_arn(find, arn)?)?)))
}

/// The table or the stream that is given a policy.
pub(crate) async fn put_resource_policy(
    find: &Find<'_, DynamoDb>,
    input: &mut PutResourcePolicyInput,
) -> TableOrStream<action::PutResourcePolicy, action::PutStreamPolicy> {
    governed(find, &input.resource_arn)
}

/// The table or the stream whose policy is shown.
pub(crate) async fn get_resource_policy(
    find: &Find<'_, DynamoDb>,
    input: &mut GetResourcePolicyInput,
) -> TableOrStream<action::GetResourcePolicy, action::GetStreamPolicy> {
    governed(find, &input.resource_arn)
}

/// The table or the stream whose policy is taken away.
pub(crate) async fn delete_resource_policy(
    find: &Find<'_, DynamoDb>,
    input: &mut DeleteResourcePolicyInput,
) -> TableOrStream<action::DeleteResourcePolicy, action::DeleteStreamPolicy> {
    governed(find, &input.resource_arn)
}
