"""DynamoDB: one sample for every row of its table. Every table has one item, of the key `one`."""

import json

from conftest import statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationTokenException", 400)
DENIED = ("AccessDeniedException", 400)

KEY = {"h": {"S": "one"}}
TAGS = [{"Key": "team", "Value": "a"}]
DEFINITION = {
    "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def policy(world):
    allow = statement("Allow", "dynamodb:GetItem", Principal={"AWS": f"arn:aws:iam::{world.account}:root"})
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def arn(world, name):
    return {"ResourceArn": f"arn:aws:dynamodb:us-east-1:{world.account}:table/{name}"}


def table(world, name):
    world.dynamodb.create_table(TableName=name, Tags=TAGS, **DEFINITION)
    world.dynamodb.put_item(TableName=name, Item=KEY)
    return {"TableName": name}


def tagged(world, name):
    table(world, name)
    return arn(world, name)


def governed(world, name):
    table(world, name)
    world.dynamodb.put_resource_policy(**arn(world, name), Policy=policy(world))
    return arn(world, name)


def of(world, name, **parameters):
    return {**table(world, name), **parameters}


def batch(world, name, request):
    table(world, name)
    return {"RequestItems": {name: request}}


def transaction(world, name):
    table(world, name)

    def one(key, **more):
        return {"TableName": name, "Key": {"h": {"S": key}}, **more}

    items = [
        {"ConditionCheck": one("one", ConditionExpression="attribute_exists(h)")},
        {"Put": {"TableName": name, "Item": {"h": {"S": "put"}}}},
        {"Update": one("updated", UpdateExpression="REMOVE a")},
        {"Delete": one("deleted")},
    ]
    return {"TransactItems": items}


SAMPLES = {
    "CreateTable": lambda world, name: {
        "TableName": name,
        "Tags": TAGS,
        "ResourcePolicy": policy(world),
        **DEFINITION,
    },
    "DeleteTable": table,
    "DescribeTable": table,
    "ListTables": lambda world, name: {},
    "UpdateTable": lambda world, name: of(world, name, DeletionProtectionEnabled=False),
    "TagResource": lambda world, name: {**tagged(world, name), "Tags": TAGS},
    "UntagResource": lambda world, name: {**tagged(world, name), "TagKeys": ["team"]},
    "ListTagsOfResource": tagged,
    "PutResourcePolicy": lambda world, name: {**tagged(world, name), "Policy": policy(world)},
    "GetResourcePolicy": governed,
    "DeleteResourcePolicy": governed,
    "UpdateTimeToLive": lambda world, name: of(
        world, name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
    ),
    "DescribeTimeToLive": table,
    "DescribeLimits": lambda world, name: {},
    "DescribeEndpoints": lambda world, name: {},
    "GetItem": lambda world, name: of(world, name, Key=KEY),
    "PutItem": lambda world, name: of(world, name, Item=KEY),
    "UpdateItem": lambda world, name: of(world, name, Key=KEY),
    "DeleteItem": lambda world, name: of(world, name, Key=KEY),
    "Query": lambda world, name: of(
        world, name, KeyConditionExpression="h = :h", ExpressionAttributeValues={":h": {"S": "one"}}
    ),
    "Scan": table,
    "BatchGetItem": lambda world, name: batch(world, name, {"Keys": [KEY]}),
    "BatchWriteItem": lambda world, name: batch(world, name, [{"PutRequest": {"Item": KEY}}]),
    "TransactGetItems": lambda world, name: {"TransactItems": [{"Get": {**table(world, name), "Key": KEY}}]},
    "TransactWriteItems": transaction,
}

# Parameters that ask for more than the operation's own action.
ASKING = {"CreateTable": ("Tags", "ResourcePolicy")}

# What everybody is told.
SHARED = {"DescribeLimits", "DescribeEndpoints"}
