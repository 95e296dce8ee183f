"""Subscription filters: log events that are forwarded to a stream of Kinesis, as a role."""

import gzip
import json
import secrets
import time

import kinesis as streams_of_kinesis
import pytest

from conftest import document, fresh, kurodo, refused, statement
from test_audit import tail
from test_logs import INVALID, MISSING, event, group, logs, now, stream  # noqa: F401
from test_logs_metrics import eventually, points

TRUST = {"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
PUT = statement("Allow", "kinesis:PutRecord")


def role(principal, *allowed, trust=TRUST):
    iam, name = principal.client("iam"), fresh("role")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    if allowed:
        iam.put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=document(*allowed))
    return arn


def kinesis_stream(principal, shards=1):
    return streams_of_kinesis.create(principal.client("kinesis"), shards)[1]


def records(principal, arn):
    """What is in the stream: of each shard the payloads, in order, with their partition keys."""
    client, name = principal.client("kinesis"), arn.rsplit("/")[-1]
    of = [streams_of_kinesis.records(client, name, shard["ShardId"]) for shard in streams_of_kinesis.shards(client, name)]
    return [(one["PartitionKey"], json.loads(gzip.decompress(one["Data"]))) for all in of for one in all]


def forwarded(principal, arn):
    """The messages that were forwarded, by log stream."""
    found = {}
    for _, payload in records(principal, arn):
        if payload["messageType"] == "DATA_MESSAGE":
            found.setdefault(payload["logStream"], []).extend(one["message"] for one in payload["logEvents"])
    return found


def subscribe(logs, where, destination, role, pattern="", called="f", **more):
    asked = {"logGroupName": where["logGroupName"], "filterName": called, "filterPattern": pattern}
    logs.put_subscription_filter(**asked, destinationArn=destination, roleArn=role, **more)


def put(logs, where, *messages, at=None):
    logs.put_log_events(**where, logEvents=[event(message, at) for message in messages])


def test_events_are_forwarded_as_aws_does(root, account, logs):
    destination, where = kinesis_stream(root), stream(logs)
    put(logs, where, "ERROR before there was a filter")
    subscribe(logs, where, destination, role(root, statement("Allow", "kinesis:PutRecord", destination)), "ERROR")
    [(_, test)] = records(root, destination)
    assert test.pop("logEvents")[0]["message"] == "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."
    empty = {"logGroup": "", "logStream": "", "subscriptionFilters": []}
    assert test == {"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", **empty}
    at = now() - 5000
    put(logs, where, "an ERROR", "fine", "ERROR é\n", at=at)
    eventually(lambda: forwarded(root, destination), {where["logStreamName"]: ["an ERROR", "ERROR é\n"]})
    [_, (key, payload)] = records(root, destination)
    kept = [one["eventId"] for one in logs.filter_log_events(logGroupName=where["logGroupName"], filterPattern="ERROR")["events"]]
    ids = [one["id"] for one in payload["logEvents"]]
    assert ids == [id for id in kept if id in ids] and len(ids) == 2
    assert {one["timestamp"] for one in payload["logEvents"]} == {at}
    assert (payload["owner"], payload["messageType"]) == (account, "DATA_MESSAGE")
    assert (payload["logGroup"], payload["logStream"]) == (where["logGroupName"], where["logStreamName"])
    assert payload["subscriptionFilters"] == ["f"] and len(key) == 32


def partitions(principal, arn):
    """The partition keys of each log stream's records."""
    keys = {}
    for key, payload in records(principal, arn):
        keys.setdefault(payload["logStream"], set()).add(key)
    keys.pop("")
    return keys


def test_records_of_a_log_stream_stay_together_in_order(root, logs):
    destination, name = kinesis_stream(root, shards=4), group(logs)
    streams = [stream(logs, within=name) for _ in range(3)]
    subscribe(logs, streams[0], destination, role(root, PUT))
    for number in range(12):
        put(logs, streams[number % 3], f"{number}", f"{number} again")
        time.sleep(0.2)
    wanted = {
        where["logStreamName"]: [text for number in range(at, 12, 3) for text in (f"{number}", f"{number} again")]
        for at, where in enumerate(streams)
    }
    eventually(lambda: forwarded(root, destination), wanted)
    assert [len(keys) for keys in partitions(root, destination).values()] == [1, 1, 1]


def test_records_of_a_log_stream_are_scattered_where_that_is_asked_for(root, logs):
    destination, where = kinesis_stream(root, shards=4), stream(logs)
    subscribe(logs, where, destination, role(root, PUT), distribution="Random")
    for number in range(3):
        put(logs, where, f"{number}")
        eventually(lambda: len(forwarded(root, destination).get(where["logStreamName"], [])), number + 1)  # noqa: B023
    [keys] = partitions(root, destination).values()
    assert len(keys) == 3
    assert sorted(forwarded(root, destination)[where["logStreamName"]]) == ["0", "1", "2"]


def test_subscription_filters_are_described_changed_and_deleted(root, logs):
    destination, where = kinesis_stream(root), stream(logs)
    first, second = role(root, PUT), role(root, PUT)
    name = where["logGroupName"]
    subscribe(logs, where, destination, first, "a", "two")
    subscribe(logs, where, destination, first, "b", "one", distribution="Random")
    refused(
        lambda: subscribe(logs, where, destination, first, "c", "three"),
        "LimitExceededException",
        400,
        "Resource limit exceeded.",
    )
    one, two = logs.describe_subscription_filters(logGroupName=name)["subscriptionFilters"]
    assert abs(one.pop("creationTime") - now()) < 60_000
    same = {"logGroupName": name, "destinationArn": destination, "roleArn": first}
    assert one == {**same, "filterName": "one", "filterPattern": "b", "distribution": "Random"}
    assert (two["filterName"], two["distribution"]) == ("two", "ByLogStream")
    subscribe(logs, where, destination, second, "new", "one")
    described = lambda **more: logs.describe_subscription_filters(logGroupName=name, **more)  # noqa: E731
    [changed] = described(filterNamePrefix="o")["subscriptionFilters"]
    assert (changed["roleArn"], changed["filterPattern"], changed["distribution"]) == (second, "new", "ByLogStream")
    page = described(limit=1)
    assert [one["filterName"] for one in described(nextToken=page["nextToken"])["subscriptionFilters"]] == ["two"]
    logs.delete_subscription_filter(logGroupName=name, filterName="one")
    missing = "The specified subscription filter does not exist."
    refused(lambda: logs.delete_subscription_filter(logGroupName=name, filterName="one"), MISSING, 400, missing)
    put(logs, where, "new", "a")
    eventually(lambda: forwarded(root, destination), {where["logStreamName"]: ["a"]})


def test_what_cannot_be_forwarded_to_is_refused(root, account, logs):
    destination, where = kinesis_stream(root), stream(logs)
    good = role(root, PUT)

    def wrong(code, message=None, to=destination, by=good, status=400, **more):
        refused(lambda: subscribe(logs, where, to, by, **more), code, status, message)

    asked = {"logGroupName": where["logGroupName"], "filterName": "f", "filterPattern": "", "destinationArn": destination}
    no_role = "destinationArn for vendor kinesis cannot be used without roleArn"
    refused(lambda: logs.put_subscription_filter(**asked), INVALID, 400, no_role)
    undelivered = "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state."
    wrong(INVALID, undelivered, to=f"{destination}-not")
    wrong(INVALID, undelivered, by=role(root))
    wrong(INVALID, undelivered, by=role(root, statement("Allow", "kinesis:PutRecords")))
    untrusted = "Make sure you have given CloudWatch Logs permission to assume the provided role."
    wrong("ValidationException", untrusted, by=f"arn:aws:iam::{account}:role/none")
    wrong("ValidationException", untrusted, by=role(root, PUT, trust={**TRUST, "Principal": {"Service": "s3.amazonaws.com"}}))
    elsewhere = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
    wrong("ValidationException", untrusted, by=role(root, PUT, trust={**TRUST, "Condition": elsewhere}))
    wrong("AccessDeniedException", by="arn:aws:iam::999999999999:role/other")
    wrong(INVALID, to=destination.replace("us-east-1", "eu-west-1"))
    wrong(INVALID, to=destination.replace(account, "999999999999"))
    wrong(INVALID, to="arn:aws:sqs:us-east-1:1:q")
    wrong(INVALID, pattern="[a")
    for kind in ("lambda:us-east-1:1:function:f", "firehose:us-east-1:1:deliverystream/d", "logs:us-east-1:1:destination:d"):
        wrong("NotImplemented", to=f"arn:aws:{kind}", status=501)
    for member in ({"applyOnTransformedLogs": True}, {"fieldSelectionCriteria": "a"}, {"emitSystemFields": ["@aws.region"]}):
        wrong("NotImplemented", status=501, **member)
    assert logs.describe_subscription_filters(logGroupName=where["logGroupName"])["subscriptionFilters"] == []


def test_who_subscribes_must_be_allowed_to_pass_the_role(root, logs):
    destination, where, given = kinesis_stream(root), stream(logs), role(root, PUT)
    may = statement("Allow", "logs:PutSubscriptionFilter")
    passing = lambda to: statement("Allow", "iam:PassRole", given, Condition={"StringEquals": {"iam:PassedToService": to}})  # noqa: E731
    for policy in ([may], [may, passing("s3.amazonaws.com")], [passing("logs.amazonaws.com")]):
        user = root.user(policy=policy)
        refused(lambda: subscribe(user.client("logs"), where, destination, given), "AccessDeniedException", 400)
    user = root.user(policy=[may, passing("logs.amazonaws.com")])
    subscribe(user.client("logs"), where, destination, given)


def test_a_role_that_lost_its_right_forwards_nothing_until_it_has_it_again(root, server, logs):
    destination, where, given = kinesis_stream(root), stream(logs), role(root, PUT)
    subscribe(logs, where, destination, given)
    iam, name = root.client("iam"), given.rsplit("/")[-1]
    iam.delete_role_policy(RoleName=name, PolicyName="given")
    put(logs, where, "one")
    by = {"LogGroupName": where["logGroupName"], "DestinationType": "Kinesis", "FilterName": "f"}
    cloudwatch = root.client("cloudwatch")
    count = lambda metric: sum(total for _, total in points(cloudwatch, "AWS/Logs", metric, by).values())  # noqa: E731
    eventually(lambda: count("DeliveryErrors") > 0, True)
    denied = [one for one in tail(server, 500) if (one["principal"] or "").endswith(f"assumed-role/{name}/logs-subscription")]
    why = kurodo("why", denied[-1]["request_id"], "--data-dir", server.data_dir).stdout
    assert "no identity-based policy allows the kinesis:PutRecord action" in why
    put(logs, where, "two")
    assert forwarded(root, destination) == {}
    iam.put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=document(PUT))
    eventually(lambda: forwarded(root, destination), {where["logStreamName"]: ["one", "two"]})
    eventually(lambda: count("ForwardedLogEvents"), 2)
    assert count("ForwardedBytes") > 0


def test_a_full_shard_delays_and_loses_nothing(root, logs):
    destination, where = kinesis_stream(root), stream(logs)
    subscribe(logs, where, destination, role(root, PUT))
    # Random text does not get much smaller: this is more than a shard takes in a second.
    texts = [secrets.token_hex(100_000) for _ in range(24)]
    for text in texts:
        put(logs, where, text)
    eventually(lambda: forwarded(root, destination), {where["logStreamName"]: texts})


def test_forwarding_survives_kill_9(own_server):
    root = own_server.root()
    logs, destination = root.client("logs"), kinesis_stream(root)
    where = stream(logs)
    subscribe(logs, where, destination, role(root, PUT))
    wanted = []
    for round in range(3):
        logs = own_server.root().client("logs")
        for number in range(5):
            texts = [f"{round}.{number}.{at}" for at in range(3)]
            put(logs, where, *texts)
            wanted += texts
        own_server.kill()
        own_server.start()
    root = own_server.root()

    def firsts():
        """Each message at its first arrival: at least once, and in order."""
        return {name: list(dict.fromkeys(all)) for name, all in forwarded(root, destination).items()}

    eventually(firsts, {where["logStreamName"]: wanted})
    assert own_server.stop() == 0


def test_what_waits_outlives_kill_9(own_server):
    root = own_server.root()
    logs, destination, given = root.client("logs"), kinesis_stream(root), role(root, PUT)
    where, name = stream(logs), given.rsplit("/")[-1]
    subscribe(logs, where, destination, given)
    root.client("iam").delete_role_policy(RoleName=name, PolicyName="given")
    put(logs, where, "one", "two")
    own_server.kill()
    own_server.start()
    root = own_server.root()
    put(root.client("logs"), where, "three")
    root.client("iam").put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=document(PUT))
    eventually(lambda: forwarded(root, destination), {where["logStreamName"]: ["one", "two", "three"]})
