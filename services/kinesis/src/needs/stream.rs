use kurodo_authz::{Action, Need, OneOf};
use kurodo_gateway::Find;

use crate::{
    Error, Kinesis,
    model::{
        AddTagsToStreamInput, CreateStreamInput, DeleteResourcePolicyInput, GetResourcePolicyInput,
        ListShardsInput, ListTagsForResourceInput, PutResourcePolicyInput, RegisterStreamConsumerInput,
        TagResourceInput, UntagResourceInput,
    },
    names::{ConsumerName, StreamName, is_consumer},
    resources::{Consumer, Consumers, Stream},
    table::action,
    tags,
    token::NextToken,
};

type CreateNeeds = (Need<action::CreateStream>, Option<Need<action::AddTagsToStream>>);

/// The stream; and, where it is to have tags, the right to give it those.
pub(crate) async fn create_stream(
    find: &Find<'_, Kinesis>,
    input: &mut CreateStreamInput,
) -> Result<CreateNeeds, Error> {
    let name = StreamName::own(find, &input.stream_name)?;
    let create = Need::new(Stream::beside(find, name.clone())?);
    let Some(given) = &input.tags else { return Ok((create, None)) };
    let tag = Need::new(Stream::find(find, name)?);
    Ok((tags::conditions(given, create), Some(tags::conditions(given, tag))))
}

/// The stream, under the tags that it is to have.
pub(crate) async fn add_tags_to_stream(
    find: &Find<'_, Kinesis>,
    input: &mut AddTagsToStreamInput,
) -> Result<Need<action::AddTagsToStream>, Error> {
    let name = StreamName::parse(find, &input.stream_name, &input.stream_arn)?;
    Ok(tags::conditions(&input.tags, Need::new(Stream::find(find, name)?)))
}

/// The stream that is named, or that a token is about.
pub(crate) async fn list_shards(
    find: &Find<'_, Kinesis>,
    input: &mut ListShardsInput,
) -> Result<Need<action::ListShards>, Error> {
    let named = input.stream_name.is_some() || input.stream_arn.is_some();
    let name = match &input.next_token {
        Some(_) if named => {
            return Err(Error::invalid("NextToken and StreamName cannot be provided together."));
        }
        Some(token) => NextToken::parse(token)?.stream(find.region())?,
        None if !named => {
            return Err(Error::invalid("Either NextToken or StreamName should be provided."));
        }
        None => StreamName::parse(find, &input.stream_name, &input.stream_arn)?,
    };
    Ok(Need::new(Stream::find(find, name)?))
}

type RegisterNeeds = (Need<action::RegisterStreamConsumer>, Option<Need<action::TagConsumers>>);

/// The stream's consumers; and, where the new one is to have tags, the right to give it those.
pub(crate) async fn register_stream_consumer(
    find: &Find<'_, Kinesis>,
    input: &mut RegisterStreamConsumerInput,
) -> Result<RegisterNeeds, Error> {
    let name = StreamName::from_arn(find.region(), &input.stream_arn)?;
    let register = Need::new(Consumers::find(find, name.clone())?);
    let Some(given) = &input.tags else { return Ok((register, None)) };
    let tag = Need::new(Consumers::find(find, name)?);
    Ok((tags::conditions(given, register), Some(tags::conditions(given, tag))))
}

type StreamOrConsumer<S, C> = Result<OneOf<Need<S>, Need<C>>, Error>;

/// The stream or the consumer of this ARN.
fn named<S, C>(find: &Find<'_, Kinesis>, arn: &str) -> StreamOrConsumer<S, C>
where
    S: Action<Resource = Stream>,
    C: Action<Resource = Consumer>,
{
    if is_consumer(arn) {
        let name = ConsumerName::from_arn(find.region(), arn)?;
        return Ok(OneOf::Second(Need::new(Consumer::find(find, name)?)));
    }
    Ok(OneOf::First(Need::new(Stream::find(find, StreamName::from_arn(find.region(), arn)?)?)))
}

/// What is given tags.
pub(crate) async fn tag_resource(
    find: &Find<'_, Kinesis>,
    input: &mut TagResourceInput,
) -> StreamOrConsumer<action::TagResource, action::TagConsumer> {
    Ok(match named(find, &input.resource_arn)? {
        OneOf::First(need) => OneOf::First(tags::conditions(&input.tags, need)),
        OneOf::Second(need) => OneOf::Second(tags::conditions(&input.tags, need)),
    })
}

/// What tags are taken from.
pub(crate) async fn untag_resource(
    find: &Find<'_, Kinesis>,
    input: &mut UntagResourceInput,
) -> StreamOrConsumer<action::UntagResource, action::UntagConsumer> {
    let keys = input.tag_keys.clone();
    Ok(match named(find, &input.resource_arn)? {
        OneOf::First(need) => OneOf::First(need.with("aws:TagKeys", keys)),
        OneOf::Second(need) => OneOf::Second(need.with("aws:TagKeys", keys)),
    })
}

/// What tags are listed of.
pub(crate) async fn list_tags_for_resource(
    find: &Find<'_, Kinesis>,
    input: &mut ListTagsForResourceInput,
) -> StreamOrConsumer<action::ListTagsForResource, action::ListTagsForConsumer> {
    named(find, &input.resource_arn)
}

/// What is given a policy.
pub(crate) async fn put_resource_policy(
    find: &Find<'_, Kinesis>,
    input: &mut PutResourcePolicyInput,
) -> StreamOrConsumer<action::PutResourcePolicy, action::PutConsumerPolicy> {
    named(find, &input.resource_arn)
}

/// What the policy is shown of.
pub(crate) async fn get_resource_policy(
    find: &Find<'_, Kinesis>,
    input: &mut GetResourcePolicyInput,
) -> StreamOrConsumer<action::GetResourcePolicy, action::GetConsumerPolicy> {
    named(find, &input.resource_arn)
}

/// What the policy is taken from.
pub(crate) async fn delete_resource_policy(
    find: &Find<'_, Kinesis>,
    input: &mut DeleteResourcePolicyInput,
) -> StreamOrConsumer<action::DeleteResourcePolicy, action::DeleteConsumerPolicy> {
    named(find, &input.resource_arn)
}
