"""Streams under keys of KMS: nobody puts or reads whom the key does not let, from one request to the next."""

import datetime
import json
import time

import kinesis
import pytest
from botocore.exceptions import EventStreamError
from clock import signing_ahead
from conftest import allow, document, fresh, kurodo, refused, statement
from kinesis import consumer, create, iterator, patiently, records, settled
from test_at_rest import search
from test_audit import tail
from test_kinesis import HOUR, ahead
from test_logs import logs, stream  # noqa: F401
from test_logs_metrics import eventually
from test_logs_subscriptions import PUT, forwarded, role, subscribe
from test_logs_subscriptions import put as log
from test_s3_kms import USE, key, kms, new_key, put_policy  # noqa: F401

FIRST = "shardId-000000000000"
OWN = "alias/aws/kinesis"
DENIED = "KMSAccessDeniedException"
MIB = 1 << 20


@pytest.fixture(scope="module")
def client(root):
    return root.client("kinesis")


def encrypt(client, name, key):
    """Lets a stream's records be encrypted, and waits until they are."""
    client.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
    return settled(client, name)


def encrypted(client, key):
    """A stream whose records are encrypted; gives its name and ARN."""
    name, arn = create(client)
    encrypt(client, name, key)
    return name, arn


def put(client, name, data=b"content", **more):
    return client.put_record(StreamName=name, PartitionKey="k", Data=data, **more)


def read(client, name):
    return [record["Data"] for record in records(client, name)]


def text(answer):
    return answer["Error"]["Message"]


def can(root, *more):
    """A user who may do everything with Kinesis, and what else is given."""
    return root.user(policy=[statement("Allow", "kinesis:*"), *more])


def denied(call, action, arn):
    """Refused by KMS, for want of this action on this key; and nothing else is told."""
    answer = refused(call, DENIED, 400)
    assert action in text(answer) and arn in text(answer), text(answer)
    assert set(answer) <= {"Error", "ResponseMetadata", "message"}, answer


def pushed(client, consumer, kind="TRIM_HORIZON"):
    """What a consumer is pushed, record by record."""
    asked = {"ConsumerARN": consumer, "ShardId": FIRST, "StartingPosition": {"Type": kind}}
    for event in client.subscribe_to_shard(**asked)["EventStream"]:
        yield from event["SubscribeToShardEvent"]["Records"]


def ends(subscription, code):
    """The subscription ends with this error, and gives nothing before."""
    with pytest.raises(EventStreamError) as error:
        next(subscription)
    assert error.value.response["Error"]["Code"] == code, error.value.response
    return error.value.response


# What is told, and what is stored.


def test_encryption_begins_and_ends_and_all_records_are_read(client, key):
    name, arn = create(client)
    summary = lambda: client.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]  # noqa: E731
    shown = lambda found: (found["EncryptionType"], found.get("KeyId"))  # noqa: E731
    assert "EncryptionType" not in put(client, name, b"1")
    client.start_stream_encryption(StreamARN=arn, EncryptionType="KMS", KeyId=key)
    assert summary()["StreamStatus"] == "UPDATING" and shown(summary()) == ("NONE", None)
    busy = lambda: encrypt(client, name, key)  # noqa: E731
    refused(busy, "ResourceInUseException", 400, f"Stream {name} under account {arn.split(':')[4]} not ACTIVE, instead in state UPDATING")
    put(client, name, b"2")
    assert shown(settled(client, name)) == shown(summary()) == ("KMS", key)
    assert put(client, name, b"3")["EncryptionType"] == "KMS"
    many = client.put_records(StreamName=name, Records=[{"PartitionKey": "other", "Data": b"4"}])
    assert many["EncryptionType"] == "KMS" and many["FailedRecordCount"] == 0
    client.stop_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
    assert summary()["StreamStatus"] == "UPDATING" and shown(summary()) == ("KMS", key)
    assert shown(settled(client, name)) == ("NONE", None)
    put(client, name, b"5")
    found = records(client, name)
    assert [(one["Data"], one["PartitionKey"]) for one in found] == [
        (b"1", "k"), (b"2", "k"), (b"3", "k"), (b"4", "other"), (b"5", "k")
    ]  # fmt: skip
    assert [one.get("EncryptionType") for one in found] == [None, None, "KMS", "KMS", None]
    assert found == first_pushed(client, arn, len(found))


def first_pushed(client, arn, count):
    subscription = pushed(client, consumer(client, arn))
    return [next(subscription) for _ in range(count)]


def test_a_key_has_several_names_and_any_of_them_stops_it(client, kms, key):
    alias = f"alias/{fresh('kinesis')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    key_id, by_arn = key.rsplit("/", 1)[1], f"{key.rsplit(':', 1)[0]}:{alias}"
    name, _ = create(client)
    other = new_key(kms)
    for named, stopped in ((key, key_id), (key_id, key), (alias, by_arn), (by_arn, alias), (alias, key)):
        assert encrypt(client, name, named)["KeyId"] == named
        put(client, name)
        stop = lambda key: client.stop_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)  # noqa: E731
        refused(lambda: stop(other), "InvalidArgumentException", 400)
        stop(stopped)  # noqa: B023
        assert settled(client, name)["EncryptionType"] == "NONE"
    stop(key)
    assert settled(client, name)["EncryptionType"] == "NONE"
    assert read(client, name) == [b"content"] * 5


def test_another_key_takes_over(client, kms):
    one, two = new_key(kms), new_key(kms)
    name, _ = encrypted(client, one)
    put(client, name, b"1")
    assert encrypt(client, name, two)["KeyId"] == two
    put(client, name, b"2")
    assert read(client, name) == [b"1", b"2"]
    kms.disable_key(KeyId=one)
    put(client, name, b"3")
    assert one in text(refused(lambda: read(client, name), "KMSDisabledException", 400))
    kms.enable_key(KeyId=one)
    kms.disable_key(KeyId=two)
    refused(lambda: put(client, name, b"4"), "KMSDisabledException", 400)
    page = client.get_records(ShardIterator=iterator(client, name), Limit=1)
    assert [one["Data"] for one in page["Records"]] == [b"1"]
    refused(lambda: client.get_records(ShardIterator=page["NextShardIterator"]), "KMSDisabledException", 400)


def test_a_rotated_key_opens_what_it_sealed_before(client, kms, key):
    name, _ = encrypted(client, key)
    put(client, name, b"before")
    kms.rotate_key_on_demand(KeyId=key)
    put(client, name, b"after")
    assert read(client, name) == [b"before", b"after"]


def test_large_records_and_many(client, key):
    """What is sealed counts for what was put: a shard takes a mebibyte in a second, and no byte more."""
    name, _ = encrypted(client, key)
    large = b"x" * (MIB - 1)
    put(client, name, large)
    refused(lambda: put(client, name, b"x" * 500_000), kinesis.THROTTLED, 400)
    over = lambda: put(client, name, b"x" * (MIB + 1))  # noqa: E731
    refused(over, "ValidationException", 400)
    assert read(client, name) == [large]
    name, _ = create(client, shards=2)
    encrypt(client, name, key)
    many = [{"PartitionKey": f"k{at}", "Data": f"{at}".encode()} for at in range(500)]
    assert client.put_records(StreamName=name, Records=many)["FailedRecordCount"] == 0
    found = kinesis.everything(client, name)
    assert sorted((one["PartitionKey"], one["Data"]) for one in found) == sorted(
        (one["PartitionKey"], one["Data"]) for one in many
    )


def test_times_are_found_without_the_key(root, client, key):
    name, _ = encrypted(client, key)
    put(client, name, b"1")
    time.sleep(0.05)
    middle = datetime.datetime.now(datetime.UTC)
    time.sleep(0.05)
    put(client, name, b"2")
    at = {"kind": "AT_TIMESTAMP", "Timestamp": middle}
    assert [one["Data"] for one in records(client, name, **at)] == [b"2"]
    user = can(root).client("kinesis")
    denied(lambda: records(user, name, **at), "kms:Decrypt", key)
    assert records(user, name, kind="LATEST") == []


# Who may.


def test_kinesis_alone_lets_nobody_use_a_key(root, client, key):
    name, _ = create(client)
    put(client, name, b"plain")
    encrypt(client, name, key)
    user, putter = can(root).client("kinesis"), can(root, statement("Allow", "kms:GenerateDataKey", key)).client("kinesis")
    reader = can(root, statement("Allow", "kms:Decrypt", key)).client("kinesis")
    many = lambda who: who.put_records(StreamName=name, Records=[{"PartitionKey": "k", "Data": b"x"}])  # noqa: E731
    for who in (user, reader):
        denied(lambda: put(who, name), "kms:GenerateDataKey", key)  # noqa: B023
        denied(lambda: many(who), "kms:GenerateDataKey", key)  # noqa: B023
    assert read(user, name) == [b"plain"]
    put(putter, name)
    many(putter)
    for who in (user, putter):
        denied(lambda: read(who, name), "kms:Decrypt", key)  # noqa: B023
        # What is not encrypted is read as before.
        page = patiently(who.get_records, ShardIterator=iterator(who, name), Limit=1)
        assert [one["Data"] for one in page["Records"]] == [b"plain"]
    assert read(reader, name) == [b"plain", b"content", b"x"]


def test_who_may_not_read_uses_nothing_of_what_the_shard_gives(root, client, key):
    name, _ = encrypted(client, key)
    put(client, name, b"x" * (MIB - 1))
    time.sleep(1.1)
    put(client, name, b"x" * (MIB - 1))
    time.sleep(1.1)
    put(client, name, b"x" * (MIB - 1))
    user, place = can(root).client("kinesis"), iterator(client, name)
    for _ in range(2):
        denied(lambda: user.get_records(ShardIterator=place), "kms:Decrypt", key)
    assert len(client.get_records(ShardIterator=place)["Records"]) == 3
    refused(lambda: client.get_records(ShardIterator=place), kinesis.THROTTLED, 400)


def test_a_producer_that_lost_its_right_puts_nothing_more(root, client, key):
    name, _ = encrypted(client, key)
    user = can(root, statement("Allow", USE, key))
    theirs = user.client("kinesis")
    put(theirs, name, b"1")
    assert read(theirs, name) == [b"1"]
    allow(root.client("iam"), user.name, [statement("Allow", "kinesis:*")])
    denied(lambda: put(theirs, name, b"2"), "kms:GenerateDataKey", key)
    denied(lambda: read(theirs, name), "kms:Decrypt", key)
    assert read(client, name) == [b"1"]


def test_a_subscription_needs_the_key_for_every_event(root, client, key):
    name, arn = encrypted(client, key)
    put(client, name, b"1")
    reader = consumer(client, arn)
    nobody = can(root).client("kinesis")
    told = ends(pushed(nobody, reader), DENIED)
    assert "kms:Decrypt" in text(told) and key in text(told)
    user = can(root, statement("Allow", "kms:Decrypt", key))
    subscription = pushed(user.client("kinesis"), consumer(client, arn))
    assert next(subscription)["Data"] == b"1"
    put(client, name, b"2")
    found = next(subscription)
    assert (found["Data"], found["EncryptionType"]) == (b"2", "KMS")
    allow(root.client("iam"), user.name, [statement("Allow", "kinesis:*")])
    put(client, name, b"3")
    ends(subscription, DENIED)


def test_a_subscription_ends_with_the_key_and_with_the_credentials(root, client, kms, key):
    name, arn = encrypted(client, key)
    put(client, name, b"1")
    subscription = pushed(client, consumer(client, arn))
    assert next(subscription)["Data"] == b"1"
    kms.disable_key(KeyId=key)
    # Other subscriptions have no record of this one.
    put_plain = lambda: put(client, name, b"2")  # noqa: E731
    refused(put_plain, "KMSDisabledException", 400)
    kms.enable_key(KeyId=key)
    put(client, name, b"2")
    assert next(subscription)["Data"] == b"2"
    put_policy(kms, key, statement("Deny", "kms:Decrypt", Principal="*"))
    put(client, name, b"3")
    ends(subscription, DENIED)
    put_policy(kms, key)
    user = can(root, statement("Allow", "kms:*"))
    subscription = pushed(user.client("kinesis"), consumer(client, arn))
    assert [next(subscription)["Data"] for _ in range(3)] == [b"1", b"2", b"3"]
    root.client("iam").update_access_key(UserName=user.name, AccessKeyId=user.access_key_id, Status="Inactive")
    put(client, name, b"4")
    ends(subscription, "UnrecognizedClientException")
    # Of a key that goes off while there is something to tell, the subscription hears.
    subscription = pushed(client, consumer(client, arn))
    kms.disable_key(KeyId=key)
    ends(subscription, "KMSDisabledException")


def test_a_session_is_pushed_what_it_may_open(root, client, key):
    name, arn = encrypted(client, key)
    put(client, name, b"1")
    own = role(root, statement("Allow", ["kinesis:*", "kms:Decrypt"]), trust={
        "Effect": "Allow", "Principal": {"AWS": root.account}, "Action": "sts:AssumeRole"
    })  # fmt: skip
    session = root.user(policy=[statement("Allow", "sts:AssumeRole", own)]).assume(own)
    subscription = pushed(session.client("kinesis"), consumer(client, arn))
    assert next(subscription)["Data"] == b"1"
    root.client("iam").delete_role_policy(RoleName=own.rsplit("/")[-1], PolicyName="given")
    put(client, name, b"2")
    ends(subscription, DENIED)


def test_a_key_that_is_off_opens_nothing(client, kms, key):
    name, _ = encrypted(client, key)
    put(client, name)
    kms.disable_key(KeyId=key)
    for call in (lambda: read(client, name), lambda: put(client, name)):
        assert key in text(refused(call, "KMSDisabledException", 400))
    kms.enable_key(KeyId=key)
    assert read(client, name) == [b"content"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    for call in (lambda: read(client, name), lambda: put(client, name)):
        assert key in text(refused(call, "KMSInvalidStateException", 400))
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert read(client, name) == [b"content"]


def test_who_may_not_put_or_get_does_not_reach_kms(root, client, key):
    name, _ = encrypted(client, key)
    place = iterator(client, name)
    user = root.user(policy=[statement("Allow", "kms:*")]).client("kinesis")
    assert "kinesis:PutRecord" in text(refused(lambda: put(user, name), "AccessDeniedException", 400))
    refused(lambda: user.get_records(ShardIterator=place), "AccessDeniedException", 400)
    start = lambda: user.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)  # noqa: E731
    refused(start, "AccessDeniedException", 400)


# Which keys.


def test_only_keys_that_can_encrypt_are_taken(root, client, kms, key, account):
    name, _ = create(client)
    start = lambda key, client=client, **more: client.start_stream_encryption(  # noqa: E731
        **{"StreamName": name, "EncryptionType": "KMS", "KeyId": key, **more})
    nothing = "00000000-0000-4000-8000-000000000000"
    elsewhere = f"arn:aws:kms:eu-west-1:{account}:key/{nothing}"
    for missing in (nothing, "alias/nothing-of-this-name", elsewhere):
        refused(lambda: start(missing), "KMSNotFoundException", 400)  # noqa: B023
    refused(lambda: start("arn:aws:s3:::bucket"), "InvalidArgumentException", 400)
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    assert "SYMMETRIC_DEFAULT" in text(refused(lambda: start(mac), "InvalidArgumentException", 400))
    refused(lambda: start(key, EncryptionType="NONE"), "InvalidArgumentException", 400)
    stop = lambda **more: client.stop_stream_encryption(**{"StreamName": name, "KeyId": key, **more})  # noqa: E731
    refused(lambda: stop(EncryptionType="NONE"), "InvalidArgumentException", 400)
    refused(lambda: start(key, EncryptionType="AES"), "ValidationException", 400)
    refused(lambda: start(key, StreamName=fresh("none")), "ResourceNotFoundException", 400)
    denied(lambda: start(key, can(root).client("kinesis")), "kms:DescribeKey", key)
    kms.disable_key(KeyId=key)
    assert key in text(refused(lambda: start(key), "KMSDisabledException", 400))
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert key in text(refused(lambda: start(key), "KMSInvalidStateException", 400))
    assert settled(client, name)["EncryptionType"] == "NONE"
    # Who administers streams need not use the key.
    key = new_key(kms)
    start(key, can(root, statement("Allow", "kms:DescribeKey", key)).client("kinesis"))
    assert settled(client, name)["KeyId"] == key


def test_a_key_is_named_25_times_a_day(client, key):
    name, _ = create(client)
    refused(lambda: encrypt(client, name, "alias/nothing-of-this-name"), "KMSNotFoundException", 400)
    for _ in range(25):
        encrypt(client, name, key)
    refused(lambda: encrypt(client, name, key), "LimitExceededException", 400)
    # Stopping counts by itself.
    client.stop_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
    assert settled(client, name)["EncryptionType"] == "NONE"


def test_the_accounts_own_key_for_kinesis_is_for_all_of_the_account(root, other, client, kms):
    name, arn = create(client)
    user = can(root).client("kinesis")
    assert encrypt(user, name, OWN)["KeyId"] == OWN
    put(user, name)
    assert read(user, name) == [b"content"]
    assert kms.describe_key(KeyId=OWN)["KeyMetadata"]["KeyManager"] == "AWS"
    direct = lambda: kms.generate_data_key(KeyId=OWN, KeySpec="AES_256")  # noqa: E731
    refused(direct, "AccessDeniedException", 400)
    let = statement("Allow", "kinesis:PutRecord", arn, Principal={"AWS": other.account})
    client.put_resource_policy(ResourceARN=arn, Policy=document(let))
    theirs = other.client("kinesis")
    refused(lambda: theirs.put_record(StreamARN=arn, PartitionKey="k", Data=b"x"), DENIED, 400)
    assert read(client, name) == [b"content"]


def test_a_key_can_be_for_one_stream(root, client, key, account):
    name, arn = encrypted(client, key)
    second, _ = encrypted(client, key)
    condition = {"StringEquals": {"kms:EncryptionContext:aws:kinesis:arn": arn}}
    user = can(root, statement("Allow", USE, key, Condition=condition)).client("kinesis")
    put(user, name)
    assert read(user, name) == [b"content"]
    denied(lambda: put(user, second), "kms:GenerateDataKey", key)
    put(client, second)
    denied(lambda: read(user, second), "kms:Decrypt", key)


def test_a_key_can_be_for_kinesis_alone(root, client, kms):
    user = can(root)
    who = user.client("sts").get_caller_identity()["Arn"]
    via = {"StringEquals": {"kms:ViaService": "kinesis.us-east-1.amazonaws.com"}}
    key = new_key(kms, statement("Allow", USE, Principal={"AWS": who}, Condition=via))
    name, _ = encrypted(client, key)
    theirs, direct = user.client("kinesis"), user.client("kms")
    put(theirs, name)
    assert read(theirs, name) == [b"content"]
    refused(lambda: direct.generate_data_key(KeyId=key, KeySpec="AES_256"), "AccessDeniedException", 400)
    called = {"StringEquals": {"aws:CalledViaFirst": "kinesis.amazonaws.com"}}
    put_policy(kms, key, statement("Allow", USE, Principal={"AWS": who}, Condition=called))
    assert read(theirs, name) == [b"content"]
    put_policy(kms, key)
    denied(lambda: read(theirs, name), "kms:Decrypt", key)


def test_a_key_of_another_account_needs_that_account(root, other, client):
    """The owner of the key says who uses it, and the accounts of those who put and read say so too."""
    theirs = other.client("kms")
    key = new_key(theirs)
    name, _ = create(client)
    start = lambda: encrypt(client, name, key)  # noqa: E731
    refused(start, DENIED, 400)
    put_policy(theirs, key, statement("Allow", [*USE, "kms:DescribeKey"], Principal={"AWS": root.account}))
    assert start()["KeyId"] == key
    put(client, name)
    assert read(client, name) == [b"content"]
    user = can(root)
    denied(lambda: put(user.client("kinesis"), name), "kms:GenerateDataKey", key)
    allow(root.client("iam"), user.name, [statement("Allow", USE, key)], "keys")
    put(user.client("kinesis"), name, b"more")
    assert read(user.client("kinesis"), name) == [b"content", b"more"]
    put_policy(theirs, key)
    refused(lambda: put(client, name), DENIED, 400)
    refused(lambda: read(client, name), DENIED, 400)
    # By its id alone it is a key of the account that asks.
    plain, _ = create(client)
    refused(lambda: encrypt(client, plain, key.rsplit("/", 1)[1]), "KMSNotFoundException", 400)


def test_a_stream_of_another_account_needs_its_key(root, other, client, kms, key):
    name, arn = encrypted(client, key)
    visitor = can(other)
    theirs = visitor.client("kinesis")
    actions = ["kinesis:PutRecord", "kinesis:GetRecords", "kinesis:GetShardIterator"]
    let = statement("Allow", actions, arn, Principal={"AWS": other.account})
    client.put_resource_policy(ResourceARN=arn, Policy=document(let))
    give = lambda: theirs.put_record(StreamARN=arn, PartitionKey="k", Data=b"theirs")  # noqa: E731
    where = {"StreamARN": arn, "ShardId": FIRST, "ShardIteratorType": "TRIM_HORIZON"}
    take = lambda: theirs.get_records(ShardIterator=theirs.get_shard_iterator(**where)["ShardIterator"])  # noqa: E731
    put(client, name, b"ours")
    refused(give, DENIED, 400)
    refused(take, DENIED, 400)
    put_policy(kms, key, statement("Allow", USE, Principal={"AWS": other.account}))
    refused(give, DENIED, 400)
    allow(other.client("iam"), visitor.name, [statement("Allow", USE, key)], "keys")
    assert give()["EncryptionType"] == "KMS"
    assert [one["Data"] for one in take()["Records"]] == [b"ours", b"theirs"]


# Who else puts, what is noted, and what is on the disk.


def test_logs_are_forwarded_by_a_role_that_may_use_the_key(root, client, logs, key):  # noqa: F811
    name, destination = encrypted(client, key)
    where, given = stream(logs), role(root, PUT, statement("Allow", "kms:GenerateDataKey", key))
    subscribe(logs, where, destination, given)
    log(logs, where, "one")
    eventually(lambda: forwarded(root, destination), {where["logStreamName"]: ["one"]})
    iam, called = root.client("iam"), given.rsplit("/")[-1]
    iam.put_role_policy(RoleName=called, PolicyName="given", PolicyDocument=document(PUT))
    log(logs, where, "two")
    refuse = lambda: subscribe(logs, stream(logs), destination, role(root, PUT))  # noqa: E731
    refused(refuse, "InvalidParameterException", 400)
    assert forwarded(root, destination) == {where["logStreamName"]: ["one"]}
    via = {"StringEquals": {"kms:ViaService": "kinesis.us-east-1.amazonaws.com"}}
    use = statement("Allow", "kms:GenerateDataKey", key, Condition=via)
    iam.put_role_policy(RoleName=called, PolicyName="given", PolicyDocument=document(PUT, use))
    eventually(lambda: forwarded(root, destination), {where["logStreamName"]: ["one", "two"]})


def test_the_trail_tells_who_used_the_key(root, server, client, key):
    name, arn = encrypted(client, key)
    user = can(root, statement("Allow", USE, key))
    who = user.client("sts").get_caller_identity()["Arn"]
    put(user.client("kinesis"), name)
    put(user.client("kinesis"), name)
    assert len(read(user.client("kinesis"), name)) == 2
    denied(lambda: put(can(root).client("kinesis"), name), "kms:GenerateDataKey", key)
    time.sleep(0.3)
    noted = [one for one in tail(server, 200) if one["service"].lower() == "kms"]
    theirs = [one for one in noted if one["principal"] == who]
    assert [one["operation"] for one in theirs] == ["GenerateDataKey", "GenerateDataKey", "Decrypt"]
    assert all(key in json.dumps(one) for one in theirs)
    last = [one for one in noted if one["decision"]["verdict"] != "allowed"][-1]
    why = kurodo("why", last["request_id"], "--data-dir", server.data_dir).stdout
    assert "kms:GenerateDataKey" in why


def test_nothing_of_it_is_on_the_disk_and_it_outlives_a_restart(own_server):
    root = own_server.root()
    client, kms = root.client("kinesis"), root.client("kms")
    key = new_key(kms)
    name, _ = encrypted(client, key)
    words = [fresh("unmistakable") for _ in range(4)]
    for at, word in enumerate(words):
        if at:
            assert own_server.stop() == 0
            assert "DAMAGED" not in kurodo("check", "--data-dir", own_server.data_dir).stdout
            own_server.start()
            client, kms = root.client("kinesis"), root.client("kms")
        # Each start has a data key of its own.
        put(client, name, word.encode() * 20_000)
    assert not list(search(own_server.data_dir, words))
    assert read(client, name) == [word.encode() * 20_000 for word in words]
    own_server.kill()
    own_server.start()
    client, kms = root.client("kinesis"), root.client("kms")
    assert [data[:20] for data in read(client, name)] == [word.encode()[:20] for word in words]
    kms.disable_key(KeyId=key)
    refused(lambda: read(client, name), "KMSDisabledException", 400)
    assert settled(client, name)["KeyId"] == key


def test_what_a_destroyed_key_sealed_is_gone(own_server):
    root, earlier = own_server.root(), -8 * 24 * HOUR
    client = ahead(own_server, earlier)
    with signing_ahead(earlier):
        kms = root.client("kms")
        key = new_key(kms)
        name, _ = create(client)
        client.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=8760)
        put(client, name, b"plain")
        encrypt(client, name, key)
        put(client, name, b"sealed")
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    client = ahead(own_server, 0)
    kms = root.client("kms")
    eventually(lambda: key in [one["KeyArn"] for one in kms.list_keys()["Keys"]], False, 90)
    refused(lambda: read(client, name), "KMSNotFoundException", 400)
    refused(lambda: put(client, name), "KMSNotFoundException", 400)
    page = patiently(client.get_records, ShardIterator=iterator(client, name), Limit=1)
    assert [one["Data"] for one in page["Records"]] == [b"plain"]
    # Encryption can be stopped all the same.
    client.stop_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
    settled(client, name)
    assert "EncryptionType" not in put(client, name)
