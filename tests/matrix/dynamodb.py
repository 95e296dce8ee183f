"""DynamoDB: one sample for every row of its table."""

from conftest import document, statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationTokenException", 400)
DENIED = ("AccessDeniedException", 400)

TAGS = [{"Key": "team", "Value": "a"}]
SCHEMA = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
KEY = {"id": {"S": "1"}}
RECOVERY = {"PointInTimeRecoveryEnabled": True}
TTL = {"Enabled": True, "AttributeName": "ends"}


def nothing(world, name):
    return {}


def table(world, name):
    made = world.dynamodb.create_table(TableName=name, Tags=TAGS, **SCHEMA)["TableDescription"]
    world.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    world.arns[name] = made["TableArn"]
    return {"TableName": name}


def arn(world, name):
    table(world, name)
    return {"ResourceArn": world.arns[name]}


def policy(resource):
    """A policy that denies what the matrix does not try."""
    return document({**statement("Deny", "dynamodb:Scan", resource), "Principal": "*"})


def new_policy(world, name):
    where = arn(world, name)
    return {**where, "Policy": policy(where["ResourceArn"])}


def with_policy(world, name):
    whole = new_policy(world, name)
    world.dynamodb.put_resource_policy(**whole)
    return {"ResourceArn": whole["ResourceArn"]}


def having(sample, **more):
    """What a sample sets up, and further parameters."""
    return lambda world, name: {**sample(world, name), **more}


def named(parameters):
    """Parameters that name the table of a sample."""
    return lambda world, name: parameters(table(world, name)["TableName"])


def backup(world, name):
    made = world.dynamodb.create_backup(**table(world, name), BackupName="matrix")["BackupDetails"]
    return {"BackupArn": made["BackupArn"]}


def restore(world, name):
    return {**backup(world, name), "TargetTableName": f"{name}-restored"}


def recovery(world, name):
    where = table(world, name)
    world.dynamodb.update_continuous_backups(**where, PointInTimeRecoverySpecification=RECOVERY)
    return {"SourceTableName": name, "TargetTableName": f"{name}-restored", "UseLatestRestorableTime": True}


def recoverable(world, name):
    """A table that can be exported, and where to."""
    recovery(world, name)
    return {"TableArn": world.arns[name], "S3Bucket": "matrix"}


def exported(world, name):
    made = world.dynamodb.export_table_to_point_in_time(**recoverable(world, name))["ExportDescription"]
    return {"ExportArn": made["ExportArn"]}


def importing(world, name):
    return {
        "S3BucketSource": {"S3Bucket": "matrix"},
        "InputFormat": "DYNAMODB_JSON",
        "TableCreationParameters": {"TableName": name, **SCHEMA},
    }


def imported(world, name):
    made = world.dynamodb.import_table(**importing(world, name))["ImportTableDescription"]
    return {"ImportArn": made["ImportArn"]}


def transaction(name):
    where = {"TableName": name}
    return {
        "TransactItems": [
            {"ConditionCheck": {**where, "Key": KEY, "ConditionExpression": "attribute_not_exists(id)"}},
            {"Put": {**where, "Item": {"id": {"S": "2"}}}},
            {"Update": {**where, "Key": {"id": {"S": "3"}}, "UpdateExpression": "REMOVE a"}},
            {"Delete": {**where, "Key": {"id": {"S": "4"}}}},
        ]
    }


def statements(world, name):
    """A transaction of statements of every kind; the item that one updates is there."""
    table(world, name)
    world.dynamodb.put_item(TableName=name, Item=KEY)
    texts = [
        "EXISTS(SELECT * FROM @ WHERE id = '1' AND a IS MISSING)",
        "INSERT INTO @ VALUE {'id': '2'}",
        "DELETE FROM @ WHERE id = '3'",
    ]
    update = "UPDATE @ SET a = 1 WHERE id = '4'"
    world.dynamodb.put_item(TableName=name, Item={"id": {"S": "4"}})
    return {"TransactStatements": [{"Statement": text.replace("@", f'"{name}"')} for text in [*texts, update]]}


SAMPLES = {
    "CreateTable": lambda world, name: {
        "TableName": name,
        "Tags": TAGS,
        "ResourcePolicy": policy(f"arn:aws:dynamodb:us-east-1:{world.account}:table/{name}"),
        **SCHEMA,
    },
    "DeleteTable": table,
    "DescribeTable": table,
    "ListTables": nothing,
    "UpdateTable": having(table, DeletionProtectionEnabled=False),
    "TagResource": having(arn, Tags=TAGS),
    "UntagResource": having(arn, TagKeys=["team"]),
    "ListTagsOfResource": arn,
    "PutResourcePolicy": new_policy,
    "GetResourcePolicy": with_policy,
    "DeleteResourcePolicy": with_policy,
    "UpdateTimeToLive": having(table, TimeToLiveSpecification=TTL),
    "DescribeTimeToLive": table,
    "DescribeLimits": nothing,
    "DescribeEndpoints": nothing,
    "CreateBackup": having(table, BackupName="matrix"),
    "DescribeBackup": backup,
    "ListBackups": nothing,
    "DeleteBackup": backup,
    "RestoreTableFromBackup": restore,
    "UpdateContinuousBackups": having(table, PointInTimeRecoverySpecification=RECOVERY),
    "DescribeContinuousBackups": table,
    "RestoreTableToPointInTime": recovery,
    "ExportTableToPointInTime": recoverable,
    "DescribeExport": exported,
    "ListExports": nothing,
    "ImportTable": importing,
    "DescribeImport": imported,
    "ListImports": nothing,
    "GetItem": having(table, Key=KEY),
    "PutItem": having(table, Item=KEY),
    "UpdateItem": having(table, Key=KEY),
    "DeleteItem": having(table, Key=KEY),
    "Query": having(table, KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": {"S": "1"}}),
    "Scan": table,
    "BatchGetItem": named(lambda name: {"RequestItems": {name: {"Keys": [KEY]}}}),
    "BatchWriteItem": named(lambda name: {"RequestItems": {name: [{"PutRequest": {"Item": KEY}}]}}),
    "TransactGetItems": named(lambda name: {"TransactItems": [{"Get": {"TableName": name, "Key": KEY}}]}),
    "TransactWriteItems": named(transaction),
    "ExecuteStatement": named(lambda name: {"Statement": f"SELECT * FROM \"{name}\" WHERE id = '1'"}),
    "BatchExecuteStatement": named(lambda name: {"Statements": [{"Statement": f"SELECT * FROM \"{name}\" WHERE id = '1'"}]}),
    "ExecuteTransaction": statements,
}

# Parameters that ask for more than the operation's own action.
ASKING = {"CreateTable": ("Tags", "ResourcePolicy")}

# What differs from run to run.
SHOWN = [(r"/(backup|export|import)/\d{14}-[0-9a-f]{8}", r"/\1/{id}")]

# Rows that are not decided as a whole.
APART = {"BatchExecuteStatement": "each statement is decided for itself; see tests/test_dynamodb_partiql_access.py"}

# Actions that a row may demand and its sample does not ask for.
UNASKED = {"ExecuteStatement": {f"dynamodb:PartiQL{what}" for what in ("Insert", "Update", "Delete")}}
