"""Provisioned capacity: enforced where the server is told to, and nowhere else."""

from pathlib import Path

import dynamodb
import pytest
from botocore.exceptions import ClientError
from conftest import Server, refused
from dynamodb import s

UNITS = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
BIG = {"h": s("big"), "v": s("x" * 20_000)}
EXCEEDED = "ProvisionedThroughputExceededException"


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    server = Server(Path(tmp_path_factory.mktemp("strict")) / "data", "--dynamodb-throughput").start()
    yield server.root().client("dynamodb")
    server.kill()


def provisioned(client, **more):
    table = dynamodb.name()
    client.create_table(
        TableName=table,
        KeySchema=dynamodb.key_schema("h"),
        AttributeDefinitions=dynamodb.definitions(h="S", **({"g": "S"} if more else {})),
        ProvisionedThroughput=UNITS,
        **more,
    )
    return table


def exhausted(call, times=20):
    """Calls until it is too much."""
    for _ in range(times):
        try:
            call()
        except ClientError as error:
            return error.response["Error"]["Code"], error.response
    return None


def test_writes_beyond_the_capacity_are_refused(strict):
    table = provisioned(strict)
    code, answer = exhausted(lambda: strict.put_item(TableName=table, Item=BIG))
    assert code == EXCEEDED
    assert "configured provisioned throughput for the table" in answer["Error"]["Message"]
    refused(lambda: strict.delete_item(TableName=table, Key={"h": s("big")}), EXCEEDED, 400)
    put = {"PutRequest": {"Item": {"h": s("small")}}}
    refused(lambda: strict.batch_write_item(RequestItems={table: [put]}), EXCEEDED, 400)
    other = provisioned(strict)
    delete = {"DeleteRequest": {"Key": {"h": s("gone")}}}
    left = strict.batch_write_item(RequestItems={table: [put, delete], other: [put]})["UnprocessedItems"]
    assert left == {table: [put, delete]}
    transaction = [{"Put": {"TableName": table, "Item": {"h": s("small")}}}]
    answer = refused(
        lambda: strict.transact_write_items(TransactItems=transaction), "TransactionCanceledException", 400
    )
    assert answer["CancellationReasons"][0]["Code"] == "ProvisionedThroughputExceeded"


def test_reads_beyond_the_capacity_are_refused(strict):
    table = provisioned(strict)
    strict.put_item(TableName=table, Item=BIG)
    get = {"TableName": table, "Key": {"h": s("big")}, "ConsistentRead": True}
    code, _ = exhausted(lambda: strict.get_item(**get))
    assert code == EXCEEDED
    refused(lambda: strict.scan(TableName=table), EXCEEDED, 400)
    refused(lambda: strict.batch_get_item(RequestItems={table: {"Keys": [{"h": s("big")}]}}), EXCEEDED, 400)


def test_an_index_that_cannot_keep_up_holds_up_its_table(strict):
    index = {**dynamodb.index("by-g", "g"), "ProvisionedThroughput": UNITS}
    table = provisioned(strict, GlobalSecondaryIndexes=[index])
    more = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1000}
    strict.update_table(TableName=table, ProvisionedThroughput=more)
    code, answer = exhausted(lambda: strict.put_item(TableName=table, Item={**BIG, "g": s("a")}))
    # The table's own bucket holds a second of the old capacity: it may be the first to be empty.
    assert code == EXCEEDED
    assert "throughput for" in answer["Error"]["Message"]


def test_tables_on_demand_and_other_servers_have_no_such_limit(strict, root):
    on_demand = dynamodb.create(strict, range_key=None)
    assert exhausted(lambda: strict.put_item(TableName=on_demand, Item=BIG)) is None
    lenient = root.client("dynamodb")
    table = provisioned(lenient)
    assert exhausted(lambda: lenient.put_item(TableName=table, Item=BIG)) is None
