"""boto3's resource layer: conditions as expressions that it writes, batches, statements with Python's own values."""

from decimal import Decimal

import dynamodb
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def resource(root):
    return dynamodb.resource(root)


@pytest.fixture(scope="module")
def table(root, resource):
    return resource.Table(dynamodb.create(root.client("dynamodb")))


def test_conditions_that_it_writes(table):
    with table.batch_writer(overwrite_by_pkeys=["h", "r"]) as batch:
        for number in range(60):
            batch.put_item(Item={"h": "many", "r": number, "n": number % 7, "name": f"n{number}"})
        batch.delete_item(Key={"h": "many", "r": 59})
    found = table.query(
        KeyConditionExpression=Key("h").eq("many") & Key("r").between(10, 30),
        FilterExpression=Attr("n").is_in([1, 2]) & ~Attr("name").begins_with("n2") & Attr("gone").not_exists(),
    )
    assert [int(item["r"]) for item in found["Items"]] == [15, 16, 30]
    condition = Attr("name").size().gt(2) & Attr("name").contains("5")
    assert table.scan(FilterExpression=condition, Select="COUNT")["Count"] == 13
    key = {"h": "many", "r": 1}
    changed = table.update_item(
        Key=key,
        UpdateExpression="SET #n = #n + :one",
        ConditionExpression=Attr("n").eq(1),
        ExpressionAttributeNames={"#n": "n"},
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    assert changed["Attributes"] == {"n": 2}
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        table.delete_item(Key=key, ConditionExpression=Attr("n").eq(1) | Attr("n").attribute_type("S"))


def test_statements_with_values_of_its_own(resource, table):
    run = resource.meta.client.execute_statement
    run(Statement=f'INSERT INTO "{table.name}" VALUE {{\'h\': ?, \'r\': ?, \'tags\': ?}}', Parameters=["said", 1, {"x", "y"}])
    found = run(Statement=f'SELECT * FROM "{table.name}" WHERE h = ? AND contains(tags, ?)', Parameters=["said", "x"])
    assert found["Items"] == [{"h": "said", "r": Decimal(1), "tags": {"x", "y"}}]
