"""Fine-grained access: scans, the keys with which pages end, requests that name nothing, and sizes."""

import json

import dynamodb
import pytest
from botocore.exceptions import ClientError
from conftest import refused, statement
from dynamodb import HIDDEN, fine, n, s
from test_dynamodb_access import CONDITIONS, OPEN, V, equals, query, single, values


@pytest.fixture(scope="module")
def table(root):
    return dynamodb.create_veiled(root.client("dynamodb"), "alice", "bob")


def scan_paths():
    """What a scan could tell of an attribute."""
    shown = {"ProjectionExpression": "#o", **OPEN}
    for what, (text, given) in CONDITIONS.items():
        yield f"filter: {what}", single("scan", FilterExpression=text, Select="COUNT", **values(given))
    yield "segment, filter", single("scan", FilterExpression="secret = :v", Select="COUNT", Segment=0, TotalSegments=1, **values(V))
    yield "legacy filter", single("scan", ScanFilter=equals(), Select="COUNT")
    yield "legacy filter, or", single("scan", ScanFilter={**equals("plain"), **equals()}, ConditionalOperator="OR", Select="COUNT")
    yield "named", single("scan", ProjectionExpression="secret")
    yield "nested, by placeholders", single("scan", ProjectionExpression="#v.#a[0]", ExpressionAttributeNames={"#v": "veiled", "#a": "a"})
    yield "legacy list", single("scan", AttributesToGet=["h", "secret"])
    yield "all", single("scan")
    yield "all selected", single("scan", Select="ALL_ATTRIBUTES")
    yield "all projected", single("scan", IndexName="by-open", Select="ALL_PROJECTED_ATTRIBUTES")
    for which in ("by-secret", "own-secret"):
        yield f"{which}, counted", single("scan", IndexName=which, Select="COUNT")
        yield f"{which}, in its order", single("scan", IndexName=which, **shown)
        yield f"{which}, last key", single("scan", IndexName=which, Limit=1, **shown)
        yield f"{which}, segment", single("scan", IndexName=which, Segment=1, TotalSegments=2, **shown)


SCANS = dict(scan_paths())


@pytest.fixture(scope="module")
def reader(root):
    """A user who may scan, but is held to what is open."""
    condition = fine()
    del condition["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
    return root.user(policy=[statement("Allow", "dynamodb:Scan", "*", Condition=condition)]).client("dynamodb")


@pytest.mark.parametrize("path", SCANS.values(), ids=SCANS)
def test_no_scan_tells_of_a_hidden_attribute(root, table, reader, path):
    answer = refused(lambda: path(reader, table), "AccessDeniedException", 400)
    assert HIDDEN not in json.dumps(answer)
    path(root.client("dynamodb"), table)


def test_what_the_policy_lets_scans_see(table, reader):
    shown = {"ProjectionExpression": "h, #o", **OPEN}
    for more in ({}, {"IndexName": "by-open"}, {"Limit": 10}, {"Segment": 0, "TotalSegments": 1}):
        found = reader.scan(TableName=table, **shown, **more)["Items"]
        assert {item["h"]["S"] for item in found} == {"alice", "bob"} and HIDDEN not in json.dumps(found)
    page = reader.scan(TableName=table, Limit=1, **shown)
    assert set(page["LastEvaluatedKey"]) == {"h", "r"}


def test_who_may_not_see_the_sort_key_is_not_told_where_a_page_ends(root, table):
    condition = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["h", "open"]}}
    given = [statement("Allow", ["dynamodb:Query", "dynamodb:Scan"], "*", Condition=condition)]
    client = root.user(policy=given).client("dynamodb")
    for more in ({}, {"Limit": 1}):
        refused(lambda more=more: query(ProjectionExpression="#o", **OPEN, **more)(client, table), "AccessDeniedException")
        refused(lambda more=more: client.scan(TableName=table, Select="COUNT", **more), "AccessDeniedException")


def test_requests_that_name_nothing_are_no_way_in(root, table):
    """Lists of keys that no value is in would be let through by `ForAllValues`."""
    given = [statement("Allow", "dynamodb:*", "*", Condition=fine())]
    alice, key = root.user(policy=given).client("dynamodb", parameter_validation=False), {"ProjectionExpression": "h"}
    for call in (
        lambda: alice.batch_get_item(RequestItems={}),
        lambda: alice.batch_get_item(RequestItems={table: {"Keys": [], **key}}),
        lambda: alice.batch_get_item(RequestItems={table: {"Keys": [{}], **key}}),
        lambda: alice.batch_write_item(RequestItems={}),
        lambda: alice.batch_write_item(RequestItems={table: []}),
        lambda: alice.transact_get_items(TransactItems=[]),
        lambda: alice.transact_write_items(TransactItems=[]),
        lambda: alice.get_item(TableName=table, Key={}, **key),
        lambda: alice.query(TableName=table, KeyConditionExpression="r = :r", ExpressionAttributeValues={":r": n(1)}, **key),
        lambda: alice.query(TableName=table, KeyConditions={}, **key),
        lambda: alice.batch_execute_statement(Statements=[]),
        lambda: alice.execute_transaction(TransactStatements=[]),
    ):
        with pytest.raises(ClientError) as error:
            call()
        assert error.value.response["Error"]["Code"] in ("ValidationException", "AccessDeniedException"), error


def test_consumed_capacity_tells_sizes_only_to_who_may_ask(root, table):
    """The units that an item takes tell how large it is, with what is hidden of it."""
    given = [statement("Allow", "dynamodb:*", "*", Condition=fine(**{"dynamodb:ReturnConsumedCapacity": "NONE"}))]
    client = root.user(name="alice-of-few-units", policy=given).client("dynamodb")
    own, shown = {"h": s("alice-of-few-units"), "r": n(1)}, {"ProjectionExpression": "h"}
    asked = {"ReturnConsumedCapacity": "TOTAL"}
    values = {":h": own["h"]}
    for call in (
        lambda **more: client.get_item(TableName=table, Key=own, **shown, **more),
        lambda **more: client.query(TableName=table, KeyConditionExpression="h = :h", ExpressionAttributeValues=values, **shown, **more),
        lambda **more: client.update_item(TableName=table, Key=own, UpdateExpression="REMOVE plain", **more),
        lambda **more: client.batch_get_item(RequestItems={table: {"Keys": [own], **shown}}, **more),
        lambda **more: client.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": own, **shown}}], **more),
        lambda **more: client.execute_statement(Statement=f"SELECT h FROM \"{table}\" WHERE h = '{own['h']['S']}'", **more),
        lambda **more: client.delete_item(TableName=table, Key=own, **more),
    ):
        refused(lambda call=call: call(**asked), "AccessDeniedException", 400)
        call()
