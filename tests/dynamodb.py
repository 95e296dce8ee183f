"""What the tests of DynamoDB share: tables, and values on the wire."""

import uuid


def name(prefix="table"):
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def s(text):
    return {"S": text}


def n(number):
    return {"N": str(number)}


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
