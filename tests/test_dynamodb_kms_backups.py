"""Backups, recovery to a point in time and exports of tables under keys of KMS."""

import time

import test_dynamodb_exports as exports
from conftest import refused, statement
from dynamodb import s
from test_dynamodb_kms import (  # noqa: F401 (fixtures)
    ITEM,
    KEY,
    OTHER,
    back_up,
    can,
    create,
    ddb,
    decrypting,
    described,
    key,
    kms,
    restore,
    restored,
    table,
    text,
    under,
)
from test_s3_kms import new_key


def test_a_backup_has_the_key_of_its_table(root, ddb, kms, key, table):
    backup = back_up(ddb, table)
    ddb.put_item(TableName=table, Item={**ITEM, "v": s("newer")})
    ddb.put_item(TableName=table, Item=OTHER)
    features = ddb.describe_backup(BackupArn=backup)["BackupDescription"]["SourceTableFeatureDetails"]
    assert features["SSEDescription"] == {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}
    # The table goes to another key; the backup stays under the one of its time.
    second = new_key(kms)
    ddb.update_table(TableName=table, **under(second))
    target = restore(ddb, backup)
    assert described(ddb, target)["SSEDescription"]["KMSMasterKeyArn"] == key
    assert ddb.scan(TableName=target)["Items"] == [ITEM]
    other = restore(ddb, backup, SSESpecificationOverride=under(second)["SSESpecification"])
    assert described(ddb, other)["SSEDescription"]["KMSMasterKeyArn"] == second
    kms.disable_key(KeyId=key)
    assert ddb.scan(TableName=other)["Items"] == [ITEM]
    refused(lambda: ddb.scan(TableName=target), "AccessDeniedException", 400)
    refused(lambda: restore(ddb, backup), "AccessDeniedException", 400)
    ddb.delete_backup(BackupArn=backup)


def test_backups_demand_the_key(root, ddb, key, table):
    backup, user = back_up(ddb, table), can(root).client("dynamodb")
    for call in (lambda: back_up(user, table), lambda: restore(user, backup)):
        answer = refused(call, "AccessDeniedException", 400)
        assert "kms:Decrypt" in text(answer) and key in text(answer)
    # A new table is made under the key, too.
    answer = refused(lambda: restore(decrypting(root, key), backup), "AccessDeniedException", 400)
    assert "kms:GenerateDataKey" in text(answer)
    both = can(root, statement("Allow", ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"], key)).client("dynamodb")
    assert both.scan(TableName=restore(both, backup))["Items"] == [ITEM]


def test_a_table_is_recovered_to_a_point_in_time_by_its_key(root, ddb, kms, key, table):
    recoverable = {"PointInTimeRecoveryEnabled": True}
    ddb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recoverable)
    time.sleep(3)
    ddb.put_item(TableName=table, Item=OTHER)
    time.sleep(3)
    ddb.put_item(TableName=table, Item={**ITEM, "v": s("newest")})
    ddb.delete_item(TableName=table, Key=OTHER)
    latest = {"SourceTableName": table, "UseLatestRestorableTime": True}
    target = restored(ddb, ddb.restore_table_to_point_in_time, **latest)
    found = ddb.scan(TableName=target)["Items"]
    assert {one["h"]["S"] for one in found} == {"a", "b"} and ITEM in found
    user = can(root).client("dynamodb")
    answer = refused(lambda: restored(user, user.restore_table_to_point_in_time, **latest), "AccessDeniedException", 400)
    assert "kms:Decrypt" in text(answer)
    # Its deletion leaves a backup, which is under the key.
    ddb.delete_table(TableName=table)
    [left] = ddb.list_backups(TableName=table, BackupType="SYSTEM")["BackupSummaries"]
    assert ddb.scan(TableName=restore(ddb, left["BackupArn"]))["Items"] == [{**ITEM, "v": s("newest")}]
    kms.disable_key(KeyId=key)
    refused(lambda: restore(ddb, left["BackupArn"]), "AccessDeniedException", 400)


# Exports.


def recoverable(client, key):
    table = create(client, key)
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    client.put_item(TableName=table, Item=ITEM)
    time.sleep(2)
    return described(client, table)["TableArn"]


def test_an_export_opens_the_table_in_the_name_of_who_asks(root, ddb, kms, key, bucket):
    s3, arn = root.client("s3"), recoverable(ddb, key)
    begun = exports.second_after()
    ddb.update_item(TableName=arn, Key=KEY, UpdateExpression="SET v = :v", ExpressionAttributeValues={":v": s("newer")})
    at = exports.second_after()
    full = exports.ended(ddb, exports.export(ddb, arn, bucket, ExportTime=at))
    newer = {**ITEM, "v": s("newer")}
    assert exports.lines(s3, full)[1] == [{"Item": newer}]
    period = {"ExportFromTime": begun, "ExportToTime": at, "ExportViewType": "NEW_AND_OLD_IMAGES"}
    changes = exports.export(
        ddb, arn, bucket, ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=period
    )
    [change] = exports.lines(s3, exports.ended(ddb, changes))[1]
    assert change["NewImage"] == newer and change["OldImage"] == ITEM
    user = can(root, statement("Allow", "s3:*")).client("dynamodb")
    answer = refused(lambda: exports.export(user, arn, bucket), "AccessDeniedException", 400)
    assert "kms:Decrypt" in text(answer) and key in text(answer)
    kms.disable_key(KeyId=key)
    refused(lambda: exports.export(ddb, arn, bucket), "AccessDeniedException", 400)
