"""What CloudWatch shows of streams, of their shards where that is asked for, and of consumers that are pushed records."""

import kinesis
import pytest
from botocore.exceptions import ClientError
from cloudwatch import at, began  # noqa: F401
from conftest import Server, fresh, refused
from kinesis import create, iterator, settled

SHARDS = ["shardId-000000000000", "shardId-000000000001"]
# Keys of the first and of the second of two shards.
KEYS = ["0", str(2**127)]
EVERY = {
    "IncomingBytes": "Bytes",
    "IncomingRecords": "Count",
    "OutgoingBytes": "Bytes",
    "OutgoingRecords": "Count",
    "WriteProvisionedThroughputExceeded": "Count",
    "ReadProvisionedThroughputExceeded": "Count",
    "IteratorAgeMilliseconds": "Milliseconds",
}


class Watched:
    """A server of its own, whose figures are there once it has stopped."""

    def __init__(self, folder):
        self.server = Server(folder).start()
        self.client = self.server.root().client("kinesis")

    def stream(self, *metrics, shards=2):
        """A new stream with these metrics of its shards."""
        name, self.arn = create(self.client, shards)
        if metrics:
            self.client.enable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=list(metrics))
            settled(self.client, name)
        return name

    def put(self, name, *records):
        """Puts records of so many bytes into shards, all in one request; gives how many were refused."""
        entries = [{"Data": b"x" * size, "PartitionKey": "key", "ExplicitHashKey": KEYS[shard]} for shard, size in records]
        return self.client.put_records(StreamName=name, Records=entries)["FailedRecordCount"]

    def published(self):
        """The sum, count, minimum, maximum and unit of every metric of every stream, by its name and dimensions."""
        assert self.server.stop() == 0
        self.server.start()
        client = self.server.root().client("cloudwatch")
        found = {}
        for page in client.get_paginator("list_metrics").paginate(Namespace="AWS/Kinesis"):
            for metric in page["Metrics"]:
                points = client.get_metric_statistics(
                    **metric,
                    StartTime=at(59),
                    EndTime=at(-5),
                    Period=3600,
                    Statistics=["Sum", "SampleCount", "Minimum", "Maximum"],
                )["Datapoints"]
                dimensions = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
                place = (dimensions.pop("StreamName"), *dimensions.items(), metric["MetricName"])
                assert place not in found and len({point["Unit"] for point in points}) == 1, place
                found[place] = (
                    sum(point["Sum"] for point in points),
                    sum(point["SampleCount"] for point in points),
                    min(point["Minimum"] for point in points),
                    max(point["Maximum"] for point in points),
                    points[0]["Unit"],
                )
        return found


@pytest.fixture
def watched(tmp_path):
    watched = Watched(tmp_path / "data")
    yield watched
    watched.server.stop()


def of_shard(found, stream, shard):
    """What is shown of a shard, by metric."""
    at = ("ShardId", SHARDS[shard])
    return {place[-1]: values for place, values in found.items() if place[:2] == (stream, at)}


def until_throttled(call):
    """Calls until a shard has had enough; gives how often it did not."""
    for calls in range(100):
        try:
            call()
        except ClientError as error:
            assert error.response["Error"]["Code"] == kinesis.THROTTLED
            return calls
    pytest.fail("a shard answers without end")


def test_shards_have_the_metrics_that_were_asked_for_and_no_others(watched):
    client = watched.client
    every, two, none = watched.stream("ALL"), watched.stream("IncomingBytes", "OutgoingRecords"), watched.stream()
    for name in (every, two, none):
        assert watched.put(name, (0, 10), (1, 20), (1, 30)) == 0
        client.put_record(StreamName=name, PartitionKey="key", ExplicitHashKey=KEYS[0], Data=b"x" * 7)
        for shard in SHARDS:
            client.get_records(ShardIterator=iterator(client, name, shard))
    found = watched.published()
    first, second = of_shard(found, every, 0), of_shard(found, every, 1)
    assert {metric: values[4] for metric, values in first.items()} == EVERY
    assert {metric: values[4] for metric, values in second.items()} == EVERY
    # Sum, count, least and greatest: each put and each read of the shard is a sample. The key counts, too.
    assert first["IncomingBytes"] == (13 + 10, 2, 10, 13, "Bytes")
    assert second["IncomingBytes"] == (23 + 33, 1, 56, 56, "Bytes")
    assert (first["IncomingRecords"][:4], second["IncomingRecords"][:4]) == ((2, 2, 1, 1), (2, 1, 2, 2))
    assert (first["OutgoingBytes"][:2], second["OutgoingBytes"][:2]) == ((23, 1), (56, 1))
    assert (first["OutgoingRecords"][:2], second["OutgoingRecords"][:2]) == ((2, 1), (2, 1))
    assert first["WriteProvisionedThroughputExceeded"][:4] == (0, 2, 0, 0)
    assert first["ReadProvisionedThroughputExceeded"][:4] == (0, 1, 0, 0)
    total, count, *_ = first["IteratorAgeMilliseconds"]
    assert count == 1 and 0 <= total < 60_000
    for shard, size in ((0, 23), (1, 56)):
        shown = of_shard(found, two, shard)
        assert sorted(shown) == ["IncomingBytes", "OutgoingRecords"]
        assert (shown["IncomingBytes"][0], shown["OutgoingRecords"][0]) == (size, 2)
    assert {len(place) for place in found if place[0] == none} == {2}
    # Of the streams as a whole the same is shown of all three.
    for name in (every, two, none):
        assert found[name, "IncomingBytes"] == (79, 2, 10, 69, "Bytes")
        assert found[name, "GetRecords.Records"][:4] == (4, 2, 2, 2)


def test_what_is_disabled_stops_at_once_and_what_is_enabled_begins(watched):
    client = watched.client
    name = watched.stream("IncomingBytes", "IncomingRecords")
    watched.put(name, (0, 10))
    client.disable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["IncomingRecords"])
    watched.put(name, (0, 10))
    client.enable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["OutgoingRecords"])
    client.get_records(ShardIterator=iterator(client, name, SHARDS[0]))
    client.disable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["ALL"])
    watched.put(name, (0, 10))
    client.get_records(ShardIterator=iterator(client, name, SHARDS[0]))
    shown = of_shard(watched.published(), name, 0)
    counts = {metric: values[0] for metric, values in shown.items()}
    assert counts == {"IncomingBytes": 26, "IncomingRecords": 1, "OutgoingRecords": 2}


def test_throttling_is_shown_of_the_shard_that_was_hot(watched):
    client = watched.client
    name = watched.stream("ALL")
    refusals = [watched.put(name, *[(1, 400_000)] * 4, (0, 5))]
    assert refusals == [2]
    # What is so large the shard takes once a second. A request of which it takes nothing is answered, too.
    while len(refusals) == 1 or refusals[-1] < 2:
        refusals.append(watched.put(name, (1, 900_000), (1, 900_000)))
    large = {"StreamName": name, "PartitionKey": "key", "ExplicitHashKey": KEYS[1], "Data": b"x" * 900_000}
    alone = until_throttled(lambda: client.put_record(**large))
    place = iterator(client, name, SHARDS[0])
    reads = until_throttled(lambda: client.get_records(ShardIterator=place))
    found = watched.published()
    cold, hot = of_shard(found, name, 0), of_shard(found, name, 1)
    many, all_refused, puts = len(refusals), sum(refusals), len(refusals) + alone + 1
    least = 0 if alone else 1
    assert hot["WriteProvisionedThroughputExceeded"][:4] == (all_refused + 1, puts, least, 2)
    assert cold["WriteProvisionedThroughputExceeded"][:4] == (0, 1, 0, 0)
    assert cold["ReadProvisionedThroughputExceeded"][:4] == (1, reads + 1, 0, 1)
    taken = 2 * (many + 1) - all_refused
    assert (hot["IncomingRecords"][0], cold["IncomingRecords"][:2]) == (taken + alone, (1, 1))
    assert "ReadProvisionedThroughputExceeded" not in hot and cold["OutgoingRecords"][1] == reads
    shown = {place[1]: values for place, values in found.items() if place[0] == name and len(place) == 2}
    assert shown["WriteProvisionedThroughputExceeded"][:4] == (all_refused + 1, puts, least, 2)
    assert shown["ReadProvisionedThroughputExceeded"][:4] == (1, reads + 1, 0, 1)
    assert shown["PutRecords.ThrottledRecords"][:2] == (all_refused, many)
    assert shown["PutRecords.FailedRecords"][:4] == (0, many, 0, 0)
    assert shown["PutRecords.TotalRecords"][:4] == (2 * many + 3, many, 2, 5)
    assert shown["PutRecords.SuccessfulRecords"][:4] == (taken + 1, many, 0, 3)
    # Of the last one nothing was taken.
    assert shown["PutRecords.Success"][:4] == (many - 1, many, 0, 1)
    assert shown["PutRecord.Success"][:2] == (alone, alone + 1)
    assert shown["GetRecords.Success"][:4] == (reads, reads + 1, 0, 1)


def test_consumers_that_are_pushed_records_have_metrics(watched):
    client = watched.client
    name = watched.stream("OutgoingBytes", "IteratorAgeMilliseconds")
    consumer, called = kinesis.consumer(client, watched.arn, "called"), ("ConsumerName", "called")
    watched.put(name, (0, 10), (0, 20))
    start = {"ConsumerARN": consumer, "ShardId": SHARDS[0], "StartingPosition": {"Type": "TRIM_HORIZON"}}
    events = client.subscribe_to_shard(**start)["EventStream"]
    assert len(next(iter(events))["SubscribeToShardEvent"]["Records"]) == 2
    refused(lambda: client.subscribe_to_shard(**start), "ResourceInUseException", 400)
    nowhere = {**start, "ShardId": "shardId-000000000009"}
    refused(lambda: client.subscribe_to_shard(**nowhere), "ResourceNotFoundException", 400)
    unknown = {**start, "ConsumerARN": consumer.replace("called", fresh("made-up"))}
    refused(lambda: client.subscribe_to_shard(**unknown), "ResourceNotFoundException", 400)
    events.close()
    found = watched.published()
    shown = {place[2]: values for place, values in found.items() if place[:2] == (name, called)}
    assert shown["SubscribeToShard.Success"] == (1, 3, 0, 1, "Count")
    assert shown["SubscribeToShard.RateExceeded"] == (1, 1, 1, 1, "Count")
    # After the records there may have been an event without any.
    assert shown["SubscribeToShardEvent.Bytes"][0] == 36 and shown["SubscribeToShardEvent.Bytes"][3:] == (36, "Bytes")
    assert shown["SubscribeToShardEvent.Records"][0] == 2
    assert shown["SubscribeToShardEvent.Success"][0] >= 1 and shown["SubscribeToShardEvent.Success"][2] == 1
    behind = shown["SubscribeToShardEvent.MillisBehindLatest"]
    assert behind[0] == 0 and behind[4] == "Milliseconds"
    assert len(shown) == 6
    of = of_shard(found, name, 0)
    assert list(of) == ["OutgoingBytes"] and of["OutgoingBytes"][0] == 36
    assert not any("made-up" in str(place) for place in found)
