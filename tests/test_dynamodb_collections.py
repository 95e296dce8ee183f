"""Item collections end where AWS ends them; here earlier, as an operator may say, so that every way to write meets it."""

from pathlib import Path

import dynamodb
import pytest
from conftest import Server, refused
from dynamodb import index, n, s

LIMIT = 4000
TOO_LARGE = "ItemCollectionSizeLimitExceededException"
REASON = "ItemCollectionSizeLimitExceeded"
KEY = {"h": s("full"), "r": n(1)}
BIG = {"h": s("full"), "r": n(2), "v": s("x" * 1000)}
GROWN = "SET v = :v"
VALUES = {":v": s("x" * 2500)}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    data = Path(tmp_path_factory.mktemp("small")) / "data"
    server = Server(data, "--dynamodb-collection-bytes", str(LIMIT)).start()
    yield server.root().client("dynamodb")
    server.kill()


def create(client, local=True):
    own = {"LocalSecondaryIndexes": [index("own", "h", "s")]} if local else {}
    table = dynamodb.create(client, attributes=[("s", "S")] if local else (), **own)
    client.put_item(TableName=table, Item={**KEY, "v": s("x" * 1900), "s": s("so it is there twice")})
    return table


@pytest.fixture
def table(client):
    """A table with a collection that is nearly full: an item of 1,900 bytes and its copy in a local index."""
    return create(client)


def statements(table):
    put = f"INSERT INTO \"{table}\" VALUE {{'h': 'full', 'r': 2, 'v': '{'x' * 1000}'}}"
    return [put, f"UPDATE \"{table}\" SET v = '{'x' * 2500}' WHERE h = 'full' AND r = 1"]


def single():
    yield "put", lambda client, table: client.put_item(TableName=table, Item=BIG)
    yield "update", lambda client, table: client.update_item(
        TableName=table, Key=KEY, UpdateExpression=GROWN, ExpressionAttributeValues=VALUES
    )
    yield "update, legacy", lambda client, table: client.update_item(
        TableName=table, Key=KEY, AttributeUpdates={"v": {"Value": VALUES[":v"]}}
    )
    yield "batch", lambda client, table: client.batch_write_item(
        RequestItems={table: [{"PutRequest": {"Item": {**KEY, "r": n(9)}}}, {"PutRequest": {"Item": BIG}}]}
    )
    yield "insert", lambda client, table: client.execute_statement(Statement=statements(table)[0])
    yield "update statement", lambda client, table: client.execute_statement(Statement=statements(table)[1])


SINGLE = dict(single())


@pytest.mark.parametrize("write", SINGLE.values(), ids=SINGLE)
def test_what_grows_a_collection_too_far_is_refused(client, table, write):
    before = client.scan(TableName=table)["Items"]
    answer = refused(lambda: write(client, table), TOO_LARGE, 400)
    assert answer["Error"]["Message"].startswith("Collection size exceeded")
    assert client.scan(TableName=table)["Items"] == before


def cancelled():
    check = {"ConditionCheck": {"Key": {"h": s("other"), "r": n(1)}, "ConditionExpression": "attribute_not_exists(h)"}}

    def transact(kind, **write):
        def run(client, table):
            items = [check, {kind: write}]
            items = [{kind: {"TableName": table, **one} for kind, one in item.items()} for item in items]
            return client.transact_write_items(TransactItems=items)

        return run

    def execute(at):
        def run(client, table):
            exists = f"EXISTS(SELECT * FROM \"{table}\" WHERE h = 'full' AND r = 3 AND v IS MISSING)"
            client.put_item(TableName=table, Item={**KEY, "r": n(3)})
            return client.execute_transaction(
                TransactStatements=[{"Statement": exists}, {"Statement": statements(table)[at]}]
            )

        return run

    yield "put", transact("Put", Item=BIG)
    yield "update", transact("Update", Key=KEY, UpdateExpression=GROWN, ExpressionAttributeValues=VALUES)
    yield "insert", execute(0)
    yield "update statement", execute(1)


CANCELLED = dict(cancelled())


@pytest.mark.parametrize("write", CANCELLED.values(), ids=CANCELLED)
def test_a_transaction_is_cancelled_with_the_reason(client, table, write):
    answer = refused(lambda: write(client, table), "TransactionCanceledException", 400)
    assert [reason["Code"] for reason in answer["CancellationReasons"]] == ["None", REASON]
    found = client.scan(TableName=table)["Items"]
    assert {item["r"]["N"] for item in found} <= {"1", "3"} and max(len(item.get("v", s(""))["S"]) for item in found) == 1900


def test_each_statement_of_a_batch_is_told_for_itself(client, table):
    other = f"INSERT INTO \"{table}\" VALUE {{'h': 'other', 'r': 2}}"
    texts = [*statements(table), other]
    done = client.batch_execute_statement(Statements=[{"Statement": text} for text in texts])["Responses"]
    assert [one.get("Error", {}).get("Code") for one in done] == [REASON, REASON, None]


def test_what_does_not_grow_it_is_let_through(client, table):
    client.put_item(TableName=table, Item={**BIG, "h": s("other")})
    client.update_item(
        TableName=table, Key=KEY, UpdateExpression=GROWN, ExpressionAttributeValues={":v": s("x" * 1000)}
    )
    client.put_item(TableName=table, Item=BIG)
    refused(lambda: client.put_item(TableName=table, Item={**BIG, "r": n(3)}), TOO_LARGE, 400)
    client.delete_item(TableName=table, Key=KEY)
    client.put_item(TableName=table, Item={**BIG, "r": n(3)})


def test_tables_without_local_indexes_have_no_such_limit(client):
    table = create(client, local=False)
    for at in range(10):
        client.put_item(TableName=table, Item={**BIG, "r": n(at)})


def test_the_limit_outlives_a_restart(tmp_path):
    server = Server(tmp_path / "data", "--dynamodb-collection-bytes", str(LIMIT)).start()
    try:
        table = create(server.root().client("dynamodb"))
        server.kill()
        server.start()
        client = server.root().client("dynamodb")
        refused(lambda: client.put_item(TableName=table, Item=BIG), TOO_LARGE, 400)
    finally:
        server.kill()
