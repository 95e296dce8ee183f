"""Resource policies of tables: whom they let in, and what no policy gives."""

import json
import uuid

import dynamodb
import pytest
from conftest import document, refused, statement
from dynamodb import n, s

OWN = {"h": s("alice"), "r": n(1)}


@pytest.fixture(scope="module")
def table(root):
    return dynamodb.create_veiled(root.client("dynamodb"), "alice", "bob")


def test_a_policy_of_the_table_lets_its_principals_in(root, table):
    owner = root.client("dynamodb")
    arn = owner.describe_table(TableName=table)["Table"]["TableArn"]
    user = root.user()
    refused(lambda: user.client("dynamodb").get_item(TableName=table, Key=OWN), "AccessDeniedException")
    principal = f"arn:aws:iam::{root.account}:user/{user.name}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "dynamodb:GetItem", "Resource": arn}],
    }
    revision = owner.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))["RevisionId"]
    assert user.client("dynamodb").get_item(TableName=table, Key=OWN)["Item"]["h"] == s("alice")
    assert user.client("dynamodb").get_item(TableName=arn, Key=OWN)["Item"]["h"] == s("alice")
    assert owner.get_resource_policy(ResourceArn=arn)["RevisionId"] == revision
    assert owner.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))["RevisionId"] == revision
    none = lambda: owner.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy), ExpectedRevisionId="NO_POLICY")
    why = f"expecting none to be present for table {table}, but a policy exists with revision id {revision}."
    assert why in refused(none, "PolicyNotFoundException", 400)["Error"]["Message"]
    policy["Statement"][0]["Sid"] = "another"
    assert owner.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))["RevisionId"] > revision
    owner.delete_resource_policy(ResourceArn=arn)
    refused(lambda: user.client("dynamodb").get_item(TableName=table, Key=OWN), "AccessDeniedException")
    refused(lambda: owner.get_resource_policy(ResourceArn=arn), "PolicyNotFoundException", 400)


def test_what_a_policy_gives_other_accounts_has_an_end(root, other):
    """Everything is given, and of that AWS lets other accounts do some; the rest is the table's own account's."""
    owner, theirs = root.client("dynamodb"), other.client("dynamodb")
    table = dynamodb.create(owner, range_key=None)
    arn = owner.describe_table(TableName=table)["Table"]["TableArn"]
    everything = document(statement("Allow", "dynamodb:*", arn, Principal={"AWS": other.account}))
    owner.put_resource_policy(ResourceArn=arn, Policy=everything)
    theirs.put_item(TableName=arn, Item={"h": s("x")})
    assert theirs.describe_table(TableName=arn)["Table"]["TableArn"] == arn
    assert theirs.list_tags_of_resource(ResourceArn=arn)["Tags"] == []
    expiry = {"AttributeName": "until", "Enabled": True}
    recovery = {"PointInTimeRecoveryEnabled": True}
    for call in (
        lambda: theirs.put_resource_policy(ResourceArn=arn, Policy=everything),
        lambda: theirs.get_resource_policy(ResourceArn=arn),
        lambda: theirs.delete_resource_policy(ResourceArn=arn),
        lambda: theirs.update_time_to_live(TableName=arn, TimeToLiveSpecification=expiry),
        lambda: theirs.describe_time_to_live(TableName=arn),
        lambda: theirs.create_backup(TableName=arn, BackupName="theirs"),
        lambda: theirs.update_continuous_backups(TableName=arn, PointInTimeRecoverySpecification=recovery),
        lambda: theirs.describe_continuous_backups(TableName=arn),
        lambda: theirs.export_table_to_point_in_time(TableArn=arn, S3Bucket="theirs"),
        lambda: theirs.execute_statement(Statement=f"SELECT * FROM \"{arn}\" WHERE h = 'x'"),
    ):
        refused(call, "AccessDeniedException", 400)
    owner.delete_table(TableName=table)


def test_no_policy_lets_in_everybody(root, other):
    """Source: DynamoDB Developer Guide, "Blocking public access with resource-based policies in DynamoDB"."""
    owner = root.client("dynamodb")
    table = dynamodb.create(owner, range_key=None)
    arn = owner.describe_table(TableName=table)["Table"]["TableArn"]
    put = lambda **more: owner.put_resource_policy(
        ResourceArn=arn, Policy=document(statement("Allow", "dynamodb:GetItem", arn, Principal="*", **more))
    )
    for condition in [{}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"StringLike": {"aws:PrincipalArn": "*"}}]:
        refused(lambda: put(Condition=condition), "ValidationException", 400)  # noqa: B023
    refused(put, "ValidationException", 400)
    put(Condition={"StringEquals": {"aws:PrincipalAccount": other.account}})
    owner.delete_table(TableName=table)


def test_the_root_user_takes_a_policy_away_that_shuts_everybody_out(root):
    owner = root.client("dynamodb")
    table = dynamodb.create(owner, range_key=None)
    arn = owner.describe_table(TableName=table)["Table"]["TableArn"]
    shut = document(statement("Deny", "dynamodb:*", arn, Principal="*"))
    owner.put_resource_policy(ResourceArn=arn, Policy=shut)
    admin = root.user(policy=[statement("Allow", "dynamodb:*")]).client("dynamodb")
    for client in (owner, admin):
        refused(lambda: client.describe_table(TableName=table), "AccessDeniedException", 400)  # noqa: B023
        refused(lambda: client.put_resource_policy(ResourceArn=arn, Policy=shut), "AccessDeniedException", 400)  # noqa: B023
    refused(lambda: admin.delete_resource_policy(ResourceArn=arn), "AccessDeniedException", 400)
    owner.delete_resource_policy(ResourceArn=arn)
    owner.delete_table(TableName=table)


def streaming(tables, name, **more):
    """A new table with a stream."""
    return tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "h", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        **more,
    )["TableDescription"]


def test_a_policy_names_users_and_not_whoever_is_called_so_later(root):
    """The policies of a table, given on its own and with a new table, and of a stream."""
    tables, streams = root.client("dynamodb"), root.client("dynamodbstreams")
    user, account = root.user(), root.account
    name = f"named-{uuid.uuid4().hex}"
    arn = f"arn:aws:dynamodb:us-east-1:{account}:table/{name}"
    theirs = {"Principal": {"AWS": f"arn:aws:iam::{account}:user/{user.name}"}}
    policy = document(statement("Allow", "dynamodb:DescribeTable", arn, **theirs))
    made = streaming(tables, name, ResourcePolicy=policy)
    stream = made["LatestStreamArn"]
    of_stream = document(statement("Allow", "dynamodb:DescribeStream", stream, **theirs))
    tables.put_resource_policy(ResourceArn=stream, Policy=of_stream)
    of_table = document(statement("Allow", "dynamodb:GetItem", arn, **theirs))

    def ask(who, operations):
        calls = {
            "table": lambda: who.client("dynamodb").describe_table(TableName=name),
            "stream": lambda: who.client("dynamodbstreams").describe_stream(StreamArn=stream),
            "item": lambda: who.client("dynamodb").get_item(TableName=name, Key={"h": s("x")}),
        }
        return [calls[operation] for operation in operations]

    for call in ask(user, ["table", "stream"]):
        call()
    second = root.reborn(user)
    for call in ask(second, ["table", "stream"]):
        refused(call, "AccessDeniedException", 400)
    assert streams.describe_stream(StreamArn=stream)["StreamDescription"]["StreamStatus"]
    first = tables.put_resource_policy(ResourceArn=arn, Policy=of_table)["RevisionId"]
    [item] = ask(second, ["item"])
    item()
    assert tables.put_resource_policy(ResourceArn=arn, Policy=of_table)["RevisionId"] == first
    third = root.reborn(second)
    [item] = ask(third, ["item"])
    refused(item, "AccessDeniedException", 400)
    # The same text stands for somebody else by now.
    assert tables.put_resource_policy(ResourceArn=arn, Policy=of_table)["RevisionId"] != first
    item()
    nobody = of_table.replace(user.name, "nobody")
    refused(lambda: tables.put_resource_policy(ResourceArn=arn, Policy=nobody), "ValidationException", 400)
    tables.delete_table(TableName=name)


def test_a_policy_speaks_of_actions_that_there_are(root):
    tables, name = root.client("dynamodb"), f"actions-{uuid.uuid4().hex}"
    made = streaming(tables, name)
    user = root.user()
    theirs = {"Principal": {"AWS": f"arn:aws:iam::{root.account}:user/{user.name}"}}
    for arn, wrong, right in [
        (made["TableArn"], ["dynamodb:Foo", "s3:GetObject", "dynamodb:ListStreams", "dynamodb:GetRecords"], "dynamodb:getitem"),
        (made["LatestStreamArn"], ["dynamodb:GetItem", "dynamodb:ListStreams"], "dynamodb:GetRecords"),
    ]:
        put = lambda *actions: tables.put_resource_policy(  # noqa: E731
            ResourceArn=arn, Policy=document(statement("Allow", list(actions), arn, **theirs))  # noqa: B023
        )
        for action in wrong:
            answer = refused(lambda: put(right, action), "ValidationException", 400)  # noqa: B023
            assert f'The following action names are invalid: "{action}"' in answer["Error"]["Message"]
        put(right, "dynamodb:*")
    tables.delete_table(TableName=name)
