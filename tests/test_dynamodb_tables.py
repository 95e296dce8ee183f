"""What tables are made and changed with, in AWS's words; and the calls with which NoSQL Workbench makes and browses them."""

import dynamodb
import pytest
from conftest import document, refused, statement
from dynamodb import definitions, index, key_schema, n, s


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
INVALID = "One or more parameter values were invalid: "


def provisioned(client, **more):
    table = dynamodb.name()
    kinds = {"h": "S", **({"g": "S"} if more else {})}
    client.create_table(
        TableName=table,
        KeySchema=key_schema("h"),
        AttributeDefinitions=definitions(**kinds),
        ProvisionedThroughput=UNITS,
        **more,
    )
    return table


def by_g(**more):
    return {**index("by-g", "g"), "ProvisionedThroughput": UNITS, **more}


def test_a_table_has_a_class(client):
    table = dynamodb.create(client, TableClass="STANDARD_INFREQUENT_ACCESS")

    def kind():
        return client.describe_table(TableName=table)["Table"]["TableClassSummary"]["TableClass"]

    assert kind() == "STANDARD_INFREQUENT_ACCESS"
    client.update_table(TableName=table, TableClass="STANDARD")
    assert kind() == "STANDARD"


ONLY = "{} modification must be the only operation in the request"
MORE = {"ReadCapacityUnits": 6, "WriteCapacityUnits": 6}
STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
THROUGHPUT = {"ProvisionedThroughput": MORE}
CREATE = {"AttributeDefinitions": definitions(h="S", g="S"), "GlobalSecondaryIndexUpdates": [{"Create": by_g()}]}
CLASS, PROTECTED = {"TableClass": "STANDARD"}, {"DeletionProtectionEnabled": True}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({**PROTECTED, **THROUGHPUT}, ONLY.format("DeletionProtection")),
        ({**PROTECTED, **CLASS}, ONLY.format("DeletionProtection")),
        ({**CLASS, **STREAM}, ONLY.format("TableClass")),
        ({**CLASS, **CREATE}, ONLY.format("TableClass")),
        ({**THROUGHPUT, **STREAM}, "You cannot modify stream status while updating table IOPS"),
        ({**THROUGHPUT, **CREATE}, "You cannot create or delete index while updating table IOPS"),
        ({**STREAM, **CREATE}, "You cannot create or delete index while changing stream status"),
        ({**PROTECTED, "GlobalSecondaryIndexUpdates": []}, "List of GlobalSecondaryIndexUpdates is empty"),
        ({"GlobalSecondaryIndexUpdates": [{"Create": by_g()}]}, "AttributeDefinitions is not specified for index: by-g"),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-g"}, "Update": {"IndexName": "by-g", **THROUGHPUT}}]},
            "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
        ),
    ],
)
def test_a_table_is_changed_one_thing_at_a_time(client, asked, message):
    table = provisioned(client)
    before = client.describe_table(TableName=table)["Table"]
    refused(lambda: client.update_table(TableName=table, **asked), "ValidationException", 400, INVALID + message)
    assert client.describe_table(TableName=table)["Table"] == before


def test_who_asks_for_nothing_is_told_what_there_is(client):
    table = provisioned(client)
    for asked in ({}, {"GlobalSecondaryIndexUpdates": []}):
        told = refused(lambda asked=asked: client.update_table(TableName=table, **asked), "ValidationException", 400)
        assert told["Error"]["Message"].startswith("At least one of ProvisionedThroughput, BillingMode, ")
        assert told["Error"]["Message"].endswith("OnDemandThroughput, WarmThroughput or TableClass is required")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"AttributeDefinitions": definitions(h="S") * 2}, "Attribute Name is duplicated: h"),
        ({"GlobalSecondaryIndexes": [index("by-g", "g")]}, INVALID + "ProvisionedThroughput is not specified for index: by-g"),
        (
            {"GlobalSecondaryIndexes": [by_g(Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b", "a"]})]},
            INVALID + "Duplicate element in NonKeyAttributes: a",
        ),
    ],
)
def test_what_is_no_table_is_told_in_awss_words(client, asked, message):
    kinds = {"h": "S", **({"g": "S"} if "GlobalSecondaryIndexes" in asked else {})}
    whole = {"AttributeDefinitions": definitions(**kinds), "ProvisionedThroughput": UNITS, **asked}
    call = lambda: client.create_table(TableName=dynamodb.name(), KeySchema=key_schema("h"), **whole)  # noqa: E731
    refused(call, "ValidationException", 400, message)


def test_capacity_that_does_not_change_is_refused_by_name(client):
    table = provisioned(client, GlobalSecondaryIndexes=[by_g()])
    same = [{"Update": {"IndexName": "by-g", "ProvisionedThroughput": UNITS}}]
    told = refused(lambda: client.update_table(TableName=table, GlobalSecondaryIndexUpdates=same), "ValidationException")
    assert "The provisioned throughput for the index by-g will not change." in told["Error"]["Message"]


def test_a_policy_of_the_table_gives_an_index_alone(root, client):
    table = dynamodb.create(client, attributes=[("g", "S")], GlobalSecondaryIndexes=[index("by-g", "g")])
    client.put_item(TableName=table, Item={"h": s("a"), "r": n(1), "g": s("x")})
    arn, user = client.describe_table(TableName=table)["Table"]["TableArn"], root.user()
    given = {
        **statement("Allow", "dynamodb:Query", f"{arn}/index/by-g"),
        "Principal": {"AWS": f"arn:aws:iam::{root.account}:user/{user.name}"},
        "Condition": {"ForAllValues:StringEquals": {"dynamodb:FirstPartitionKeyValues": ["x"]}},
    }
    client.put_resource_policy(ResourceArn=arn, Policy=document(given))
    his = user.client("dynamodb")

    def query(key, value, **more):
        return lambda: his.query(
            TableName=table, KeyConditionExpression=f"{key} = :v", ExpressionAttributeValues={":v": s(value)}, **more
        )

    assert query("g", "x", IndexName="by-g")()["Count"] == 1
    refused(query("g", "y", IndexName="by-g"), "AccessDeniedException", 400)
    refused(query("h", "a"), "AccessDeniedException", 400)


def test_a_model_is_committed_and_browsed_as_workbench_does(client):
    """NoSQL Workbench makes a model's tables, writes its sample data in batches, browses, and runs operations that it built.

    Source: DynamoDB Developer Guide, "NoSQL Workbench for DynamoDB".
    """
    table, total = provisioned(client, GlobalSecondaryIndexes=[by_g()]), {"ReturnConsumedCapacity": "TOTAL"}
    client.get_waiter("table_exists").wait(TableName=table)
    assert client.describe_endpoints()["Endpoints"] and client.describe_limits()["TableMaxReadCapacityUnits"]
    rows = [{"h": s(f"row-{at}"), "g": s("even" if at % 2 == 0 else "odd"), "at": n(at)} for at in range(25)]
    left = client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": row}} for row in rows]}, **total)
    assert left["UnprocessedItems"] == {} and left["ConsumedCapacity"][0]["TableName"] == table
    assert client.scan(TableName=table, Limit=300, **total)["Count"] == 25
    asked = {
        "TableName": table,
        "IndexName": "by-g",
        "KeyConditionExpression": "#k = :k",
        "FilterExpression": "#f > :f",
        "ExpressionAttributeNames": {"#k": "g", "#f": "at"},
        "ExpressionAttributeValues": {":k": s("odd"), ":f": n(20)},
    }
    assert client.query(**asked, **total)["Count"] == 2
    text = f'SELECT * FROM "{table}"."by-g" WHERE "g" = ? AND "at" < ?'
    assert len(client.execute_statement(Statement=text, Parameters=[s("even"), n(5)], **total)["Items"]) == 3
    key = {"h": s("row-1")}
    client.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET #a = :a",
        ExpressionAttributeNames={"#a": "g"},
        ExpressionAttributeValues={":a": s("even")},
        ReturnValues="ALL_NEW",
        **total,
    )
    client.transact_write_items(TransactItems=[{"Delete": {"TableName": table, "Key": {"h": s("row-2")}}}], **total)
    assert client.get_item(TableName=table, Key=key, ConsistentRead=True, **total)["Item"]["g"] == s("even")
    client.delete_table(TableName=table)


def test_tags_are_refused_in_awss_words(client):
    arn = client.describe_table(TableName=provisioned(client))["Table"]["TableArn"]

    def tags(*keys):
        return [{"Key": key, "Value": "v"} for key in keys]

    for given, message in [
        ([], "Atleast one Tag needs to be provided as Input."),
        (tags("a", "a"), "Duplicate Tag Keys provided as input: Duplicate Tag Key found a"),
        (tags("aws:mine"), "Tag Key cannot be prefixed with aws:, Key: aws:mine"),
        (tags(*map(str, range(51))), "Number of Tags exceed the current limit for the provided ResourceArn"),
    ]:
        call = lambda given=given: client.tag_resource(ResourceArn=arn, Tags=given)  # noqa: E731
        refused(call, "ValidationException", 400, message)
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == []


def test_arns_of_nothing_are_refused_by_what_they_should_be(client):
    arn = client.describe_table(TableName=provisioned(client))["Table"]["TableArn"]
    for call, kind in [
        (lambda: client.describe_backup(BackupArn=f"{arn}/backups/1234567890"), "Backup"),
        (lambda: client.describe_export(ExportArn=f"{arn}/exports/1234567890"), "Export"),
        (lambda: client.describe_import(ImportArn=f"{arn}/imports/1234567890"), "Import"),
    ]:
        refused(call, "ValidationException", 400, f"Invalid {kind} ARN")


def test_what_cannot_be_recovered_is_refused_in_awss_words(client):
    table, target = provisioned(client, GlobalSecondaryIndexes=[by_g()]), dynamodb.name()
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    setting = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=setting)
    backup = client.create_backup(TableName=table, BackupName="kept")["BackupDetails"]["BackupArn"]
    capacity = "Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST"
    once = "Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both"

    def recover(**asked):
        return lambda: client.restore_table_to_point_in_time(TargetTableName=target, **asked)

    def restore(**asked):
        return lambda: client.restore_table_from_backup(TargetTableName=target, BackupArn=backup, **asked)

    other = by_g(Projection={"ProjectionType": "KEYS_ONLY"})
    off = {"PointInTimeRecoveryEnabled": False, "RecoveryPeriodInDays": 3}
    for call, message in [
        (recover(UseLatestRestorableTime=True), "Must provide exactly one of: sourceTableArn, sourceTableName"),
        (recover(SourceTableArn=arn, SourceTableName=table), "Must provide exactly one of: sourceTableArn, sourceTableName"),
        (recover(SourceTableName=table), once),
        (recover(SourceTableName=table, UseLatestRestorableTime=True, RestoreDateTime=0), once),
        (restore(BillingModeOverride="PAY_PER_REQUEST", ProvisionedThroughputOverride=UNITS), capacity),
        (
            restore(GlobalSecondaryIndexOverride=[other]),
            "Index by-g does not match a secondary index that existed in the source table and cannot be created during the restore operation",
        ),
        (
            lambda: client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=off),
            "Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.",
        ),
        (
            lambda: client.export_table_to_point_in_time(TableArn=arn, S3Bucket="anywhere", ExportType="INCREMENTAL_EXPORT"),
            "ExportFromTime must be provided in IncrementalExportSpecification",
        ),
    ]:
        refused(call, "ValidationException", 400, f"Invalid Request: {message}")


def test_a_table_has_twenty_global_indexes(client):
    indexes = [by_g(IndexName=f"by-g-{at}") for at in range(21)]
    call = lambda: provisioned(client, GlobalSecondaryIndexes=indexes)  # noqa: E731
    limit = "GlobalSecondaryIndex count exceeds the per-table limit of 20"
    refused(call, "ValidationException", 400, INVALID + limit)
    table = provisioned(client, GlobalSecondaryIndexes=indexes[:20])
    more = {"AttributeDefinitions": definitions(h="S", g="S"), "GlobalSecondaryIndexUpdates": [{"Create": indexes[20]}]}
    refused(lambda: client.update_table(TableName=table, **more), "LimitExceededException", 400, limit)
