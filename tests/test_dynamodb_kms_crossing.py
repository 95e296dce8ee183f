"""Tables that come under a key of KMS, or leave it, while they are used."""

import threading
import time

import dynamodb
import pytest
from botocore.exceptions import ClientError
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
    table,
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


def test_what_cannot_go_along_is_refused_by_name(ddb, kms, key, table, plain):
    streaming = dynamodb.create(ddb, StreamSpecification=STREAM)
    backed, recoverable = make_plain(ddb), make_plain(ddb)
    backup = back_up(ddb, backed)
    recovery = {"PointInTimeRecoveryEnabled": True}
    ddb.update_continuous_backups(TableName=recoverable, PointInTimeRecoverySpecification=recovery)
    sealed = back_up(ddb, table)
    for name, asked, what in (
        (streaming, under(key), "stream"),
        (backed, under(key), "backups"),
        (recoverable, under(key), "point-in-time"),
        (table, DEFAULT, "backups"),
    ):
        answer = refused(lambda n=name, a=asked: ddb.update_table(TableName=n, **a), "NotImplemented", 501)
        assert "SSESpecification" in text(answer) and what in text(answer)
    assert len(grants(kms, key)) == 1, "no grant is left over"
    # Once the past is gone, it goes.
    for one in (backup, sealed):
        ddb.delete_backup(BackupArn=one)

    def goes(name, asked):
        try:
            ddb.update_table(TableName=name, **asked)
        except ClientError as error:
            assert error.response["Error"]["Code"] in ("NotImplemented", "ResourceInUseException")
            return False
        return True

    wait(lambda: goes(backed, under(key)))
    wait(lambda: goes(table, DEFAULT))
    for name in (backed, table):
        arrived(ddb, name)
        assert everything(ddb, name) == [ITEM]


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


def test_a_big_table_crosses_while_it_is_used_and_over_restarts(own_server):
    root = own_server.root()
    ddb, kms = root.client("dynamodb"), root.client("kms")
    key, table = new_key(kms), make_plain(ddb)
    fill(ddb, table, 3000)
    for asked in (under(key), DEFAULT):
        stop, failures = threading.Event(), []
        hammering = threading.Thread(target=hammer, args=(root.client("dynamodb"), table, stop, failures))
        hammering.start()
        ddb.update_table(TableName=table, **asked)
        arrived(ddb, table)
        stop.set()
        hammering.join()
        assert not failures, failures[0]
        assert len(everything(ddb, table)) == 3000 + 1 + 7
    ddb.update_table(TableName=table, **under(key))
    time.sleep(5.5)
    own_server.kill()
    own_server.start()
    ddb = own_server.root().client("dynamodb")
    arrived(ddb, table)
    assert len(everything(ddb, table)) == 3000 + 1 + 7
