"""Tables under keys of KMS: whoever may use a table, and not its key, learns nothing of what lies in it."""

import time

import dynamodb
import pytest
from botocore.exceptions import ClientError
from conftest import document, fresh, kurodo, refused, statement
from dynamodb import index, n, s
from test_at_rest import search
from test_audit import tail
from test_s3_kms import new_key, put_policy

ITEM = {"h": s("a"), "r": n(1), "v": s("the-value"), "g": s("group")}
KEY = {"h": s("a"), "r": n(1)}
OTHER = {"h": s("b"), "r": n(1)}
ABSENT = {"ConditionExpression": "attribute_not_exists(h)"}


@pytest.fixture(scope="module")
def ddb(root):
    return root.client("dynamodb")


@pytest.fixture(scope="module")
def kms(root):
    return root.client("kms")


@pytest.fixture
def key(kms):
    return new_key(kms)


def under(key=None):
    chosen = {"KMSMasterKeyId": key} if key else {}
    return {"SSESpecification": {"Enabled": True, "SSEType": "KMS", **chosen}}


def create(client, key=None, **more):
    more.setdefault("attributes", [("g", "S"), ("v", "S")])
    more.setdefault("GlobalSecondaryIndexes", [index("by-g", "g")])
    more.setdefault("LocalSecondaryIndexes", [index("own", "h", "v")])
    return dynamodb.create(client, **under(key), **more)


@pytest.fixture
def table(ddb, key):
    table = create(ddb, key)
    ddb.put_item(TableName=table, Item=ITEM)
    return table


def described(client, table):
    return client.describe_table(TableName=table)["Table"]


def can(root, *more):
    """A user who may do everything with DynamoDB, and what else is given."""
    return root.user(policy=[statement("Allow", "dynamodb:*"), *more])


def decrypting(root, key, **more):
    return can(root, statement("Allow", "kms:Decrypt", key, **more)).client("dynamodb")


def text(answer):
    return answer["Error"]["Message"]


def query(table, **more):
    condition = {"KeyConditionExpression": "h = :h", "ExpressionAttributeValues": {":h": s("a")}}
    return lambda c: c.query(TableName=table, **{**condition, **more})


def by_group(table):
    return query(
        table, IndexName="by-g", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": s("group")}
    )


def writes(table, **one):
    return lambda c: c.transact_write_items(
        TransactItems=[{kind: {"TableName": table, **more}} for kind, more in one.items()]
    )


UPDATE = {"Key": KEY, "UpdateExpression": "SET w = :w", "ExpressionAttributeValues": {":w": n(1)}}


def paths(table):
    """Every way to what lies in a table."""
    own = f"\"{table}\""
    where = "WHERE h = 'a' AND r = 1"
    return {
        "get": lambda c: c.get_item(TableName=table, Key=KEY),
        "get what is not there": lambda c: c.get_item(TableName=table, Key=OTHER),
        "put": lambda c: c.put_item(TableName=table, Item=ITEM),
        "put with a condition": lambda c: c.put_item(TableName=table, Item=ITEM, **ABSENT),
        "update": lambda c: c.update_item(TableName=table, **UPDATE),
        "update with a condition": lambda c: c.update_item(TableName=table, **UPDATE, **ABSENT),
        "delete": lambda c: c.delete_item(TableName=table, Key=OTHER),
        "delete with a condition": lambda c: c.delete_item(TableName=table, Key=KEY, **ABSENT),
        "query": query(table),
        "count": query(table, Select="COUNT"),
        "query a global index": by_group(table),
        "query a local index": query(table, IndexName="own"),
        "scan": lambda c: c.scan(TableName=table),
        "scan an index": lambda c: c.scan(TableName=table, IndexName="by-g", Select="COUNT"),
        "batch get": lambda c: c.batch_get_item(RequestItems={table: {"Keys": [KEY]}}),
        "batch write": lambda c: c.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": ITEM}}]}),
        "transact get": lambda c: c.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": KEY}}]),
        "transact put": writes(table, Put={"Item": ITEM}),
        "transact update": writes(table, Update=UPDATE),
        "transact delete": writes(table, Delete={"Key": OTHER}),
        "transact check": writes(table, ConditionCheck={"Key": KEY, **ABSENT}),
        "select": lambda c: c.execute_statement(Statement=f"SELECT * FROM {own} {where}"),
        "select from an index": lambda c: c.execute_statement(Statement=f"SELECT * FROM {own}.\"by-g\" WHERE g = 'x'"),
        "insert": lambda c: c.execute_statement(Statement=f"INSERT INTO {own} VALUE {{'h': 'a', 'r': 1}}"),
        "set": lambda c: c.execute_statement(Statement=f"UPDATE {own} SET w = 1 {where}"),
        "delete by statement": lambda c: c.execute_statement(Statement=f"DELETE FROM {own} WHERE h = 'b' AND r = 1"),
        "batch of statements": lambda c: single(c, f"SELECT * FROM {own} {where}"),
        "batch of inserts": lambda c: single(c, f"INSERT INTO {own} VALUE {{'h': 'a', 'r': 1}}"),
        "transaction of selects": lambda c: c.execute_transaction(
            TransactStatements=[{"Statement": f"SELECT * FROM {own} {where}"}]
        ),
        "transaction of inserts": lambda c: c.execute_transaction(
            TransactStatements=[{"Statement": f"INSERT INTO {own} VALUE {{'h': 'a', 'r': 1}}"}]
        ),
    }


def single(client, text):
    """What one statement of a batch comes to: an error of its own is raised as if it were the request's."""
    [answer] = client.batch_execute_statement(Statements=[{"Statement": text}])["Responses"]
    if error := answer.get("Error"):
        code = {"AccessDenied": "AccessDeniedException"}.get(error["Code"], error["Code"])
        raise ClientError({"Error": {"Code": code, "Message": error["Message"]}}, "BatchExecuteStatement")
    return answer


def outcome(call, client):
    try:
        call(client)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"


# What a table says of its key.


def test_a_table_says_which_key_it_is_under(ddb, kms, key):
    alias = f"alias/{fresh('ddb')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    for name in (key, key.rsplit("/", 1)[1], alias, f"{key.rsplit(':', 1)[0]}:{alias}"):
        table = create(ddb, name)
        assert described(ddb, table)["SSEDescription"] == {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}
        ddb.put_item(TableName=table, Item=ITEM)
        assert ddb.get_item(TableName=table, Key=KEY)["Item"] == ITEM
        ddb.delete_table(TableName=table)


def test_without_a_name_it_is_the_accounts_own_key_for_dynamodb(root, ddb, kms):
    table = create(ddb)
    own = described(ddb, table)["SSEDescription"]["KMSMasterKeyArn"]
    assert kms.describe_key(KeyId="alias/aws/dynamodb")["KeyMetadata"]["Arn"] == own
    # The policy of that key lets all of the account use it by DynamoDB.
    user = can(root).client("dynamodb")
    user.put_item(TableName=table, Item=ITEM)
    assert user.get_item(TableName=table, Key=KEY)["Item"] == ITEM


def test_by_default_there_is_nothing_to_say(ddb):
    for more in ({}, {"SSESpecification": {"Enabled": False}}):
        table = dynamodb.create(ddb, **more)
        assert "SSEDescription" not in described(ddb, table)


def test_what_contradicts_itself_is_refused(ddb, key):
    for given, message in (
        ({"Enabled": True, "SSEType": "AES256"}, "SSEType AES256 is not supported"),
        ({"Enabled": True, "KMSMasterKeyId": key}, "SSEType KMS is required if KMSMasterKeyId is specified"),
        ({"Enabled": False, "SSEType": "KMS", "KMSMasterKeyId": key}, "SSEType"),
        ({"SSEType": "KMS"}, "SSEType"),
    ):
        answer = refused(lambda given=given: dynamodb.create(ddb, SSESpecification=given), "ValidationException", 400)
        assert message in text(answer)


def test_a_key_that_cannot_be_used_makes_no_table(ddb, kms, key):
    off, signing = new_key(kms), kms.create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256")
    kms.disable_key(KeyId=off)
    nothing = "00000000-0000-4000-8000-000000000000"
    names = ddb.list_tables()["TableNames"]
    for unfit in (off, signing["KeyMetadata"]["Arn"], nothing, "alias/nothing-of-this-name"):
        answer = refused(lambda unfit=unfit: create(ddb, unfit), "ValidationException", 400)
        assert "One or more parameter values were invalid" in text(answer), text(answer)
    assert set(ddb.list_tables()["TableNames"]) <= set(names)


# Who may.


def test_making_a_table_demands_a_data_key(root, key):
    user = can(root).client("dynamodb")
    answer = refused(lambda: create(user, key), "AccessDeniedException", 400)
    assert "kms:GenerateDataKey" in text(answer) and key in text(answer)
    create(can(root, statement("Allow", ["kms:GenerateDataKey", "kms:CreateGrant"], key)).client("dynamodb"), key)


def test_dynamodb_alone_lets_nobody_into_the_table(root, ddb, key, table):
    user, reader = can(root).client("dynamodb"), decrypting(root, key)
    for what, call in paths(table).items():
        answer = refused(lambda call=call: call(user), "AccessDeniedException")
        assert "kms:Decrypt" in text(answer) and key in text(answer), (what, text(answer))
    assert ddb.scan(TableName=table)["Items"] == [ITEM], "nothing was done"
    refusals = {
        "put with a condition": "ConditionalCheckFailedException",
        "update with a condition": "ConditionalCheckFailedException",
        "delete with a condition": "ConditionalCheckFailedException",
        "transact check": "TransactionCanceledException",
        "insert": "DuplicateItemException",
        "batch of inserts": "DuplicateItem",
        "transaction of inserts": "TransactionCanceledException",
    }
    for what, call in paths(table).items():
        assert outcome(call, reader) == refusals.get(what, "done"), what


def test_what_lies_in_a_table_is_not_told_by_refusals(root, ddb, key):
    """Two tables that differ in what lies in them refuse alike."""
    user, told = can(root).client("dynamodb"), []
    for items in ([], [ITEM, {**OTHER, "w": s("x" * 9000), "g": s("x")}]):
        table = create(ddb, key)
        for item in items:
            ddb.put_item(TableName=table, Item=item)
        answers = {}
        for what, call in paths(table).items():
            with pytest.raises(ClientError) as error:
                call(user)
            answer = error.value.response
            answers[what] = (answer["Error"]["Code"], text(answer), answer.get("Item"), answer.get("CancellationReasons"))
        told.append(answers)
    assert told[0] == told[1]


def test_a_batch_of_several_tables_demands_all_keys(root, ddb, kms, key, table):
    second = new_key(kms)
    shut, plain = create(ddb, second), dynamodb.create(ddb)
    ddb.put_item(TableName=shut, Item=ITEM)
    reader = decrypting(root, key)
    put = [{"PutRequest": {"Item": OTHER}}]
    for call in (
        lambda: reader.batch_get_item(RequestItems={one: {"Keys": [KEY]} for one in (table, shut, plain)}),
        lambda: reader.batch_write_item(RequestItems={one: put for one in (plain, shut, table)}),
        lambda: reader.transact_write_items(
            TransactItems=[{"Put": {"TableName": one, "Item": OTHER}} for one in (plain, table, shut)]
        ),
    ):
        assert second in text(refused(call, "AccessDeniedException", 400))
    for one in (table, shut, plain):
        assert "Item" not in ddb.get_item(TableName=one, Key=OTHER), "nothing of it was done"
    reader.transact_write_items(TransactItems=[{"Put": {"TableName": one, "Item": OTHER}} for one in (plain, table)])
    found = reader.batch_get_item(RequestItems={one: {"Keys": [OTHER]} for one in (table, plain)})["Responses"]
    assert found == {table: [OTHER], plain: [OTHER]}


def test_key_policies_see_dynamodb_and_the_table(root, ddb, kms, account):
    key = new_key(kms)
    table, second = create(ddb, key), create(ddb, key)
    user = can(root, statement("Allow", "kms:Decrypt", key)).client("dynamodb")
    conditions = (
        ({"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}, True),
        ({"kms:ViaService": "s3.us-east-1.amazonaws.com"}, False),
        ({"kms:EncryptionContext:aws:dynamodb:tableName": table}, True),
        ({"kms:EncryptionContext:aws:dynamodb:tableName": second}, False),
        ({"kms:EncryptionContext:aws:dynamodb:subscriberId": account}, True),
        ({"aws:CalledViaLast": "dynamodb.amazonaws.com"}, True),
    )
    for condition, fits in conditions:
        denying = statement("Deny", "kms:Decrypt", Principal="*", Condition={"StringNotEquals": condition})
        put_policy(kms, key, denying)
        got = outcome(lambda c: c.get_item(TableName=table, Key=KEY), user)
        assert got == ("done" if fits else "AccessDeniedException"), condition
    put_policy(kms, key)


def test_another_account_needs_the_key_beside_the_table(ddb, kms, key, table, other, account):
    who = {"Principal": {"AWS": f"arn:aws:iam::{other.account}:root"}}
    arn = described(ddb, table)["TableArn"]
    ddb.put_resource_policy(ResourceArn=arn, Policy=document(statement("Allow", "dynamodb:GetItem", arn, **who)))
    theirs = other.user(policy=[statement("Allow", ["dynamodb:*", "kms:*"])]).client("dynamodb")
    refused(lambda: theirs.get_item(TableName=arn, Key=KEY), "AccessDeniedException", 400)
    put_policy(kms, key, statement("Allow", "kms:Decrypt", **who))
    assert theirs.get_item(TableName=arn, Key=KEY)["Item"] == ITEM


# Keys that are off.


def test_a_key_that_is_off_opens_nothing(ddb, kms, key, table):
    kms.disable_key(KeyId=key)
    for what, call in paths(table).items():
        answer = refused(lambda call=call: call(ddb), "AccessDeniedException")
        assert "KMS key access denied error" in text(answer) and key in text(answer), (what, text(answer))
    shown = described(ddb, table)
    assert shown["TableStatus"] == "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
    assert shown["SSEDescription"]["InaccessibleEncryptionDateTime"]
    kms.enable_key(KeyId=key)
    assert ddb.get_item(TableName=table, Key=KEY)["Item"] == ITEM
    shown = described(ddb, table)
    assert shown["TableStatus"] == "ACTIVE" and "InaccessibleEncryptionDateTime" not in shown["SSEDescription"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    refused(lambda: ddb.get_item(TableName=table, Key=KEY), "AccessDeniedException", 400)
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert ddb.get_item(TableName=table, Key=KEY)["Item"] == ITEM


def test_a_table_is_deleted_without_its_key(root, ddb, kms, key, table):
    kms.disable_key(KeyId=key)
    can(root).client("dynamodb").delete_table(TableName=table)
    ddb.get_waiter("table_not_exists").wait(TableName=table)


# Other keys.


def test_a_table_goes_from_one_key_to_another(root, ddb, kms, key, table):
    second = new_key(kms)
    answer = ddb.update_table(TableName=table, **under(second))["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    assert answer["SSEDescription"] == {"Status": "UPDATING", "SSEType": "KMS", "KMSMasterKeyArn": second}
    assert described(ddb, table)["SSEDescription"]["Status"] == "ENABLED"
    kms.disable_key(KeyId=key)
    assert ddb.scan(TableName=table)["Items"] == [ITEM] and by_group(table)(ddb)["Items"] == [ITEM]
    kms.disable_key(KeyId=second)
    refused(lambda: ddb.scan(TableName=table), "AccessDeniedException", 400)
    kms.enable_key(KeyId=second)
    answer = refused(lambda: ddb.update_table(TableName=table, **under(second)), "ValidationException", 400)
    assert "already encrypted by given KMSMasterKey" in text(answer)


def test_going_to_another_key_demands_both(root, ddb, kms, key, table):
    second = new_key(kms)
    new, old = statement("Allow", ["kms:GenerateDataKey", "kms:CreateGrant"], second), statement("Allow", "kms:Decrypt", key)
    for given, missing in (([new], key), ([old], second), ([], key)):
        client = can(root, *given).client("dynamodb")
        answer = refused(lambda c=client: c.update_table(TableName=table, **under(second)), "AccessDeniedException", 400)
        assert missing in text(answer)
    assert described(ddb, table)["SSEDescription"]["KMSMasterKeyArn"] == key
    can(root, new, old).client("dynamodb").update_table(TableName=table, **under(second))
    assert described(ddb, table)["SSEDescription"]["KMSMasterKeyArn"] == second


# Streams.

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def shard_of(client, arn, of="TRIM_HORIZON"):
    [shard] = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": of}


def records(client, arn):
    """The new images of a stream's records."""
    iterator = client.get_shard_iterator(**shard_of(client, arn))["ShardIterator"]
    found = client.get_records(ShardIterator=iterator)["Records"]
    return [one["dynamodb"].get("NewImage") for one in found]


def test_a_stream_has_the_key_of_its_table(root, ddb, kms, key):
    streams = root.client("dynamodbstreams")
    table = create(ddb, key, StreamSpecification=STREAM)
    arn = described(ddb, table)["LatestStreamArn"]
    ddb.put_item(TableName=table, Item=ITEM)
    ddb.delete_item(TableName=table, Key=KEY)
    assert records(streams, arn) == [ITEM, None]
    iterator = streams.get_shard_iterator(**shard_of(streams, arn))["ShardIterator"]
    user = can(root).client("dynamodbstreams")
    for call in (
        lambda: user.get_records(ShardIterator=iterator),
        lambda: user.get_shard_iterator(**shard_of(user, arn)),
        lambda: user.get_shard_iterator(**shard_of(user, arn, "LATEST")),
    ):
        answer = refused(call, "AccessDeniedException", 400)
        assert "kms:Decrypt" in text(answer) and key in text(answer)
    reader = can(root, statement("Allow", "kms:Decrypt", key)).client("dynamodbstreams")
    assert records(reader, arn) == [ITEM, None]
    kms.disable_key(KeyId=key)
    refused(lambda: streams.get_records(ShardIterator=iterator), "AccessDeniedException", 400)
    kms.enable_key(KeyId=key)
    # It follows its table to another key, and outlives it.
    second = new_key(kms)
    ddb.update_table(TableName=table, **under(second))
    kms.disable_key(KeyId=key)
    ddb.put_item(TableName=table, Item=OTHER)
    assert records(streams, arn) == [ITEM, None, OTHER]
    ddb.delete_table(TableName=table)
    assert records(streams, arn) == [ITEM, None, OTHER]
    kms.disable_key(KeyId=second)
    refused(lambda: records(streams, arn), "AccessDeniedException", 400)


def test_a_stream_that_is_switched_on_later_is_sealed_as_well(root, ddb, kms, key, table):
    streams = root.client("dynamodbstreams")
    ddb.update_table(TableName=table, StreamSpecification=STREAM)
    arn = described(ddb, table)["LatestStreamArn"]
    ddb.put_item(TableName=table, Item=OTHER)
    assert records(streams, arn) == [OTHER]
    ddb.update_table(TableName=table, StreamSpecification={"StreamEnabled": False})
    # One that was switched off stays under the key of that time.
    second = new_key(kms)
    ddb.update_table(TableName=table, **under(second))
    kms.disable_key(KeyId=key)
    refused(lambda: records(streams, arn), "AccessDeniedException", 400)
    assert ddb.get_item(TableName=table, Key=OTHER)["Item"] == OTHER


def back_up(client, table):
    return client.create_backup(TableName=table, BackupName="kept")["BackupDetails"]["BackupArn"]


WITHOUT_INDEXES = {"GlobalSecondaryIndexOverride": [], "LocalSecondaryIndexOverride": []}


def target_of(client, call, **more):
    """The name of the table that a call restores to."""
    target = dynamodb.name()
    call(TargetTableName=target, **more)
    client.get_waiter("table_exists").wait(TableName=target)
    return target


def restored(client, call, **more):
    return target_of(client, call, **WITHOUT_INDEXES, **more)


def restore(client, backup, **more):
    return restored(client, client.restore_table_from_backup, BackupArn=backup, **more)


def test_a_table_under_a_key_counts_its_items_unopened(ddb, kms, key, table):
    kms.disable_key(KeyId=key)
    shown = described(ddb, table)
    assert shown["ItemCount"] == 1 and 0 < shown["TableSizeBytes"] < 200


# In the trail, and on the disk.


def test_the_trail_has_what_kms_was_asked(server, root, ddb, key, table):
    ddb.get_item(TableName=table, Key=KEY)
    time.sleep(0.3)
    asked = [one for one in tail(server, 200) if one["service"].lower() == "kms" and one["operation"] == "Decrypt"]
    assert asked and asked[-1]["decision"]["verdict"] == "allowed", asked


def test_nothing_of_it_is_on_the_disk_and_it_outlives_a_restart(own_server):
    root = own_server.root()
    ddb, kms = root.client("dynamodb"), root.client("kms")
    key, word = new_key(kms), fresh("unmistakable")
    table = create(ddb, key)
    ddb.put_item(TableName=table, Item={**ITEM, "w": s(word)})
    assert own_server.stop() == 0
    assert not list(search(own_server.data_dir, [word]))
    kurodo("check", "--data-dir", own_server.data_dir)
    own_server.start()
    ddb, kms = root.client("dynamodb"), root.client("kms")
    assert ddb.get_item(TableName=table, Key=KEY)["Item"]["w"] == s(word)
    kms.disable_key(KeyId=key)
    own_server.stop()
    own_server.start()
    refused(lambda: root.client("dynamodb").get_item(TableName=table, Key=KEY), "AccessDeniedException", 400)
