"""Tables under keys of KMS that another account has, and lets theirs use."""

import time

import pytest
from conftest import new_account, refused, statement
from dynamodb import n, s
from test_dynamodb_kms import (  # noqa: F401 (fixtures)
    ITEM,
    KEY,
    OTHER,
    back_up,
    can,
    create,
    ddb,
    described,
    key,
    kms,
    outcome,
    restore,
    text,
    under,
)
from test_dynamodb_kms_crossing import arrived, make_plain
from test_dynamodb_kms_own import HOST, grants
from test_dynamodb_ttl import expire_by, wait
from test_s3_kms import new_key, put_policy

USING = ["kms:GenerateDataKey", "kms:Decrypt", "kms:CreateGrant"]


@pytest.fixture(scope="module")
def keepers(other):
    """KMS, as the account that has the keys calls it."""
    return other.client("kms")


def lets(account, actions=USING, **more):
    return statement("Allow", actions, Principal={"AWS": f"arn:aws:iam::{account}:root"}, **more)


@pytest.fixture
def theirs(keepers, account):
    return new_key(keepers, lets(account))


def test_their_key_decides_by_its_policy_and_by_those_of_the_caller(root, ddb, keepers, account):
    theirs, names = new_key(keepers), ddb.list_tables()["TableNames"]
    for missing in USING[0], USING[2]:
        put_policy(keepers, theirs, lets(account, [one for one in USING if one != missing]))
        answer = refused(lambda: create(ddb, theirs), "AccessDeniedException", 400)
        assert missing in text(answer)
    assert set(ddb.list_tables()["TableNames"]) <= set(names) and not grants(keepers, theirs)
    put_policy(keepers, theirs, lets(account))
    user = can(root).client("dynamodb")
    answer = refused(lambda: create(user, theirs), "AccessDeniedException", 400)
    assert "kms:GenerateDataKey" in text(answer)
    maker = can(root, statement("Allow", USING, theirs)).client("dynamodb")
    table = create(maker, theirs)
    assert described(ddb, table)["SSEDescription"]["KMSMasterKeyArn"] == theirs
    maker.put_item(TableName=table, Item=ITEM)
    refused(lambda: user.get_item(TableName=table, Key=KEY), "AccessDeniedException", 400)
    # What their policy says of the way holds, and what it says no more does not.
    conditions = (
        ({"kms:ViaService": HOST}, True),
        ({"kms:ViaService": "s3.us-east-1.amazonaws.com"}, False),
        ({"kms:CallerAccount": account}, True),
        ({"kms:CallerAccount": "999999999999"}, False),
        ({"kms:EncryptionContext:aws:dynamodb:tableName": table}, True),
        ({"kms:EncryptionContext:aws:dynamodb:tableName": "another"}, False),
        ({"aws:CalledViaLast": "dynamodb.amazonaws.com"}, True),
    )
    for condition, fits in conditions:
        put_policy(keepers, theirs, lets(account, Condition={"StringEquals": condition}))
        got = outcome(lambda c: c.get_item(TableName=table, Key=KEY), maker)
        assert got == ("done" if fits else "AccessDeniedException"), condition
    put_policy(keepers, theirs)
    refused(lambda: ddb.get_item(TableName=table, Key=KEY), "AccessDeniedException", 400)


def test_dynamodb_has_a_grant_on_their_key_which_they_see_and_revoke(root, ddb, keepers, theirs, account):
    table = create(ddb, theirs)
    [grant] = grants(keepers, theirs)
    assert grant["GranteePrincipal"] == grant["RetiringPrincipal"] == HOST
    assert grant["IssuingAccount"] == f"arn:aws:iam::{account}:root"
    context = {"aws:dynamodb:tableName": table, "aws:dynamodb:subscriberId": account}
    assert grant["Constraints"] == {"EncryptionContextSubset": context}
    # By it DynamoDB does what nobody asks for.
    ddb.put_item(TableName=table, Item={**ITEM, "until": n(int(time.time()) - 9)})
    expire_by(ddb, table)
    wait(lambda: described(ddb, table)["ItemCount"] == 0)
    keepers.revoke_grant(KeyId=theirs, GrantId=grant["GrantId"])
    second = create(ddb, theirs)
    assert len(grants(keepers, theirs)) == 1
    for one in (table, second):
        ddb.delete_table(TableName=one)
        ddb.get_waiter("table_not_exists").wait(TableName=one)
    assert not grants(keepers, theirs), "it is given up with its table"


def test_a_table_comes_under_their_key_and_leaves_it(ddb, kms, key, keepers, theirs):
    table = make_plain(ddb)
    ddb.update_table(TableName=table, **under(theirs))
    arrived(ddb, table)
    backup = back_up(ddb, table)
    # To one of its own account, by an alias of theirs back again, and from it.
    ddb.update_table(TableName=table, **under(key))
    keepers.disable_key(KeyId=theirs)
    assert ddb.get_item(TableName=table, Key=KEY)["Item"] == ITEM
    refused(lambda: restore(ddb, backup), "AccessDeniedException", 400)
    keepers.enable_key(KeyId=theirs)
    made = restore(ddb, backup)
    assert described(ddb, made)["SSEDescription"]["KMSMasterKeyArn"] == theirs
    alias = f"alias/shared-{theirs.rsplit('/', 1)[1]}"
    keepers.create_alias(AliasName=alias, TargetKeyId=theirs)
    ddb.update_table(TableName=table, **under(f"{theirs.split(':key/')[0]}:{alias}"))
    assert described(ddb, table)["SSEDescription"]["KMSMasterKeyArn"] == theirs
    assert not grants(kms, key)
    ddb.update_table(TableName=table, SSESpecification={"Enabled": False})
    arrived(ddb, table)
    ddb.delete_table(TableName=made)
    ddb.get_waiter("table_not_exists").wait(TableName=made)
    assert not grants(keepers, theirs)
    keepers.disable_key(KeyId=theirs)
    assert ddb.get_item(TableName=table, Key=KEY)["Item"] == ITEM


def test_their_keys_that_are_for_themselves_make_no_table(ddb, keepers, other, account):
    managed = create(other.client("dynamodb"))
    managed = described(other.client("dynamodb"), managed)["SSEDescription"]["KMSMasterKeyArn"]
    refused(lambda: create(ddb, managed), "AccessDeniedException", 400)
    off = new_key(keepers, lets(account))
    keepers.disable_key(KeyId=off)
    refused(lambda: create(ddb, off), "ValidationException", 400)


def test_that_their_key_is_off_is_known_over_restarts(own_server):
    root, owner = own_server.root(), new_account(own_server, "owner")
    ddb, keepers = root.client("dynamodb"), owner.client("kms")
    theirs = new_key(keepers, lets(root.account))
    table, second = create(ddb, theirs), create(ddb, theirs)
    ddb.put_item(TableName=table, Item={**OTHER, "v": s("kept")})
    keepers.disable_key(KeyId=theirs)
    refused(lambda: ddb.get_item(TableName=table, Key=OTHER), "AccessDeniedException", 400)
    status = lambda client, table: described(client, table)["TableStatus"]
    off = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
    assert status(ddb, table) == status(ddb, second) == off
    time.sleep(2)
    own_server.kill()
    own_server.start()
    ddb = own_server.root().client("dynamodb")
    assert status(ddb, table) == status(ddb, second) == off
    owner.client("kms").enable_key(KeyId=theirs)
    assert ddb.get_item(TableName=table, Key=OTHER)["Item"]["v"] == s("kept")
    assert status(ddb, table) == status(ddb, second) == "ACTIVE"
