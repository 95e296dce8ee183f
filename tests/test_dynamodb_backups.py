"""Backups, and recovery to a point in time, with the stock client."""

import threading
import time
from datetime import datetime, timedelta, timezone

import dynamodb
import pytest
from conftest import refused
from dynamodb import n, s


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


def put(client, table, key, value, sort=1):
    client.put_item(TableName=table, Item={"h": s(key), "r": n(sort), "v": s(value)})


def filled(client, **more):
    table = dynamodb.create(client, **more)
    for number in range(5):
        put(client, table, f"key-{number}", f"value-{number}")
    return table


def content(client, table, **more):
    found = client.get_paginator("scan").paginate(TableName=table, ConsistentRead="IndexName" not in more, **more)
    return {(item["h"]["S"], item["r"]["N"]): item for page in found for item in page["Items"]}


def back_up(client, table, name="a-backup"):
    return client.create_backup(TableName=table, BackupName=name)["BackupDetails"]["BackupArn"]


def wait_for(client, table):
    waiter = client.get_waiter("table_exists")
    waiter.wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return table


def restore(client, backup, **more):
    table = dynamodb.name("restored")
    client.restore_table_from_backup(TargetTableName=table, BackupArn=backup, **more)
    return wait_for(client, table)


def describe(client, backup):
    return client.describe_backup(BackupArn=backup)["BackupDescription"]


def test_a_backup_is_what_the_table_was(client):
    table = filled(client)
    before = content(client, table)
    backup = back_up(client, table)
    put(client, table, "key-1", "changed")
    put(client, table, "key-1", "changed again")
    put(client, table, "new", "after the backup")
    client.delete_item(TableName=table, Key={"h": s("key-2"), "r": n(1)})
    second = content(client, table)
    later = back_up(client, table)
    put(client, table, "key-2", "back again")
    client.update_item(
        TableName=table,
        Key={"h": s("key-3"), "r": n(1)},
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": s("updated")},
    )
    third = content(client, table)
    assert content(client, restore(client, backup)) == before
    assert content(client, restore(client, later)) == second
    assert content(client, table) == third


def test_statements_keep_what_items_were(client):
    table = filled(client)
    before, backup = content(client, table), back_up(client, table)
    client.execute_statement(Statement=f"UPDATE \"{table}\" SET v = 'new' WHERE h = 'key-1' AND r = 1")
    client.batch_execute_statement(
        Statements=[{"Statement": f"DELETE FROM \"{table}\" WHERE h = 'key-2' AND r = 1"}]
    )
    client.execute_transaction(
        TransactStatements=[
            {"Statement": f"INSERT INTO \"{table}\" VALUE {{'h': 'more', 'r': 1}}"},
            {"Statement": f"UPDATE \"{table}\" SET v = 'new' WHERE h = 'key-3' AND r = 1"},
        ]
    )
    assert content(client, table) != before
    assert content(client, restore(client, backup)) == before


def test_backups_outlive_their_table(client):
    table = filled(client)
    before = content(client, table)
    backup = back_up(client, table)
    put(client, table, "key-1", "changed")
    client.delete_table(TableName=table)
    # A new table of the same name has nothing to do with the old one.
    dynamodb_create(client, table)
    assert content(client, restore(client, backup)) == before
    details = describe(client, backup)
    assert details["SourceTableDetails"]["TableName"] == table
    client.delete_backup(BackupArn=backup)
    refused(lambda: describe(client, backup), "BackupNotFoundException", 400)


def dynamodb_create(client, table):
    client.create_table(
        TableName=table,
        KeySchema=dynamodb.key_schema("h"),
        AttributeDefinitions=dynamodb.definitions(h="S"),
        BillingMode="PAY_PER_REQUEST",
    )
    wait_for(client, table)


def test_a_backup_tells_of_its_table(client):
    table = filled(client, GlobalSecondaryIndexes=[dynamodb.index("by-v", "v")], attributes=[("v", "S")])
    answer = client.create_backup(TableName=table, BackupName="nightly")["BackupDetails"]
    assert (answer["BackupName"], answer["BackupStatus"], answer["BackupType"]) == ("nightly", "CREATING", "USER")
    found = describe(client, answer["BackupArn"])
    shown = client.describe_table(TableName=table)["Table"]
    assert answer["BackupArn"].startswith(f"{shown['TableArn']}/backup/0")
    assert found["BackupDetails"]["BackupStatus"] == "AVAILABLE"
    source = found["SourceTableDetails"]
    assert (source["TableId"], source["TableArn"]) == (shown["TableId"], shown["TableArn"])
    assert (source["ItemCount"], source["BillingMode"]) == (5, "PAY_PER_REQUEST")
    assert source["TableSizeBytes"] == found["BackupDetails"]["BackupSizeBytes"] == shown["TableSizeBytes"]
    (index,) = found["SourceTableFeatureDetails"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by-v"


def test_a_restored_table_has_the_indexes_and_the_summary_but_not_the_rest(client):
    table = filled(
        client,
        attributes=[("v", "S")],
        GlobalSecondaryIndexes=[dynamodb.index("by-v", "v", projection="KEYS_ONLY")],
        LocalSecondaryIndexes=[dynamodb.index("local-v", "h", "v")],
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "a", "Value": "b"}],
    )
    backup = back_up(client, table)
    restored = dynamodb.name("restored")
    first = client.restore_table_from_backup(TargetTableName=restored, BackupArn=backup)["TableDescription"]
    assert (first["TableStatus"], first["RestoreSummary"]["RestoreInProgress"]) == ("CREATING", True)
    wait_for(client, restored)
    found = client.describe_table(TableName=restored)["Table"]
    summary = found["RestoreSummary"]
    assert (summary["SourceBackupArn"], summary["RestoreInProgress"]) == (backup, False)
    assert summary["RestoreDateTime"] == describe(client, backup)["BackupDetails"]["BackupCreationDateTime"]
    assert found["DeletionProtectionEnabled"] is False
    assert client.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"] == []
    assert len(content(client, restored, IndexName="by-v")) == 5
    hit = client.query(
        TableName=restored,
        IndexName="local-v",
        KeyConditionExpression="h = :h AND v = :v",
        ExpressionAttributeValues={":h": s("key-3"), ":v": s("value-3")},
    )
    assert hit["Count"] == 1


def test_indexes_and_capacity_can_be_others(client):
    table = filled(
        client,
        attributes=[("v", "S")],
        GlobalSecondaryIndexes=[dynamodb.index("by-v", "v")],
        LocalSecondaryIndexes=[dynamodb.index("local-v", "h", "v")],
    )
    backup = back_up(client, table)
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}
    kept = {**dynamodb.index("by-v", "v"), "ProvisionedThroughput": units}
    restored = restore(
        client,
        backup,
        BillingModeOverride="PROVISIONED",
        ProvisionedThroughputOverride=units,
        GlobalSecondaryIndexOverride=[kept],
        LocalSecondaryIndexOverride=[],
    )
    found = client.describe_table(TableName=restored)["Table"]
    assert found["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    assert "LocalSecondaryIndexes" not in found and len(found["GlobalSecondaryIndexes"]) == 1
    other = dynamodb.index("by-v", "v", projection="KEYS_ONLY")
    for wrong in [
        {"BillingModeOverride": "PROVISIONED"},
        {"ProvisionedThroughputOverride": units},
        {"GlobalSecondaryIndexOverride": [other]},
        {"GlobalSecondaryIndexOverride": [dynamodb.index("another", "v")]},
    ]:
        call = {"TargetTableName": dynamodb.name(), "BackupArn": backup, **wrong}
        refused(lambda call=call: client.restore_table_from_backup(**call), "ValidationException", 400)


def test_listings_find_backups_by_table_time_and_kind(client):
    table = filled(client)
    begin = datetime.now(timezone.utc) - timedelta(seconds=1)
    arns = [back_up(client, table, f"backup-{number}") for number in range(5)]

    def listed(**filters):
        return [one["BackupArn"] for one in client.list_backups(TableName=table, **filters)["BackupSummaries"]]

    assert listed() == listed(BackupType="ALL") == listed(TimeRangeLowerBound=begin) == arns
    assert listed(BackupType="SYSTEM") == listed(BackupType="AWS_BACKUP") == []
    assert listed(TimeRangeUpperBound=begin) == []
    pages = client.get_paginator("list_backups").paginate(TableName=table, PaginationConfig={"PageSize": 2})
    pages = [[one["BackupArn"] for one in page["BackupSummaries"]] for page in pages]
    assert pages == [arns[:2], arns[2:4], arns[4:]]
    middle = describe(client, arns[2])["BackupDetails"]["BackupCreationDateTime"]
    assert arns[2] in listed(TimeRangeLowerBound=middle) and arns[2] not in listed(TimeRangeUpperBound=middle)
    everywhere = client.get_paginator("list_backups").paginate()
    assert set(arns) <= {one["BackupArn"] for page in everywhere for one in page["BackupSummaries"]}
    client.delete_backup(BackupArn=arns[1])
    assert listed() == [arns[0], *arns[2:]]


def test_what_is_not_there_is_told_so(client):
    table = filled(client)
    backup = back_up(client, table)
    gone = backup[:-8] + "00000000"
    restored = dynamodb.name()
    for code, call in [
        ("TableNotFoundException", lambda: client.create_backup(TableName="no-table", BackupName="abc")),
        ("TableNotFoundException", lambda: client.describe_continuous_backups(TableName="no-table")),
        ("BackupNotFoundException", lambda: client.describe_backup(BackupArn=gone)),
        ("BackupNotFoundException", lambda: client.delete_backup(BackupArn=gone)),
        (
            "BackupNotFoundException",
            lambda: client.restore_table_from_backup(TargetTableName=restored, BackupArn=gone),
        ),
        (
            "TableAlreadyExistsException",
            lambda: client.restore_table_from_backup(TargetTableName=table, BackupArn=backup),
        ),
        ("ValidationException", lambda: client.create_backup(TableName=table, BackupName="a$b")),
        ("ValidationException", lambda: client.describe_backup(BackupArn="arn:aws:dynamodb:us-east-1:123456789012:table/abc")),
        (
            "NotImplemented",
            lambda: client.restore_table_from_backup(
                TargetTableName=restored, BackupArn=backup, OnDemandThroughputOverride={"MaxReadRequestUnits": 1}
            ),
        ),
    ]:
        refused(call, code)
    answer = refused(lambda: client.describe_backup(BackupArn=gone), "BackupNotFoundException", 400)
    assert answer["Error"]["Message"] == f"Backup not found: {gone}"


def test_a_backup_is_one_state_whatever_is_written_meanwhile(client):
    """Two accounts whose sum never changes, moved between by transactions: every backup has the whole sum."""
    table = dynamodb.create(client)
    keys = [{"h": s("a"), "r": n(1)}, {"h": s("b"), "r": n(1)}]
    for key in keys:
        client.put_item(TableName=table, Item={**key, "sum": n(1000)})
    stop, failures = threading.Event(), []

    def move(source, target):
        def change(key, by):
            return {
                "Update": {
                    "TableName": table,
                    "Key": key,
                    "UpdateExpression": "ADD #s :by",
                    "ExpressionAttributeNames": {"#s": "sum"},
                    "ExpressionAttributeValues": {":by": n(by)},
                }
            }

        while not stop.is_set():
            try:
                client.transact_write_items(TransactItems=[change(source, -1), change(target, 1)])
            except Exception as error:  # noqa: BLE001
                failures.append(error)

    movers = [threading.Thread(target=move, args=pair) for pair in (keys, keys[::-1])]
    for mover in movers:
        mover.start()
    backups = [back_up(client, table) for _ in range(6)]
    restored = [restore(client, backup) for backup in backups[:3]]
    stop.set()
    for mover in movers:
        mover.join()
    restored += [restore(client, backup) for backup in backups[3:]]
    assert not failures, failures
    for one in restored:
        assert sum(int(item["sum"]["N"]) for item in content(client, one).values()) == 2000


def recoverable(client, **specification):
    table = filled(client)
    specification = {"PointInTimeRecoveryEnabled": True, **specification}
    client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=specification)
    return table


def continuous(client, table):
    answer = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert answer["ContinuousBackupsStatus"] == "ENABLED"
    return answer["PointInTimeRecoveryDescription"]


def recover(client, table, at=None, **more):
    restored = dynamodb.name("recovered")
    when = {"RestoreDateTime": at} if at else {"UseLatestRestorableTime": True}
    client.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=restored, **when, **more)
    return wait_for(client, restored)


def second_after():
    """A second that is over, with nothing written in it or shortly after."""
    time.sleep(1.1)
    at = datetime.now(timezone.utc).replace(microsecond=0)
    time.sleep(3)
    return at


def test_a_table_is_recovered_to_the_second(client):
    table = recoverable(client)
    time.sleep(2)
    put(client, table, "key-1", "second state")
    client.delete_item(TableName=table, Key={"h": s("key-4"), "r": n(1)})
    second, at = content(client, table), second_after()
    put(client, table, "key-1", "third state")
    put(client, table, "key-4", "again")
    put(client, table, "key-9", "new")
    client.delete_item(TableName=table, Key={"h": s("key-0"), "r": n(1)})
    third = content(client, table)
    recovered = recover(client, table, at)
    assert content(client, recovered) == second
    summary = client.describe_table(TableName=recovered)["Table"]["RestoreSummary"]
    assert summary["RestoreDateTime"] == at and "SourceBackupArn" not in summary
    second_after()
    assert content(client, recover(client, table)) == third == content(client, table)


def test_only_times_within_the_period_can_be_recovered(client):
    table = filled(client)
    assert continuous(client, table) == {"PointInTimeRecoveryStatus": "DISABLED"}
    call = {"SourceTableName": table, "TargetTableName": dynamodb.name()}
    refused(
        lambda: client.restore_table_to_point_in_time(UseLatestRestorableTime=True, **call),
        "PointInTimeRecoveryUnavailableException",
        400,
    )
    on = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}
    answer = client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=on)
    found = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert (found["PointInTimeRecoveryStatus"], found["RecoveryPeriodInDays"]) == ("ENABLED", 7)
    earliest = found["EarliestRestorableDateTime"]
    for at in [earliest - timedelta(seconds=1), datetime.now(timezone.utc) + timedelta(days=1)]:
        wrong = {**call, "RestoreDateTime": at}
        refused(
            lambda wrong=wrong: client.restore_table_to_point_in_time(**wrong), "InvalidRestoreTimeException", 400
        )
    refused(lambda: client.restore_table_to_point_in_time(**call), "ValidationException", 400)
    longer = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 36}
    refused(
        lambda: client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=longer),
        "ValidationException",
        400,
    )
    off = {"PointInTimeRecoveryEnabled": False}
    client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=off)
    assert continuous(client, table)["PointInTimeRecoveryStatus"] == "DISABLED"


def test_enabling_again_changes_the_period_and_not_the_beginning(client):
    table = recoverable(client)
    first = continuous(client, table)
    assert first["RecoveryPeriodInDays"] == 35
    time.sleep(1.1)
    again = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 1}
    client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=again)
    second = continuous(client, table)
    assert second["RecoveryPeriodInDays"] == 1
    assert second["EarliestRestorableDateTime"] == first["EarliestRestorableDateTime"]


def test_a_deleted_table_that_could_be_recovered_leaves_a_backup(client):
    table = recoverable(client)
    put(client, table, "key-1", "last state")
    last = content(client, table)
    client.delete_table(TableName=table)
    assert client.list_backups(TableName=table)["BackupSummaries"] == []
    (backup,) = client.list_backups(TableName=table, BackupType="SYSTEM")["BackupSummaries"]
    assert backup["BackupName"] == f"{table}$DeletedTableBackup"
    assert backup["BackupExpiryDateTime"] - backup["BackupCreationDateTime"] == timedelta(days=35)
    refused(lambda: recover(client, table), "TableNotFoundException", 400)
    assert content(client, restore(client, backup["BackupArn"])) == last
    client.delete_backup(BackupArn=backup["BackupArn"])


def test_nobody_without_the_right_to_write_the_target_restores(root, client):
    table = filled(client)
    backup = back_up(client, table)
    given = [
        {"Effect": "Allow", "Action": "dynamodb:RestoreTableFromBackup", "Resource": "*"},
        {"Effect": "Allow", "Action": "dynamodb:*Item", "Resource": "*"},
    ]
    reader = root.user(policy=given).client("dynamodb")
    restored = dynamodb.name()
    answer = refused(
        lambda: reader.restore_table_from_backup(TargetTableName=restored, BackupArn=backup),
        "AccessDeniedException",
        400,
    )
    assert f"table/{restored}" in answer["Error"]["Message"]
    refused(lambda: client.describe_table(TableName=restored), "ResourceNotFoundException")


def big(client, items, **more):
    """A table of more items than are copied, indexed or deleted within one request."""
    table = dynamodb.create(client, **more)
    for start in range(0, items, 25):
        puts = [
            {"PutRequest": {"Item": {"h": s(f"h-{at}"), "r": n(at), "g": s(f"g-{at % 7}")}}}
            for at in range(start, min(start + 25, items))
        ]
        client.batch_write_item(RequestItems={table: puts})
    return table


def until(is_so, seconds=60):
    for _ in range(seconds * 10):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it never was so")


def status(client, table):
    return client.describe_table(TableName=table)["Table"]["TableStatus"]


def test_a_big_table_is_restored_indexed_and_deleted_in_the_background(own_server):
    """Even if the server ends meanwhile."""
    server = own_server
    client = server.root().client("dynamodb")
    table = big(client, 6000)
    before, backup = content(client, table), back_up(client, table)
    restored = dynamodb.name("restored")
    client.restore_table_from_backup(TargetTableName=restored, BackupArn=backup)
    if status(client, restored) == "CREATING":
        get = {"TableName": restored, "Key": {"h": s("h-1"), "r": n(1)}}
        refused(lambda: client.get_item(**get), "ResourceNotFoundException", 400)
        refused(lambda: client.delete_table(TableName=restored), "ResourceInUseException", 400)
        refused(lambda: client.delete_backup(BackupArn=backup), "BackupInUseException", 400)
    put(client, table, "h-1", "changed meanwhile")
    client.update_table(
        TableName=table,
        AttributeDefinitions=dynamodb.definitions(h="S", r="N", g="S"),
        GlobalSecondaryIndexUpdates=[{"Create": dynamodb.index("by-g", "g", "r")}],
    )
    server.kill()
    server.start()
    client = server.root().client("dynamodb")
    until(lambda: status(client, restored) == "ACTIVE")
    assert content(client, restored) == before

    def index():
        return client.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"][0]

    until(lambda: index()["IndexStatus"] == "ACTIVE")
    assert len(content(client, table, IndexName="by-g")) == 5999  # The changed one has no such attribute.
    client.delete_table(TableName=table)
    server.kill()
    server.start()
    client = server.root().client("dynamodb")
    until(lambda: table not in client.list_tables()["TableNames"])
    assert len(content(client, restore(client, backup))) == 6000
