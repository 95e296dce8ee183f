"""Tables that come under a key of KMS, or leave it, while they are used."""

import threading
import time

import dynamodb
import pytest
import test_dynamodb_exports as exports
from conftest import refused, statement
from dynamodb import index, s
from test_dynamodb_kms import (  # noqa: F401 (fixtures)
    ITEM,
    KEY,
    OTHER,
    STREAM,
    back_up,
    by_group,
    can,
    create,
    ddb,
    described,
    key,
    kms,
    query,
    records,
    restored,
    shard_of,
    table,
    target_of,
    text,
    under,
)
from test_dynamodb_kms_own import fill, grants
from test_dynamodb_ttl import wait
from test_s3_kms import new_key

DEFAULT = {"SSESpecification": {"Enabled": False}}


@pytest.fixture
def plain(ddb):
    return make_plain(ddb)


def make_plain(client, **more):
    table = dynamodb.create(
        client,
        attributes=[("g", "S"), ("v", "S")],
        GlobalSecondaryIndexes=[index("by-g", "g")],
        LocalSecondaryIndexes=[index("own", "h", "v")],
        **more,
    )
    client.put_item(TableName=table, Item=ITEM)
    return table


def arrived(client, table):
    wait(lambda: described(client, table)["TableStatus"] == "ACTIVE")


def everything(client, table):
    """The items of a table, and whether its indexes have the same."""
    find = lambda **more: [
        item
        for page in client.get_paginator("scan").paginate(TableName=table, **more)
        for item in page["Items"]
    ]
    order = lambda item: (item["h"]["S"], int(item["r"]["N"]))
    items = sorted(find(), key=order)
    for name, attribute in (("by-g", "g"), ("own", "v")):
        assert sorted(find(IndexName=name), key=order) == [item for item in items if attribute in item]
    return items


def everything_in(client, table):
    return sorted(client.scan(TableName=table)["Items"], key=lambda item: item["h"]["S"])


def restore(client, backup, indexes=False, **more):
    call = target_of if indexes else restored
    return call(client, client.restore_table_from_backup, BackupArn=backup, **more)


def test_a_table_comes_under_a_key_and_leaves_it(root, ddb, kms, key, plain):
    user = can(root).client("dynamodb")
    answer = ddb.update_table(TableName=plain, **under(key))["TableDescription"]
    assert answer["TableStatus"] == "UPDATING" and answer["SSEDescription"]["Status"] == "UPDATING"
    shown = described(ddb, plain)
    assert shown["TableStatus"] == "UPDATING"
    assert shown["SSEDescription"] == {"Status": "UPDATING", "SSEType": "KMS", "KMSMasterKeyArn": key}
    # From now on the key is demanded, and the table is used as before.
    refused(lambda: user.get_item(TableName=plain, Key=KEY), "AccessDeniedException", 400)
    ddb.put_item(TableName=plain, Item=OTHER)
    assert everything(ddb, plain) == [ITEM, OTHER]
    refused(lambda: ddb.update_table(TableName=plain, **DEFAULT), "ResourceInUseException", 400)
    refused(lambda: back_up(ddb, plain), "TableInUseException", 400)
    arrived(ddb, plain)
    assert described(ddb, plain)["SSEDescription"]["Status"] == "ENABLED"
    assert everything(ddb, plain) == [ITEM, OTHER]
    refused(lambda: user.get_item(TableName=plain, Key=KEY), "AccessDeniedException", 400)
    kms.disable_key(KeyId=key)
    for read in (lambda: ddb.scan(TableName=plain), lambda: by_group(plain)(ddb), lambda: query(plain)(ddb)):
        refused(read, "AccessDeniedException", 400)
    kms.enable_key(KeyId=key)
    # And back.
    answer = ddb.update_table(TableName=plain, **DEFAULT)["TableDescription"]
    assert answer["SSEDescription"]["Status"] == "UPDATING"
    refused(lambda: user.get_item(TableName=plain, Key=KEY), "AccessDeniedException", 400)
    ddb.delete_item(TableName=plain, Key=OTHER)
    assert everything(ddb, plain) == [ITEM]
    arrived(ddb, plain)
    assert "SSEDescription" not in described(ddb, plain) and not grants(kms, key)
    kms.disable_key(KeyId=key)
    assert everything(user, plain) == [ITEM]
    user.update_item(TableName=plain, Key=KEY, UpdateExpression="REMOVE g")


def test_who_may_not_use_the_key_moves_no_table(root, ddb, kms, key, plain, table):
    making, granting = "kms:GenerateDataKey", "kms:CreateGrant"
    for given, missing in (([making], granting), ([granting], making)):
        user = can(root, statement("Allow", given, key)).client("dynamodb")
        answer = refused(lambda u=user: u.update_table(TableName=plain, **under(key)), "AccessDeniedException", 400)
        assert missing in text(answer)
    user = can(root, statement("Allow", [making, granting], key)).client("dynamodb")
    answer = refused(lambda: user.update_table(TableName=table, **DEFAULT), "AccessDeniedException", 400)
    assert "kms:Decrypt" in text(answer)
    kms.disable_key(KeyId=key)
    refused(lambda: ddb.update_table(TableName=table, **DEFAULT), "AccessDeniedException", 400)
    refused(lambda: ddb.update_table(TableName=plain, **under(key)), "ValidationException", 400)
    assert "SSEDescription" not in described(ddb, plain) and len(grants(kms, key)) == 1


def crosses(client, table, asked):
    client.update_table(TableName=table, **asked)
    arrived(client, table)


def iterator(streams, arn, **more):
    return streams.get_shard_iterator(**{**shard_of(streams, arn), **more})["ShardIterator"]


def after(streams, arn, record):
    """The new images of the records after one."""
    more = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": record["dynamodb"]["SequenceNumber"]}
    found = streams.get_records(ShardIterator=iterator(streams, arn, **more))["Records"]
    return [one["dynamodb"].get("NewImage") for one in found]


def test_a_stream_goes_along_and_its_records_stay_as_they_were_written(root, ddb, kms, key):
    streams = root.client("dynamodbstreams")
    user, reader = can(root), can(root, statement("Allow", "kms:Decrypt", key))
    user, reader = user.client("dynamodbstreams"), reader.client("dynamodbstreams")
    table = make_plain(ddb, StreamSpecification=STREAM)
    arn = described(ddb, table)["LatestStreamArn"]
    begun = iterator(streams, arn)
    ddb.update_table(TableName=table, **under(key))
    ddb.put_item(TableName=table, Item={**ITEM, "v": s("on its way")})
    # From the first step on the key is demanded.
    assert "kms:Decrypt" in text(refused(lambda: user.get_records(ShardIterator=begun), "AccessDeniedException", 400))
    assert records(reader, arn) == [ITEM, {**ITEM, "v": s("on its way")}]
    arrived(ddb, table)
    ddb.put_item(TableName=table, Item=OTHER)
    written = [ITEM, {**ITEM, "v": s("on its way")}, OTHER]
    assert records(reader, arn) == written
    kms.disable_key(KeyId=key)
    for read in (lambda: streams.get_records(ShardIterator=begun), lambda: iterator(streams, arn)):
        refused(read, "AccessDeniedException", 400)
    kms.enable_key(KeyId=key)
    # And back: what was written under the key stays under it, and nothing else.
    ddb.update_table(TableName=table, **DEFAULT)
    ddb.put_item(TableName=table, Item={**OTHER, "v": s("on its way")})
    arrived(ddb, table)
    ddb.put_item(TableName=table, Item={**OTHER, "v": s("the last")})
    whole = [*written, {**OTHER, "v": s("on its way")}, {**OTHER, "v": s("the last")}]
    assert records(reader, arn) == records(streams, arn) == whole
    all_of_it = streams.get_records(ShardIterator=iterator(streams, arn))["Records"]
    refused(lambda: records(user, arn), "AccessDeniedException", 400)
    assert after(user, arn, all_of_it[3]) == whole[4:]
    kms.disable_key(KeyId=key)
    refused(lambda: records(streams, arn), "AccessDeniedException", 400)
    assert after(user, arn, all_of_it[3]) == whole[4:]
    # Under another key, the records under the first one are still under that.
    kms.enable_key(KeyId=key)
    second = new_key(kms)
    crosses(ddb, table, under(second))
    ddb.delete_item(TableName=table, Key=KEY)
    assert records(streams, arn) == [*whole, None]
    kms.disable_key(KeyId=key)
    refused(lambda: records(streams, arn), "AccessDeniedException", 400)
    assert after(streams, arn, all_of_it[3]) == [*whole[4:], None]
    refused(lambda: after(user, arn, all_of_it[4]), "AccessDeniedException", 400)


def test_backups_stay_under_the_key_of_their_time(ddb, kms, key, plain):
    first = back_up(ddb, plain)
    ddb.update_table(TableName=plain, **under(key))
    refused(lambda: back_up(ddb, plain), "TableInUseException", 400)
    ddb.put_item(TableName=plain, Item=OTHER)
    arrived(ddb, plain)
    second = back_up(ddb, plain)
    ddb.put_item(TableName=plain, Item={**ITEM, "v": s("newer")})
    ddb.delete_item(TableName=plain, Key=OTHER)
    kms.disable_key(KeyId=key)
    made = restore(ddb, first)
    assert ddb.scan(TableName=made)["Items"] == [ITEM] and "SSEDescription" not in described(ddb, made)
    refused(lambda: restore(ddb, second), "AccessDeniedException", 400)
    kms.enable_key(KeyId=key)
    assert everything(ddb, restore(ddb, second, indexes=True)) == [ITEM, OTHER]
    crosses(ddb, plain, DEFAULT)
    third = back_up(ddb, plain)
    ddb.delete_item(TableName=plain, Key=KEY)
    made = restore(ddb, second)
    assert described(ddb, made)["SSEDescription"]["KMSMasterKeyArn"] == key
    kms.disable_key(KeyId=key)
    refused(lambda: restore(ddb, second), "AccessDeniedException", 400)
    assert ddb.scan(TableName=restore(ddb, first))["Items"] == [ITEM]
    assert ddb.scan(TableName=restore(ddb, third))["Items"] == [{**ITEM, "v": s("newer")}]
    for backup in (first, second, third):
        ddb.delete_backup(BackupArn=backup)
    assert everything(ddb, plain) == []


def recover(client, table, at, **more):
    return restored(client, client.restore_table_to_point_in_time, SourceTableName=table, RestoreDateTime=at, **more)


def test_the_past_goes_along_with_its_table(root, ddb, kms, key, bucket, plain):
    recovery = {"PointInTimeRecoveryEnabled": True}
    ddb.update_continuous_backups(TableName=plain, PointInTimeRecoverySpecification=recovery)
    time.sleep(2)
    begun = exports.second_after()
    ddb.put_item(TableName=plain, Item=OTHER)
    ddb.update_table(TableName=plain, **under(key))
    ddb.put_item(TableName=plain, Item={**ITEM, "v": s("on its way")})
    latest = {"SourceTableName": plain, "UseLatestRestorableTime": True}
    for read in (
        lambda: restored(ddb, ddb.restore_table_to_point_in_time, **latest),
        lambda: exports.export(ddb, described(ddb, plain)["TableArn"], bucket),
    ):
        refused(read, "TableInUseException", 400)
    arrived(ddb, plain)
    ddb.delete_item(TableName=plain, Key=OTHER)
    made = recover(ddb, plain, begun)
    assert described(ddb, made)["SSEDescription"]["KMSMasterKeyArn"] == key
    assert ddb.scan(TableName=made)["Items"] == [ITEM]
    at = exports.second_after()
    period = {"ExportFromTime": begun, "ExportToTime": at, "ExportViewType": "NEW_AND_OLD_IMAGES"}
    incremental = {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": period}
    arn = described(ddb, plain)["TableArn"]
    done = exports.ended(ddb, exports.export(ddb, arn, bucket, **incremental))
    [change] = exports.lines(root.client("s3"), done)[1]
    assert (change["OldImage"], change["NewImage"]) == (ITEM, {**ITEM, "v": s("on its way")}), "and nothing else changed"
    kms.disable_key(KeyId=key)
    refused(lambda: recover(ddb, plain, begun), "AccessDeniedException", 400)
    refused(lambda: exports.export(ddb, arn, bucket), "AccessDeniedException", 400)
    kms.enable_key(KeyId=key)
    # Away from the key, its past needs it no more.
    crosses(ddb, plain, DEFAULT)
    kms.disable_key(KeyId=key)
    made = recover(ddb, plain, begun)
    assert ddb.scan(TableName=made)["Items"] == [ITEM] and "SSEDescription" not in described(ddb, made)
    [found] = ddb.scan(TableName=recover(ddb, plain, at))["Items"]
    assert found["v"] == s("on its way")


@pytest.mark.parametrize("begun", [False, True])
def test_a_recoverable_table_leaves_a_backup_on_its_way(ddb, kms, key, plain, table, begun):
    recovery = {"PointInTimeRecoveryEnabled": True}
    for one, asked in ((plain, under(key)), (table, DEFAULT)):
        ddb.update_continuous_backups(TableName=one, PointInTimeRecoverySpecification=recovery)
        ddb.update_table(TableName=one, **asked)
        # After five seconds it is written as it will be, and after as many more it is stored anew.
        time.sleep(7 if begun else 0)
        ddb.put_item(TableName=one, Item=OTHER)
        ddb.delete_table(TableName=one)
        ddb.get_waiter("table_not_exists").wait(TableName=one)
        [left] = ddb.list_backups(TableName=one, BackupType="SYSTEM")["BackupSummaries"]
        made = restore(ddb, left["BackupArn"], indexes=True)
        assert described(ddb, made)["SSEDescription"]["KMSMasterKeyArn"] == key
        assert everything(ddb, made) == [ITEM, OTHER]
        default = restore(ddb, left["BackupArn"], SSESpecificationOverride={"Enabled": False})
        assert everything_in(ddb, default) == [ITEM, OTHER]
        kms.disable_key(KeyId=key)
        refused(lambda m=made: ddb.scan(TableName=m), "AccessDeniedException", 400)
        refused(lambda b=left["BackupArn"]: restore(ddb, b), "AccessDeniedException", 400)
        assert everything_in(ddb, default) == [ITEM, OTHER]
        kms.enable_key(KeyId=key)


def test_it_waits_for_the_key_and_can_be_deleted_meanwhile(ddb, kms, key, table, plain):
    ddb.update_table(TableName=plain, **under(key))
    kms.disable_key(KeyId=key)
    time.sleep(9)
    assert described(ddb, plain)["TableStatus"] == "UPDATING"
    refused(lambda: ddb.get_item(TableName=plain, Key=KEY), "AccessDeniedException", 400)
    ddb.delete_table(TableName=plain)
    ddb.get_waiter("table_not_exists").wait(TableName=plain)
    kms.enable_key(KeyId=key)
    # The other way.
    ddb.update_table(TableName=table, **DEFAULT)
    kms.disable_key(KeyId=key)
    time.sleep(9)
    assert described(ddb, table)["TableStatus"] == "UPDATING"
    refused(lambda: ddb.get_item(TableName=table, Key=KEY), "AccessDeniedException", 400)
    kms.enable_key(KeyId=key)
    arrived(ddb, table)
    assert everything(ddb, table) == [ITEM] and not grants(kms, key)


def hammer(client, table, stop, failures):
    """Changes and reads a few items over and over."""
    at = 0
    while not stop.is_set():
        at += 1
        item = {"h": s("hot"), "r": {"N": str(at % 7)}, "g": s(f"g-{at % 3}"), "v": s(f"v-{at}")}
        try:
            client.put_item(TableName=table, Item=item)
            found = client.get_item(TableName=table, Key={"h": item["h"], "r": item["r"]}, ConsistentRead=True)
            assert found["Item"] == item
            client.query(
                TableName=table,
                IndexName="by-g",
                KeyConditionExpression="g = :g",
                ExpressionAttributeValues={":g": item["g"]},
            )
            client.scan(TableName=table, Limit=20)
        except Exception as error:
            failures.append(error)


def replayed(streams, arn):
    """What a table holds to whom its stream tells it, from its beginning on."""
    told, at = {}, iterator(streams, arn)
    while True:
        page = streams.get_records(ShardIterator=at)
        for record in page["Records"]:
            change = record["dynamodb"]
            told[change["Keys"]["h"]["S"], change["Keys"]["r"]["N"]] = change.get("NewImage")
        if not page["Records"]:
            return [told[at] for at in sorted(told, key=lambda at: (at[0], int(at[1]))) if told[at]]
        at = page["NextShardIterator"]


def test_a_big_table_crosses_while_it_is_used_and_over_restarts(own_server):
    root = own_server.root()
    ddb, kms, streams = root.client("dynamodb"), root.client("kms"), root.client("dynamodbstreams")
    key, table = new_key(kms), make_plain(ddb, StreamSpecification=STREAM)
    arn = described(ddb, table)["LatestStreamArn"]
    recovery = {"PointInTimeRecoveryEnabled": True}
    ddb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    fill(ddb, table, 3000)
    backup, held = back_up(ddb, table), everything(ddb, table)
    at = exports.second_after()
    for asked in (under(key), DEFAULT):
        stop, failures = threading.Event(), []
        hammering = threading.Thread(target=hammer, args=(root.client("dynamodb"), table, stop, failures))
        hammering.start()
        ddb.update_table(TableName=table, **asked)
        arrived(ddb, table)
        stop.set()
        hammering.join()
        assert not failures, failures[0]
        found = everything(ddb, table)
        assert len(found) == 3000 + 1 + 7 and replayed(streams, arn) == found
    ddb.update_table(TableName=table, **under(key))
    # Killed at its first step, when it is written otherwise, and while it is stored anew.
    for pause in (1, 4.5, 0.3, 0.3):
        time.sleep(pause)
        own_server.kill()
        own_server.start()
    root = own_server.root()
    ddb, kms, streams = root.client("dynamodb"), root.client("kms"), root.client("dynamodbstreams")
    arrived(ddb, table)
    assert everything(ddb, table) == found == replayed(streams, arn)
    order = lambda item: (item["h"]["S"], int(item["r"]["N"]))
    kept = lambda made: sorted(
        (item for page in ddb.get_paginator("scan").paginate(TableName=made) for item in page["Items"]), key=order
    )
    made = recover(ddb, table, at)
    wait(lambda: described(ddb, made)["TableStatus"] == "ACTIVE")
    assert kept(made) == held
    kms.disable_key(KeyId=key)
    made = restore(ddb, backup)
    wait(lambda: described(ddb, made)["TableStatus"] == "ACTIVE")
    assert kept(made) == held, "it is under the default"
    refused(lambda: recover(ddb, table, at), "AccessDeniedException", 400)
