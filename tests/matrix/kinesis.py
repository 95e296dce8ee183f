"""Kinesis: one sample for every row of its table."""

import kinesis
from conftest import document, statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationTokenException", 400)
DENIED = ("AccessDeniedException", 400)

TAGS = {"team": "a"}
SHARD = {"ShardId": "shardId-000000000000"}


def nothing(world, name):
    return {}


def new(world, name):
    return {"StreamName": name, "ShardCount": 1, "Tags": TAGS}


def stream(world, name, shards=1):
    _, world.arns[name] = kinesis.create(world.kinesis, shards, name, Tags=TAGS)
    return {"StreamName": name}


def two(world, name):
    return stream(world, name, 2)


def having(sample, **more):
    """What a sample sets up, and further parameters."""
    return lambda world, name: {**sample(world, name), **more}


def arn(world, name):
    stream(world, name)
    return {"StreamARN": world.arns[name]}


def resource(world, name):
    return {"ResourceARN": arn(world, name)["StreamARN"]}


def policy(world, name):
    """A policy that denies what the matrix does not try."""
    where = resource(world, name)
    denied = {**statement("Deny", "kinesis:MergeShards", where["ResourceARN"]), "Principal": "*"}
    return {**where, "Policy": document(denied)}


def with_policy(world, name):
    whole = policy(world, name)
    world.kinesis.put_resource_policy(**whole)
    return {"ResourceARN": whole["ResourceARN"]}


def longer(world, name):
    where = stream(world, name)
    world.kinesis.increase_stream_retention_period(**where, RetentionPeriodHours=48)
    return {**where, "RetentionPeriodHours": 24}


def encrypted(world, name):
    where = {**stream(world, name), "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    world.kinesis.start_stream_encryption(**where)
    kinesis.settled(world.kinesis, name)
    return where


def iterator(world, name):
    stream(world, name)
    return {"ShardIterator": kinesis.iterator(world.kinesis, name)}


def consumer(world, name):
    return {"ConsumerARN": kinesis.consumer(world.kinesis, arn(world, name)["StreamARN"], "matrix")}


def subscription(world, name):
    return {**consumer(world, name), **SHARD, "StartingPosition": {"Type": "LATEST"}}


SAMPLES = {
    "AddTagsToStream": having(stream, Tags={"new": "b"}),
    "CreateStream": new,
    "DecreaseStreamRetentionPeriod": longer,
    "DeleteResourcePolicy": with_policy,
    "DeleteStream": stream,
    "DeregisterStreamConsumer": consumer,
    "DescribeLimits": nothing,
    "DescribeStream": stream,
    "DescribeStreamConsumer": consumer,
    "DescribeStreamSummary": stream,
    "DisableEnhancedMonitoring": having(stream, ShardLevelMetrics=["ALL"]),
    "EnableEnhancedMonitoring": having(stream, ShardLevelMetrics=["IncomingBytes"]),
    "GetRecords": iterator,
    "GetResourcePolicy": with_policy,
    "GetShardIterator": having(stream, **SHARD, ShardIteratorType="LATEST"),
    "IncreaseStreamRetentionPeriod": having(stream, RetentionPeriodHours=48),
    "ListShards": stream,
    "ListStreamConsumers": arn,
    "ListStreams": nothing,
    "ListTagsForResource": resource,
    "ListTagsForStream": stream,
    "MergeShards": having(two, ShardToMerge=SHARD["ShardId"], AdjacentShardToMerge="shardId-000000000001"),
    "PutRecord": having(stream, Data=b"d", PartitionKey="k"),
    "PutRecords": having(stream, Records=[{"Data": b"d", "PartitionKey": "k"}]),
    "PutResourcePolicy": policy,
    "RegisterStreamConsumer": having(arn, ConsumerName="matrix", Tags=TAGS),
    "RemoveTagsFromStream": having(stream, TagKeys=["team"]),
    "SplitShard": having(stream, ShardToSplit=SHARD["ShardId"], NewStartingHashKey=str(2**127)),
    "StartStreamEncryption": having(stream, EncryptionType="KMS", KeyId="alias/aws/kinesis"),
    "StopStreamEncryption": encrypted,
    "SubscribeToShard": subscription,
    "TagResource": having(resource, Tags={"new": "b"}),
    "UntagResource": having(resource, TagKeys=["team"]),
    "UpdateShardCount": having(stream, TargetShardCount=2, ScalingType="UNIFORM_SCALING"),
    "UpdateStreamMode": having(arn, StreamModeDetails={"StreamMode": "ON_DEMAND"}),
}

# Parameters that ask for more than the operation's own action.
ASKING = {"CreateStream": ["Tags"], "RegisterStreamConsumer": ["Tags"]}

# What differs from run to run.
SHOWN = [(r"/consumer/.*", "/consumer/{consumer}")]
