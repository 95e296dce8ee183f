"""DynamoDB Streams: one sample for every row of its table."""

from matrix.dynamodb import DENIED, SCHEMA, UNSIGNED  # noqa: F401

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def nothing(world, name):
    return {}


def stream(world, name):
    made = world.dynamodb.create_table(TableName=name, StreamSpecification=STREAM, **SCHEMA)["TableDescription"]
    world.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    return {"StreamArn": made["LatestStreamArn"]}


def shard(world, name):
    where = stream(world, name)
    found = world.dynamodbstreams.describe_stream(**where)["StreamDescription"]["Shards"][0]
    return {**where, "ShardId": found["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}


def iterator(world, name):
    return {"ShardIterator": world.dynamodbstreams.get_shard_iterator(**shard(world, name))["ShardIterator"]}


SAMPLES = {
    "DescribeStream": stream,
    "GetRecords": iterator,
    "GetShardIterator": shard,
    "ListStreams": nothing,
}

# Parameters that ask for more than the operation's own action.
ASKING = {}

# What differs from run to run.
SHOWN = [(r"/stream/.*", "/stream/{label}")]
