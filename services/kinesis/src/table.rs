//! What every operation of Kinesis demands.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Kinesis Data Streams".

use kurodo_gateway::service;

use crate::Kinesis;

service! { Kinesis:
    resources {
        // The stream itself: its definition, shards, tags and policy.
        Stream { region, account, name } = "arn:aws:kinesis:{region}:{account}:stream/{name}";
        // What the stream holds.
        Records { region, account, name } = "arn:aws:kinesis:{region}:{account}:stream/{name}";
        // The consumers that are registered with the stream.
        Consumers { region, account, name } = "arn:aws:kinesis:{region}:{account}:stream/{name}";
        // A consumer: its tags and policy.
        Consumer { region, account, name, consumer }
            = "arn:aws:kinesis:{region}:{account}:stream/{name}/consumer/{consumer}";
        // What a consumer reads: the stream's records, and its shards.
        Subscribed { region, account, name, consumer }
            = "arn:aws:kinesis:{region}:{account}:stream/{name}/consumer/{consumer}";
        // All streams of the caller's account.
        Everything {} = "*";
    }
    actions {
        AddTagsToStream: Write on Stream = "kinesis:AddTagsToStream";
        CountConsumers: Read on Consumers = "kinesis:DescribeStreamSummary";
        CreateStream: Write on Stream = "kinesis:CreateStream";
        DecreaseStreamRetentionPeriod: Write on Stream = "kinesis:DecreaseStreamRetentionPeriod";
        DeleteConsumerPolicy: Write on Consumer = "kinesis:DeleteResourcePolicy";
        DeleteConsumers: Write on Consumers = "kinesis:DeleteStream";
        DeleteRecords: Write on Records = "kinesis:DeleteStream";
        DeleteResourcePolicy: Write on Stream = "kinesis:DeleteResourcePolicy";
        DeleteStream: Write on Stream = "kinesis:DeleteStream";
        DeregisterStreamConsumer: Write on Consumer = "kinesis:DeregisterStreamConsumer";
        DescribeLimits: Read on Everything = "kinesis:DescribeLimits";
        DescribeStream: Read on Stream = "kinesis:DescribeStream";
        DescribeStreamConsumer: Read on Consumer = "kinesis:DescribeStreamConsumer";
        DescribeStreamSummary: Read on Stream = "kinesis:DescribeStreamSummary";
        DisableEnhancedMonitoring: Write on Stream = "kinesis:DisableEnhancedMonitoring";
        EnableEnhancedMonitoring: Write on Stream = "kinesis:EnableEnhancedMonitoring";
        GetConsumerPolicy: Read on Consumer = "kinesis:GetResourcePolicy";
        GetRecords: Read on Records = "kinesis:GetRecords";
        GetResourcePolicy: Read on Stream = "kinesis:GetResourcePolicy";
        GetShardIterator: Read on Records = "kinesis:GetShardIterator";
        IncreaseStreamRetentionPeriod: Write on Stream = "kinesis:IncreaseStreamRetentionPeriod";
        ListShards: Read on Stream = "kinesis:ListShards";
        ListStreamConsumers: Read on Consumers = "kinesis:ListStreamConsumers";
        ListStreams: Read on Everything = "kinesis:ListStreams";
        ListTagsForConsumer: Read on Consumer = "kinesis:ListTagsForResource";
        ListTagsForResource: Read on Stream = "kinesis:ListTagsForResource";
        ListTagsForStream: Read on Stream = "kinesis:ListTagsForStream";
        MergeShards: Write on Stream = "kinesis:MergeShards";
        PutConsumerPolicy: Write on Consumer = "kinesis:PutResourcePolicy";
        PutRecord: Write on Records = "kinesis:PutRecord";
        PutRecords: Write on Records = "kinesis:PutRecords";
        PutResourcePolicy: Write on Stream = "kinesis:PutResourcePolicy";
        RegisterStreamConsumer: Write on Consumers = "kinesis:RegisterStreamConsumer";
        RemoveTagsFromStream: Write on Stream = "kinesis:RemoveTagsFromStream";
        ReshapeStream: Write on Stream = "kinesis:UpdateShardCount";
        SplitShard: Write on Stream = "kinesis:SplitShard";
        StartStreamEncryption: Write on Stream = "kinesis:StartStreamEncryption";
        StopStreamEncryption: Write on Stream = "kinesis:StopStreamEncryption";
        SubscribeToShard: Read on Subscribed = "kinesis:SubscribeToShard";
        TagConsumer: Write on Consumer = "kinesis:TagResource";
        TagConsumers: Write on Consumers = "kinesis:TagResource";
        TagResource: Write on Stream = "kinesis:TagResource";
        TrimRecords: Write on Records = "kinesis:DecreaseStreamRetentionPeriod";
        TrimShards: Write on Stream = "kinesis:DecreaseStreamRetentionPeriod";
        UntagConsumer: Write on Consumer = "kinesis:UntagResource";
        UntagResource: Write on Stream = "kinesis:UntagResource";
        UpdateShardCount: Write on Stream = "kinesis:UpdateShardCount";
        UpdateStreamMode: Write on Stream = "kinesis:UpdateStreamMode";
    }
    operations {
        CreateStream: [CreateStream, AddTagsToStream if asked] by needs::create_stream
            refusing ["WarmThroughputMiBps", "MaxRecordSizeInKiB", "RecordDistributionStrategy"];
        DeleteStream: DeleteStream on stream(stream_name, stream_arn),
            DeleteConsumers on consumers_of(stream_name, stream_arn) refusing ["StreamId"];
        DescribeStream: DescribeStream on stream(stream_name, stream_arn) refusing ["StreamId"];
        DescribeStreamSummary: DescribeStreamSummary on stream(stream_name, stream_arn),
            CountConsumers on consumers_of(stream_name, stream_arn) refusing ["StreamId"];
        ListStreams: ListStreams on everything();
        DescribeLimits: DescribeLimits on everything();
        ListShards: [ListShards] by needs::list_shards refusing ["StreamId"];

        AddTagsToStream: [AddTagsToStream] by needs::add_tags_to_stream refusing ["StreamId"];
        RemoveTagsFromStream: RemoveTagsFromStream on stream(stream_name, stream_arn) with "aws:TagKeys" = tag_keys
            refusing ["StreamId"];
        ListTagsForStream: ListTagsForStream on stream(stream_name, stream_arn) refusing ["StreamId"];
        TagResource: [TagResource or TagConsumer] by needs::tag_resource refusing ["StreamId"];
        UntagResource: [UntagResource or UntagConsumer] by needs::untag_resource refusing ["StreamId"];
        ListTagsForResource: [ListTagsForResource or ListTagsForConsumer] by needs::list_tags_for_resource
            refusing ["StreamId"];
        PutResourcePolicy: [PutResourcePolicy or PutConsumerPolicy] by needs::put_resource_policy
            refusing ["StreamId"];
        GetResourcePolicy: [GetResourcePolicy or GetConsumerPolicy] by needs::get_resource_policy
            refusing ["StreamId"];
        DeleteResourcePolicy: [DeleteResourcePolicy or DeleteConsumerPolicy] by needs::delete_resource_policy
            refusing ["StreamId"];

        IncreaseStreamRetentionPeriod: IncreaseStreamRetentionPeriod on stream(stream_name, stream_arn)
            refusing ["StreamId"];
        DecreaseStreamRetentionPeriod: DecreaseStreamRetentionPeriod on stream(stream_name, stream_arn)
            refusing ["StreamId"];
        EnableEnhancedMonitoring: EnableEnhancedMonitoring on stream(stream_name, stream_arn) refusing ["StreamId"];
        DisableEnhancedMonitoring: DisableEnhancedMonitoring on stream(stream_name, stream_arn)
            refusing ["StreamId"];
        StartStreamEncryption: StartStreamEncryption on stream(stream_name, stream_arn) refusing ["StreamId"];
        StopStreamEncryption: StopStreamEncryption on stream(stream_name, stream_arn) refusing ["StreamId"];
        UpdateStreamMode: UpdateStreamMode on switched(stream_arn) refusing ["StreamId", "WarmThroughputMiBps"];
        SplitShard: SplitShard on scaled(stream_name, stream_arn) refusing ["StreamId"];
        MergeShards: MergeShards on stream(stream_name, stream_arn) refusing ["StreamId"];
        UpdateShardCount: UpdateShardCount on scaled(stream_name, stream_arn) refusing ["StreamId"];

        PutRecord: PutRecord on records(stream_name, stream_arn) refusing ["StreamId", "DryRun"];
        PutRecords: PutRecords on records(stream_name, stream_arn) refusing ["StreamId", "DryRun"];
        GetShardIterator: GetShardIterator on records(stream_name, stream_arn) refusing ["StreamId", "DryRun"];
        GetRecords: GetRecords on iterated(shard_iterator, stream_arn) refusing ["StreamId", "DryRun"];

        RegisterStreamConsumer: [RegisterStreamConsumer, TagConsumers if asked] by needs::register_stream_consumer
            refusing ["StreamId"];
        DeregisterStreamConsumer: DeregisterStreamConsumer on consumer(stream_arn, consumer_name, consumer_arn)
            refusing ["StreamId"];
        DescribeStreamConsumer: DescribeStreamConsumer on consumer(stream_arn, consumer_name, consumer_arn)
            refusing ["StreamId"];
        ListStreamConsumers: ListStreamConsumers on listed_consumers(stream_arn) refusing ["StreamId"];
        SubscribeToShard: SubscribeToShard on subscribed(consumer_arn) refusing ["StreamId", "DryRun"];
    }
    chores {
        // What operations began.
        ReshapeStreams: [ReshapeStream] by needs::unshaped every 1 seconds;
        // Streams on demand that take less than is put.
        ScaleStreams: [ReshapeStream] by needs::overheated every 1 seconds;
        EmptyStreams: [DeleteStream, DeleteRecords] by needs::unemptied every 1 seconds;
        // What is older than records are kept.
        TrimStreams: [TrimRecords for all] by needs::old_records every 60 seconds;
        ForgetShards: [TrimShards for all] by needs::old_shards every 600 seconds;
    }
    refused {
        UpdateMaxRecordSize, UpdateStreamRecordDistributionStrategy, UpdateStreamWarmThroughput,
        DescribeAccountSettings, UpdateAccountSettings,
        CreateChannel, DeleteChannel, DescribeChannel, ListChannels, UpdateChannel,
        CreateQueue, DeleteQueue, DescribeQueue, ListQueues, UpdateQueue,
        AcknowledgeQueueRecords, ReceiveQueueRecords, UpdateQueueRecordsVisibility,
        AcknowledgeDeadLetterQueueRecords, ReceiveDeadLetterQueueRecords, RestoreDeadLetterQueueRecords,
        UpdateDeadLetterQueueRecordsVisibility,
    }
}

#[cfg(test)]
mod tests {
    use kurodo_gateway::Table;

    use crate::{Kinesis, model::FACTS_OPERATIONS};

    #[test]
    fn every_operation_is_served_or_refused() {
        let served = Kinesis::ROWS.iter().map(|row| row.facts.operation);
        let mut known: Vec<_> = served.chain(Kinesis::REFUSED.iter().copied()).collect();
        known.sort_unstable();
        assert_eq!(known, FACTS_OPERATIONS);
    }
}
