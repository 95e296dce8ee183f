"""DynamoDB Streams with the real client: what a stream tells, to whom, in which order, and for how long."""

import json
import re
import threading
import time

import dynamodb
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from clock import environment, signing_ahead
from conftest import document, fresh, kurodo, refused, statement
from dynamodb import n, s

KINDS = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
HOUR = 60 * 60
HIDDEN = "what-the-item-holds"
READING = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


@pytest.fixture(scope="module")
def streams(root):
    return root.client("dynamodbstreams")


def on(kind="NEW_AND_OLD_IMAGES"):
    return {"StreamEnabled": True, "StreamViewType": kind}


def create(client, kind="NEW_AND_OLD_IMAGES", **more):
    """A new table with a stream; gives its name and the stream's ARN."""
    table = dynamodb.create(client, StreamSpecification=on(kind), **more)
    return table, client.describe_table(TableName=table)["Table"]["LatestStreamArn"]


def shards(streams, arn, **more):
    return streams.describe_stream(StreamArn=arn, **more)["StreamDescription"]["Shards"]


def iterator(streams, arn, kind="TRIM_HORIZON", shard=None, **more):
    shard = shard or shards(streams, arn)[-1]["ShardId"]
    where = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": kind, **more}
    return streams.get_shard_iterator(**where)["ShardIterator"]


def records(streams, arn):
    """All records of a stream, shard after shard."""
    found = []
    for shard in shards(streams, arn):
        place = iterator(streams, arn, shard=shard["ShardId"])
        while place:
            page = streams.get_records(ShardIterator=place)
            found += page["Records"]
            place = page.get("NextShardIterator") if page["Records"] else None
    return found


def told(streams, arn):
    """What happened to which item: the event's name, and the sort key."""
    return [(one["eventName"], one["dynamodb"]["Keys"]["r"]["N"]) for one in records(streams, arn)]


def key(number, owner="a"):
    return {"h": s(owner), "r": n(number)}


def item(number, value, owner="a"):
    return {**key(number, owner), "v": s(value)}


@pytest.mark.parametrize("kind", KINDS)
def test_records_show_what_the_view_says(client, streams, kind):
    table, arn = create(client, kind)
    client.put_item(TableName=table, Item=item(1, "old"))
    client.put_item(TableName=table, Item=item(1, "new"))
    client.delete_item(TableName=table, Key=key(1))
    inserted, modified, removed = records(streams, arn)
    for record, name, old, new in [
        (inserted, "INSERT", None, "old"),
        (modified, "MODIFY", "old", "new"),
        (removed, "REMOVE", "new", None),
    ]:
        change = record["dynamodb"]
        assert (record["eventName"], change["Keys"]) == (name, key(1))
        shows_new, shows_old = kind in ("NEW_IMAGE", KINDS[3]), kind in ("OLD_IMAGE", KINDS[3])
        assert change.get("NewImage") == (item(1, new) if new and shows_new else None)
        assert change.get("OldImage") == (item(1, old) if old and shows_old else None)
        images = [image for image in ("Keys", "NewImage", "OldImage") if image in change]
        assert change["SizeBytes"] == sum(5 if image == "Keys" else 9 for image in images)
        assert change["StreamViewType"] == kind
        assert change["ApproximateCreationDateTime"].microsecond == 0
        assert (record["eventVersion"], record["eventSource"], record["awsRegion"]) == (
            "1.1", "aws:dynamodb", "us-east-1",
        )
        assert re.fullmatch("[0-9a-f]{32}", record["eventID"]) and "userIdentity" not in record
    assert len({record["eventID"] for record in (inserted, modified, removed)}) == 3
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in (inserted, modified, removed)]
    assert numbers == sorted(set(numbers))


def test_every_way_to_write_is_told(client, streams):
    table, arn = create(client)
    client.put_item(TableName=table, Item=item(1, "a"))
    client.update_item(TableName=table, Key=key(2), UpdateExpression="SET v = :v", ExpressionAttributeValues={":v": s("b")})
    client.delete_item(TableName=table, Key=key(1))
    client.batch_write_item(RequestItems={table: [
        {"PutRequest": {"Item": item(3, "c")}}, {"DeleteRequest": {"Key": key(2)}}, {"PutRequest": {"Item": item(4, "d")}},
    ]})
    client.transact_write_items(TransactItems=[
        {"Put": {"TableName": table, "Item": item(5, "e")}},
        {"Update": {"TableName": table, "Key": key(3), "UpdateExpression": "SET v = :v", "ExpressionAttributeValues": {":v": s("f")}}},
        {"Delete": {"TableName": table, "Key": key(4)}},
        {"ConditionCheck": {"TableName": table, "Key": key(9), "ConditionExpression": "attribute_not_exists(h)"}},
    ])
    expected = [
        ("INSERT", "1"), ("INSERT", "2"), ("REMOVE", "1"), ("INSERT", "3"), ("REMOVE", "2"), ("INSERT", "4"),
        ("INSERT", "5"), ("MODIFY", "3"), ("REMOVE", "4"),
    ]
    assert sorted(told(streams, arn)[3:6]) == sorted(expected[3:6])
    assert sorted(told(streams, arn)) == sorted(expected)
    numbers = [one["dynamodb"]["SequenceNumber"] for one in records(streams, arn)]
    assert numbers == sorted(set(numbers), key=int) and all(21 <= len(number) <= 40 for number in numbers)


def test_what_changes_nothing_or_fails_is_not_told(client, streams):
    table, arn = create(client)
    client.put_item(TableName=table, Item={**item(1, "a"), "set": {"SS": ["x", "y"]}, "number": n("1.0")})
    client.put_item(TableName=table, Item={**item(1, "a"), "set": {"SS": ["y", "x"]}, "number": n("1")})
    update = {"UpdateExpression": "SET v = :v", "ExpressionAttributeValues": {":v": s("a")}}
    client.update_item(TableName=table, Key=key(1), **update)
    client.delete_item(TableName=table, Key=key(7))
    client.transact_write_items(TransactItems=[{"Update": {"TableName": table, "Key": key(1), **update}}])
    condition = "attribute_not_exists(h)"
    refused(
        lambda: client.put_item(TableName=table, Item=item(1, "b"), ConditionExpression=condition),
        "ConditionalCheckFailedException",
    )
    refused(
        lambda: client.transact_write_items(TransactItems=[
            {"Put": {"TableName": table, "Item": item(2, "b")}},
            {"ConditionCheck": {"TableName": table, "Key": key(1), "ConditionExpression": condition}},
        ]),
        "TransactionCanceledException",
    )
    token = fresh("token")
    for _ in range(2):
        client.transact_write_items(
            TransactItems=[{"Put": {"TableName": table, "Item": item(3, "c")}}], ClientRequestToken=token
        )
    assert told(streams, arn) == [("INSERT", "1"), ("INSERT", "3")]


def test_indexes_and_streams_follow_the_same_change(client, streams):
    table, arn = create(client, attributes=[("v", "S")], GlobalSecondaryIndexes=[dynamodb.index("by-v", "v")])
    client.put_item(TableName=table, Item=item(1, "a"))
    client.put_item(TableName=table, Item=item(1, "b"))
    assert client.scan(TableName=table, IndexName="by-v")["Items"] == [item(1, "b")]
    assert [one["dynamodb"].get("OldImage") for one in records(streams, arn)] == [None, item(1, "a")]


def test_writers_at_once_are_told_in_the_order_of_what_they_did(client, streams, root):
    table, arn = create(client)
    def write(owner):
        own = root.client("dynamodb")
        for count in range(15):
            own.update_item(
                TableName=table, Key=key(count % 2, "shared"), UpdateExpression="ADD c :one",
                ExpressionAttributeValues={":one": n(1)},
            )
            own.put_item(TableName=table, Item=item(count, owner, owner))
    writers = [threading.Thread(target=write, args=(f"writer-{number}",)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    counts = {"0": [], "1": []}
    for one in (record["dynamodb"] for record in records(streams, arn)):
        if one["Keys"]["h"] == s("shared"):
            before = int(one.get("OldImage", {}).get("c", n(0))["N"])
            counts[one["Keys"]["r"]["N"]].append((before, int(one["NewImage"]["c"]["N"])))
    for found, total in ((counts["0"], 48), (counts["1"], 42)):
        assert found == [(at, at + 1) for at in range(total)]
    assert len(records(streams, arn)) == 180


def test_images_that_are_too_large_for_one_record(client, streams):
    table, arn = create(client)
    def large(letter):
        numbers = [n(99)] * 130_000  # Each counts for three bytes, and is stored in five.
        return {**key(1), "numbers": {"L": numbers}, "letter": s(letter)}
    client.put_item(TableName=table, Item=large("x"))
    client.put_item(TableName=table, Item=large("y"))
    client.put_item(TableName=table, Item=item(2, "small"))
    pages, place = [], iterator(streams, arn)
    for _ in range(3):
        page = streams.get_records(ShardIterator=place)
        pages.append([one["dynamodb"] for one in page["Records"]])
        place = page["NextShardIterator"]
    assert [len(page) for page in pages] == [1, 2, 0]
    found = [one for page in pages for one in page]
    assert found[1]["OldImage"] == large("x") and found[1]["NewImage"] == large("y")
    after = iterator(streams, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=found[1]["SequenceNumber"])
    assert streams.get_records(ShardIterator=after)["Records"][0]["dynamodb"]["Keys"] == key(2)


def test_iterators_begin_where_they_say(client, streams):
    table, arn = create(client)
    latest_of_nothing = iterator(streams, arn, "LATEST")
    for number in range(5):
        client.put_item(TableName=table, Item=item(number, "a"))
    numbers = [one["dynamodb"]["SequenceNumber"] for one in records(streams, arn)]
    latest = iterator(streams, arn, "LATEST")
    client.put_item(TableName=table, Item=item(5, "a"))

    def read(place, **more):
        return [one["dynamodb"]["Keys"]["r"]["N"] for one in streams.get_records(ShardIterator=place, **more)["Records"]]

    assert read(latest) == ["5"]
    assert read(latest_of_nothing) == read(iterator(streams, arn)) == list("012345")
    assert read(iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=numbers[3])) == list("345")
    assert read(iterator(streams, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[3])) == list("45")
    start = shards(streams, arn)[0]["SequenceNumberRange"]
    assert list(start) == ["StartingSequenceNumber"]
    assert read(iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=start["StartingSequenceNumber"]))[0] == "0"
    place, pages = iterator(streams, arn), []
    for _ in range(4):
        page = streams.get_records(ShardIterator=place, Limit=2)
        pages.append(len(page["Records"]))
        place = page["NextShardIterator"]
    assert pages == [2, 2, 2, 0]
    client.put_item(TableName=table, Item=item(6, "a"))
    assert read(place) == ["6"]


def test_what_cannot_be_asked_is_refused(client, streams):
    table, arn = create(client)
    client.put_item(TableName=table, Item=item(1, "a"))
    place, shard = iterator(streams, arn), shards(streams, arn)[0]["ShardId"]
    for call, code, message in [
        (lambda: streams.describe_stream(StreamArn=arn[:-3] + "999"), "ResourceNotFoundException", "Requested resource not found: Stream: "),
        (lambda: streams.describe_stream(StreamArn="x" * 40), "ValidationException", "Invalid StreamArn"),
        (lambda: streams.describe_stream(StreamArn=arn.replace("us-east-1", "eu-west-1")), "ValidationException", "Invalid StreamArn"),
        (lambda: streams.describe_stream(StreamArn=arn, Limit=101), "ValidationException", "less than or equal to 100"),
        (lambda: streams.describe_stream(StreamArn=arn, ShardFilter={"Type": "CHILD_SHARDS"}), "ValidationException", "ShardFilter"),
        (lambda: streams.list_streams(Limit=101), "ValidationException", "less than or equal to 100"),
        (lambda: iterator(streams, arn, shard="shardId-00000001414576573621-f55eea83"), "ResourceNotFoundException", "Requested resource not found: Shard does not exist"),
        (lambda: iterator(streams, arn, "AT_SEQUENCE_NUMBER"), "ValidationException", "SequenceNumber"),
        (lambda: iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber="9" * 21), "ValidationException", "Invalid SequenceNumber"),
        (lambda: iterator(streams, arn, "LATEST", SequenceNumber="1" * 21), "ValidationException", "SequenceNumber"),
        (lambda: iterator(streams, arn, "SOMEWHERE"), "ValidationException", "shardIteratorType"),
        (lambda: streams.get_records(ShardIterator="x"), "ValidationException", "Invalid ShardIterator"),
        (lambda: streams.get_records(ShardIterator=place[:-8]), "ValidationException", "Invalid ShardIterator"),
        (lambda: streams.get_records(ShardIterator=place, Limit=1001), "ValidationException", "less than or equal to 1000"),
    ]:
        assert message in refused(call, code, 400)["Error"]["Message"]
    assert len(shards(streams, arn, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": shard})) == 0


def test_a_stream_is_enabled_and_disabled_and_never_changed(client, streams):
    table = dynamodb.create(client)
    described = client.describe_table(TableName=table)["Table"]
    assert not {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel"} & set(described)
    update = lambda **given: client.update_table(TableName=table, StreamSpecification=given)["TableDescription"]
    invalid = "One or more parameter values were invalid: If stream is being "
    for given, message in [
        ({"StreamEnabled": False}, f"Table has no stream to disable: TableName: {table}"),
        ({"StreamEnabled": True}, f"{invalid}enabled then UpdateViewType is required"),
        ({"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"}, f"{invalid}disabled, then UpdateViewType must not be specified"),
    ]:
        refused(lambda: update(**given), "ValidationException", 400, message)
    client.put_item(TableName=table, Item=item(0, "before"))
    first = update(**on("NEW_IMAGE"))
    assert first["StreamSpecification"] == on("NEW_IMAGE")
    assert first["LatestStreamArn"] == f"{first['TableArn']}/stream/{first['LatestStreamLabel']}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", first["LatestStreamLabel"])
    for kind in ("NEW_IMAGE", "KEYS_ONLY"):
        refused(lambda: update(**on(kind)), "ValidationException", 400, f"Table already has an enabled stream: TableName: {table}")
    client.put_item(TableName=table, Item=item(1, "told"))
    update(StreamEnabled=False)
    client.put_item(TableName=table, Item=item(2, "not told"))
    described = client.describe_table(TableName=table)["Table"]
    assert "StreamSpecification" not in described and described["LatestStreamArn"] == first["LatestStreamArn"]

    second = update(**on("KEYS_ONLY"))
    assert second["LatestStreamArn"] != first["LatestStreamArn"]
    client.put_item(TableName=table, Item=item(3, "told again"))
    assert told(streams, first["LatestStreamArn"]) == [("INSERT", "1")]
    assert told(streams, second["LatestStreamArn"]) == [("INSERT", "3")]
    old = streams.describe_stream(StreamArn=first["LatestStreamArn"])["StreamDescription"]
    new = streams.describe_stream(StreamArn=second["LatestStreamArn"])["StreamDescription"]
    assert (old["StreamStatus"], new["StreamStatus"]) == ("DISABLED", "ENABLED")
    assert (old["StreamViewType"], new["StreamViewType"]) == ("NEW_IMAGE", "KEYS_ONLY")
    assert new["KeySchema"] == dynamodb.key_schema("h", "r") and new["TableName"] == table
    assert new["CreationRequestDateTime"].isoformat(timespec="milliseconds")[:-6] == new["StreamLabel"]
    assert "EndingSequenceNumber" in old["Shards"][0]["SequenceNumberRange"]
    # A disabled stream has an end.
    page = streams.get_records(ShardIterator=iterator(streams, first["LatestStreamArn"]))
    assert len(page["Records"]) == 1 and "NextShardIterator" not in page


def test_a_stream_outlives_its_table(client, streams):
    table, arn = create(client)
    client.put_item(TableName=table, Item=item(1, "a"))
    client.delete_table(TableName=table)
    assert told(streams, arn) == [("INSERT", "1")]
    assert streams.describe_stream(StreamArn=arn)["StreamDescription"]["StreamStatus"] == "DISABLED"
    assert [one["StreamArn"] for one in streams.list_streams(TableName=table)["Streams"]] == [arn]


def test_streams_are_listed_in_pages(client, streams):
    table, first = create(client)
    client.update_table(TableName=table, StreamSpecification={"StreamEnabled": False})
    second = client.update_table(TableName=table, StreamSpecification=on())["TableDescription"]["LatestStreamArn"]
    other, third = create(client)
    found = streams.list_streams(TableName=table)["Streams"]
    assert [(one["StreamArn"], one["TableName"]) for one in found] == [(first, table), (second, table)]
    assert found[0]["StreamLabel"] == first.rsplit("/", 1)[1]
    everything, more = [], {}
    while True:
        page = streams.list_streams(Limit=2, **more)
        everything += [one["StreamArn"] for one in page["Streams"]]
        assert len(page["Streams"]) <= 2
        if "LastEvaluatedStreamArn" not in page:
            break
        more = {"ExclusiveStartStreamArn": page["LastEvaluatedStreamArn"]}
    assert {first, second, third} <= set(everything) and len(everything) == len(set(everything))
    assert streams.list_streams(TableName=fresh("none"))["Streams"] == []


def test_nobody_reads_a_stream_but_who_may(client, root):
    table, arn = create(client)
    client.put_item(TableName=table, Item=item(1, HIDDEN))
    whole = root.client("dynamodbstreams")
    place, shard = iterator(whole, arn), shards(whole, arn)[0]["ShardId"]
    table_arn = arn.split("/stream/")[0]
    calls = {
        "DescribeStream": lambda who: who.describe_stream(StreamArn=arn),
        "GetShardIterator": lambda who: iterator(who, arn, shard=shard),
        "GetRecords": lambda who: who.get_records(ShardIterator=place),
        "ListStreams": lambda who: who.list_streams(),
    }
    everything_of_tables = [statement("Allow", "dynamodb:*", [table_arn, f"{table_arn}/index/*"])]
    another = [statement("Allow", READING, arn[:-1] + "x")]
    for policy in (None, everything_of_tables, another):
        who = root.user(policy=policy).client("dynamodbstreams")
        for name, call in calls.items():
            answer = refused(lambda: call(who), "AccessDeniedException", 400)
            assert f"not authorized to perform: dynamodb:{name} on resource: " in answer["Error"]["Message"]
            assert HIDDEN not in json.dumps(answer, default=str) and table not in answer["Error"]["Message"].replace(arn, "")
        missing = refused(lambda: who.describe_stream(StreamArn=arn[:-3] + "000"), "AccessDeniedException", 400)
        assert "not found" not in missing["Error"]["Message"]
    for name, call in calls.items():
        only = [statement("Allow", f"dynamodb:{name}", "*" if name == "ListStreams" else arn)]
        who = root.user(policy=only).client("dynamodbstreams")
        call(who)
        for other in calls.keys() - {name}:
            refused(lambda: calls[other](who), "AccessDeniedException", 400)


def test_who_reads_the_stream_reaches_nothing_of_the_table(client, root):
    table, arn = create(client)
    client.put_item(TableName=table, Item=item(1, HIDDEN))
    reader = root.user(policy=[statement("Allow", READING, f"{arn.split('/stream/')[0]}/stream/*")])
    assert [one["dynamodb"]["NewImage"] for one in records(reader.client("dynamodbstreams"), arn)] == [item(1, HIDDEN)]
    items = reader.client("dynamodb")
    for call in (
        lambda: items.scan(TableName=table),
        lambda: items.get_item(TableName=table, Key=key(1)),
        lambda: items.describe_table(TableName=table),
        lambda: items.put_item(TableName=table, Item=item(1, "x")),
        lambda: items.get_resource_policy(ResourceArn=arn),
    ):
        refused(call, "AccessDeniedException", 400)


def test_a_stream_shows_no_more_than_its_view(client, root):
    """Whoever may read a stream of keys learns keys, whatever the items hold; that is how attributes are kept back."""
    table, arn = create(client, "KEYS_ONLY")
    client.put_item(TableName=table, Item=item(1, HIDDEN))
    client.update_item(TableName=table, Key=key(1), UpdateExpression="REMOVE v")
    reader = root.user(policy=[statement("Allow", READING, arn)]).client("dynamodbstreams")
    assert HIDDEN not in json.dumps(records(reader, arn), default=str)


def test_a_policy_of_the_stream_lets_its_principals_in(client, root, other):
    table, arn = create(client)
    client.put_item(TableName=table, Item=item(1, "a"))
    name = fresh("guest")
    guest = root.user(name=name).client("dynamodbstreams")
    refused(lambda: records(guest, arn), "AccessDeniedException", 400)
    principal = {"AWS": [f"arn:aws:iam::{root.account}:user/{name}", f"arn:aws:iam::{other.account}:root"]}
    text = document({**statement("Allow", READING, arn), "Principal": principal})
    refused(lambda: client.get_resource_policy(ResourceArn=arn), "PolicyNotFoundException", 400)
    revision = client.put_resource_policy(ResourceArn=arn, Policy=text)["RevisionId"]
    shown = client.get_resource_policy(ResourceArn=arn)
    assert (json.loads(shown["Policy"]), shown["RevisionId"]) == (json.loads(text), revision)
    assert len(records(guest, arn)) == len(records(other.client("dynamodbstreams"), arn)) == 1
    # Who may give the table a policy may not give the stream one, nor the other way round.
    table_arn = arn.split("/stream/")[0]
    for own, foreign in ((arn, table_arn), (table_arn, arn)):
        governor = root.user(policy=[statement("Allow", "dynamodb:*ResourcePolicy", own)]).client("dynamodb")
        for call in (governor.get_resource_policy, governor.delete_resource_policy):
            refused(lambda: call(ResourceArn=foreign), "AccessDeniedException", 400)
        refused(lambda: governor.put_resource_policy(ResourceArn=foreign, Policy=text), "AccessDeniedException", 400)
        governor.delete_resource_policy(ResourceArn=own, ExpectedRevisionId="NO_POLICY" if own == table_arn else revision)
    revision = client.put_resource_policy(ResourceArn=arn, Policy=text)["RevisionId"]
    # The table is not opened by it, and the stream not by the table's.
    refused(lambda: root.user().client("dynamodb").scan(TableName=table), "AccessDeniedException", 400)
    refused(lambda: client.get_resource_policy(ResourceArn=table_arn), "PolicyNotFoundException", 400)
    client.put_item(TableName=table, Item=item(2, "b"))
    refused(
        lambda: client.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId="1"), "PolicyNotFoundException", 400
    )
    assert client.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=revision)["RevisionId"] == revision
    refused(lambda: records(guest, arn), "AccessDeniedException", 400)
    missing = refused(lambda: client.put_resource_policy(ResourceArn=arn[:-3] + "000", Policy=text), "ResourceNotFoundException")
    assert "Stream" in missing["Error"]["Message"]


def test_an_iterator_is_no_pass(client, streams, root):
    """It names a stream; whoever brings it is asked whether he may read that stream."""
    (mine, my_arn), (_, arn) = create(client), create(client)
    reader = root.user(policy=[statement("Allow", READING, my_arn)]).client("dynamodbstreams")
    forged = iterator(reader, my_arn).replace(my_arn, arn)
    refused(lambda: reader.get_records(ShardIterator=forged), "AccessDeniedException", 400)
    assert streams.get_records(ShardIterator=forged)["Records"] == []


def ahead(server, seconds):
    """The server again, with a clock that is ahead."""
    server.stop()
    return server.start(environment(server.data_dir.parent, seconds))


def test_iterators_expire_and_shards_follow_one_another(own_server):
    client, streams = own_server.root().client("dynamodb"), own_server.root().client("dynamodbstreams")
    table, arn = create(client)
    client.put_item(TableName=table, Item=item(1, "a"))
    stale, latest = iterator(streams, arn), iterator(streams, arn, "LATEST")
    for hours, number in ((5, 2), (10, 3)):
        ahead(own_server, hours * HOUR)
        client, streams = own_server.root().client("dynamodb"), own_server.root().client("dynamodbstreams")
        with signing_ahead(hours * HOUR):
            expired = refused(lambda: streams.get_records(ShardIterator=stale), "ExpiredIteratorException", 400)
            assert expired["Error"]["Message"]
            assert len(shards(streams, arn)) == number - 1  # Nothing happened since.
            client.batch_write_item(RequestItems={table: [
                {"PutRequest": {"Item": item(number, owner, owner)}} for owner in "ab"
            ]})
            found = shards(streams, arn)
            assert len(found) == number
    with signing_ahead(10 * HOUR):
        assert [shard.get("ParentShardId") for shard in found] == [None, found[0]["ShardId"], found[1]["ShardId"]]
        ranges = [shard["SequenceNumberRange"] for shard in found]
        assert ["EndingSequenceNumber" in one for one in ranges] == [True, True, False]
        for before, after in zip(ranges, ranges[1:]):
            assert int(before["EndingSequenceNumber"]) < int(after["StartingSequenceNumber"])
        children = shards(streams, arn, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": found[0]["ShardId"]})
        assert children == [found[1]]
        page = streams.describe_stream(StreamArn=arn, Limit=1)["StreamDescription"]
        assert page["Shards"] == found[:1] and page["LastEvaluatedShardId"] == found[0]["ShardId"]
        assert shards(streams, arn, ExclusiveStartShardId=page["LastEvaluatedShardId"]) == found[1:]
        per_shard = []
        for shard in found:
            page = streams.get_records(ShardIterator=iterator(streams, arn, shard=shard["ShardId"]))
            per_shard.append(sorted(one["dynamodb"]["Keys"]["r"]["N"] for one in page["Records"]))
            assert ("NextShardIterator" in page) == (shard == found[-1])
        assert per_shard == [["1"], ["2", "2"], ["3", "3"]]


def test_a_day_later_it_is_gone(own_server):
    ahead(own_server, -25 * HOUR)
    client, streams = own_server.root().client("dynamodb"), own_server.root().client("dynamodbstreams")
    with signing_ahead(-25 * HOUR):
        table, arn = create(client)
        for number in (1, 2):
            client.put_item(TableName=table, Item=item(number, "old"))
        old = [one["dynamodb"]["SequenceNumber"] for one in records(streams, arn)]
        gone_table, gone = create(client)
        client.put_item(TableName=gone_table, Item=item(1, "old"))
        client.update_table(TableName=gone_table, StreamSpecification={"StreamEnabled": False})
        assert len(records(streams, gone)) == 1
    ahead(own_server, 0)
    client, streams = own_server.root().client("dynamodb"), own_server.root().client("dynamodbstreams")
    refused(lambda: streams.describe_stream(StreamArn=gone), "ResourceNotFoundException", 400)
    assert [one["StreamArn"] for one in streams.list_streams()["Streams"]] == [arn]
    assert told(streams, arn) == []
    # Nothing changed since, so the first shard is still open, and now it takes no more.
    client.put_item(TableName=table, Item=item(3, "new"))
    assert told(streams, arn) == [("INSERT", "3")]
    first = shards(streams, arn)[0]["ShardId"]

    def trimmed(kind, number):
        try:
            iterator(streams, arn, kind, shard=first, SequenceNumber=number)
        except ClientError as error:
            return error.response["Error"]["Code"] == "TrimmedDataAccessException"
        return False

    deadline = time.monotonic() + 60
    while not trimmed("AT_SEQUENCE_NUMBER", old[1]):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert trimmed("AFTER_SEQUENCE_NUMBER", old[0])
    assert told(streams, arn) == [("INSERT", "3")]


def test_acknowledged_changes_are_in_the_stream_after_kill_9(own_server):
    client = own_server.root().client("dynamodb")
    table, arn = create(client)
    acknowledged, lock = [], threading.Lock()

    def write(owner):
        own = own_server.root().client("dynamodb")
        try:
            for number in range(100_000):
                own.put_item(TableName=table, Item=item(number, "a", owner))
                with lock:
                    acknowledged.append((owner, str(number)))
        except (BotoCoreError, ClientError, OSError):
            pass  # The server was killed.

    writers = [threading.Thread(target=write, args=(f"writer-{number}",), daemon=True) for number in range(8)]
    for writer in writers:
        writer.start()
    while len(acknowledged) < 200:
        pass
    own_server.kill()
    for writer in writers:
        writer.join(timeout=60)
    assert "DAMAGED" not in kurodo("check", "--data-dir", own_server.data_dir).stdout
    own_server.start()
    client, streams = own_server.root().client("dynamodb"), own_server.root().client("dynamodbstreams")
    in_stream = [(one["Keys"]["h"]["S"], one["Keys"]["r"]["N"]) for one in (r["dynamodb"] for r in records(streams, arn))]
    pages = client.get_paginator("scan").paginate(TableName=table)
    in_table = {(one["h"]["S"], one["r"]["N"]) for page in pages for one in page["Items"]}
    # What is in the table is in the stream, once, and the other way round.
    assert set(acknowledged) <= in_table == set(in_stream) and len(in_stream) == len(in_table)
    for owner in {owner for owner, _ in in_stream}:
        numbers = [int(number) for who, number in in_stream if who == owner]
        assert numbers == list(range(len(numbers)))
