"""Statements of PartiQL: alone, in batches and in transactions."""

import re
import uuid

import dynamodb
import pytest
from botocore.exceptions import ClientError
from conftest import refused
from dynamodb import n, s

FORM = "Statement wasn't well formed, can't be processed: "


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


@pytest.fixture(scope="module")
def table(client):
    table = dynamodb.create(
        client,
        range_key=("r", "S"),
        attributes=[("g", "S"), ("l", "S")],
        GlobalSecondaryIndexes=[dynamodb.index("by-g", "g", projection="INCLUDE", NonKeyAttributes=["shown"])],
        LocalSecondaryIndexes=[dynamodb.index("by-l", "h", "l", projection="KEYS_ONLY")],
    )
    for partition in ("a", "b"):
        for number in range(5):
            client.put_item(
                TableName=table,
                Item={
                    "h": s(partition),
                    "r": s(str(number)),
                    "g": s(f"g{number % 2}"),
                    "l": s(str(9 - number)),
                    "n": n(number),
                    "shown": s("yes"),
                    "hidden": s("no"),
                },
            )
    return table


@pytest.fixture
def run(client, table):
    def run(statement, *parameters, **more):
        given = {"Parameters": list(parameters)} if parameters else {}
        return client.execute_statement(Statement=at(table, statement), **given, **more)

    return run


@pytest.fixture
def key():
    return uuid.uuid4().hex[:8]


def at(table, statement):
    """The statement in which T is this table."""
    return re.sub(r"\bT\b", f'"{table}"', statement, count=1)


def sorts(answer):
    return [item["r"]["S"] for item in answer["Items"]]


def said(call):
    with pytest.raises(ClientError) as refusal:
        call()
    return refusal.value.response["Error"]["Message"]


def test_an_item_from_insert_to_delete(run, key):
    where = f"WHERE h = '{key}' AND r = 'x'"
    assert run("INSERT INTO T VALUE {'h': ?, 'r': 'x', 'm': {'a': [1, 'it''s', NULL, true]}, 's': <<'p', 'q'>>}", s(key))["Items"] == []
    again = refused(lambda: run("INSERT INTO T VALUE {'h': ?, 'r': 'x'}", s(key)), "DuplicateItemException", 400)
    assert again["Error"]["Message"] == "Duplicate primary key exists in table"
    [found] = run(f"SELECT * FROM T {where}")["Items"]
    assert found["m"] == {"M": {"a": {"L": [n(1), s("it's"), {"NULL": True}, {"BOOL": True}]}}}
    [part] = run(f"SELECT m.a[1], s, gone FROM T {where}")["Items"]
    assert part["a[1]"] == s("it's") and set(part) == {"a[1]", "s"}
    assert run(f"UPDATE T SET n = 1 SET s = set_add(s, <<'t'>>) REMOVE m.a[0] {where}")["Items"] == []
    [new] = run(f"UPDATE T SET n = n + 2, m.a = list_append(m.a, ['z']) {where} RETURNING MODIFIED NEW *")["Items"]
    assert new["n"] == n(3) and new["m"]["M"]["a"]["L"][-1] == s("z") and set(new) == {"n", "m"}
    [old] = run(f"DELETE FROM T {where} RETURNING ALL OLD *")["Items"]
    assert set(old["s"]["SS"]) == {"p", "q", "t"}
    assert run(f"DELETE FROM T {where} RETURNING ALL OLD *")["Items"] == []
    refused(lambda: run(f"UPDATE T SET n = 1 {where}"), "ConditionalCheckFailedException", 400)
    assert run(f"SELECT * FROM T {where}")["Items"] == []


def test_a_write_happens_if_its_condition_holds(run, key):
    where = f"WHERE h = '{key}' AND r = 'x'"
    run(f"INSERT INTO T VALUE {{'h': '{key}', 'r': 'x', 'n': 1}}")
    for statement in (f"UPDATE T SET n = 2 {where} AND n > 1", f"DELETE FROM T {where} AND NOT n = 1"):
        hidden = refused(lambda: run(statement), "ConditionalCheckFailedException", 400)
        assert "Item" not in hidden
        shown = refused(lambda: run(statement, ReturnValuesOnConditionCheckFailure="ALL_OLD"), "ConditionalCheckFailedException", 400)
        assert shown["Item"]["n"] == n(1)
    assert run(f"DELETE FROM T WHERE h = '{key}' AND r = 'no' AND n = 7")["Items"] == []
    run(f"FROM T {where} AND n = 1 SET n = 2")
    assert run(f"SELECT n FROM T {where}")["Items"] == [{"n": n(2)}]


NESTING = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)


def test_an_item_gets_no_deeper_than_items_may_be(client, table, run, key):
    run(f"INSERT INTO T VALUE {{'h': '{key}', 'r': 'x', 'm': {{}}}}")
    deep = s("x")
    for _ in range(30):
        deep = {"M": {"a": deep}}
    where = f"WHERE h = '{key}' AND r = 'x'"
    run(f"UPDATE T SET m.fits = ? {where}", deep)
    too_deep = {"M": {"a": deep}}
    assert said(lambda: run(f"UPDATE T SET m.deep = ? {where}", too_deep)) == NESTING
    update = {"UpdateExpression": "SET m.deep = :d", "ExpressionAttributeValues": {":d": too_deep}}
    whole = {"TableName": table, "Key": {"h": s(key), "r": s("x")}}
    assert said(lambda: client.update_item(**whole, **update)) == NESTING


def test_partitions_are_read_and_sorted(run):
    assert sorts(run("SELECT * FROM T WHERE h = 'a'")) == ["0", "1", "2", "3", "4"]
    assert sorts(run("SELECT r FROM T WHERE h = 'a' AND r > '1' AND n < 4 ORDER BY r DESC")) == ["3", "2"]
    assert sorts(run("SELECT r FROM T WHERE h = 'a' AND (r = '3' OR r = '1') ORDER BY r")) == ["1", "3"]
    assert sorts(run("SELECT r FROM T WHERE h = 'a' AND r BETWEEN '1' AND '2'")) == ["1", "2"]
    assert sorts(run("SELECT r FROM T WHERE h = 'a' AND NOT r = '0' OR h = 'a' AND r = '2'")) == ["1", "2", "3", "4"]
    both = run("SELECT h, r FROM T WHERE h IN ['a', 'b'] AND r = '1' ORDER BY h DESC")["Items"]
    assert [item["h"]["S"] for item in both] == ["b", "a"]
    assert sorts(run("SELECT r FROM T WHERE n = 3 AND h > 'a'")) == ["3"]


def test_pages_follow_each_other_without_gap_or_overlap(run):
    for statement in ("SELECT * FROM T WHERE h IN ['a', 'b']", "SELECT * FROM T WHERE hidden = 'no'"):
        whole, token, seen = run(statement)["Items"], {}, []
        for _ in range(20):
            page = run(statement, Limit=3, **token)
            seen += page["Items"]
            if "NextToken" not in page:
                break
            assert set(page["LastEvaluatedKey"]) == {"h", "r"}
            token = {"NextToken": page["NextToken"]}
        assert seen == whole and len(seen) >= 10
    first = run("SELECT n FROM T WHERE h = 'a'", Limit=1)
    assert "LastEvaluatedKey" not in first
    other = said(lambda: run("SELECT n FROM T WHERE h = 'b'", NextToken=first["NextToken"]))
    assert other == "NextToken does not match request"
    assert said(lambda: run("SELECT n FROM T WHERE h = 'a'", NextToken="made up")) == "Invalid NextToken"


def test_indexes_are_read_as_they_are(client, table):
    def run(statement, **more):
        return client.execute_statement(Statement=at(table, statement), **more)

    items = run("SELECT * FROM T.\"by-g\" WHERE g = 'g1' AND shown = 'yes'", ReturnConsumedCapacity="INDEXES")
    assert all(set(item) == {"h", "r", "g", "shown"} for item in items["Items"]) and len(items["Items"]) == 4
    assert items["ConsumedCapacity"]["GlobalSecondaryIndexes"]["by-g"]["CapacityUnits"] == 0.5
    local = run("SELECT r, hidden FROM T.\"by-l\" WHERE h = 'a' ORDER BY l", ConsistentRead=True)
    assert sorts(local) == ["4", "3", "2", "1", "0"] and local["Items"][0]["hidden"] == s("no")
    for statement, words in {
        "SELECT * FROM T.nope": "The table does not have the specified index",
        "SELECT r FROM T.\"by-g\" WHERE g = 'x' AND hidden = 'no'": "One or more parameter values were invalid: Secondary index by-g does not project one or more filter attributes: [hidden]",
        "SELECT n, hidden FROM T.\"by-g\" WHERE g = 'x'": "One or more parameter values were invalid: Global secondary index by-g does not project [n, hidden]",
    }.items():
        assert said(lambda: run(statement)) == words
    words = said(lambda: run("SELECT * FROM T.\"by-g\" WHERE g = 'x'", ConsistentRead=True))
    assert words == "Strongly consistent read is not supported on Global Secondary Indexes"
    assert len(run("SELECT r FROM T.\"by-g\" WHERE NOT hidden = 'no'")["Items"]) == 10


def test_what_does_not_fit_the_table_is_refused_in_aws_words(run):
    overlap = "Overlapping conditions with range keys are not supported in where clause"
    no_key = "Where clause does not contain a mandatory equality on all key attributes"
    for statement, words in {
        "SELECT * FROM T WHERE h IN ['a', 'a']": overlap,
        "SELECT * FROM T WHERE h = 'a' AND (r > '0' OR r < '5')": overlap,
        "SELECT * FROM T WHERE h = 'a' AND (r = '1' OR n = 2)": overlap,
        "SELECT * FROM T WHERE h = 1": "Key attribute's data type should match its data type in table's schema: Key h",
        "SELECT * FROM T WHERE h IN [" + ", ".join(f"'{one}'" for one in range(51)) + "]": "Too many decomposed read operations for a given query.",
        "SELECT * FROM T ORDER BY r": "Must have WHERE clause in the statement when using ORDER BY clause.",
        "SELECT * FROM T WHERE n = 1 ORDER BY r": "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
        "SELECT * FROM T WHERE h = 'a' ORDER BY n": "Variable reference n in ORDER BY clause must be part of the primary key",
        "SELECT * FROM T WHERE h IN ['a', 'b'] ORDER BY r": "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.",
        "UPDATE T SET n = 1 WHERE h = 'a'": no_key,
        "UPDATE T SET n = 1": no_key,
        "DELETE FROM T WHERE h = 'a' AND r IN ['1']": no_key,
        "DELETE FROM T WHERE h = 'a' AND r = '1' AND h = 'b'": "Multiple conditions on same key h. Only single item Update/Insert/Delete are supported",
        "UPDATE T SET h = 'x' WHERE h = 'a' AND r = '1'": "One or more parameter values were invalid: Cannot update attribute h. This attribute is part of the key",
        "INSERT INTO T VALUE {'h': 'a'}": "One or more parameter values were invalid: Missing the key r in the item",
        "SELECT * FROM T WHERE": FORM + "Unexpected term",
    }.items():
        assert said(lambda: run(statement)) == words, statement
    refused(lambda: run("SELECT * FROM T WHERE h = ?"), "ValidationException", 400)
    refused(lambda: run("SELECT * FROM nothere WHERE h = 'a'"), "ResourceNotFoundException", 400)
    assert said(lambda: run("EXISTS(SELECT * FROM T WHERE h = 'a')")) == "EXISTS can only be used in ExecuteTransaction write requests."


def test_capacity_is_told_where_it_is_asked_for(run, key):
    def units(statement, **more):
        return run(statement, ReturnConsumedCapacity="TOTAL", **more)["ConsumedCapacity"]["CapacityUnits"]

    assert units("SELECT * FROM T WHERE h = 'a' AND r = '1'") == 0.5
    assert units("SELECT * FROM T WHERE h = 'a' AND r = '1'", ConsistentRead=True) == 1
    assert units(f"INSERT INTO T VALUE {{'h': '{key}', 'r': 'x', 'g': 'other'}}") == 2
    assert "ConsumedCapacity" not in run("SELECT * FROM T WHERE h = 'a'")


def batch(client, table, *statements, **more):
    given = [{"Statement": at(table, one), **rest} for one, rest in statements]
    return client.batch_execute_statement(Statements=given, **more)["Responses"]


def test_each_statement_of_a_batch_is_done_for_itself(client, table, key):
    here = f"h = '{key}' AND r = 'x'"
    made, twice, unread, changed, unfit = batch(
        client,
        table,
        (f"INSERT INTO T VALUE {{'h': '{key}', 'r': 'x', 'n': 1}}", {}),
        (f"INSERT INTO T VALUE {{'h': '{key}', 'r': 'x'}}", {}),
        ("SLECT * FROM T WHERE h = 'a'", {}),
        (f"UPDATE T SET n = 2 WHERE {here} RETURNING ALL NEW *", {}),
        (f"UPDATE T SET n = 3 WHERE {here} AND n = 1", {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
    )
    assert made == {"TableName": table}
    assert twice["Error"]["Code"] == "DuplicateItem" and twice["TableName"] == table
    assert unread == {"Error": {"Code": "ValidationError", "Message": FORM + "Expected data manipulation"}}
    assert changed["Item"]["n"] == n(2)
    assert unfit["Error"]["Code"] == "ConditionalCheckFailed" and unfit["Error"]["Item"]["n"] == n(2)
    keyed = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
    found, nothing, partial, filtered, missing = batch(
        client,
        table,
        (f"SELECT n FROM T WHERE {here}", {"ConsistentRead": True}),
        ("SELECT n FROM T WHERE h = 'none' AND r IN ['x']", {}),
        ("SELECT n FROM T WHERE h = 'a'", {}),
        (f"SELECT n FROM T WHERE {here} AND n = 2", {}),
        ("SELECT n FROM nothere WHERE h = 'a'", {}),
    )
    assert found == {"TableName": table, "Item": {"n": n(2)}}
    assert nothing == {"TableName": table}
    assert partial["Error"] == filtered["Error"] == {"Code": "ValidationError", "Message": keyed}
    assert missing["Error"]["Code"] == "ResourceNotFound"


def test_a_batch_reads_or_writes(client, table):
    read, write = ("SELECT n FROM T WHERE h = 'a' AND r = '1'", {}), ("DELETE FROM T WHERE h = 'a' AND r = 'none'", {})
    words = said(lambda: batch(client, table, read, write))
    assert words == "Read and write requests together in the same batch is not supported."
    refused(lambda: batch(client, table, *[read] * 26), "ValidationException", 400)
    capacity = client.batch_execute_statement(
        Statements=[{"Statement": at(table, read[0])}] * 2, ReturnConsumedCapacity="TOTAL"
    )["ConsumedCapacity"]
    assert [one["CapacityUnits"] for one in capacity] == [0.5, 0.5]


def transact(client, table, *statements, **more):
    given = [{"Statement": at(table, one)} for one in statements]
    return client.execute_transaction(TransactStatements=given, **more)


def reasons(call):
    answer = refused(call, "TransactionCanceledException", 400)
    return [reason["Code"] for reason in answer["CancellationReasons"]]


def test_a_transaction_happens_as_a_whole(client, table, run, key):
    def here(sort):
        return f"h = '{key}' AND r = '{sort}'"

    insert = f"INSERT INTO T VALUE {{'h': '{key}', 'r': '%s', 'n': 0}}"
    token = uuid.uuid4().hex
    assert transact(client, table, insert % "x", insert % "y")["Responses"] == []
    change = (f"EXISTS(SELECT * FROM T WHERE {here('x')} AND n = 0)", f"UPDATE T SET n = n + 1 WHERE {here('y')}")
    first = transact(client, table, *change, ClientRequestToken=token, ReturnConsumedCapacity="TOTAL")
    again = transact(client, table, *change, ClientRequestToken=token, ReturnConsumedCapacity="TOTAL")
    assert first["ConsumedCapacity"][0]["WriteCapacityUnits"] > 0
    assert "WriteCapacityUnits" not in again["ConsumedCapacity"][0] and again["ConsumedCapacity"][0]["ReadCapacityUnits"] > 0
    refused(lambda: transact(client, table, change[1], ClientRequestToken=token), "IdempotentParameterMismatchException", 400)
    read = transact(client, table, f"SELECT n FROM T WHERE {here('y')}", f"SELECT * FROM T WHERE {here('none')}")
    assert read["Responses"] == [{"Item": {"n": n(1)}}, {}]
    failing = (insert % "z", insert % "y", f"EXISTS(SELECT * FROM T WHERE {here('x')} AND n = 7)")
    assert reasons(lambda: transact(client, table, *failing)) == ["None", "DuplicateItem", "ConditionalCheckFailed"]
    gone = f"EXISTS(SELECT * FROM T WHERE {here('none')} AND n IS MISSING)"
    assert reasons(lambda: transact(client, table, gone, insert % "z")) == ["ConditionalCheckFailed", "None"]
    assert len(run(f"SELECT * FROM T WHERE h = '{key}'")["Items"]) == 2


def test_what_a_transaction_cannot_have(client, table):
    update, read = "UPDATE T SET n = 1 WHERE h = 'a' AND r = '1'", "SELECT * FROM T WHERE h = 'a' AND r = '1'"
    within = "Validation failed in TransactStatements[%d]: "
    for statements, words in {
        (update, read): "ExecuteTransaction API does not support both read and write operations in the same request.",
        (update, "SELECT"): within % 1 + FORM + "Unexpected term",
        (update + " RETURNING ALL NEW *",): within % 0 + "RETURNING clause is not supported in ExecuteTransaction.",
        (read + " AND n = 1",): within % 0 + "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
        ("EXISTS(SELECT * FROM T WHERE h = 'a' AND r = '1')", update): within % 0 + "EXISTS() must contain a single item read with additional condition",
        (read, read): "Transaction request cannot include multiple operations on one item",
        (update, update): "Transaction request cannot include multiple operations on one item",
    }.items():
        assert said(lambda: transact(client, table, *statements)) == words, statements
    index = f'SELECT * FROM "{table}"."by-g" WHERE g = \'x\''
    words = said(lambda: client.execute_transaction(TransactStatements=[{"Statement": index}]))
    assert words == within % 0 + "Reads on indices are not supported within transactions."
    unkeyed = ("UPDATE T SET n = 1 WHERE h = 'a'", "UPDATE T SET n = 1 WHERE h = 'a' AND r = 1", "DELETE FROM T WHERE h = 'a' AND r = '1'")
    assert reasons(lambda: transact(client, table, *unkeyed)) == ["ValidationError", "ValidationError", "None"]
    assert reasons(lambda: transact(client, table, update, "UPDATE nothere SET n = 1 WHERE h = 'a'")) == ["None", "ResourceNotFound"]
