"""What tests of Kinesis share: streams, and what is in them."""

import time

from botocore.exceptions import ClientError

from conftest import fresh


THROTTLED = "ProvisionedThroughputExceededException"


def create(client, shards=1, name=None, **more):
    """A new stream that is active; gives its name and ARN."""
    name = name or fresh("stream")
    counted = {} if "StreamModeDetails" in more else {"ShardCount": shards}
    client.create_stream(StreamName=name, **counted, **more)
    settled(client, name)
    return name, client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]


def settled(client, name):
    """The stream's description, once nothing is under way."""
    while True:
        found = client.describe_stream(StreamName=name)["StreamDescription"]
        if found["StreamStatus"] == "ACTIVE":
            return found
        time.sleep(0.05)


def gone(client, name):
    """Waits until there is no such stream."""
    try:
        while True:
            client.describe_stream_summary(StreamName=name)
            time.sleep(0.05)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceNotFoundException"


def consumer(client, arn, name=None, **more):
    """A consumer that is registered and active; gives its ARN."""
    made = client.register_stream_consumer(StreamARN=arn, ConsumerName=name or fresh("consumer"), **more)
    arn = made["Consumer"]["ConsumerARN"]
    while True:
        found = client.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]
        if found["ConsumerStatus"] == "ACTIVE":
            return arn
        time.sleep(0.05)


def shards(client, name):
    return client.list_shards(StreamName=name)["Shards"]


def patiently(call, **parameters):
    """Asks again while the shard has answered too often within a second."""
    while True:
        try:
            return call(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] != THROTTLED:
                raise
            time.sleep(0.1)


def iterator(client, name, shard="shardId-000000000000", kind="TRIM_HORIZON", **more):
    where = {"StreamName": name, "ShardId": shard, "ShardIteratorType": kind, **more}
    return client.get_shard_iterator(**where)["ShardIterator"]


def records(client, name, shard="shardId-000000000000", kind="TRIM_HORIZON", **more):
    """The records of a shard from there to its present end."""
    place, found = iterator(client, name, shard, kind, **more), []
    while place:
        page = patiently(client.get_records, ShardIterator=place)
        found += page["Records"]
        place = page.get("NextShardIterator") if page["Records"] else None
    return found


def everything(client, name):
    """All records of a stream, parents before their children."""
    return [record for shard in shards(client, name) for record in records(client, name, shard["ShardId"])]
