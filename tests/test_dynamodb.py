"""DynamoDB with the stock client."""

import threading
from decimal import Decimal

import dynamodb
import pytest
from conftest import Principal, fresh, refused
from dynamodb import n, s


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


@pytest.fixture(scope="module")
def table(client):
    return dynamodb.create(client)


@pytest.fixture(scope="module")
def indexed(client):
    return dynamodb.create(
        client,
        attributes=[("g", "S"), ("l", "S")],
        GlobalSecondaryIndexes=[dynamodb.index("by-g", "g", "r")],
        LocalSecondaryIndexes=[dynamodb.index("by-l", "h", "l", "INCLUDE", NonKeyAttributes=["kept"])],
    )


def test_every_type_comes_back(root, table):
    items = dynamodb.resource(root).Table(table)
    item = {
        "h": "types",
        "r": Decimal("-12.5"),
        "text": "é\0",
        "number": Decimal("12345678901234567890123456789012345678"),
        "binary": b"\0\1\2",
        "flag": False,
        "nothing": None,
        "texts": {"a", "b"},
        "numbers": {Decimal(1), Decimal("2.5")},
        "list": [Decimal(1), "a", {"deep": [True]}],
        "map": {"": Decimal("1E-130"), "empty": {}, "none": []},
    }
    items.put_item(Item=item)
    found = items.get_item(Key={"h": "types", "r": Decimal("-12.50")}, ConsistentRead=True)["Item"]
    assert found.pop("binary").value == item.pop("binary")
    assert found == item


def test_a_missing_item_is_no_error(client, table):
    assert "Item" not in client.get_item(TableName=table, Key={"h": s("none"), "r": n(1)})


def test_what_is_no_table_is_told_so(client):
    answer = refused(
        lambda: client.get_item(TableName="no-such-table", Key={"h": s("a")}), "ResourceNotFoundException", 400
    )
    assert answer["Error"]["Message"] == "Requested resource not found"


def test_queries_find_a_range_in_order(client, table):
    for number in [20, -3, 0.5, 3, -100, 1e10]:
        client.put_item(TableName=table, Item={"h": s("query"), "r": n(Decimal(str(number)))})

    def query(condition, *values, **more):
        names = [":a", ":b"]
        given = {":h": s("query"), **{key: n(value) for key, value in zip(names, values)}}
        found = client.query(
            TableName=table, KeyConditionExpression=f"h = :h{condition}", ExpressionAttributeValues=given, **more
        )
        return [float(item["r"]["N"]) for item in found["Items"]]

    assert query("") == [-100, -3, 0.5, 3, 20, 1e10]
    assert query(" AND r BETWEEN :a AND :b", -3, 3) == [-3, 0.5, 3]
    assert query(" AND r > :a", 3) == [20, 1e10]
    assert query(" AND r >= :a", 3) == [3, 20, 1e10]
    assert query(" AND r < :a", -3) == [-100]
    assert query(" AND r <= :a", -3, ScanIndexForward=False) == [-3, -100]
    assert query(" AND r = :a", 20) == [20]
    assert query("", ScanIndexForward=False, Limit=2) == [1e10, 20]


def test_pages_go_on_where_they_ended(client):
    table = dynamodb.create(client)
    for number in range(25):
        client.put_item(TableName=table, Item={"h": s(f"p{number % 3}"), "r": n(number)})
    for forward in (True, False):
        paginator = client.get_paginator("query")
        pages = paginator.paginate(
            TableName=table,
            KeyConditionExpression="h = :h",
            ExpressionAttributeValues={":h": s("p1")},
            ScanIndexForward=forward,
            PaginationConfig={"PageSize": 3},
        )
        found = [int(item["r"]["N"]) for page in pages for item in page["Items"]]
        assert found == sorted(range(1, 25, 3), reverse=not forward)
    seen = []
    for segment in range(4):
        pages = client.get_paginator("scan").paginate(
            TableName=table, Segment=segment, TotalSegments=4, PaginationConfig={"PageSize": 2}
        )
        seen += [int(item["r"]["N"]) for page in pages for item in page["Items"]]
    assert sorted(seen) == list(range(25))


def test_a_page_ends_after_a_mebibyte(client):
    table = dynamodb.create(client)
    for number in range(5):
        client.put_item(TableName=table, Item={"h": s("big"), "r": n(number), "x": s("x" * 300_000)})
    page = client.scan(TableName=table)
    assert page["Count"] == 4 and "LastEvaluatedKey" in page
    rest = client.scan(TableName=table, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert rest["Count"] == 1 and "LastEvaluatedKey" not in rest


def test_indexes_follow_their_items(client, indexed):
    key = {"h": s("i"), "r": n(1)}

    def by_g(value):
        found = client.query(
            TableName=indexed,
            IndexName="by-g",
            KeyConditionExpression="g = :g",
            ExpressionAttributeValues={":g": s(value)},
        )
        return found["Items"]

    client.put_item(TableName=indexed, Item={**key, "g": s("one"), "l": s("l"), "kept": n(1), "left": n(2)})
    assert by_g("one")[0]["left"] == n(2)
    client.update_item(
        TableName=indexed, Key=key, UpdateExpression="SET g = :g", ExpressionAttributeValues={":g": s("two")}
    )
    assert by_g("one") == [] and len(by_g("two")) == 1
    local = {
        "TableName": indexed,
        "IndexName": "by-l",
        "KeyConditionExpression": "h = :h AND begins_with(l, :l)",
        "ExpressionAttributeValues": {":h": s("i"), ":l": s("l")},
    }
    assert "left" not in client.query(**local)["Items"][0]
    whole = client.query(**local, Select="ALL_ATTRIBUTES", ConsistentRead=True, ReturnConsumedCapacity="INDEXES")
    assert whole["Items"][0]["left"] == n(2)
    assert whole["ConsumedCapacity"]["LocalSecondaryIndexes"]["by-l"]["CapacityUnits"] == 1
    refused(
        lambda: client.scan(TableName=indexed, IndexName="by-g", ConsistentRead=True), "ValidationException", 400
    )
    client.update_item(TableName=indexed, Key=key, UpdateExpression="REMOVE g")
    assert by_g("two") == []
    client.delete_item(TableName=indexed, Key=key)
    assert client.query(**local)["Items"] == []


def test_an_index_is_added_and_taken_away_online(client):
    table = dynamodb.create(client)
    for number in range(20):
        item = {"h": s(f"a{number}"), "r": n(number), **({"g": s("even")} if number % 2 == 0 else {})}
        client.put_item(TableName=table, Item=item)
    create = dynamodb.index("later", "g")
    answer = client.update_table(
        TableName=table,
        AttributeDefinitions=dynamodb.definitions(g="S"),
        GlobalSecondaryIndexUpdates=[{"Create": create}],
    )
    assert answer["TableDescription"]["TableStatus"] == "UPDATING"
    query = {
        "TableName": table,
        "IndexName": "later",
        "KeyConditionExpression": "g = :g",
        "ExpressionAttributeValues": {":g": s("even")},
    }
    assert client.query(**query)["Count"] == 10
    described = client.describe_table(TableName=table)["Table"]
    assert described["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    assert described["ItemCount"] == 20
    client.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "later"}}])
    refused(lambda: client.query(**query), "ValidationException", 400)


def test_who_writes_while_a_table_is_changed_is_not_told_of_it(root, client):
    """Every change of the table's definition overtakes some write, which is then decided on anew."""
    table = dynamodb.create(client)
    stop, failures, counts = threading.Event(), [], [0] * 6

    def write(at):
        own = root.client("dynamodb")
        try:
            while not stop.is_set():
                key = {"h": s(f"writer-{at}"), "r": n(1)}
                update = {"UpdateExpression": "ADD c :one", "ExpressionAttributeValues": {":one": n(1)}}
                if counts[at] % 2:
                    own.update_item(TableName=table, Key=key, **update)
                else:
                    item = {"TableName": table, "Key": key, **update}
                    own.transact_write_items(TransactItems=[{"Update": item}])
                counts[at] += 1
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(at,)) for at in range(len(counts))]
    [writer.start() for writer in writers]
    try:
        for at in range(30):
            name = f"index-{at % 3}"
            if at % 6 > 2:
                change = {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}
            else:
                create = {"GlobalSecondaryIndexUpdates": [{"Create": dynamodb.index(name, "g")}]}
                change = {**create, "AttributeDefinitions": dynamodb.definitions(g="S")}
            client.update_table(TableName=table, **change)
            client.get_waiter("table_exists").wait(TableName=table)
    finally:
        stop.set()
        [writer.join() for writer in writers]
    assert not failures, failures[0]
    items = client.scan(TableName=table, ConsistentRead=True)["Items"]
    assert {item["h"]["S"]: int(item["c"]["N"]) for item in items} == {
        f"writer-{at}": count for at, count in enumerate(counts)
    }


def test_conditions_hold_or_tell(client, table):
    key = {"h": s("condition"), "r": n(1)}
    put = {"TableName": table, "Item": {**key, "x": n(1)}, "ConditionExpression": "attribute_not_exists(h)"}
    client.put_item(**put)
    answer = refused(
        lambda: client.put_item(**put, ReturnValuesOnConditionCheckFailure="ALL_OLD"),
        "ConditionalCheckFailedException",
        400,
    )
    assert answer["Item"]["x"] == n(1)
    assert "Item" not in refused(lambda: client.put_item(**put), "ConditionalCheckFailedException")


def test_updates_return_what_was_asked(client, table):
    key = {"TableName": table, "Key": {"h": s("update"), "r": n(1)}}
    client.update_item(**key, UpdateExpression="SET a = :a, m = :m", ExpressionAttributeValues={":a": n(1), ":m": {"M": {"x": n(1), "y": n(2)}}})
    update = {"UpdateExpression": "SET a = a + :one, m.x = :one REMOVE gone", "ExpressionAttributeValues": {":one": n(1)}}
    new = client.update_item(**key, **update, ReturnValues="UPDATED_NEW")["Attributes"]
    assert new == {"a": n(2), "m": {"M": {"x": n(1)}}}
    old = client.update_item(**key, **update, ReturnValues="ALL_OLD")["Attributes"]
    assert old["a"] == n(2) and old["m"]["M"]["y"] == n(2)


def test_counters_lose_no_increment(root, table):
    key = {"h": s("counter"), "r": n(1)}

    def count():
        client = root.client("dynamodb")
        for _ in range(20):
            client.update_item(
                TableName=table, Key=key, UpdateExpression="ADD c :one", ExpressionAttributeValues={":one": n(1)}
            )

    threads = [threading.Thread(target=count) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    found = root.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    assert found["Item"]["c"] == n(160)


def test_batches_write_and_read(client, table, indexed):
    puts = [{"PutRequest": {"Item": {"h": s("batch"), "r": n(number)}}} for number in range(10)]
    answer = client.batch_write_item(
        RequestItems={table: puts, indexed: puts[:2]}, ReturnConsumedCapacity="TOTAL", ReturnItemCollectionMetrics="SIZE"
    )
    assert answer["UnprocessedItems"] == {}
    assert {one["TableName"] for one in answer["ConsumedCapacity"]} == {table, indexed}
    assert answer["ItemCollectionMetrics"][indexed][0]["SizeEstimateRangeGB"] == [0, 1]
    keys = [{"h": s("batch"), "r": n(number)} for number in range(20)]
    found = client.batch_get_item(RequestItems={table: {"Keys": keys, "ProjectionExpression": "r"}})
    assert sorted(int(item["r"]["N"]) for item in found["Responses"][table]) == list(range(10))
    refused(lambda: client.batch_get_item(RequestItems={table: {"Keys": [keys[0], keys[0]]}}), "ValidationException")


def test_transactions_happen_as_a_whole(client, table, indexed):
    def put(number, into=table, **more):
        return {"Put": {"TableName": into, "Item": {"h": s("tx"), "r": n(number)}, **more}}

    client.transact_write_items(TransactItems=[put(1), put(1, indexed)])
    new = {"ConditionExpression": "attribute_not_exists(h)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    answer = refused(
        lambda: client.transact_write_items(TransactItems=[put(2), put(1, **new)]), "TransactionCanceledException", 400
    )
    assert [reason["Code"] for reason in answer["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    assert answer["CancellationReasons"][1]["Item"]["r"] == n(1)
    assert answer["Error"]["Message"].endswith("[None, ConditionalCheckFailed]")
    gets = [{"Get": {"TableName": into, "Key": {"h": s("tx"), "r": n(number)}}} for into, number in [(table, 2), (indexed, 1)]]
    found = client.transact_get_items(TransactItems=gets)["Responses"]
    assert found[0] == {} and found[1]["Item"]["h"] == s("tx")
    refused(lambda: client.transact_write_items(TransactItems=[put(3), put(3)]), "ValidationException")


def test_a_token_does_its_transaction_once(client, table):
    add = {
        "Update": {
            "TableName": table,
            "Key": {"h": s("token"), "r": n(1)},
            "UpdateExpression": "ADD c :one",
            "ExpressionAttributeValues": {":one": n(1)},
        }
    }
    for _ in range(3):
        client.transact_write_items(TransactItems=[add], ClientRequestToken="once")
    assert client.get_item(TableName=table, Key=add["Update"]["Key"])["Item"]["c"] == n(1)
    add["Update"]["ExpressionAttributeValues"] = {":one": n(2)}
    refused(
        lambda: client.transact_write_items(TransactItems=[add], ClientRequestToken="once"),
        "IdempotentParameterMismatchException",
        400,
    )


def test_capacity_follows_awss_arithmetic(client, table):
    item = {"h": s("capacity"), "r": n(1), "x": s("x" * 5000)}
    put = client.put_item(TableName=table, Item=item, ReturnConsumedCapacity="TOTAL")
    assert put["ConsumedCapacity"]["CapacityUnits"] == 5
    key = {"TableName": table, "Key": {"h": s("capacity"), "r": n(1)}, "ReturnConsumedCapacity": "INDEXES"}
    assert client.get_item(**key)["ConsumedCapacity"]["Table"]["CapacityUnits"] == 1
    assert client.get_item(**key, ConsistentRead=True)["ConsumedCapacity"]["CapacityUnits"] == 2


def test_legacy_parameters_mean_what_expressions_mean(client, table):
    key = {"TableName": table, "Key": {"h": s("legacy"), "r": n(1)}}
    client.update_item(**key, AttributeUpdates={"a": {"Value": n(1), "Action": "ADD"}, "b": {"Value": {"SS": ["x"]}}})
    refused(
        lambda: client.update_item(
            **key, Expected={"a": {"Value": n(2)}}, AttributeUpdates={"a": {"Action": "DELETE"}}
        ),
        "ConditionalCheckFailedException",
    )
    found = client.query(
        TableName=table,
        KeyConditions={"h": {"ComparisonOperator": "EQ", "AttributeValueList": [s("legacy")]}},
        QueryFilter={"b": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [s("x")]}},
        AttributesToGet=["a"],
    )
    assert found["Items"] == [{"a": n(1)}]
    wrong = {"a": {"ComparisonOperator": "EQ", "AttributeValueList": [{}]}}
    refused(
        lambda: client.scan(TableName=table, AttributesToGet=["a", "a"], ScanFilter=wrong),
        "ValidationException",
        message="One or more parameter values were invalid: Duplicate value in attribute name: a",
    )


def test_what_writes_one_item_counts_what_is_wrong_with_the_request(client, table):
    key = {"TableName": table, "Key": {"h": s("told"), "r": n(1)}}
    unused = "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}"
    counted = "1 validation error detected: "

    def told(call, message, **more):
        refused(lambda: call(**key, **more), "ValidationException", message=message)

    names = {"ConditionExpression": "attribute_exists(h)", "ExpressionAttributeNames": {"#n": "n"}}
    told(client.update_item, counted + unused, UpdateExpression="REMOVE a", ExpressionAttributeNames={"#n": "n"})
    told(client.delete_item, counted + unused, **names)
    told(client.get_item, unused, ProjectionExpression="a", ExpressionAttributeNames={"#n": "n"})
    told(client.update_item, counted + "Invalid UpdateExpression: The expression can not be empty;", UpdateExpression="")
    empty = "One or more parameter values were invalid: An string set  may not be empty"
    values = {"UpdateExpression": "ADD a :a", "ExpressionAttributeValues": {":a": {"SS": []}}}
    told(client.update_item, counted + empty, **values)
    inner = f"ExpressionAttributeValues contains invalid value: {empty} for key :a"
    within = {"TransactItems": [{"Update": {**key, **values}}]}
    refused(lambda: client.transact_write_items(**within), "ValidationException", message=inner)
    select = {"Select": "COUNT", "ProjectionExpression": "a"}
    message = counted + "Cannot specify the ProjectionExpression when choosing to get only the Count"
    refused(lambda: client.scan(TableName=table, **select), "ValidationException", message=message)
    bounds = {":low": {"NULL": True}, ":high": n(1)}
    filtered = {"FilterExpression": "a BETWEEN :low AND :high", "ExpressionAttributeValues": bounds}
    wrong = "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: NULL"
    message = f"Invalid FilterExpression: {wrong}"
    refused(lambda: client.scan(TableName=table, **filtered), "ValidationException", message=message)


def test_batches_answer_no_more_than_sixteen_mebibytes(client):
    table = dynamodb.create(client, range_key=None)
    keys = [{"h": s(f"k{number}")} for number in range(48)]
    for key in keys:
        client.put_item(TableName=table, Item={**key, "blob": {"B": bytes(350_000)}})
    answer = client.batch_get_item(RequestItems={table: {"Keys": keys}})
    assert len(answer["Responses"][table]) == (16 << 20) // 350_007
    assert len(answer["UnprocessedKeys"][table]["Keys"]) == 1


def test_tables_have_tags_protection_and_an_expiry(client):
    table = dynamodb.create(client, Tags=[{"Key": "team", "Value": "blue"}], DeletionProtectionEnabled=True)
    described = client.describe_table(TableName=table)["Table"]
    assert described["DeletionProtectionEnabled"] and described["TableStatus"] == "ACTIVE"
    arn = described["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "red"}, {"Key": "x", "Value": ""}])
    client.untag_resource(ResourceArn=arn, TagKeys=["x"])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "red"}]
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
    ttl = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}
    refused(lambda: client.delete_table(TableName=table), "ValidationException", 400)
    client.update_table(TableName=table, DeletionProtectionEnabled=False)
    assert client.delete_table(TableName=table)["TableDescription"]["TableStatus"] == "DELETING"
    client.get_waiter("table_not_exists").wait(TableName=table)
    refused(lambda: client.describe_table(TableName=table), "ResourceNotFoundException", 400)


def test_a_table_of_the_same_name_begins_empty(client):
    table = dynamodb.create(client, range_key=None)
    client.put_item(TableName=table, Item={"h": s("old")})
    client.delete_table(TableName=table)
    client.create_table(
        TableName=table,
        KeySchema=dynamodb.key_schema("h"),
        AttributeDefinitions=dynamodb.definitions(h="S"),
        BillingMode="PAY_PER_REQUEST",
    )
    assert client.scan(TableName=table)["Count"] == 0


def test_tables_are_listed_in_pages(client):
    for _ in range(3):
        dynamodb.create(client, range_key=None)
    pages = client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
    names = [table for page in pages for table in page["TableNames"]]
    assert names == sorted(names) and len(names) == len(set(names)) >= 3


def test_large_sets_are_no_burden(client):
    """The client waits a minute for an answer: comparing each member with each would take longer."""
    table = dynamodb.create(client, range_key=None)
    key, members = {"h": s("a")}, [f"{number:05}" for number in range(60_000)]
    client.put_item(TableName=table, Item={**key, "all": {"SS": members}})
    values = {":all": {"SS": members[::-1]}}
    update = {"TableName": table, "Key": key, "ExpressionAttributeNames": {"#all": "all"}, "ExpressionAttributeValues": values}
    client.update_item(**update, UpdateExpression="ADD #all :all", ConditionExpression="#all = :all")
    assert len(client.get_item(TableName=table, Key=key)["Item"]["all"]["SS"]) == 60_000
    client.update_item(**update, UpdateExpression="DELETE #all :all")
    assert client.get_item(TableName=table, Key=key)["Item"] == key


def test_what_is_not_served_is_refused_by_name(client, table):
    refused(lambda: client.describe_contributor_insights(TableName=table), "NotImplemented", 501)
    refused(lambda: client.list_global_tables(), "NotImplemented", 501)
    answer = refused(
        lambda: client.update_table(TableName=table, OnDemandThroughput={"MaxReadRequestUnits": 1}),
        "NotImplemented",
        501,
    )
    assert "OnDemandThroughput" in answer["Error"]["Message"]


def signing(root, access_key_id, secret):
    return Principal(root.server, access_key_id, secret).client("dynamodb")


def test_unknown_keys_are_told_in_dynamodbs_words(root):
    stranger = signing(root, "AKIAIOSFODNN7EXAMPLE", "x" * 40)
    refused(stranger.list_tables, "UnrecognizedClientException", 400)


def test_every_request_carries_a_signature_that_is_verified(root, table, anonymous):
    key = {"TableName": table, "Key": {"h": s("a"), "r": n(1)}}
    forger = signing(root, root.access_key_id, "x" * 40)
    for call in (forger.list_tables, lambda: forger.get_item(**key), lambda: forger.delete_item(**key)):
        refused(call, "InvalidSignatureException", 400)
    nobody = anonymous("dynamodb")
    refused(lambda: nobody.get_item(**key), "MissingAuthenticationTokenException", 400)


def test_acknowledged_writes_outlive_a_crash(own_server):
    client = own_server.root().client("dynamodb")
    table = dynamodb.create(client, range_key=None)
    for number in range(20):
        client.put_item(TableName=table, Item={"h": s(str(number))})
    own_server.kill()
    own_server.start()
    client = own_server.root().client("dynamodb")
    assert client.scan(TableName=table)["Count"] == 20


def test_transactions_and_values_have_their_bounds(client):
    name = fresh("table")
    key = {"KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    client.create_table(TableName=name, AttributeDefinitions=[{"AttributeName": "h", "AttributeType": "S"}], **key)
    wrong = lambda ask: refused(ask, "ValidationException", 400)["Error"]["Message"]  # noqa: E731
    large = lambda at: {"h": {"S": str(at)}, "v": {"S": "x" * 350_000}}  # noqa: E731
    put = lambda numbers: [{"Put": {"TableName": name, "Item": large(at)}} for at in numbers]  # noqa: E731
    get = lambda numbers: [{"Get": {"TableName": name, "Key": {"h": {"S": str(at)}}}} for at in numbers]  # noqa: E731
    assert "4 MBs" in wrong(lambda: client.transact_write_items(TransactItems=put(range(12))))
    client.transact_write_items(TransactItems=put(range(11)))
    client.transact_write_items(TransactItems=put(range(11, 13)))
    assert len(client.transact_get_items(TransactItems=get(range(11)))["Responses"]) == 11
    assert "4 MBs" in wrong(lambda: client.transact_get_items(TransactItems=get(range(12))))
    twice = wrong(lambda: client.transact_get_items(TransactItems=get([1, 2, 1])))
    assert twice == "Transaction request cannot include multiple operations on one item"

    deep = {"S": "x"}
    for _ in range(31):
        deep = {"M": {"a": deep}}
    client.put_item(TableName=name, Item={"h": {"S": "a"}, "m": deep})
    nesting = wrong(lambda: client.put_item(TableName=name, Item={"h": {"S": "a"}, "m": {"L": [deep]}}))
    assert "Attributes in the item have nested levels beyond supported limit" in nesting

    values = {f":v{at}": {"N": str(at)} for at in range(101)}
    within = lambda many: client.scan(  # noqa: E731
        TableName=name,
        FilterExpression=f"h IN ({', '.join(list(values)[:many])})",
        ExpressionAttributeValues=dict(list(values.items())[:many]),
    )
    within(100)
    message = "The IN operator is provided with too many operands; number of operands: 101"
    assert message in wrong(lambda: within(101))
    client.delete_table(TableName=name)
