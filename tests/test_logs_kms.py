"""Log groups under keys of KMS: CloudWatch Logs opens messages by its leave alone, every time."""

import gzip
import time

import pytest
from conftest import document, fresh, kurodo, refused, statement
from test_audit import tail
from test_logs import INVALID, MISSING, group, logs, messages, now, put, stream  # noqa: F401
from test_logs_metrics import eventually, points
from test_logs_subscriptions import forwarded, kinesis_stream, role, subscribe
from test_s3_kms import kms, new_key, put_policy  # noqa: F401

DENIED = "AccessDeniedException"
HOST = "logs.us-east-1.amazonaws.com"
USE = ["kms:GenerateDataKey", "kms:Decrypt"]


def letting(account, name=None, actions=USE, host=HOST):
    """What lets CloudWatch Logs use a key, for one group where it is named."""
    allowed = statement("Allow", actions, Principal={"Service": host})
    if name:
        allowed["Condition"] = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arn(account, name)}}
    return allowed


def arn(account, name):
    return f"arn:aws:logs:us-east-1:{account}:log-group:{name}"


def fit(kms, account, name=None):
    return new_key(kms, letting(account, name))


def shown(logs, name):
    [found] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return found.get("kmsKeyId")


def read(logs, where):
    return messages(logs.get_log_events(**where, startFromHead=True))


def closed(call, account, name):
    said = f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn(account, name)}'"
    return refused(call, DENIED, 400, said)


def test_messages_come_back_by_every_way(root, logs, kms, account):
    key = fit(kms, account)
    name = group(logs, kmsKeyId=key)
    assert shown(logs, name) == key
    where = stream(logs, within=name)
    put(logs, where, "ERROR one", '{"level": "warn"}', "ERROR two " + "x" * 200_000)
    assert len(read(logs, where)) == 3
    found = logs.filter_log_events(logGroupName=name, filterPattern="ERROR")["events"]
    assert [event["message"][:9] for event in found] == ["ERROR one", "ERROR two"]
    fields = logs.get_log_group_fields(logGroupName=name)["logGroupFields"]
    assert "level" in [field["name"] for field in fields]
    query = logs.start_query(logGroupName=name, startTime=0, endTime=now(), queryString="fields @message, @ptr | filter level = 'warn'")
    eventually(lambda: logs.get_query_results(queryId=query["queryId"])["status"], "Complete")
    [row] = logs.get_query_results(queryId=query["queryId"])["results"]
    pointer = {field["field"]: field["value"] for field in row}["@ptr"]
    assert logs.get_log_record(logRecordPointer=pointer)["logRecord"]["level"] == "warn"


def test_the_largest_event_fits(logs, kms, account):
    where = stream(logs, within=group(logs, kmsKeyId=fit(kms, account)))
    message = "x" * (1_048_576 - 26)
    put(logs, where, message)
    assert read(logs, where) == [message]


def test_a_key_must_let_cloudwatch_logs_use_it(logs, kms, account):
    name = group(logs)
    asked = {"logGroupName": name}
    for statements in ([], [letting(account, "/another")], [letting(account, host="logs.eu-west-1.amazonaws.com")]):
        key = new_key(kms, *statements)
        closed(lambda: logs.associate_kms_key(**asked, kmsKeyId=key), account, name)
        new = fresh("/app/other")
        closed(lambda: logs.create_log_group(logGroupName=new, kmsKeyId=key), account, new)
        assert not logs.describe_log_groups(logGroupNamePrefix=new)["logGroups"]
    only_this = fit(kms, account, name)
    logs.associate_kms_key(**asked, kmsKeyId=only_this)
    assert shown(logs, name) == only_this
    missing = only_this[:-12] + "0" * 12
    closed(lambda: logs.associate_kms_key(**asked, kmsKeyId=missing), account, name)
    disabled = fit(kms, account)
    kms.disable_key(KeyId=disabled)
    refused(lambda: logs.associate_kms_key(**asked, kmsKeyId=disabled), INVALID, 400)
    mac = kms.create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256")["KeyMetadata"]["Arn"]
    put_policy(kms, mac, letting(account))
    refused(lambda: logs.associate_kms_key(**asked, kmsKeyId=mac), INVALID, 400)
    for text in ("alias/aws/s3", only_this.split("/")[1]):
        refused(lambda: logs.associate_kms_key(**asked, kmsKeyId=text), INVALID, 400)
    refused(lambda: logs.associate_kms_key(kmsKeyId=only_this), INVALID, 400)
    both = {**asked, "resourceIdentifier": arn(account, name)}
    refused(lambda: logs.associate_kms_key(**both, kmsKeyId=only_this), INVALID, 400)
    refused(lambda: logs.associate_kms_key(logGroupName="/none", kmsKeyId=only_this), MISSING, 400)
    results = {"resourceIdentifier": f"arn:aws:logs:us-east-1:{account}:query-result:*"}
    refused(lambda: logs.associate_kms_key(**results, kmsKeyId=only_this), "NotImplemented", 501)
    assert shown(logs, name) == only_this


def test_a_key_that_is_taken_away_closes_the_group_at_once(logs, kms, account):
    key = fit(kms, account)
    name = group(logs, kmsKeyId=key)
    where = stream(logs, within=name)
    put(logs, where, "a secret")

    def is_closed():
        closed(lambda: put(logs, where, "more"), account, name)
        closed(lambda: read(logs, where), account, name)
        closed(lambda: logs.filter_log_events(logGroupName=name), account, name)
        closed(lambda: logs.get_log_group_fields(logGroupName=name), account, name)
        query = logs.start_query(logGroupName=name, startTime=0, endTime=now(), queryString="fields @message")["queryId"]
        eventually(lambda: logs.get_query_results(queryId=query)["status"], "Failed")
        assert not logs.get_query_results(queryId=query)["results"]

    kms.disable_key(KeyId=key)
    is_closed()
    kms.enable_key(KeyId=key)
    assert read(logs, where) == ["a secret"]
    put_policy(kms, key, letting(account, "/another"))
    is_closed()
    put_policy(kms, key, letting(account, actions=["kms:GenerateDataKey"]))
    is_closed()
    put_policy(kms, key, letting(account))
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    is_closed()
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    put(logs, where, "another")
    assert read(logs, where) == ["a secret", "another"]


def test_messages_stay_under_the_key_that_they_were_put_under(logs, kms, account):
    name = group(logs)
    where = stream(logs, within=name)
    put(logs, where, "plain", at=now() - 5000)
    first, second = fit(kms, account), fit(kms, account)
    logs.associate_kms_key(logGroupName=name, kmsKeyId=first)
    put(logs, where, "first", at=now() - 4000)
    logs.associate_kms_key(resourceIdentifier=arn(account, name), kmsKeyId=second)
    put(logs, where, "second", at=now() - 3000)
    kms.disable_key(KeyId=first)
    put(logs, where, "second again", at=now() - 2000)
    closed(lambda: read(logs, where), account, name)
    late = logs.filter_log_events(logGroupName=name, startTime=now() - 3500)
    assert messages(late) == ["second", "second again"]
    refused(lambda: logs.associate_kms_key(logGroupName=name, kmsKeyId=first), INVALID, 400)
    logs.disassociate_kms_key(logGroupName=name)
    assert shown(logs, name) is None
    kms.disable_key(KeyId=second)
    put(logs, where, "plain again", at=now() - 1000)
    closed(lambda: logs.filter_log_events(logGroupName=name, startTime=now() - 3500), account, name)
    kms.enable_key(KeyId=first)
    kms.enable_key(KeyId=second)
    logs.associate_kms_key(logGroupName=name, kmsKeyId=first)
    put(logs, where, "first again")
    assert read(logs, where) == ["plain", "first", "second", "second again", "plain again", "first again"]


def test_filters_wait_for_the_key(root, logs, kms, account):
    destination, key = kinesis_stream(root), fit(kms, account)
    name = group(logs, kmsKeyId=key)
    where = stream(logs, within=name)
    namespace = fresh("kms")
    metric = {"metricNamespace": namespace, "metricName": "errors", "metricValue": "1"}
    logs.put_metric_filter(logGroupName=name, filterName="m", filterPattern="ERROR", metricTransformations=[metric])
    subscribe(logs, where, destination, role(root, statement("Allow", "kinesis:PutRecord", destination)))
    put(logs, where, "ERROR one")
    kms.disable_key(KeyId=key)
    time.sleep(3)
    kms.enable_key(KeyId=key)
    put(logs, where, "ERROR two")
    eventually(lambda: forwarded(root, destination), {where["logStreamName"]: ["ERROR one", "ERROR two"]})
    counted = lambda: sum(total for _, total in points(root.client("cloudwatch"), namespace, "errors").values())
    eventually(counted, 2)


def test_exports_are_of_what_the_key_opens(root, logs, kms, account, bucket):
    s3, key = root.client("s3"), fit(kms, account)
    let = [
        statement("Allow", ["s3:GetBucketAcl"], f"arn:aws:s3:::{bucket}", Principal={"Service": "logs.amazonaws.com"}),
        statement("Allow", ["s3:PutObject"], f"arn:aws:s3:::{bucket}/*", Principal={"Service": "logs.amazonaws.com"}),
    ]
    s3.put_bucket_policy(Bucket=bucket, Policy=document(*let))
    name = group(logs, kmsKeyId=key)
    where = stream(logs, within=name)
    put(logs, where, "a secret")
    times = {"fromTime": 0, "to": now(), "destination": bucket}

    def export(prefix):
        task = logs.create_export_task(logGroupName=name, **times, destinationPrefix=prefix)["taskId"]

        def status():
            [found] = logs.describe_export_tasks(taskId=task)["exportTasks"]
            return found["status"]["code"]

        eventually(lambda: status() in ("COMPLETED", "FAILED"), True)
        return status()

    assert export("open") == "COMPLETED"
    [file] = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket, Prefix="open/")["Contents"] if found["Key"].endswith(".gz")]
    assert b"a secret" in gzip.decompress(s3.get_object(Bucket=bucket, Key=file)["Body"].read())
    kms.disable_key(KeyId=key)
    assert export("shut") == "FAILED"
    found = s3.list_objects_v2(Bucket=bucket, Prefix="shut/").get("Contents", [])
    assert not [one for one in found if one["Key"].endswith(".gz")]


def test_who_may_use_the_group_needs_no_right_on_the_key(root, logs, kms, account):
    name = group(logs, kmsKeyId=fit(kms, account))
    where = stream(logs, within=name)
    user = root.user(policy=[statement("Allow", "logs:*")]).client("logs")
    put(user, where, "a message")
    assert read(user, where) == ["a message"]
    reader = root.user(policy=[statement("Allow", "logs:GetLogEvents")]).client("logs")
    refused(lambda: reader.disassociate_kms_key(logGroupName=name), DENIED, 400)


def test_a_restart_changes_nothing_and_the_audit_tells_who_asked(own_server):
    root = own_server.root()
    logs, kms, account = root.client("logs"), root.client("kms"), root.account
    name = group(logs, kmsKeyId=fit(kms, account))
    where = stream(logs, within=name)
    put(logs, where, "a message")
    own_server.stop()
    kurodo("check", "--data-dir", own_server.data_dir)
    own_server.start()
    logs = root.client("logs")
    assert read(logs, where) == ["a message"]
    told = [(event["service"], event["operation"], event["principal"]) for event in tail(own_server)]
    assert {("kms", "GenerateDataKey", HOST), ("kms", "Decrypt", HOST)} <= set(told)
