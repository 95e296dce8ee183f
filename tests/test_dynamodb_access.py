"""Fine-grained access: every path of a request that could read, write or tell of an attribute or item."""

import json
import uuid

import dynamodb
import pytest
from conftest import allow, document, refused, statement
from dynamodb import HIDDEN, fine, n, s

DATA = [
    "BatchGetItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "UpdateItem",
]
V = {":v": s(HIDDEN)}
OWN = {"h": s("alice"), "r": n(1)}
OTHER = {"h": s("bob"), "r": n(1)}
NAMES = {"#x": "secret"}


@pytest.fixture(scope="module")
def table(root):
    return dynamodb.create_veiled(root.client("dynamodb"), "alice", "bob")


@pytest.fixture(scope="module")
def alice(root, table):
    """A user named alice who is held to her own items and to what is open in them."""
    given = [statement("Allow", [f"dynamodb:{action}" for action in DATA], "*", Condition=fine())]
    return root.user(name="alice", policy=given).client("dynamodb")


def single(operation, **parameters):
    return lambda client, table: getattr(client, operation)(TableName=table, **parameters)


def batch(operation, request):
    return lambda client, table: getattr(client, operation)(RequestItems={table: request})


def transact(kind, **parameters):
    operation = "transact_get_items" if kind == "Get" else "transact_write_items"
    return lambda client, table: getattr(client, operation)(
        TransactItems=[{kind: {"TableName": table, **parameters}}]
    )


def query(**parameters):
    values = {":h": s("alice"), **parameters.pop("values", {})}
    return single("query", KeyConditionExpression="h = :h", ExpressionAttributeValues=values, **parameters)


def by_index(index_name, condition, value, **parameters):
    values = {":k": value, **parameters.pop("values", {})}
    return single(
        "query",
        IndexName=index_name,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ProjectionExpression="#o",
        ExpressionAttributeNames={"#o": "open"},
        **parameters,
    )


def equals(attribute="secret"):
    return {attribute: {"ComparisonOperator": "EQ", "AttributeValueList": [s(HIDDEN)]}}


OPEN = {"ExpressionAttributeNames": {"#o": "open"}}
CONDITIONS = {
    "compare": ("secret = :v", V),
    "other way": (":v = secret", V),
    "differ": ("secret <> :v", V),
    "between": ("secret BETWEEN :v AND :v", V),
    "in": ("secret IN (:v)", V),
    "in list": ("plain IN (secret)", {}),
    "begins": ("begins_with(secret, :v)", V),
    "contains": ("contains(plain, secret)", {}),
    "size": ("size(secret) > :n", {":n": n(1)}),
    "exists": ("attribute_exists(secret)", {}),
    "not exists": ("attribute_not_exists(secret)", {}),
    "type": ("attribute_type(secret, :v)", {":v": s("S")}),
    "nested": ("attribute_exists(veiled.a[0])", {}),
    "not": ("NOT (secret = :v)", V),
    "or": ("plain = :v OR secret = :v", V),
}


def values(given):
    return {"ExpressionAttributeValues": given} if given else {}


def condition_paths():
    writes = {
        "put": lambda **c: single("put_item", Item={**OWN, "open": s("x")}, **c),
        "update": lambda **c: single("update_item", Key=OWN, UpdateExpression="REMOVE gone_", **c),
        "delete": lambda **c: single("delete_item", Key=OWN, **c),
        "transact put": lambda **c: transact("Put", Item=OWN, **c),
        "transact delete": lambda **c: transact("Delete", Key=OWN, **c),
        "transact update": lambda **c: transact("Update", Key=OWN, UpdateExpression="REMOVE gone_", **c),
        "transact check": lambda **c: transact("ConditionCheck", Key=OWN, **c),
    }
    for what, (text, given) in CONDITIONS.items():
        for which, write in writes.items():
            yield f"{which}, condition: {what}", write(ConditionExpression=text, **values(given))
        filtered = {"FilterExpression": text, "values": given, "Select": "COUNT"}
        yield f"query, filter counted: {what}", query(**filtered)


def update_paths():
    updates = {
        "set": ("SET secret = :v", V),
        "copy": ("SET open = secret", {}),
        "default": ("SET open = if_not_exists(secret, :v)", V),
        "default of": ("SET secret = if_not_exists(open, :v)", V),
        "append": ("SET open = list_append(:l, secret)", {":l": {"L": []}}),
        "arithmetic": ("SET open = secret + :n", {":n": n(1)}),
        "remove": ("REMOVE secret", {}),
        "remove nested": ("REMOVE veiled.a[0]", {}),
        "add": ("ADD secret :n", {":n": n(1)}),
        "delete": ("DELETE secret :x", {":x": {"SS": ["x"]}}),
    }
    for what, (text, given) in updates.items():
        names = {"ExpressionAttributeNames": {"#o": "open"}} if " open" in text or "(open" in text else {}
        text = text.replace(" open", " #o").replace("(open", "(#o")
        expression = {"UpdateExpression": text, **values(given), **names}
        yield f"update: {what}", single("update_item", Key=OWN, **expression)
        yield f"transact update: {what}", transact("Update", Key=OWN, **expression)


def return_paths():
    item = {"Item": OWN}
    failing = {"ConditionExpression": "attribute_not_exists(h)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    yield "put, old", single("put_item", **item, ReturnValues="ALL_OLD")
    yield "delete, old", single("delete_item", Key=OWN, ReturnValues="ALL_OLD")
    for returned in ("ALL_OLD", "ALL_NEW"):
        yield f"update, {returned}", single("update_item", Key=OWN, UpdateExpression="REMOVE gone_", ReturnValues=returned)
    yield "put, failed", single("put_item", **item, **failing)
    yield "delete, failed", single("delete_item", Key=OWN, **failing)
    yield "update, failed", single("update_item", Key=OWN, UpdateExpression="REMOVE gone_", **failing)
    yield "update, failed, with updated", single(
        "update_item", Key=OWN, UpdateExpression="REMOVE gone_", ReturnValues="UPDATED_NEW", **failing
    )
    yield "transact put, failed", transact("Put", **item, **failing)
    yield "transact delete, failed", transact("Delete", Key=OWN, **failing)
    yield "transact update, failed", transact("Update", Key=OWN, UpdateExpression="REMOVE gone_", **failing)
    yield "transact check, failed", transact("ConditionCheck", Key=OWN, **failing)


def projection_paths():
    shown = {
        "named": {"ProjectionExpression": "secret"},
        "among others": {"ProjectionExpression": "h, secret"},
        "nested": {"ProjectionExpression": "veiled.a[0].b"},
        "by placeholder": {"ProjectionExpression": "#x", "ExpressionAttributeNames": NAMES},
        "all": {},
    }
    for what, projection in shown.items():
        yield f"get: {what}", single("get_item", Key=OWN, **projection)
        yield f"query: {what}", query(**projection)
        yield f"batch get: {what}", batch("batch_get_item", {"Keys": [OWN], **projection})
        yield f"transact get: {what}", transact("Get", Key=OWN, **projection)
    yield "get: legacy", single("get_item", Key=OWN, AttributesToGet=["secret"])
    yield "batch get: legacy", batch("batch_get_item", {"Keys": [OWN], "AttributesToGet": ["h", "secret"]})
    yield "query: legacy", single("query", KeyConditions={"h": {"ComparisonOperator": "EQ", "AttributeValueList": [s("alice")]}}, AttributesToGet=["secret"])
    yield "query: all selected", query(Select="ALL_ATTRIBUTES")
    yield "query: all projected", single(
        "query",
        IndexName="by-open",
        KeyConditionExpression="#o = :v",
        ExpressionAttributeValues={":v": s("alice")},
        **OPEN,
    )


def index_paths():
    yield "index by it", by_index("by-secret", "secret = :k", s(HIDDEN))
    yield "index sorted by it", by_index("own-secret", "h = :k AND secret > :v", s("alice"), values=V)
    legacy = {"h": {"ComparisonOperator": "EQ", "AttributeValueList": [s("alice")]}, **equals()}
    yield "index, legacy", single("query", IndexName="own-secret", KeyConditions=legacy, Select="COUNT")
    # Only items that have it are there, and they are sorted by it; where a page ends, it is told.
    yield "index, counted", single("query", IndexName="own-secret", KeyConditionExpression="h = :k", ExpressionAttributeValues={":k": s("alice")}, Select="COUNT")
    yield "index, last key", by_index("own-secret", "h = :k", s("alice"), Limit=1)
    yield "index, backward", by_index("own-secret", "h = :k", s("alice"), ScanIndexForward=False)
    start = {**OWN, "secret": s(HIDDEN)}
    yield "index, starting key", by_index("own-secret", "h = :k", s("alice"), ExclusiveStartKey=start)


def legacy_paths():
    expected = {"Expected": {"secret": {"Value": s(HIDDEN)}}}
    absent = {"Expected": {"secret": {"Exists": False}}}
    for what, given in {"expected": expected, "expected absent": absent, "compared": {"Expected": equals()}}.items():
        yield f"put, {what}", single("put_item", Item=OWN, **given)
        yield f"delete, {what}", single("delete_item", Key=OWN, **given)
        yield f"update, {what}", single("update_item", Key=OWN, AttributeUpdates={}, **given)
    for action in ("PUT", "ADD", "DELETE"):
        value = {} if action == "DELETE" else {"Value": n(1)}
        yield f"update, {action}", single("update_item", Key=OWN, AttributeUpdates={"secret": {"Action": action, **value}})
    key = {"KeyConditions": {"h": {"ComparisonOperator": "EQ", "AttributeValueList": [s("alice")]}}}
    yield "query, filter", single("query", **key, QueryFilter=equals(), Select="COUNT")


def write_paths():
    item = {**OWN, "secret": s("mine")}
    yield "put", single("put_item", Item=item)
    yield "batch put", batch("batch_write_item", [{"PutRequest": {"Item": item}}])
    yield "transact put", transact("Put", Item=item)


def item_paths():
    """Another user's item, by every operation."""
    shown = {"ProjectionExpression": "h"}
    yield "get", single("get_item", Key=OTHER, **shown)
    yield "put", single("put_item", Item=OTHER)
    yield "update", single("update_item", Key=OTHER, UpdateExpression="REMOVE gone_")
    yield "delete", single("delete_item", Key=OTHER)
    yield "query", single("query", KeyConditionExpression="h = :h", ExpressionAttributeValues={":h": s("bob")}, Select="COUNT")
    yield "query, legacy", single("query", KeyConditions={"h": {"ComparisonOperator": "EQ", "AttributeValueList": [s("bob")]}}, Select="COUNT")
    yield "query by index", by_index("by-open", "#o = :k", s("bob"))
    yield "batch get", batch("batch_get_item", {"Keys": [OTHER], **shown})
    yield "batch get beside own", batch("batch_get_item", {"Keys": [OWN, OTHER], **shown})
    yield "batch put", batch("batch_write_item", [{"PutRequest": {"Item": OTHER}}])
    yield "batch delete beside own", batch("batch_write_item", [{"DeleteRequest": {"Key": OTHER}}, {"PutRequest": {"Item": {**OWN, "r": n(9)}}}])
    yield "transact get", transact("Get", Key=OTHER, **shown)
    yield "transact put", transact("Put", Item=OTHER)
    yield "transact update", transact("Update", Key=OTHER, UpdateExpression="REMOVE gone_")
    yield "transact delete", transact("Delete", Key=OTHER)
    yield "transact check", transact("ConditionCheck", Key=OTHER, ConditionExpression="attribute_exists(h)")
    yield "scan", single("scan", Select="COUNT")


def whole_paths():
    """What takes the whole table out of the policy's reach: actions of their own."""

    def export(client, table):
        table = f"arn:aws:dynamodb:us-east-1:{client.account}:table/{table}"
        return client.export_table_to_point_in_time(TableArn=table, S3Bucket="anywhere")

    yield "export", export
    yield "backup", single("create_backup", BackupName="taken")
    yield "recovery", lambda client, table: client.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=f"{table}-taken", UseLatestRestorableTime=True
    )


WHOLE = dict(whole_paths())
PATHS = [
    *condition_paths(),
    *update_paths(),
    *return_paths(),
    *projection_paths(),
    *index_paths(),
    *legacy_paths(),
    *write_paths(),
    *((f"other's item: {what}", path) for what, path in item_paths()),
]


@pytest.mark.parametrize("path", [path for _, path in PATHS], ids=[what for what, _ in PATHS])
def test_no_path_leads_round_the_policy(root, table, alice, path):
    before = root.client("dynamodb").scan(TableName=table)["Items"]
    answer = refused(lambda: path(alice, table), "AccessDeniedException", 400)
    assert HIDDEN not in json.dumps(answer)
    assert root.client("dynamodb").scan(TableName=table)["Items"] == before


@pytest.mark.parametrize("path", [path for _, path in PATHS], ids=[what for what, _ in PATHS])
def test_only_the_policy_is_in_the_way(root, table, path):
    """The same requests of one who may: were they refused for another reason, the test above would prove nothing."""
    from botocore.exceptions import ClientError

    keep = root.client("dynamodb")
    saved = keep.scan(TableName=table)["Items"]
    try:
        path(keep, table)
    except ClientError as error:
        told = error.response["Error"]["Code"]
        assert told in ("ConditionalCheckFailedException", "TransactionCanceledException", "ValidationException"), told
        if told == "ValidationException":
            assert "operand" in str(error) or "document path" in str(error) or "Type mismatch" in str(error), error
    for item in keep.scan(TableName=table)["Items"]:
        keep.delete_item(TableName=table, Key={"h": item["h"], "r": item["r"]})
    for item in saved:
        keep.put_item(TableName=table, Item=item)


@pytest.mark.parametrize("path", WHOLE.values(), ids=WHOLE)
def test_no_way_of_taking_the_whole_table_leads_round_the_policy(root, table, alice, path):
    owner = root.client("dynamodb")
    owner.account = alice.account = root.account
    owner.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    refused(lambda: path(alice, table), "AccessDeniedException", 400)
    path(owner, table)


def test_what_the_policy_lets_through(alice, table):
    shown = {"ProjectionExpression": "h, #o", **OPEN}
    assert alice.get_item(TableName=table, Key=OWN, **shown)["Item"] == {"h": s("alice"), "open": s("alice")}
    values = {":h": s("alice")}
    found = alice.query(TableName=table, KeyConditionExpression="h = :h", ExpressionAttributeValues=values, **shown)
    assert found["Items"] == [{"h": s("alice"), "open": s("alice")}]
    found = alice.batch_get_item(RequestItems={table: {"Keys": [OWN], **shown}})["Responses"][table]
    assert found == [{"h": s("alice"), "open": s("alice")}]
    got = alice.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": OWN, **shown}}])
    assert got["Responses"][0]["Item"]["open"] == s("alice")
    updated = alice.update_item(
        TableName=table,
        Key=OWN,
        UpdateExpression="SET #o = :o",
        ConditionExpression="#o = :o",
        ExpressionAttributeValues={":o": s("alice")},
        ReturnValues="UPDATED_NEW",
        **OPEN,
    )
    assert updated["Attributes"] == {"open": s("alice")}


def test_a_hidden_attributes_condition_answers_the_same_whatever_it_holds(alice, table):
    for value in (HIDDEN, "something else"):
        answer = refused(
            lambda: alice.delete_item(
                TableName=table,
                Key=OWN,
                ConditionExpression="secret = :v",
                ExpressionAttributeValues={":v": s(value)},
            ),
            "AccessDeniedException",
        )
        assert "condition" not in answer["Error"]["Message"]


def keyed(root, key, value, operator="StringEquals", actions="*"):
    given = [
        statement("Allow", "dynamodb:*"),
        statement("Deny", f"dynamodb:{actions}", Condition={operator: {f"dynamodb:{key}": value}}),
    ]
    return root.user(policy=given).client("dynamodb")


def test_transactions_can_be_told_from_single_requests(root, table):
    user = keyed(root, "EnclosingOperation", ["TransactWriteItems", "TransactGetItems"], "ForAnyValue:StringEquals")
    user.get_item(TableName=table, Key=OWN)
    refused(lambda: transact("Get", Key=OWN)(user, table), "AccessDeniedException", 400)
    refused(
        lambda: transact("ConditionCheck", Key=OWN, ConditionExpression="attribute_exists(h)")(user, table),
        "AccessDeniedException",
    )


def test_consumed_capacity_can_be_withheld(root, table):
    user = keyed(root, "ReturnConsumedCapacity", ["TOTAL", "INDEXES"])
    user.get_item(TableName=table, Key=OWN)
    refused(lambda: user.get_item(TableName=table, Key=OWN, ReturnConsumedCapacity="TOTAL"), "AccessDeniedException")
    refused(lambda: user.scan(TableName=table, ReturnConsumedCapacity="INDEXES"), "AccessDeniedException")
    request = {table: {"Keys": [OWN]}}
    refused(
        lambda: user.batch_get_item(RequestItems=request, ReturnConsumedCapacity="TOTAL"), "AccessDeniedException"
    )


def test_scans_can_be_withheld(root, table):
    user = keyed(root, "FullTableScan", "true", "Bool")
    user.query(TableName=table, KeyConditionExpression="h = :h", ExpressionAttributeValues={":h": s("alice")})
    refused(lambda: user.scan(TableName=table), "AccessDeniedException", 400)


def test_a_missing_leading_key_can_be_withheld(root, table):
    user = keyed(root, "LeadingKeys", "true", "Null", "Scan")
    refused(lambda: user.scan(TableName=table), "AccessDeniedException", 400)


def test_indexes_are_resources_of_their_own(root, table):
    arn = root.client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"]
    user = root.user(policy=[statement("Allow", "dynamodb:Query", f"{arn}/index/by-open")]).client("dynamodb")
    by_index("by-open", "#o = :k", s("alice"))(user, table)
    refused(lambda: by_index("by-secret", "secret = :k", s(HIDDEN))(user, table), "AccessDeniedException")
    refused(lambda: query()(user, table), "AccessDeniedException")


def test_strangers_cannot_tell_which_tables_there_are(root, table):
    user = root.user().client("dynamodb")
    answers = [
        refused(lambda: user.get_item(TableName=which, Key={"wrong": s("x")}), "AccessDeniedException", 400)
        for which in (table, f"no-{uuid.uuid4().hex[:8]}")
    ]
    reasons = [answer["Error"]["Message"].split("because")[1] for answer in answers]
    assert reasons[0] == reasons[1]


def test_tags_decide(root):
    owner = root.client("dynamodb")
    condition = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    user = root.user(policy=[statement("Allow", "dynamodb:*", "*", Condition=condition)]).client("dynamodb")
    blue = dynamodb.create(owner, range_key=None, Tags=[{"Key": "team", "Value": "blue"}])
    red = dynamodb.create(owner, range_key=None, Tags=[{"Key": "team", "Value": "red"}])
    user.put_item(TableName=blue, Item={"h": s("x")})
    refused(lambda: user.put_item(TableName=red, Item={"h": s("x")}), "AccessDeniedException", 400)
    refused(lambda: user.describe_table(TableName=red), "AccessDeniedException", 400)


def test_no_spelling_of_a_tag_hides_another_one(root):
    owner = root.client("dynamodb")
    condition = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    kept = statement("Deny", "dynamodb:TagResource", "*", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}})
    may = [statement("Allow", "dynamodb:GetItem", "*", Condition=condition), statement("Allow", "dynamodb:TagResource"), kept]
    user = root.user(policy=may).client("dynamodb")
    red = dynamodb.create(owner, range_key=None, Tags=[{"Key": "team", "Value": "red"}])
    arn = owner.describe_table(TableName=red)["Table"]["TableArn"]
    tag = lambda key: user.tag_resource(ResourceArn=arn, Tags=[{"Key": key, "Value": "blue"}])
    refused(lambda: tag("team"), "AccessDeniedException", 400)
    refused(lambda: tag("TEAM"), "ValidationException", 400)
    refused(lambda: user.get_item(TableName=red, Key={"h": s("x")}), "AccessDeniedException", 400)
    tag("other")


def test_creating_with_tags_needs_the_right_to_tag(root):
    user = root.user(policy=[statement("Allow", "dynamodb:CreateTable")])
    parameters = {
        "TableName": dynamodb.name(),
        "KeySchema": dynamodb.key_schema("h"),
        "AttributeDefinitions": dynamodb.definitions(h="S"),
        "BillingMode": "PAY_PER_REQUEST",
        "Tags": [{"Key": "team", "Value": "blue"}],
    }
    refused(lambda: user.client("dynamodb").create_table(**parameters), "AccessDeniedException", 400)
    allow(root.client("iam"), user.name, [statement("Allow", "dynamodb:TagResource")], name="tags")
    user.client("dynamodb").create_table(**parameters)


@pytest.fixture(scope="module")
def tenants(root, table):
    """A role whose sessions are held to the items of the tenant that their tag names; and a session for each tenant."""
    iam = root.client("iam")
    trust = statement("Allow", ["sts:AssumeRole", "sts:TagSession"], Principal={"AWS": root.account})
    del trust["Resource"]
    role = iam.create_role(RoleName="tenants", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    held = fine()
    held["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"] = ["${aws:PrincipalTag/tenant}"]
    held["Null"] = {"aws:PrincipalTag/tenant": "false"}
    given = statement("Allow", [f"dynamodb:{action}" for action in [*DATA, "PartiQLSelect"]], "*", Condition=held)
    iam.put_role_policy(RoleName="tenants", PolicyName="own", PolicyDocument=document(given))
    admin = root.user(policy=[statement("Allow", ["sts:AssumeRole", "sts:TagSession"], role)])

    def session(tenant=None):
        tags = {"Tags": [{"Key": "tenant", "Value": tenant}]} if tenant else {}
        return admin.assume(role, **tags).client("dynamodb")

    return session


def shown(client, table, key):
    return client.get_item(TableName=table, Key=key, ProjectionExpression="h")["Item"]


def test_a_tagged_session_reaches_only_its_own_items(tenants, table):
    alice, bob = tenants("alice"), tenants("bob")
    assert shown(alice, table, OWN) == {"h": s("alice")}
    assert shown(bob, table, OTHER) == {"h": s("bob")}
    for client, key in ((alice, OTHER), (bob, OWN), (tenants("carol"), OWN), (tenants(), OWN)):
        refused(lambda: shown(client, table, key), "AccessDeniedException", 400)
    written = {"TableName": table, "Key": OWN, "UpdateExpression": "SET plain = :v", "ExpressionAttributeValues": {":v": s("x")}}
    alice.update_item(**written)
    refused(lambda: bob.update_item(**written), "AccessDeniedException", 400)


@pytest.mark.parametrize("path", [path for _, path in item_paths()], ids=[what for what, _ in item_paths()])
def test_no_path_leads_a_tagged_session_to_anothers_items(root, tenants, table, path):
    before = root.client("dynamodb").scan(TableName=table)["Items"]
    answer = refused(lambda: path(tenants("alice"), table), "AccessDeniedException", 400)
    assert HIDDEN not in json.dumps(answer)
    assert root.client("dynamodb").scan(TableName=table)["Items"] == before
