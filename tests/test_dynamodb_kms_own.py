"""What DynamoDB does by itself with tables under keys of KMS: by a grant on the key, and no longer than it has it."""

import time

import dynamodb
import pytest
import test_dynamodb_imports as imports
from conftest import refused, statement
from dynamodb import index, n, s
from test_at_rest import search
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
    records,
    restored,
    table,
    target_of,
    text,
    under,
)
from test_dynamodb_ttl import expire_by, wait
from test_s3_kms import new_key, put_policy

HOST = "dynamodb.us-east-1.amazonaws.com"
# For how long DynamoDB does not ask KMS again, and how often it looks for what expires.
RESTS, LOOKS = 30, 10


def grants(kms, key):
    return kms.list_grants(KeyId=key)["Grants"]


def keys_of(client, table, **more):
    return sorted(item["h"]["S"] for item in client.scan(TableName=table, **more)["Items"])


def over(**more):
    return {**ITEM, "until": n(int(time.time()) - 9), **more}


# The grant.


def test_a_table_gives_dynamodb_a_grant_for_itself(ddb, kms, key, table, account):
    [grant] = grants(kms, key)
    assert grant["GranteePrincipal"] == grant["RetiringPrincipal"] == HOST
    context = {"aws:dynamodb:tableName": table, "aws:dynamodb:subscriberId": account}
    assert grant["Constraints"] == {"EncryptionContextSubset": context}
    assert sorted(grant["Operations"]) == ["Decrypt", "RetireGrant"]
    # It goes with the table to another key, and is given up with it, even where the key is off.
    second = new_key(kms)
    ddb.update_table(TableName=table, **under(second))
    assert not grants(kms, key) and len(grants(kms, second)) == 1
    kms.disable_key(KeyId=second)
    ddb.delete_table(TableName=table)
    ddb.get_waiter("table_not_exists").wait(TableName=table)
    assert not grants(kms, second)


def test_making_a_table_demands_the_grant(root, ddb, kms, key):
    making = statement("Allow", "kms:GenerateDataKey", key)
    answer = refused(lambda: create(can(root, making).client("dynamodb"), key), "AccessDeniedException", 400)
    assert "kms:CreateGrant" in text(answer)
    conditions = {
        "Bool": {"kms:GrantIsForAWSResource": "true"},
        "StringEquals": {"kms:GranteePrincipal": HOST, "kms:ViaService": HOST},
        "ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt", "RetireGrant"]},
    }
    granting = statement("Allow", "kms:CreateGrant", key, Condition=conditions)
    create(can(root, making, granting).client("dynamodb"), key)
    assert len(grants(kms, key)) == 1


def test_a_table_that_is_not_made_leaves_no_grant(ddb, kms, key, table):
    held = grants(kms, key)
    create_again = {"TableName": table, "KeySchema": dynamodb.key_schema("h"), "BillingMode": "PAY_PER_REQUEST"}
    refused(
        lambda: ddb.create_table(
            **create_again, AttributeDefinitions=dynamodb.definitions(h="S"), **under(key)
        ),
        "ResourceInUseException",
    )
    refused(lambda: ddb.update_table(TableName=table, **under(key)), "ValidationException")
    assert grants(kms, key) == held


def test_nobody_else_names_a_service_in_a_grant(kms, key):
    for host in (HOST, "dynamodb.amazonaws.com"):
        refused(
            lambda host=host: kms.create_grant(KeyId=key, GranteePrincipal=host, Operations=["Decrypt"]),
            "InvalidArnException",
            400,
        )


# Time to live.


def test_items_expire_in_a_table_under_a_key(root, ddb, kms, key):
    table = create(ddb, key, StreamSpecification=STREAM)
    ddb.put_item(TableName=table, Item=over())
    ddb.put_item(TableName=table, Item={**OTHER, "until": n(int(time.time()) + 9000), "g": s("group")})
    # Who may do nothing with the key can order it: DynamoDB has its own grant.
    user = can(root).client("dynamodb")
    expire_by(user, table)
    wait(lambda: keys_of(ddb, table) == ["b"])
    assert keys_of(ddb, table, IndexName="by-g") == ["b"]
    arn = described(ddb, table)["LatestStreamArn"]
    assert records(root.client("dynamodbstreams"), arn)[-1] is None, "it was removed"


def test_expiry_waits_for_the_key(ddb, kms, key, table):
    expire_by(ddb, table)
    kms.disable_key(KeyId=key)
    kms.enable_key(KeyId=key)
    ddb.put_item(TableName=table, Item=over())
    kms.disable_key(KeyId=key)
    time.sleep(RESTS + LOOKS + 2)
    assert described(ddb, table)["ItemCount"] == 1
    assert described(ddb, table)["TableStatus"] == "INACCESSIBLE_ENCRYPTION_CREDENTIALS", "DynamoDB found out"
    kms.enable_key(KeyId=key)
    wait(lambda: described(ddb, table)["ItemCount"] == 0)
    assert described(ddb, table)["TableStatus"] == "ACTIVE"


def test_expiry_waits_for_the_grant(root, ddb, kms, key, table):
    expire_by(ddb, table)
    [grant] = grants(kms, key)
    kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
    ddb.put_item(TableName=table, Item=over())
    time.sleep(RESTS + LOOKS + 2)
    assert ddb.get_item(TableName=table, Key=KEY)["Item"]["v"] == ITEM["v"]
    # Whoever orders it anew gives the grant, if he may.
    off = {"Enabled": False, "AttributeName": "until"}
    ddb.update_time_to_live(TableName=table, TimeToLiveSpecification=off)
    user = can(root).client("dynamodb")
    answer = refused(lambda: expire_by(user, table), "AccessDeniedException", 400)
    assert "kms:CreateGrant" in text(answer)
    expire_by(ddb, table)
    assert len(grants(kms, key)) == 1
    wait(lambda: "Item" not in ddb.get_item(TableName=table, Key=KEY))


def test_a_policy_that_denies_dynamodb_holds_for_what_it_does_by_itself(ddb, kms, key, table):
    denying = statement("Deny", "kms:Decrypt", Principal={"Service": HOST})
    put_policy(kms, key, denying)
    answer = refused(lambda: expire_by(ddb, table), "AccessDeniedException", 400)
    assert "kms:Decrypt" in text(answer)
    assert len(grants(kms, key)) == 1, "no grant that opens nothing is left"
    # Nor is anything begun that would never end.
    plain, backup = dynamodb.create(ddb), back_up(ddb, table)
    held = grants(kms, key)
    for call in (
        lambda: restore(ddb, backup),
        lambda: restore(ddb, back_up(ddb, plain), **override(key)),
        lambda: ddb.update_table(TableName=dynamodb.create(ddb), **under(key)),
        lambda: imports.load(ddb, "no-bucket", table=imports.parameters(**under(key))),
        lambda: add_index(ddb, table),
    ):
        answer = refused(call, "AccessDeniedException", 400)
        assert "kms:Decrypt" in text(answer)
    assert grants(kms, key) == held
    put_policy(kms, key)
    expire_by(ddb, table)


def test_the_accounts_own_key_for_dynamodb_does_as_well(ddb, kms):
    table = create(ddb)
    own = described(ddb, table)["SSEDescription"]["KMSMasterKeyArn"]

    def of_table():
        held = [grant["Constraints"]["EncryptionContextSubset"] for grant in grants(kms, own)]
        return [context for context in held if context["aws:dynamodb:tableName"] == table]

    assert len(of_table()) == 1
    expire_by(ddb, table)
    ddb.put_item(TableName=table, Item=over())
    wait(lambda: "Item" not in ddb.get_item(TableName=table, Key=KEY))
    ddb.delete_table(TableName=table)
    ddb.get_waiter("table_not_exists").wait(TableName=table)
    assert not of_table()


# Indexes.

NEW = {"IndexName": "by-w", "KeySchema": dynamodb.key_schema("w"), "Projection": {"ProjectionType": "ALL"}}


def add_index(client, table):
    client.update_table(
        TableName=table,
        AttributeDefinitions=dynamodb.definitions(w="S"),
        GlobalSecondaryIndexUpdates=[{"Create": NEW}],
    )


def index_status(client, table, name="by-w"):
    found = {one["IndexName"]: one["IndexStatus"] for one in described(client, table)["GlobalSecondaryIndexes"]}
    return found.get(name)


def fill(client, table, count):
    for first in range(0, count, 25):
        puts = [
            {"PutRequest": {"Item": {"h": s(f"h-{at}"), "r": n(at), "w": s("w"), "pad": s("x" * 500)}}}
            for at in range(first, first + 25)
        ]
        client.batch_write_item(RequestItems={table: puts})


def in_index(client, table):
    pages = client.get_paginator("scan").paginate(TableName=table, IndexName="by-w")
    return [item for page in pages for item in page["Items"]]


def test_an_index_is_added_to_a_table_under_a_key(root, ddb, kms, key, table):
    ddb.put_item(TableName=table, Item={**OTHER, "w": s("word")})
    user = can(root).client("dynamodb")
    add_index(user, table)
    wait(lambda: index_status(ddb, table) == "ACTIVE")
    found = in_index(ddb, table)
    assert found == [{**OTHER, "w": s("word")}]
    refused(lambda: in_index(user, table), "AccessDeniedException", 400)
    ddb.delete_item(TableName=table, Key=OTHER)
    assert in_index(ddb, table) == []
    # It goes again without the key.
    kms.disable_key(KeyId=key)
    ddb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-w"}}])
    wait(lambda: index_status(ddb, table) is None)
    answer = refused(lambda: add_index(ddb, table), "AccessDeniedException", 400)
    assert "KMS key access denied error" in text(answer)


def test_an_index_of_a_big_table_is_filled_in_the_background_after_a_restart(own_server):
    root = own_server.root()
    ddb, kms = root.client("dynamodb"), root.client("kms")
    key = new_key(kms)
    table = create(ddb, key)
    fill(ddb, table, 6000)
    add_index(ddb, table)
    own_server.kill()
    own_server.start()
    ddb = own_server.root().client("dynamodb")
    wait(lambda: index_status(ddb, table) == "ACTIVE")
    assert len(in_index(ddb, table)) == 6000
    own_server.stop()
    assert not list(search(own_server.data_dir, ["x" * 500]))


# Restores with indexes, and to other keys.


def restore(client, backup, **more):
    return target_of(client, client.restore_table_from_backup, BackupArn=backup, **more)


def override(key=None):
    asked = under(key)["SSESpecification"] if key else {"Enabled": False}
    return {"SSESpecificationOverride": asked}


def test_a_restored_table_has_its_indexes(root, ddb, kms, key, table):
    backup, second = back_up(ddb, table), new_key(kms)
    for more, under_key in (({}, key), (override(second), second)):
        target = restore(ddb, backup, **more)
        assert described(ddb, target)["SSEDescription"]["KMSMasterKeyArn"] == under_key
        for name in ("by-g", "own"):
            assert ddb.scan(TableName=target, IndexName=name)["Items"] == [ITEM]
        assert by_group(target)(ddb)["Items"] == [ITEM]
        ddb.delete_item(TableName=target, Key=KEY)
        assert by_group(target)(ddb)["Items"] == []
    ddb.delete_backup(BackupArn=backup)


def test_a_table_is_recovered_with_its_indexes(ddb, key, table):
    recoverable = {"PointInTimeRecoveryEnabled": True}
    ddb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recoverable)
    time.sleep(4)
    target = dynamodb.name()
    latest = {"SourceTableName": table, "UseLatestRestorableTime": True}
    ddb.restore_table_to_point_in_time(TargetTableName=target, **latest)
    ddb.get_waiter("table_exists").wait(TableName=target)
    assert by_group(target)(ddb)["Items"] == [ITEM]


def test_a_restore_takes_a_table_to_a_key_and_from_it(root, ddb, kms, key, table):
    plain = dynamodb.create(
        ddb,
        attributes=[("g", "S"), ("v", "S")],
        GlobalSecondaryIndexes=[index("by-g", "g")],
        LocalSecondaryIndexes=[index("own", "h", "v")],
    )
    ddb.put_item(TableName=plain, Item=ITEM)
    sealed = restore(ddb, back_up(ddb, plain), **override(key))
    assert described(ddb, sealed)["SSEDescription"]["KMSMasterKeyArn"] == key
    held = len(grants(kms, key))
    opened = restore(ddb, back_up(ddb, table), **override())
    assert "SSEDescription" not in described(ddb, opened)
    assert len(grants(kms, key)) == held, "the grant by which it was filled is given up"
    for target in (sealed, opened):
        assert ddb.scan(TableName=target)["Items"] == [ITEM]
        assert by_group(target)(ddb)["Items"] == [ITEM]
    kms.disable_key(KeyId=key)
    refused(lambda: ddb.scan(TableName=sealed), "AccessDeniedException", 400)
    refused(lambda: by_group(sealed)(ddb), "AccessDeniedException", 400)
    assert ddb.scan(TableName=opened)["Items"] == [ITEM]
    kms.enable_key(KeyId=key)
    # What lies under the key comes from under it only for who may use it.
    user = can(root, statement("Allow", ["kms:GenerateDataKey", "kms:CreateGrant"], key)).client("dynamodb")
    answer = refused(lambda: restore(user, back_up(ddb, table), **override()), "AccessDeniedException", 400)
    assert "kms:Decrypt" in text(answer)


def test_a_restore_waits_for_the_key(own_server):
    """A big one that is sealed anew, over a restart; nothing of it is on the disk in the open."""
    root = own_server.root()
    ddb, kms = root.client("dynamodb"), root.client("kms")
    key = new_key(kms)
    table = create(ddb, key, attributes=[("w", "S")], GlobalSecondaryIndexes=[NEW], LocalSecondaryIndexes=[
        index("own", "h", "w")
    ])
    fill(ddb, table, 6000)
    target, backup = dynamodb.name(), back_up(ddb, table)
    ddb.restore_table_from_backup(TargetTableName=target, BackupArn=backup, **override(new_key(kms)))
    kms.disable_key(KeyId=described(ddb, target)["SSEDescription"]["KMSMasterKeyArn"])
    own_server.kill()
    own_server.start()
    root = own_server.root()
    ddb, kms = root.client("dynamodb"), root.client("kms")
    if described(ddb, target)["TableStatus"] == "CREATING":
        time.sleep(5)
        assert described(ddb, target)["TableStatus"] == "CREATING"
    kms.enable_key(KeyId=described(ddb, target)["SSEDescription"]["KMSMasterKeyArn"])
    wait(lambda: described(ddb, target)["TableStatus"] == "ACTIVE")
    assert len(in_index(ddb, target)) == 6000
    own_server.stop()
    assert not list(search(own_server.data_dir, ["x" * 500]))


# Imports.


@pytest.fixture
def s3(root):
    return root.client("s3")


bucket = imports.bucket


def test_an_import_fills_a_table_under_a_key(root, ddb, kms, key, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=imports.lines([ITEM, OTHER]))
    parameters = imports.parameters(
        AttributeDefinitions=dynamodb.definitions(h="S", r="N", g="S"),
        GlobalSecondaryIndexes=[index("by-g", "g")],
        **under(key),
    )
    token = {"ClientToken": "the-token-of-the-import"}
    begun = imports.load(ddb, bucket, table=parameters, **token)
    assert begun["TableCreationParameters"]["SSESpecification"]["KMSMasterKeyId"] == key
    again = imports.load(ddb, bucket, table=parameters, **token)
    assert again["ImportArn"] == begun["ImportArn"] and len(grants(kms, key)) == 1
    default = {name: value for name, value in parameters.items() if name != "SSESpecification"}
    refused(lambda: imports.load(ddb, bucket, table=default, **token), "ImportConflictException", 400)
    done = imports.ended(ddb, begun)
    assert done["ImportStatus"] == "COMPLETED", done.get("FailureMessage")
    target = imports.name_of(done)
    assert described(ddb, target)["SSEDescription"]["KMSMasterKeyArn"] == key
    assert keys_of(ddb, target) == ["a", "b"] and keys_of(ddb, target, IndexName="by-g") == ["a"]
    user = can(root).client("dynamodb")
    refused(lambda: user.scan(TableName=target), "AccessDeniedException", 400)
    kms.disable_key(KeyId=key)
    refused(lambda: ddb.scan(TableName=target), "AccessDeniedException", 400)


def test_an_import_demands_the_key_and_fails_without_it(root, ddb, kms, key, s3, bucket):
    body = imports.lines({**ITEM, "r": n(at), "w": s("x" * 4000)} for at in range(6000))
    s3.put_object(Bucket=bucket, Key="a", Body=body)
    user = can(root, statement("Allow", "s3:*")).client("dynamodb")
    asked = {"table": imports.parameters(**under(key))}
    answer = refused(lambda: imports.load(user, bucket, **asked), "AccessDeniedException", 400)
    assert "kms:GenerateDataKey" in text(answer)
    begun = imports.load(ddb, bucket, **asked)
    kms.disable_key(KeyId=key)
    done = imports.ended(ddb, begun)
    assert (done["ImportStatus"], done["FailureCode"]) == ("FAILED", "KMSAccessDenied")
    kms.enable_key(KeyId=key)
    assert described(ddb, imports.name_of(done))["ItemCount"] == done["ImportedItemCount"]


# Keys that cannot be used.


def test_a_restart_does_not_forget_that_a_key_cannot_be_used(own_server):
    root = own_server.root()
    ddb, kms = root.client("dynamodb"), root.client("kms")
    key = new_key(kms)
    table, second = create(ddb, key), create(ddb, key)
    kms.disable_key(KeyId=key)
    refused(lambda: ddb.get_item(TableName=table, Key=KEY), "AccessDeniedException", 400)

    def since(client, table):
        shown = described(client, table)
        return shown["TableStatus"], shown["SSEDescription"].get("InaccessibleEncryptionDateTime")

    found = since(ddb, table)
    assert found[0] == "INACCESSIBLE_ENCRYPTION_CREDENTIALS" and found[1]
    time.sleep(2)
    own_server.kill()
    own_server.start()
    ddb, kms = own_server.root().client("dynamodb"), own_server.root().client("kms")
    assert since(ddb, table) == since(ddb, second) == found
    kms.enable_key(KeyId=key)
    ddb.get_item(TableName=table, Key=KEY)
    assert since(ddb, table) == since(ddb, second) == ("ACTIVE", None)
    time.sleep(2)
    own_server.kill()
    own_server.start()
    assert since(own_server.root().client("dynamodb"), second) == ("ACTIVE", None)
