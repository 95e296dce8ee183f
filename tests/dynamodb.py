"""What the tests of DynamoDB share: tables, and values on the wire."""

import uuid

import boto3
from botocore.config import Config


def name(prefix="table"):
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def s(text):
    return {"S": text}


def n(number):
    return {"N": str(number)}


def resource(root):
    """boto3's resource layer."""
    return boto3.resource(
        "dynamodb",
        endpoint_url=root.server.endpoint,
        verify=root.server.ca,
        region_name="us-east-1",
        aws_access_key_id=root.access_key_id,
        aws_secret_access_key=root.secret,
        config=Config(retries={"total_max_attempts": 1}),
    )


def key_schema(hash_key, range_key=None):
    elements = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return elements + ([{"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else [])


def definitions(**kinds):
    return [{"AttributeName": attribute, "AttributeType": kind} for attribute, kind in kinds.items()]


def index(index_name, hash_key, range_key=None, projection="ALL", **more):
    return {
        "IndexName": index_name,
        "KeySchema": key_schema(hash_key, range_key),
        "Projection": {"ProjectionType": projection, **more},
    }


def create(client, hash_key=("h", "S"), range_key=("r", "N"), attributes=(), **more):
    """A new table on demand; gives its name."""
    table = name()
    kinds = dict([hash_key, *([range_key] if range_key else []), *attributes])
    client.create_table(
        TableName=table,
        KeySchema=key_schema(hash_key[0], range_key[0] if range_key else None),
        AttributeDefinitions=definitions(**kinds),
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    client.get_waiter("table_exists").wait(TableName=table)
    return table


HIDDEN = "the-hidden-value"


def create_veiled(client, *owners):
    """A table in which each owner has an item of an open attribute and two that policies hide, and indexes over both."""
    table = create(
        client,
        attributes=[("secret", "S"), ("open", "S")],
        GlobalSecondaryIndexes=[index("by-secret", "secret"), index("by-open", "open")],
        LocalSecondaryIndexes=[index("own-secret", "h", "secret")],
    )
    for owner in owners:
        veiled = {"M": {"a": {"L": [s(HIDDEN)]}}}
        item = {"h": s(owner), "r": n(1), "open": s(owner), "secret": s(HIDDEN), "veiled": veiled}
        client.put_item(TableName=table, Item=item)
    return table


def fine(**conditions):
    """What AWS's guide tells to write: own partition, some attributes, and no way round them."""
    return {
        "ForAllValues:StringEquals": {
            "dynamodb:LeadingKeys": ["${aws:username}"],
            "dynamodb:Attributes": ["h", "r", "open", "plain"],
        },
        "StringEqualsIfExists": {
            "dynamodb:Select": ["SPECIFIC_ATTRIBUTES", "COUNT"],
            "dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"],
            **conditions,
        },
    }
