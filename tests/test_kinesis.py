"""Kinesis with the real client: what is put, where it goes, who reads it, and for how long it is kept."""

import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request

import kinesis
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import EventStreamError
from clock import environment, signing_ahead
from conftest import document, fresh, kurodo, new_account, refused, statement
from kinesis import create, everything, iterator, patiently, records, settled, shards

HOUR = 60 * 60
FIRST = "shardId-000000000000"
HIDDEN = "a-key-of-what-is-old"


@pytest.fixture(scope="module")
def client(root):
    return root.client("kinesis")


def put(client, name, count, key="k", **more):
    """Puts numbered records one after the other; gives their sequence numbers."""
    return [
        client.put_record(StreamName=name, PartitionKey=key, Data=str(at).encode(), **more)["SequenceNumber"]
        for at in range(count)
    ]


def numbers(found):
    return [int(record["Data"]) for record in found]


def test_records_come_back_in_order_with_what_was_put(client):
    name, _ = create(client)
    sequence = put(client, name, 20)
    found = records(client, name)
    assert numbers(found) == list(range(20))
    assert [record["SequenceNumber"] for record in found] == sequence
    assert sequence == sorted(sequence, key=int) and all(len(number) == 56 for number in sequence)
    assert {record["PartitionKey"] for record in found} == {"k"}
    assert all(abs(time.time() - record["ApproximateArrivalTimestamp"].timestamp()) < 60 for record in found)


def test_a_record_is_as_large_as_a_mebibyte_with_its_key(client):
    name, _ = create(client)
    data = b"x" * (2**20 - 1)
    client.put_record(StreamName=name, PartitionKey="k", Data=data)
    assert records(client, name)[0]["Data"] == data
    more = lambda: client.put_record(StreamName=name, PartitionKey="k", Data=b"x" * (2**20 + 1))  # noqa: E731
    refused(more, "ValidationException", 400)


def test_a_partition_key_goes_to_the_shard_of_its_hash(client):
    name, _ = create(client, 3)
    entries = [{"PartitionKey": key, "Data": b""} for key in "abef"]
    entries.append({"PartitionKey": "a", "ExplicitHashKey": str(2**128 - 1), "Data": b""})
    result = client.put_records(StreamName=name, Records=entries)
    assert result["FailedRecordCount"] == 0
    assert [record["ShardId"][-1] for record in result["Records"]] == ["0", "1", "2", "1", "2"]
    outside = lambda: client.put_record(  # noqa: E731
        StreamName=name, PartitionKey="a", Data=b"", ExplicitHashKey=str(2**128)
    )
    refused(outside, "InvalidArgumentException", 400)


def test_iterators_of_all_five_types(client):
    name, _ = create(client)
    sequence = put(client, name, 3)
    time.sleep(0.01)
    between = time.time()
    time.sleep(0.01)
    sequence += put(client, name, 3)
    at = {"kind": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": sequence[2]}
    after = {"kind": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": sequence[2]}
    assert len(records(client, name, **at)) == 4
    assert len(records(client, name, **after)) == 3
    assert len(records(client, name, kind="AT_TIMESTAMP", Timestamp=between)) == 3
    assert len(records(client, name, kind="TRIM_HORIZON")) == 6
    latest = iterator(client, name, kind="LATEST")
    assert patiently(client.get_records, ShardIterator=latest)["Records"] == []
    put(client, name, 1)
    assert len(patiently(client.get_records, ShardIterator=latest)["Records"]) == 1


def test_a_page_is_limited_and_tells_how_far_it_is_behind(client):
    name, _ = create(client)
    put(client, name, 5)
    time.sleep(0.05)
    page = client.get_records(ShardIterator=iterator(client, name), Limit=2)
    assert numbers(page["Records"]) == [0, 1] and page["MillisBehindLatest"] > 0
    rest = client.get_records(ShardIterator=page["NextShardIterator"])
    assert numbers(rest["Records"]) == [2, 3, 4] and rest["MillisBehindLatest"] == 0


def test_a_split_keeps_the_order_of_every_key(client):
    name, _ = create(client)
    stop, failures = threading.Event(), []

    def write(key):
        try:
            at = 0
            while not stop.is_set():
                record = {"PartitionKey": key, "Data": str(at).encode()}
                patiently(client.put_record, StreamName=name, **record)
                at += 1
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(f"key-{at}",)) for at in range(8)]
    [writer.start() for writer in writers]
    time.sleep(0.2)
    client.split_shard(StreamName=name, ShardToSplit=FIRST, NewStartingHashKey=str(2**127))
    assert client.describe_stream(StreamName=name)["StreamDescription"]["StreamStatus"] == "UPDATING"
    found = settled(client, name)
    time.sleep(0.2)
    client.merge_shards(
        StreamName=name, ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002"
    )
    settled(client, name)
    time.sleep(0.2)
    stop.set()
    [writer.join() for writer in writers]
    assert not failures, failures[0]
    assert [shard.get("ParentShardId") for shard in found["Shards"]] == [None, FIRST, FIRST]
    assert "EndingSequenceNumber" in found["Shards"][0]["SequenceNumberRange"]
    whole = shards(client, name)
    assert (whole[3]["ParentShardId"][-1], whole[3]["AdjacentParentShardId"][-1]) == ("1", "2")
    orders = {}
    for record in everything(client, name):
        orders.setdefault(record["PartitionKey"], []).append(int(record["Data"]))
    assert len(orders) == 8
    assert all(order == list(range(len(order))) for order in orders.values())


def test_who_puts_while_a_stream_is_changed_is_not_told_of_it(client):
    """Every change of the stream's definition overtakes some request, which is then decided on anew."""
    name, arn = create(client, 2)
    stop, failures, counts = threading.Event(), [], [0] * 6

    def write(at):
        try:
            while not stop.is_set():
                record = {"PartitionKey": f"key-{at}", "Data": str(counts[at]).encode()}
                result = client.put_records(StreamName=name, Records=[record])
                counts[at] += result["FailedRecordCount"] == 0
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(at,)) for at in range(len(counts))]
    [writer.start() for writer in writers]
    try:
        for at in range(40):
            client.tag_resource(ResourceARN=arn, Tags={"turn": str(at)})
        for count in (4, 2):
            client.update_shard_count(StreamName=name, TargetShardCount=count, ScalingType="UNIFORM_SCALING")
            settled(client, name)
    finally:
        stop.set()
        [writer.join() for writer in writers]
    assert not failures, failures[0]
    orders = {}
    for record in everything(client, name):
        orders.setdefault(record["PartitionKey"], []).append(int(record["Data"]))
    assert orders == {f"key-{at}": list(range(count)) for at, count in enumerate(counts)}


def test_a_closed_shard_ends_and_tells_its_children(client):
    name, _ = create(client)
    put(client, name, 1)
    client.split_shard(StreamName=name, ShardToSplit=FIRST, NewStartingHashKey="7")
    settled(client, name)
    page = client.get_records(ShardIterator=iterator(client, name))
    assert "NextShardIterator" not in page and len(page["Records"]) == 1
    assert [child["ShardId"][-1] for child in page["ChildShards"]] == ["1", "2"]
    assert page["ChildShards"][0]["ParentShards"] == [FIRST]


def test_the_number_of_shards_is_changed(client):
    name, _ = create(client, 2)
    scale = lambda count: client.update_shard_count(  # noqa: E731
        StreamName=name, TargetShardCount=count, ScalingType="UNIFORM_SCALING"
    )
    for count in (3, 2, 4):
        scale(count)
        settled(client, name)
        summary = client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        assert summary["OpenShardCount"] == count
    refused(lambda: scale(9), "LimitExceededException", 400)
    refused(lambda: scale(1), "LimitExceededException", 400)
    open_now = client.list_shards(StreamName=name, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    ranges = sorted(
        (int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"]))
        for shard in open_now
    )
    assert ranges[0][0] == 0 and ranges[-1][1] == 2**128 - 1
    assert all(one[1] + 1 == two[0] for one, two in zip(ranges, ranges[1:]))


def test_lists_go_on_page_by_page(client):
    name, arn = create(client, 3)
    page = client.list_shards(StreamName=name, MaxResults=2)
    rest = client.list_shards(NextToken=page["NextToken"])
    assert [shard["ShardId"][-1] for shard in page["Shards"] + rest["Shards"]] == ["0", "1", "2"]
    refused(lambda: client.list_shards(NextToken="x"), "InvalidArgumentException", 400)
    names = [kinesis.consumer(client, arn, consumer).split("/")[-1] for consumer in ("a", "b", "c")]
    page = client.list_stream_consumers(StreamARN=arn, MaxResults=2)
    rest = client.list_stream_consumers(StreamARN=arn, NextToken=page["NextToken"])
    assert [one["ConsumerARN"].split("/")[-1] for one in page["Consumers"] + rest["Consumers"]] == names
    found = client.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
    assert name in [one for page in found for one in page["StreamNames"]]


def test_a_shard_takes_and_gives_what_a_shard_of_aws_does(client):
    name, _ = create(client)
    entries = [{"PartitionKey": "k", "Data": b"x" * 4096}] * 500
    result = client.put_records(StreamName=name, Records=entries)
    failed = [record for record in result["Records"] if "ErrorCode" in record]
    assert result["FailedRecordCount"] == len(failed) > 200
    assert {record["ErrorCode"] for record in failed} == {"ProvisionedThroughputExceededException"}
    assert failed[0]["ErrorMessage"].startswith(f"Rate exceeded for shard {FIRST} in stream {name} under account ")
    assert len(records(client, name)) == 500 - len(failed)
    place = iterator(client, name, kind="LATEST")

    def hurry():
        for _ in range(20):
            client.get_records(ShardIterator=place)

    refused(hurry, "ProvisionedThroughputExceededException", 400)


def ahead(server, seconds):
    """The server again, with a clock that is ahead, or behind."""
    server.stop()
    server.start(environment(server.data_dir.parent, seconds))
    return server.root().client("kinesis")


def test_records_are_kept_for_the_retention_period_and_then_gone(own_server):
    client = ahead(own_server, -25 * HOUR)
    with signing_ahead(-25 * HOUR):
        name, _ = create(client)
        put(client, name, 3, HIDDEN)
        client.split_shard(StreamName=name, ShardToSplit=FIRST, NewStartingHashKey="7")
        settled(client, name)
    client = ahead(own_server, -2 * HOUR)
    with signing_ahead(-2 * HOUR):
        assert len(records(client, name)) == 3
    client = ahead(own_server, 0)
    assert [shard["ShardId"][-1] for shard in shards(client, name)] == ["1", "2"]
    refused(lambda: records(client, name), "ResourceNotFoundException", 400)
    put(client, name, 1)
    # The chores take away what nobody sees: a longer time brings nothing back.
    trail = lambda: kurodo("audit", "tail", "--data-dir", own_server.data_dir, "-n", "1000").stdout  # noqa: E731
    deadline = time.monotonic() + 60
    while "TrimStreams" not in trail() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert "TrimStreams" in trail()
    client.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=8760)
    found = everything(client, name)
    assert [record["PartitionKey"] for record in found] == ["k"]


def test_retention_has_bounds(client):
    name, _ = create(client)
    for call, hours in [
        (client.increase_stream_retention_period, 8761),
        (client.decrease_stream_retention_period, 23),
        (client.decrease_stream_retention_period, 25),
    ]:
        refused(lambda: call(StreamName=name, RetentionPeriodHours=hours), "InvalidArgumentException", 400)


def test_a_deleted_stream_is_gone_and_one_of_its_name_begins_with_nothing(client):
    name, _ = create(client)
    put(client, name, 3)
    place = iterator(client, name)
    client.delete_stream(StreamName=name)
    kinesis.gone(client, name)
    refused(lambda: client.get_records(ShardIterator=place), "ResourceNotFoundException", 400)
    create(client, name=name)
    assert records(client, name) == []
    refused(lambda: client.get_records(ShardIterator=place), "ResourceNotFoundException", 400)


def test_streams_are_named_by_name_or_arn(client, account):
    name, arn = create(client)
    assert client.describe_stream(StreamARN=arn)["StreamDescription"]["StreamName"] == name
    assert client.describe_stream(StreamARN=arn, StreamName=name)["StreamDescription"]["StreamARN"] == arn
    other = lambda: client.describe_stream(StreamARN=arn, StreamName="other")  # noqa: E731
    refused(other, "InvalidArgumentException", 400)
    missing = lambda: client.put_record(StreamName="none", PartitionKey="k", Data=b"")  # noqa: E731
    refused(missing, "ResourceNotFoundException", 400, f"Stream none under account {account} not found.")


def test_tags_in_both_forms(client):
    name, arn = create(client, Tags={"team": "a"})
    client.add_tags_to_stream(StreamName=name, Tags={"one": "1"})
    client.tag_resource(ResourceARN=arn, Tags={"two": "2"})
    client.untag_resource(ResourceARN=arn, TagKeys=["one"])
    client.remove_tags_from_stream(StreamName=name, TagKeys=["none"])
    expected = [{"Key": "team", "Value": "a"}, {"Key": "two", "Value": "2"}]
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == expected
    page = client.list_tags_for_stream(StreamName=name, Limit=1)
    assert page["Tags"] == expected[:1] and page["HasMoreTags"]


def test_modes_limits_and_monitoring(client):
    name, arn = create(client, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    assert len(shards(client, name)) == 4
    split = lambda: client.split_shard(StreamName=name, ShardToSplit=FIRST, NewStartingHashKey="7")  # noqa: E731
    refused(split, "ValidationException", 400)
    before = client.describe_limits()
    assert before["OnDemandStreamCount"] >= 1 and before["ShardLimit"] == 500
    client.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "PROVISIONED"})
    assert client.describe_limits()["OpenShardCount"] == before["OpenShardCount"] + 4
    large = lambda: client.create_stream(StreamName=fresh(), ShardCount=500)  # noqa: E731
    refused(large, "LimitExceededException", 400)
    on = client.enable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["ALL"])
    assert on["CurrentShardLevelMetrics"] == [] and len(on["DesiredShardLevelMetrics"]) == 7
    off = client.disable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["IncomingBytes"])
    assert len(off["DesiredShardLevelMetrics"]) == 6


def test_a_stream_on_demand_scales_where_more_is_put_than_its_shards_take(client):
    on_demand = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    (scaled, _), (single, _), (provisioned, _) = create(client, **on_demand), create(client, **on_demand), create(client)
    both, one = ["0", str(2**100)], ["0", "0"]
    taken, until = dict.fromkeys((scaled, single, provisioned), 0), time.monotonic() + 60

    def put_more(name, keys):
        # More than a shard takes in a second, of which the first shard gets all.
        large = [{"Data": b"x" * 400_000, "PartitionKey": "k", "ExplicitHashKey": key} for key in keys * 2]
        refusals = client.put_records(StreamName=name, Records=large)["FailedRecordCount"]
        taken[name] += len(large) - refusals
        return refusals

    while client.describe_stream_summary(StreamName=scaled)["StreamDescriptionSummary"]["OpenShardCount"] == 4:
        assert time.monotonic() < until
        for name, keys in ((scaled, both), (single, one), (provisioned, both)):
            put_more(name, keys)
        time.sleep(0.2)
    found = shards(client, scaled)
    made = [shard for shard in found if shard.get("ParentShardId") == FIRST]
    assert [int(shard["HashKeyRange"]["StartingHashKey"]) for shard in made] == [0, 2**99]
    assert len(found) == 6 and "EndingSequenceNumber" in found[0]["SequenceNumberRange"]
    # A key that is hot alone is more than a shard takes, and who has provisioned shards scales them himself.
    assert (len(shards(client, single)), len(shards(client, provisioned))) == (4, 1)
    time.sleep(1)
    assert put_more(scaled, both) == 0 and all(records(client, scaled, shard["ShardId"]) for shard in made)
    assert len(everything(client, scaled)) == taken[scaled]


def test_what_is_not_honoured_is_refused_by_name(client):
    name, arn = create(client)
    for call in [
        lambda: client.create_stream(StreamName=fresh(), ShardCount=1, MaxRecordSizeInKiB=2048),
        lambda: client.put_record(StreamName=name, PartitionKey="k", Data=b"", DryRun=True),
        lambda: client.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=2048),
    ]:
        refused(call, "NotImplemented", 501)


def test_a_consumer_is_pushed_what_is_put_until_the_shard_ends(client):
    name, arn = create(client)
    put(client, name, 3)
    consumer = kinesis.consumer(client, arn)
    stream = client.subscribe_to_shard(
        ConsumerARN=consumer, ShardId=FIRST, StartingPosition={"Type": "TRIM_HORIZON"}
    )["EventStream"]
    found, last = [], None
    for event in stream:
        event = event["SubscribeToShardEvent"]
        found += numbers(event["Records"])
        if len(found) == 3:
            put(client, name, 2)
        elif len(found) == 5 and event["Records"]:
            last = event["ContinuationSequenceNumber"]
            client.split_shard(StreamName=name, ShardToSplit=FIRST, NewStartingHashKey="7")
        elif event["ChildShards"]:
            assert "ContinuationSequenceNumber" not in event
            assert [child["ShardId"][-1] for child in event["ChildShards"]] == ["1", "2"]
    assert found == [0, 1, 2, 0, 1]
    assert records(client, name, kind="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=last) == []


def test_a_later_subscription_takes_over_but_not_at_once(client):
    name, arn = create(client)
    consumer = kinesis.consumer(client, arn)
    subscribe = lambda: client.subscribe_to_shard(  # noqa: E731
        ConsumerARN=consumer, ShardId=FIRST, StartingPosition={"Type": "LATEST"}
    )["EventStream"]
    first = subscribe()
    refused(subscribe, "ResourceInUseException", 400)
    time.sleep(5.2)
    second = subscribe()
    with pytest.raises(EventStreamError) as error:
        list(first)
    assert error.value.response["Error"]["Code"] == "ResourceInUseException"
    put(client, name, 1)
    pushed = (event["SubscribeToShardEvent"]["Records"] for event in second)
    assert numbers(next(records for records in pushed if records)) == [0]
    client.deregister_stream_consumer(ConsumerARN=consumer)
    with pytest.raises(EventStreamError) as error:
        list(second)
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_consumer_is_pushed_two_mebibytes_a_second(client):
    name, arn = create(client)
    consumer = kinesis.consumer(client, arn)
    for _ in range(5):
        patiently(client.put_record, StreamName=name, PartitionKey="k", Data=b"x" * (2**20 - 1))
    start = {"ConsumerARN": consumer, "ShardId": FIRST, "StartingPosition": {"Type": "TRIM_HORIZON"}}
    began, found = time.monotonic(), []
    for event in client.subscribe_to_shard(**start)["EventStream"]:
        found += [time.monotonic() - began for _ in event["SubscribeToShardEvent"]["Records"]]
        if len(found) == 5:
            break
    # What a second gives at once and the one that begins then, and the others half a second after each other.
    assert found[3] > 0.4 and found[4] > 0.9 and found[4] < 10, found


def test_a_stream_with_consumers_is_deleted_only_with_them(client):
    name, arn = create(client)
    consumer = kinesis.consumer(client, arn)
    refused(lambda: client.delete_stream(StreamName=name), "ResourceInUseException", 400)
    client.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
    kinesis.gone(client, name)
    gone = lambda: client.describe_stream_consumer(ConsumerARN=consumer)  # noqa: E731
    refused(gone, "ResourceNotFoundException", 400)


def test_policies_of_streams_and_consumers_let_other_accounts_in(server, client, root):
    name, arn = create(client)
    stranger = new_account(server, "kinesis stranger")
    theirs = stranger.client("kinesis")
    put_there = lambda: theirs.put_record(StreamARN=arn, PartitionKey="k", Data=b"1")  # noqa: E731
    refused(put_there, "AccessDeniedException", 400)
    theirs_is = {"Principal": {"AWS": stranger.account}}
    allow = lambda action, resource: document(statement("Allow", action, resource, **theirs_is))  # noqa: E731
    client.put_resource_policy(ResourceARN=arn, Policy=allow("kinesis:PutRecord", arn))
    put_there()
    assert json.loads(client.get_resource_policy(ResourceARN=arn)["Policy"])["Statement"][0]["Effect"] == "Allow"
    refused(lambda: theirs.describe_stream(StreamARN=arn), "AccessDeniedException", 400)
    consumer = kinesis.consumer(client, arn)
    subscribe = lambda: theirs.subscribe_to_shard(  # noqa: E731
        ConsumerARN=consumer, ShardId=FIRST, StartingPosition={"Type": "TRIM_HORIZON"}
    )["EventStream"]
    refused(subscribe, "AccessDeniedException", 400)
    client.put_resource_policy(ResourceARN=consumer, Policy=allow("kinesis:SubscribeToShard", consumer))
    assert numbers(next(iter(subscribe()))["SubscribeToShardEvent"]["Records"]) == [1]
    client.delete_resource_policy(ResourceARN=arn)
    refused(put_there, "AccessDeniedException", 400)
    refused(lambda: client.get_resource_policy(ResourceARN=arn), "ResourceNotFoundException", 400)


def test_policies_are_the_business_of_the_streams_account(server, client, root):
    _, arn = create(client)
    stranger = new_account(server, "kinesis meddler")
    theirs = stranger.client("kinesis")
    everything = document(statement("Allow", "kinesis:*", arn, Principal={"AWS": stranger.account}))
    client.put_resource_policy(ResourceARN=arn, Policy=everything)
    theirs.describe_stream_summary(StreamARN=arn)
    refused(lambda: theirs.put_resource_policy(ResourceARN=arn, Policy=everything), "AccessDeniedException", 400)
    refused(lambda: theirs.delete_resource_policy(ResourceARN=arn), "AccessDeniedException", 400)
    # And no policy shuts the root user out of it.
    client.put_resource_policy(ResourceARN=arn, Policy=document(statement("Deny", "kinesis:*", arn, Principal="*")))
    refused(lambda: client.describe_stream_summary(StreamARN=arn), "AccessDeniedException", 400)
    admin = root.user(policy=[statement("Allow", "kinesis:*")]).client("kinesis")
    refused(lambda: admin.delete_resource_policy(ResourceARN=arn), "AccessDeniedException", 400)
    client.delete_resource_policy(ResourceARN=arn)


def test_a_policy_names_users_and_not_whoever_is_called_so_later(root, client):
    _, arn = create(client)
    consumer = kinesis.consumer(client, arn)
    user = root.user()
    theirs = {"Principal": {"AWS": f"arn:aws:iam::{root.account}:user/{user.name}"}}
    given = {arn: "kinesis:DescribeStreamSummary", consumer: "kinesis:DescribeStreamConsumer"}
    for resource, action in given.items():
        policy = document(statement("Allow", action, resource, **theirs))
        client.put_resource_policy(ResourceARN=resource, Policy=policy)
    calls = lambda who: [  # noqa: E731
        lambda: who.client("kinesis").describe_stream_summary(StreamARN=arn),
        lambda: who.client("kinesis").describe_stream_consumer(ConsumerARN=consumer),
    ]
    for call in calls(user):
        call()
    for call in calls(root.reborn(user)):
        refused(call, "AccessDeniedException", 400)
    nobody = document(statement("Allow", "kinesis:PutRecord", arn, Principal={"AWS": f"arn:aws:iam::{root.account}:user/nobody"}))
    refused(lambda: client.put_resource_policy(ResourceARN=arn, Policy=nobody), "InvalidArgumentException", 400)


def test_users_have_what_their_policies_give_them(root, client):
    name, arn = create(client)
    producer = root.user(policy=[statement("Allow", ["kinesis:PutRecord", "kinesis:PutRecords"], arn)])
    reading = ["kinesis:GetRecords", "kinesis:GetShardIterator"]
    reader = root.user(policy=[statement("Allow", reading, arn)])
    producer, reader = producer.client("kinesis"), reader.client("kinesis")
    put(producer, name, 1)
    assert numbers(records(reader, name)) == [0]
    refused(lambda: records(producer, name), "AccessDeniedException", 400)
    refused(lambda: put(reader, name, 1), "AccessDeniedException", 400)
    other, _ = create(client)
    refused(lambda: put(producer, other, 1), "AccessDeniedException", 400)


def test_what_a_role_gives_expires(own_server):
    root = own_server.root()
    client, iam = root.client("kinesis"), root.client("iam")
    name, arn = create(client)
    trust = json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": root.account}}],
    })
    role = iam.create_role(RoleName="producer", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    given = document(statement("Allow", "kinesis:PutRecord", arn))
    iam.put_role_policy(RoleName="producer", PolicyName="p", PolicyDocument=given)
    user = root.user(policy=[statement("Allow", "sts:AssumeRole", role)])
    session = user.assume(role, DurationSeconds=900)
    put(session.client("kinesis"), name, 1)
    client = ahead(own_server, 1000)
    with signing_ahead(1000):
        refused(lambda: put(session.client("kinesis"), name, 1), "ExpiredTokenException", 400)
        assert numbers(records(client, name)) == [0]


def post(server, principal, operation, body, kind):
    """Sends content as it is; gives the status, the content's type and the content."""
    headers = {"Content-Type": kind, "X-Amz-Target": f"Kinesis_20131202.{operation}"}
    request = AWSRequest("POST", server.endpoint + "/", headers=headers, data=body)
    SigV4Auth(Credentials(principal.access_key_id, principal.secret), "kinesis", "us-east-1").add_auth(request)
    sent = urllib.request.Request(server.endpoint + "/", body, dict(request.headers), method="POST")
    trusted = ssl.create_default_context(cafile=server.ca)
    try:
        with urllib.request.urlopen(sent, context=trusted) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


def text(word):
    """A short text in CBOR."""
    return bytes([0x60 + len(word)]) + word.encode()


def test_cbor_as_the_clients_of_java_send_it(server, root, client):
    name, _ = create(client, name=fresh("c"))
    kind = "application/x-amz-cbor-1.1"
    body = b"\xa3" + text("StreamName") + text(name) + text("PartitionKey") + text("k") + text("Data") + b"\x43\x00\x01\x02"
    status, answered, content = post(server, root, "PutRecord", body, kind)
    assert (status, answered) == (200, kind), content
    assert b"shardId-000000000000" in content and b"SequenceNumber" in content
    assert records(client, name)[0]["Data"] == b"\x00\x01\x02"
    # A time is tag 1 and whole milliseconds.
    place = iterator(client, name)
    body = b"\xa1" + text("ShardIterator") + b"\x79" + len(place).to_bytes(2, "big") + place.encode()
    status, answered, content = post(server, root, "GetRecords", body, kind)
    at = content.index(b"ApproximateArrivalTimestamp") + len(b"ApproximateArrivalTimestamp")
    assert content[at : at + 2] == b"\xc1\x1b"
    assert abs(int.from_bytes(content[at + 2 : at + 10], "big") / 1000 - time.time()) < 60
    status, answered, content = post(server, root, "PutRecord", b"\xa0", kind)
    assert (status, answered) == (400, kind) and b"ValidationException" in content


def test_the_api_answers_only_over_tls(server):
    head = b"POST / HTTP/1.1\r\nHost: kinesis.localhost\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        plain.sendall(head)
        answer = b"".join(iter(lambda: plain.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400 ") and b"TLS only" in answer
