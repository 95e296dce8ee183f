"""Time to live: items whose time is over are deleted by the service itself."""

import json
import time

import dynamodb
import pytest
from conftest import allow, document, fresh, kurodo, refused, statement
from dynamodb import n, s
from test_dynamodb_streams import create, key, records

PATIENCE = 60
YEAR = 365 * 24 * 60 * 60


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


def expire_by(client, table, attribute="until"):
    client.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute}
    )


def numbers(client, table, **more):
    return sorted(int(item["r"]["N"]) for item in client.scan(TableName=table, **more)["Items"])


def wait(until):
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_items_expire_with_their_copies_and_the_stream_says_by_whom(client, root, server):
    table, arn = create(
        client,
        attributes=[("v", "S")],
        GlobalSecondaryIndexes=[dynamodb.index("by-v", "v")],
        LocalSecondaryIndexes=[dynamodb.index("own-v", "h", "v")],
    )
    now = int(time.time())
    kept = {2: n(now + 900), 3: s(str(now - 9)), 4: n(now - 6 * YEAR), 5: n((now - 9) * 1000), 6: {"BOOL": True}}
    for number, until in {1: n(now - 9), 7: n(now - 4 * YEAR), **kept}.items():
        client.put_item(TableName=table, Item={**key(number), "v": s("x"), "until": until})
    client.put_item(TableName=table, Item={**key(8), "v": s("x")})
    expire_by(client, table)
    left = [*kept, 8]
    wait(lambda: numbers(client, table) == left)
    assert numbers(client, table, IndexName="by-v") == numbers(client, table, IndexName="own-v") == left

    told = [one for one in records(root.client("dynamodbstreams"), arn) if one["eventName"] == "REMOVE"]
    assert sorted(one["dynamodb"]["Keys"]["r"]["N"] for one in told) == ["1", "7"]
    for one in told:
        assert one["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
        assert one["dynamodb"]["OldImage"]["v"] == s("x") and "NewImage" not in one["dynamodb"]

    # A time that is moved on saves an item; one that is reached takes it.
    client.update_item(
        TableName=table, Key=key(2), UpdateExpression="SET #u = :u",
        ExpressionAttributeNames={"#u": "until"}, ExpressionAttributeValues={":u": n(int(time.time()) - 1)},
    )
    wait(lambda: numbers(client, table) == left[1:])

    tail = kurodo("audit", "tail", "--data-dir", server.data_dir, "-n", "1000000").stdout
    kept_house = [json.loads(line) for line in tail.splitlines() if '"ExpireItems"' in line]
    table_arn = arn.split("/stream/")[0]
    mine = [record for record in kept_house if table_arn in record["resources"]]
    assert mine and all("AWSServiceRoleForDynamoDB" in record["principal"] for record in mine)


def test_nothing_expires_that_nobody_ordered_to(client, other):
    now = int(time.time())
    tables = [dynamodb.create(client) for _ in range(4)]
    watched, never, by_another, ended = tables
    for table in tables:
        client.put_item(TableName=table, Item={**key(1), "until": n(now - 9)})
    expire_by(client, by_another, "ends")
    client.put_item(TableName=ended, Item={**key(2), "until": n(now + 900)})
    refused(
        lambda: client.update_time_to_live(
            TableName=ended, TimeToLiveSpecification={"Enabled": False, "AttributeName": "until"}
        ),
        "ValidationException", 400, "TimeToLive is already disabled",
    )
    expire_by(client, watched)
    wait(lambda: numbers(client, watched) == [])
    assert numbers(client, never) == numbers(client, by_another) == [1]
    assert numbers(client, ended) == [1, 2]
    # Other accounts' tables are kept in order by their own.
    theirs = other.client("dynamodb")
    table = dynamodb.create(theirs)
    theirs.put_item(TableName=table, Item={**key(1), "until": n(now - 9)})
    expire_by(theirs, table)
    wait(lambda: numbers(theirs, table) == [])


def test_a_policy_of_the_table_does_not_keep_items_from_expiring(client, root):
    table = dynamodb.create(client)
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    client.put_item(TableName=table, Item={**key(1), "until": n(int(time.time()) - 9)})
    deny = {**statement("Deny", "dynamodb:DeleteItem", arn), "Principal": "*"}
    client.put_resource_policy(ResourceArn=arn, Policy=document(deny))
    refused(lambda: client.delete_item(TableName=table, Key=key(1)), "AccessDeniedException", 400)
    expire_by(client, table)
    wait(lambda: numbers(client, table) == [])


def test_who_may_not_order_it_does_not(client, root):
    table = dynamodb.create(client)
    user = root.user(policy=[statement("Allow", ["dynamodb:DescribeTimeToLive", "dynamodb:UpdateTable"])])
    refused(lambda: expire_by(user.client("dynamodb"), table), "AccessDeniedException", 400)
    allow(root.client("iam"), user.name, [statement("Allow", "dynamodb:UpdateTimeToLive")], name=fresh("more"))
    expire_by(user.client("dynamodb"), table)
    described = user.client("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}


def test_more_items_than_are_deleted_at_once(client):
    table = dynamodb.create(client)
    expire_by(client, table)
    now = int(time.time())
    for start in range(0, 200, 25):
        puts = [{**key(number), "until": n(now - 9 if number % 2 else now + 900)} for number in range(start, start + 25)]
        client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in puts]})
    wait(lambda: numbers(client, table) == list(range(0, 200, 2)))
