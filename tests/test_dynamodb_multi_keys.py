"""Global indexes whose keys have several attributes: up to four of the partition key and four of the sort key."""

import json
import time

import dynamodb
import pytest
from conftest import fresh, refused, statement
from dynamodb import definitions, n, s

HASHES, RANGES = ["a", "b"], ["x", "y", "z"]
KINDS = {"h": "S", "a": "S", "b": "N", "x": "S", "y": "N", "z": "S"}


def schema(hashes, ranges=()):
    kinds = {"HASH": hashes, "RANGE": ranges}
    return [{"AttributeName": name, "KeyType": kind} for kind, names in kinds.items() for name in names]


def several(name="several", hashes=tuple(HASHES), ranges=tuple(RANGES), projection="ALL"):
    return {
        "IndexName": name,
        "KeySchema": schema(hashes, ranges),
        "Projection": {"ProjectionType": projection},
    }


def make(client, *indexes, kinds=KINDS, **more):
    table = dynamodb.name("several")
    given = {"GlobalSecondaryIndexes": list(indexes)} if indexes else {}
    client.create_table(
        TableName=table,
        KeySchema=schema(["h"]),
        AttributeDefinitions=definitions(**kinds),
        BillingMode="PAY_PER_REQUEST",
        **given,
        **more,
    )
    return table


def item(h, a, b, x, y, z, **more):
    return {"h": s(h), "a": s(a), "b": n(b), "x": s(x), "y": n(y), "z": s(z), **more}


ITEMS = [
    item("1", "t", 1, "live", 2, "p"),
    item("2", "t", 1, "live", 10, "a"),
    item("3", "t", 1, "live", 10, "b"),
    item("4", "t", 1, "draft", -5, "q"),
    item("5", "t", 1, "lively", 1, "a"),
    item("6", "t", 2, "live", 2, "p"),
    item("7", "u", 1, "live", 2, "p"),
]


def fill(client, table):
    for one in ITEMS:
        client.put_item(TableName=table, Item=one)
    # None of these has the whole key.
    for at, missing in enumerate([*HASHES, *RANGES]):
        whole = item(f"lacks-{at}", "t", 1, "live", 2, "p")
        client.put_item(TableName=table, Item={name: value for name, value in whole.items() if name != missing})


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


@pytest.fixture(scope="module")
def table(client):
    table = make(client, several())
    fill(client, table)
    return table


VALUES = {
    ":a": s("t"), ":b": n(1), ":x": s("live"), ":y": n(10), ":z": s("b"),
    ":one": n(1), ":nine": n(9), ":li": s("li"), ":d": s("e"),
}  # fmt: skip


def query(client, table, condition, **more):
    used = {key: value for key, value in VALUES.items() if key in condition.replace(",", " ").replace(")", " ").split()}
    return client.query(
        TableName=table,
        IndexName="several",
        KeyConditionExpression=condition,
        ExpressionAttributeValues={**used, **more.pop("values", {})},
        **more,
    )


def found(answer):
    return [one["h"]["S"] for one in answer["Items"]]


WHOLE = "a = :a AND b = :b"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (WHOLE, "41235"),
        ("b = :b AND a = :a", "41235"),
        (f"{WHOLE} AND x = :x", "123"),
        (f"x = :x AND {WHOLE} AND y = :y", "23"),
        (f"{WHOLE} AND x = :x AND y = :y AND z = :z", "3"),
        (f"{WHOLE} AND begins_with(x, :li)", "1235"),
        (f"{WHOLE} AND x < :x", "4"),
        (f"{WHOLE} AND x <= :x", "4123"),
        (f"{WHOLE} AND x > :x", "5"),
        (f"{WHOLE} AND x >= :x", "1235"),
        (f"{WHOLE} AND x BETWEEN :d AND :x", "123"),
        (f"{WHOLE} AND x = :x AND y < :y", "1"),
        (f"{WHOLE} AND x = :x AND y > :one", "123"),
        (f"{WHOLE} AND x = :x AND y BETWEEN :nine AND :y", "23"),
        (f"{WHOLE} AND x = :x AND y = :y AND begins_with(z, :z)", "3"),
        (f"{WHOLE} AND x = :x AND y = :y AND z < :z", "2"),
    ],
)
def test_queries_go_from_left_to_right(client, table, condition, expected):
    assert "".join(found(query(client, table, condition))) == expected
    assert "".join(found(query(client, table, condition, ScanIndexForward=False))) == expected[::-1]
    pages, start = [], {}
    while True:
        page = query(client, table, condition, Limit=1, **start)
        pages += found(page)
        if "LastEvaluatedKey" not in page:
            break
        assert set(page["LastEvaluatedKey"]) == {"h", *HASHES, *RANGES}
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert "".join(pages) == expected


GAP = "RANGE key attributes {} must have equality conditions specified in the query because a condition is present on key attribute {}"
MISSED = "Query condition missed key schema element: {}"


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("a = :a", MISSED.format("b")),
        ("b = :b AND x = :x", MISSED.format("a")),
        ("a = :a AND b > :b", "Query key condition not supported"),
        (f"{WHOLE} AND y = :y", GAP.format("x", "y")),
        (f"{WHOLE} AND x = :x AND z = :z", GAP.format("y", "z")),
        (f"{WHOLE} AND x > :x AND y = :y", GAP.format("x", "y")),
        (f"{WHOLE} AND begins_with(x, :li) AND y = :y", GAP.format("x", "y")),
        (f"{WHOLE} AND h = :z", MISSED.format("x")),
        (f"{WHOLE} AND x = :x AND y = :z", "Condition parameter type does not match schema type"),
    ],
)
def test_what_goes_another_way_is_refused_in_awss_words(client, table, condition, message):
    answer = refused(lambda: query(client, table, condition), "ValidationException", 400)
    assert message in answer["Error"]["Message"]


def test_old_conditions_mean_the_same(client, table):
    def old(**tests):
        conditions = {
            name: {"ComparisonOperator": operator, "AttributeValueList": list(values)}
            for name, (operator, *values) in tests.items()
        }
        return client.query(TableName=table, IndexName="several", KeyConditions=conditions)

    whole = {"a": ("EQ", s("t")), "b": ("EQ", n(1))}
    assert found(old(**whole)) == list("41235")
    assert found(old(**whole, x=("EQ", s("live")), y=("GT", n(2)))) == ["2", "3"]
    answer = refused(lambda: old(**whole, y=("GT", n(2))), "ValidationException", 400)
    assert answer["Error"]["Message"] == GAP.format("x", "y")


def test_tables_and_local_indexes_keep_to_two(client, table):
    three = {"KeyConditionExpression": "h = :h AND a = :h AND z = :h", "ExpressionAttributeValues": {":h": s("1")}}
    answer = refused(lambda: client.query(TableName=table, **three), "ValidationException", 400)
    assert "Conditions can be of length 1 or 2 only" in answer["Error"]["Message"]
    for place, given in {
        "keySchema": {"KeySchema": schema(["h", "a"], ["z"])},
        "localSecondaryIndexes.1.member.keySchema": {
            "KeySchema": schema(["h"], ["z"]),
            "LocalSecondaryIndexes": [several("local", ["h"], ["a", "z"])],
        },
    }.items():
        asked = {
            "TableName": dynamodb.name(),
            "AttributeDefinitions": definitions(h="S", a="S", z="S"),
            "BillingMode": "PAY_PER_REQUEST",
            **given,
        }
        answer = refused(lambda asked=asked: client.create_table(**asked), "ValidationException", 400)
        message = answer["Error"]["Message"]
        assert f"at '{place}' failed" in message and "length less than or equal to 2" in message


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        (schema(["a", "b", "c", "d", "e"]), "exceeds the maximum allowed number of HASH key attributes"),
        (schema(["h"], ["a", "b", "c", "d", "e"]), "exceeds the maximum allowed number of RANGE key attributes"),
        (schema(["a"], ["b"]) + schema(["c"]), "All HASH key attributes must precede RANGE key attributes"),
        (schema([], ["a", "b", "c"]), "The first KeySchemaElement is not a HASH key type"),
        (schema(["a", "a"]), "The KeySchema contains multiple key attributes with the same name"),
        (schema(["a", "b"], ["a"]), "The KeySchema contains multiple key attributes with the same name"),
        (schema(["a", "q"], ["b"]), "Some index key attributes are not defined in AttributeDefinitions"),
    ],
)
def test_keys_have_four_of_a_kind_in_order(client, elements, message):
    kinds = {name: "S" for name in "habcde"}
    bad = {**several(), "KeySchema": elements}
    answer = refused(lambda: make(client, bad, kinds=kinds), "ValidationException", 400)
    assert message in answer["Error"]["Message"]
    table = make(client, kinds={"h": "S"})
    create = {"TableName": table, "AttributeDefinitions": definitions(**kinds), "GlobalSecondaryIndexUpdates": [{"Create": bad}]}
    answer = refused(lambda: client.update_table(**create), "ValidationException", 400)
    assert message in answer["Error"]["Message"]


def test_eight_attributes_are_shown_as_they_were_given(client):
    kinds = {name: "S" for name in ["h", *"abcdwxyz"]}
    table = make(client, several("eight", "abcd", "wxyz", "KEYS_ONLY"), kinds=kinds)
    [shown] = client.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"]
    assert shown["KeySchema"] == schema("abcd", "wxyz")
    whole = {name: s(name) for name in kinds}
    client.put_item(TableName=table, Item={**whole, "more": s("not projected")})
    values = {f":{name}": s(name) for name in "abcdwxyz"}
    condition = " AND ".join(f"{name} = :{name}" for name in "zyxwdcba")
    answer = client.query(
        TableName=table, IndexName="eight", KeyConditionExpression=condition, ExpressionAttributeValues=values
    )
    assert answer["Items"] == [whole]


def test_items_come_and_go_with_their_attributes(client):
    table = make(client, several())
    client.put_item(TableName=table, Item=ITEMS[0])
    key = {"TableName": table, "Key": {"h": s("1")}}
    assert found(query(client, table, WHOLE)) == ["1"]
    client.update_item(**key, UpdateExpression="REMOVE y")
    assert found(query(client, table, WHOLE)) == []
    client.update_item(**key, UpdateExpression="SET y = :y, b = :two", ExpressionAttributeValues={":y": n(1), ":two": n(2)})
    assert found(query(client, table, WHOLE)) == []
    assert found(query(client, table, "a = :a AND b = :two", values={":two": n(2)})) == ["1"]
    wrong = {"UpdateExpression": "SET b = :text", "ExpressionAttributeValues": {":text": s("2")}}
    refused(lambda: client.update_item(**key, **wrong), "ValidationException", 400)
    for bad in ({**ITEMS[0], "z": n(1)}, {**ITEMS[0], "x": s("")}, {**ITEMS[0], "x": s("x" * 600), "z": s("z" * 600)}):
        refused(lambda bad=bad: client.put_item(TableName=table, Item=bad), "ValidationException", 400)
    client.delete_item(**key)
    assert client.scan(TableName=table, IndexName="several")["Items"] == []


def test_starting_keys_fit_the_query(client, table):
    start = query(client, table, WHOLE, Limit=1)["LastEvaluatedKey"]

    def told(condition, start):
        asked = lambda: query(client, table, condition, ExclusiveStartKey=start)  # noqa: E731
        return refused(asked, "ValidationException", 400)["Error"]["Message"]

    assert "outside query boundaries" in told(WHOLE, {**start, "b": n(2)})
    assert "does not match the range key predicate" in told(f"{WHOLE} AND x = :x", start)
    assert "starting key is invalid" in told(WHOLE, {key: value for key, value in start.items() if key != "y"})


def test_scans_go_through_all_pages_and_segments(client, table):
    seen, start = [], {}
    while True:
        page = client.scan(TableName=table, IndexName="several", Limit=2, **start)
        seen += found(page)
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert sorted(seen) == list("1234567")
    parts = [client.scan(TableName=table, IndexName="several", Segment=at, TotalSegments=4) for at in range(4)]
    assert sorted(sum(map(found, parts), [])) == list("1234567")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("a = 't' AND b = 1", "41235"),
        ("b = 1 AND x = 'live' AND a = 't' AND y > 2", "23"),
        ("a = 't' AND b IN [1, 2] AND x = 'live' ORDER BY a, b, x", "1236"),
        ("a = 't' AND b = 1 ORDER BY x DESC, y DESC, z DESC", "53214"),
        ("(a = 't' AND b = 2) OR (a = 'u' AND b = 1)", "67"),
        ("a = 't' AND b = 1 AND y = 10", "23"),
        ("a = 't' AND b = 1 AND x = 'live' AND (y = 2 OR z = 'b')", "13"),
        ("a = 't' AND b = 1 AND x IN ['draft', 'lively']", "45"),
        ("a = 't' AND (b = 1 OR b = 2) AND z = 'p'", "16"),
        ("a = 't' AND b = 1 AND x > 'e' AND y IN [1, 10]", "235"),
        ("a = 't' AND b = 1 AND a = 'u'", ""),
        ("a = 'u'", "7"),
    ],
)
def test_statements_read_such_an_index(client, table, where, expected):
    text = f'SELECT * FROM "{table}"."several" WHERE {where}'
    assert "".join(found(client.execute_statement(Statement=text))) == expected
    seen, token = [], {}
    while True:
        page = client.execute_statement(Statement=text, Limit=1, **token)
        seen += found(page)
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert "".join(seen) == expected


def test_statements_are_ordered_as_the_index_is(client, table):
    for order in ("y", "x, z", "x DESC, y"):
        text = f"SELECT * FROM \"{table}\".\"several\" WHERE a = 't' AND b = 1 ORDER BY {order}"
        refused(lambda text=text: client.execute_statement(Statement=text), "ValidationException", 400)


def active(client, table):
    for _ in range(300):
        shown = client.describe_table(TableName=table)["Table"]
        if shown["TableStatus"] == "ACTIVE" and all(one["IndexStatus"] == "ACTIVE" for one in shown.get("GlobalSecondaryIndexes", [])):
            return shown
        time.sleep(0.1)
    raise AssertionError("it is not made")


def test_an_index_is_filled_with_what_was_there(client):
    table = make(client, kinds={"h": "S"})
    fill(client, table)
    client.put_item(TableName=table, Item={**ITEMS[0], "h": s("wrong"), "y": s("no number")})
    client.update_table(
        TableName=table,
        AttributeDefinitions=definitions(**KINDS),
        GlobalSecondaryIndexUpdates=[{"Create": several()}],
    )
    shown = active(client, table)
    assert shown["GlobalSecondaryIndexes"][0]["KeySchema"] == schema(HASHES, RANGES)
    assert found(query(client, table, WHOLE)) == list("41235")
    client.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "several"}}])
    assert {one["AttributeName"] for one in client.describe_table(TableName=table)["Table"]["AttributeDefinitions"]} == {"h"}


def test_backups_and_restores_keep_such_keys(client, table):
    backup = client.create_backup(TableName=table, BackupName="kept")["BackupDetails"]["BackupArn"]
    [told] = client.describe_backup(BackupArn=backup)["BackupDescription"]["SourceTableFeatureDetails"]["GlobalSecondaryIndexes"]
    assert told["KeySchema"] == schema(HASHES, RANGES)
    for given in ({}, {"GlobalSecondaryIndexOverride": [several()]}):
        restored = dynamodb.name("restored")
        client.restore_table_from_backup(TargetTableName=restored, BackupArn=backup, **given)
        shown = active(client, restored)
        assert shown["GlobalSecondaryIndexes"][0]["KeySchema"] == schema(HASHES, RANGES)
        assert found(query(client, restored, WHOLE)) == list("41235")
    other = {"GlobalSecondaryIndexOverride": [several(ranges=["x", "y"])]}
    refused(lambda: client.restore_table_from_backup(TargetTableName=dynamodb.name(), BackupArn=backup, **other), "ValidationException", 400)


def test_imports_make_such_indexes(root, client):
    s3, bucket = root.client("s3"), fresh("several")
    s3.create_bucket(Bucket=bucket)
    lines = [json.dumps({"Item": one}) for one in ITEMS]
    s3.put_object(Bucket=bucket, Key="items.json", Body="\n".join(lines).encode())
    made = client.import_table(
        S3BucketSource={"S3Bucket": bucket},
        InputFormat="DYNAMODB_JSON",
        TableCreationParameters={
            "TableName": dynamodb.name("imported"),
            "KeySchema": schema(["h"]),
            "AttributeDefinitions": definitions(**KINDS),
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [several()],
        },
    )["ImportTableDescription"]
    assert made["TableCreationParameters"]["GlobalSecondaryIndexes"][0]["KeySchema"] == schema(HASHES, RANGES)
    table = made["TableArn"].rsplit("/", 1)[1]
    for _ in range(300):
        if client.describe_import(ImportArn=made["ImportArn"])["ImportTableDescription"]["ImportStatus"] == "COMPLETED":
            break
        time.sleep(0.1)
    assert found(query(client, table, WHOLE)) == list("41235")


# Access


def held(root, keys, attributes=None, actions=("Query", "PartiQLSelect")):
    """A user who is held to these values of these condition keys."""
    listed = {f"dynamodb:{key}": values for key, values in keys.items()}
    if attributes is not None:
        listed["dynamodb:Attributes"] = attributes
    given = [statement("Allow", [f"dynamodb:{action}" for action in actions], "*", Condition={"ForAllValues:StringEquals": listed})]
    return root.user(policy=given).client("dynamodb")


def reads(client, table, a, b):
    values = {":a": s(a), ":b": n(b)}
    yield lambda: client.query(TableName=table, IndexName="several", KeyConditionExpression=WHOLE, ExpressionAttributeValues=values)
    text = f"SELECT * FROM \"{table}\".\"several\" WHERE a = '{a}' AND b = {b}"
    yield lambda: client.execute_statement(Statement=text)


@pytest.mark.parametrize(
    ("keys", "may"),
    [
        ({"LeadingKeys": ["t"]}, [("t", 1), ("t", 2)]),
        ({"FirstPartitionKeyValues": ["t"]}, [("t", 1), ("t", 2)]),
        ({"SecondPartitionKeyValues": ["1"]}, [("t", 1), ("u", 1)]),
        ({"LeadingKeys": ["t"], "SecondPartitionKeyValues": ["1"]}, [("t", 1)]),
        ({"LeadingKeys": ["1"]}, []),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, dict) else "",
)
def test_each_attribute_of_a_partition_key_can_be_held(root, table, keys, may):
    client = held(root, keys)
    for a, b in [("t", 1), ("t", 2), ("u", 1)]:
        for read in reads(client, table, a, b):
            if (a, b) in may:
                assert read()["Items"]
            else:
                refused(read, "AccessDeniedException", 400)


def test_a_number_is_the_same_however_it_is_written(root, table):
    client = held(root, {"LeadingKeys": ["t"], "SecondPartitionKeyValues": ["1"]}, actions=["Query"])
    for number in ("1.0", "1e0", "0.1E1", "+1"):
        values = {":a": s("t"), ":b": n(number)}
        asked = {"KeyConditionExpression": WHOLE, "ExpressionAttributeValues": values}
        assert client.query(TableName=table, IndexName="several", **asked)["Count"] == 5


def test_no_statement_names_more_partitions_than_it_is_let_to(root, table):
    client = held(root, {"LeadingKeys": ["t"], "SecondPartitionKeyValues": ["1"]})
    for where in (
        "a = 't'",
        "b = 1",
        "a = 't' AND b IN [1, 2]",
        "a = 't' AND (b = 1 OR x = 'live')",
        "(a = 't' AND b = 1) OR (a = 'u' AND b = 1)",
        "(a = 't' AND b = 1) OR (a = 't' AND b = 2)",
        "a = 't' AND b > 0",
        "a = 't' AND NOT b = 1",
    ):
        text = f'SELECT x FROM "{table}"."several" WHERE {where}'
        refused(lambda text=text: client.execute_statement(Statement=text), "AccessDeniedException", 400)
    text = f'SELECT x FROM "{table}"."several" WHERE x = \'live\' AND b = 1 AND a = \'t\''
    assert len(client.execute_statement(Statement=text)["Items"]) == 3


def test_who_may_not_see_an_attribute_of_the_key_may_not_read_the_index(root, table):
    shown = {"ProjectionExpression": "h", "Select": "SPECIFIC_ATTRIBUTES"}
    for hidden in [*HASHES, *RANGES]:
        client = held(root, {}, [name for name in KINDS if name != hidden], ["Query", "Scan", "PartiQLSelect"])
        refused(lambda: query(client, table, WHOLE, **shown), "AccessDeniedException", 400)
        refused(lambda: client.scan(TableName=table, IndexName="several", **shown), "AccessDeniedException", 400)
        text = f"SELECT h FROM \"{table}\".\"several\" WHERE a = 't' AND b = 1"
        refused(lambda: client.execute_statement(Statement=text), "AccessDeniedException", 400)
    client = held(root, {}, list(KINDS))
    assert found(query(client, table, WHOLE, **shown)) == list("41235")
