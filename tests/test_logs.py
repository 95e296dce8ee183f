"""CloudWatch Logs with the real client: groups, streams, events, and what is found in them."""

import datetime
import gzip
import json
import time

import pytest
from botocore.exceptions import EventStreamError
from clock import environment, signing_ahead
from conftest import document, fresh, refused, statement

DAY = 24 * 60 * 60 * 1000
INVALID = "InvalidParameterException"
MISSING = "ResourceNotFoundException"


@pytest.fixture(scope="module")
def logs(root):
    return root.client("logs")


def now():
    return int(time.time() * 1000)


def group(logs, **more):
    name = fresh("/app/group")
    logs.create_log_group(logGroupName=name, **more)
    return name


def stream(logs, name=None, within=None):
    where = {"logGroupName": within or group(logs), "logStreamName": name or fresh("stream")}
    logs.create_log_stream(**where)
    return where


def event(message, at=None):
    return {"timestamp": now() if at is None else at, "message": message}


def put(logs, where, *messages, at=None):
    at = at or now() - 1000
    return logs.put_log_events(**where, logEvents=[event(message, at) for message in messages])


def messages(answer):
    return [event["message"] for event in answer["events"]]


def test_a_group_from_making_to_removing(logs, account):
    name = fresh("/aws/app")
    logs.create_log_group(logGroupName=name, tags={"team": "a"})
    refused(
        lambda: logs.create_log_group(logGroupName=name),
        "ResourceAlreadyExistsException",
        400,
        "The specified log group already exists",
    )
    [found] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert found["arn"] == f"arn:aws:logs:us-east-1:{account}:log-group:{name}:*"
    assert found["logGroupArn"] == found["arn"].removesuffix(":*")
    assert abs(found["creationTime"] - now()) < 60_000 and found["storedBytes"] == 0
    assert "retentionInDays" not in found and found["logGroupClass"] == "STANDARD"
    logs.put_retention_policy(logGroupName=name, retentionInDays=7)
    assert logs.describe_log_groups(logGroupNamePattern=name[4:])["logGroups"][0]["retentionInDays"] == 7
    refused(lambda: logs.put_retention_policy(logGroupName=name, retentionInDays=8), INVALID, 400)
    logs.delete_retention_policy(logGroupName=name)
    logs.tag_resource(resourceArn=found["logGroupArn"], tags={"b": "2"})
    logs.untag_log_group(logGroupName=name, tags=["team"])
    assert logs.list_tags_for_resource(resourceArn=found["logGroupArn"])["tags"] == {"b": "2"}
    assert logs.list_tags_log_group(logGroupName=name)["tags"] == {"b": "2"}
    logs.put_log_group_deletion_protection(logGroupIdentifier=name, deletionProtectionEnabled=True)
    refused(lambda: logs.delete_log_group(logGroupName=name), "ValidationException", 400)
    logs.put_log_group_deletion_protection(logGroupIdentifier=name, deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName=name)
    gone = "The specified log group does not exist."
    refused(lambda: logs.delete_log_group(logGroupName=name), MISSING, 400, gone)
    refused(lambda: logs.list_tags_log_group(logGroupName=name), MISSING, 400, gone)


def test_groups_and_streams_in_pages(logs):
    prefix = fresh("/pages")
    for at in range(5):
        logs.create_log_group(logGroupName=f"{prefix}/{at}")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix, PaginationConfig={"PageSize": 2})
    pages = [[found["logGroupName"][-1] for found in page["logGroups"]] for page in pages]
    assert pages == [["0", "1"], ["2", "3"], ["4"]]
    listed = logs.list_log_groups(logGroupNamePattern=f"^{prefix[:20]}")["logGroups"]
    assert [found["logGroupName"][-1] for found in listed] == list("01234")
    name = f"{prefix}/0"
    for at, other in enumerate(["b", "a", "c"]):
        put(logs, stream(logs, other, name), "x", at=now() - 10_000 * (at + 1))
    def names(**how):
        return [found["logStreamName"] for found in logs.describe_log_streams(logGroupName=name, **how)["logStreams"]]
    assert names() == ["a", "b", "c"]
    assert names(descending=True, limit=2) == ["c", "b"]
    assert names(logStreamNamePrefix="b") == ["b"]
    assert names(orderBy="LastEventTime") == ["c", "a", "b"]
    assert names(orderBy="LastEventTime", descending=True) == ["b", "a", "c"]
    refused(lambda: names(orderBy="LastEventTime", logStreamNamePrefix="b"), INVALID)
    refused(lambda: names(nextToken="nonsense!"), INVALID)


def test_a_stream_tells_of_its_events(logs):
    where = stream(logs)
    [before] = logs.describe_log_streams(logGroupName=where["logGroupName"])["logStreams"]
    assert not {"firstEventTimestamp", "lastEventTimestamp", "lastIngestionTime"} & set(before)
    start = now() - 600_000
    logs.put_log_events(**where, logEvents=[event("one", start), event("two", start + 400_000)])
    logs.put_log_events(**where, logEvents=[event("early", start - 5)], sequenceToken="whatever")
    [found] = logs.describe_log_streams(logGroupName=where["logGroupName"])["logStreams"]
    assert (found["firstEventTimestamp"], found["lastEventTimestamp"]) == (start - 5, start + 400_000)
    assert abs(found["lastIngestionTime"] - now()) < 60_000
    assert found["arn"].endswith(f":log-group:{where['logGroupName']}:log-stream:{where['logStreamName']}")
    [whole] = logs.describe_log_groups(logGroupNamePrefix=where["logGroupName"])["logGroups"]
    assert whole["storedBytes"] == len("onetwoearly")


def test_events_come_back_in_order_whichever_way(logs):
    where = stream(logs)
    start = now() - 3_600_000
    for batch in [range(0, 30), range(1, 31)]:
        logs.put_log_events(**where, logEvents=[event(str(at), start + at * 60_000) for at in batch])
    put(logs, where, "late", at=start + 30)
    expected = ["0", "late"] + [str(at) for at in sorted([*range(1, 30), *range(1, 31)])]

    head = logs.get_log_events(**where, startFromHead=True)
    assert messages(head) == expected
    assert all(found["ingestionTime"] > found["timestamp"] for found in head["events"])
    found, token = [], {"startFromHead": True}
    while True:
        page = logs.get_log_events(**where, limit=7, **token)
        if not page["events"]:
            assert page["nextForwardToken"] == token["nextToken"], "at the end the token leads to itself"
            break
        found += messages(page)
        token = {"nextToken": page["nextForwardToken"]}
    assert found == expected
    back = logs.get_log_events(**where, nextToken=page["nextBackwardToken"], limit=3)
    assert messages(back) == expected[-3:]

    found, token = [], {}
    while True:
        page = logs.get_log_events(**where, limit=7, **token)
        if not page["events"]:
            assert page["nextBackwardToken"] == token["nextToken"]
            break
        found = messages(page) + found
        token = {"nextToken": page["nextBackwardToken"]}
    assert found == expected
    assert messages(logs.get_log_events(**where, limit=2)) == expected[-2:]
    times = {"startTime": start + 60_000, "endTime": start + 120_000}
    assert messages(logs.get_log_events(**where, **times, startFromHead=True)) == ["1", "1"]
    refused(lambda: logs.get_log_events(**where, nextToken="f/7/s"), INVALID)
    # What comes later is found behind the last token.
    last = logs.get_log_events(**where)["nextForwardToken"]
    put(logs, where, "new")
    assert messages(logs.get_log_events(**where, nextToken=last)) == ["new"]


def test_batches_have_limits(logs):
    where = stream(logs)
    def send(*events):
        return logs.put_log_events(**where, logEvents=list(events))
    refused(
        lambda: send(event("b", 2_000), event("a", 1_000)),
        INVALID,
        400,
        "Log events in a single PutLogEvents request must be in chronological order.",
    )
    refused(
        lambda: send(event("a", now() - DAY - 1000), event("b")),
        INVALID,
        400,
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    )
    refused(lambda: send(*[event("x" * 200_000)] * 6), INVALID, 400)
    refused(lambda: send(event("x" * (1 << 20))), INVALID, 400)
    refused(lambda: send(*[event("x", 5)] * 10_001), INVALID, 400)
    refused(lambda: logs.put_log_events(**{**where, "logStreamName": "other"}, logEvents=[event("x")]), MISSING, 400,
            "The specified log stream does not exist.")
    refused(lambda: logs.put_log_events(**{**where, "logGroupName": "other"}, logEvents=[event("x")]), MISSING, 400,
            "The specified log group does not exist.")
    answer = send(event("x" * 1_000_000), *[event("y")] * 900)
    assert "rejectedLogEventsInfo" not in answer and answer["nextSequenceToken"]
    assert send(event("old", now() - 15 * DAY))["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    answer = send(event("kept"), event("new", now() + 3 * 60 * 60 * 1000))
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    logs.put_retention_policy(logGroupName=where["logGroupName"], retentionInDays=1)
    answer = send(event("expired", now() - DAY - 60_000), event("alive", now() - DAY + 60_000))
    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    found = messages(logs.get_log_events(**where, startFromHead=True))
    assert found[0] == "alive" and len(found) == 903


def test_events_are_filtered_across_streams(logs):
    name = group(logs)
    start = now() - 60_000
    for at, one in enumerate(["a1", "a2", "b1"]):
        where = stream(logs, one, name)
        batch = [event(f"{one} {'ERROR' if at == 1 else 'fine'} {at}", start + number * 10 + at) for number in range(3)]
        logs.put_log_events(**where, logEvents=batch)
    whole = logs.filter_log_events(logGroupName=name)
    assert [found["logStreamName"] for found in whole["events"]] == ["a1", "a2", "b1"] * 3
    assert len({found["eventId"] for found in whole["events"]}) == 9 and whole["searchedLogStreams"] == []
    found = logs.filter_log_events(logGroupName=name, filterPattern="ERROR")
    assert {found["logStreamName"] for found in found["events"]} == {"a2"}
    assert len(logs.filter_log_events(logGroupName=name, logStreamNamePrefix="a")["events"]) == 6
    assert len(logs.filter_log_events(logGroupName=name, logStreamNames=["b1", "a1"])["events"]) == 6
    times = {"startTime": start + 10, "endTime": start + 12}
    assert len(logs.filter_log_events(logGroupName=name, **times)["events"]) == 3
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name, PaginationConfig={"PageSize": 2})
    assert [found["eventId"] for page in pages for found in page["events"]] == [
        found["eventId"] for found in whole["events"]
    ]
    refused(lambda: logs.filter_log_events(logGroupName=name, logStreamNames=["none"]), MISSING)
    refused(lambda: logs.filter_log_events(logGroupName=name, filterPattern="{ $.a = }"), INVALID)
    by_arn = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["logGroupArn"]
    assert len(logs.filter_log_events(logGroupIdentifier=by_arn)["events"]) == 9


def test_a_live_tail_hears_of_what_is_put(root, logs):
    where = stream(logs, "a-stream")
    other = stream(logs, "b-stream", where["logGroupName"])
    arn = logs.describe_log_groups(logGroupNamePrefix=where["logGroupName"])["logGroups"][0]["logGroupArn"]
    put(logs, where, "ERROR before")
    listener = root.client("logs", inject_host_prefix=False)
    answer = listener.start_live_tail(
        logGroupIdentifiers=[arn], logStreamNamePrefixes=["a"], logEventFilterPattern="ERROR"
    )["responseStream"]
    heard = iter(answer)
    start = next(heard)["sessionStart"]
    assert start["logGroupIdentifiers"] == [arn] and start["logEventFilterPattern"] == "ERROR" and start["sessionId"]
    put(logs, where, "fine", "ERROR 1")
    put(logs, other, "ERROR elsewhere")
    found = []
    while not found:
        update = next(heard)["sessionUpdate"]
        assert update["sessionMetadata"] == {"sampled": False}
        found = update["sessionResults"]
    assert [(one["message"], one["logStreamName"]) for one in found] == [("ERROR 1", "a-stream")]
    answer.close()
    nobody = root.user(policy=[statement("Allow", "logs:StartLiveTail", f"{arn}-other:*")])
    refused(
        lambda: nobody.client("logs", inject_host_prefix=False).start_live_tail(logGroupIdentifiers=[arn]),
        "AccessDeniedException",
        400,
    )


def test_a_live_tail_ends_with_the_key_that_asked_for_it(root, logs):
    where = stream(logs, "a-stream")
    arn = logs.describe_log_groups(logGroupNamePrefix=where["logGroupName"])["logGroups"][0]["logGroupArn"]
    user = root.user(policy=[statement("Allow", "logs:StartLiveTail", f"{arn}:*")])
    listener = user.client("logs", inject_host_prefix=False)
    heard = iter(listener.start_live_tail(logGroupIdentifiers=[arn])["responseStream"])
    assert "sessionStart" in next(heard) and "sessionUpdate" in next(heard)
    root.client("iam").update_access_key(UserName=user.name, AccessKeyId=user.access_key_id, Status="Inactive")
    put(logs, where, "a secret")
    with pytest.raises(EventStreamError) as ended:
        for _, update in zip(range(10), heard, strict=False):
            assert update["sessionUpdate"]["sessionResults"] == []
    assert ended.value.response["Error"]["Code"] == "UnrecognizedClientException"


def export(logs, where, bucket, **more):
    return logs.create_export_task(
        logGroupName=where["logGroupName"], fromTime=now() - DAY, to=now() + 1000, destination=bucket, **more
    )["taskId"]


def test_events_are_exported_to_a_bucket_that_takes_them(root, logs, account, bucket):
    where = stream(logs, "web/a")
    start = now() - 60_000
    logs.put_log_events(**where, logEvents=[event("one", start), event("two", start + 1)])
    put(logs, stream(logs, "web-b", where["logGroupName"]), "three", at=start + 2)
    put(logs, stream(logs, "other", where["logGroupName"]), "no", at=start)
    refused(lambda: export(logs, where, bucket), INVALID, 400)
    s3, arn = root.client("s3"), f"arn:aws:s3:::{bucket}"
    organization = root.client("organizations").describe_organization()["Organization"]["Id"]
    def trusting(source, organization=organization):
        sure = {"aws:SourceAccount": account, "aws:SourceOrgID": organization}
        path = {"aws:SourceOrgPaths": f"{organization}/r-*/"}
        condition = {"StringEquals": sure, "ArnLike": {"aws:SourceArn": source}, "ForAnyValue:StringLike": path}
        service = {"Principal": {"Service": "logs.amazonaws.com"}, "Condition": condition}
        s3.put_bucket_policy(Bucket=bucket, Policy=document(
            {**statement("Allow", "s3:GetBucketAcl", arn), **service},
            {**statement("Allow", "s3:PutObject", f"{arn}/*"), **service},
        ))
    group_arn = f"arn:aws:logs:us-east-1:{account}:log-group:{where['logGroupName']}"
    trusting(f"{group_arn}-other")
    refused(lambda: export(logs, where, bucket), INVALID, 400)
    trusting(group_arn, organization="o-another")
    refused(lambda: export(logs, where, bucket), INVALID, 400)
    trusting(group_arn)
    task = export(logs, where, bucket, destinationPrefix="kept", logStreamNamePrefix="web", taskName="mine")
    deadline = time.monotonic() + 60
    while (found := logs.describe_export_tasks(taskId=task)["exportTasks"][0])["status"]["code"] != "COMPLETED":
        assert time.monotonic() < deadline and found["status"]["code"] in ["PENDING", "RUNNING"], found
        time.sleep(0.1)
    assert (found["taskName"], found["destination"], found["destinationPrefix"]) == ("mine", bucket, "kept")
    assert found["executionInfo"]["completionTime"] >= found["executionInfo"]["creationTime"]
    objects = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    first, second = [f"kept/{task}/web-{stream}/000000.gz" for stream in "ab"]
    assert sorted(objects) == sorted(["kept/aws-logs-write-test", first, second])
    content = gzip.decompress(s3.get_object(Bucket=bucket, Key=first)["Body"].read()).decode()
    lines = content.splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["one", "two"]
    when = datetime.datetime.strptime(lines[0].split(" ")[0], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert round(when.timestamp() * 1000) == start
    refused(lambda: logs.cancel_export_task(taskId=task), "InvalidOperationException", 400)
    refused(lambda: logs.cancel_export_task(taskId="none"), MISSING)
    refused(lambda: export(logs, {"logGroupName": "none"}, bucket), MISSING)


def test_a_pattern_is_tried_out(logs):
    lines = ['{"a": {"b": 7}}', '{"a": {"b": 8}}']
    [found] = logs.test_metric_filter(filterPattern="{ $.a.b > 7 }", logEventMessages=lines)["matches"]
    assert found == {"eventNumber": 2, "eventMessage": lines[1], "extractedValues": {"$.a.b": "8"}}


def test_deleted_streams_and_groups_leave_nothing(logs):
    where = stream(logs)
    put(logs, where, "first")
    logs.delete_log_stream(**where)
    refused(lambda: logs.get_log_events(**where), MISSING)
    logs.create_log_stream(**where)
    assert messages(logs.get_log_events(**where)) == []
    put(logs, where, "second")
    logs.delete_log_group(logGroupName=where["logGroupName"])
    logs.create_log_group(logGroupName=where["logGroupName"])
    assert logs.describe_log_streams(logGroupName=where["logGroupName"])["logStreams"] == []


def ahead(server, seconds):
    """The server again, with its clock ahead by so much."""
    server.stop()
    return server.start(environment(server.data_dir.parent, seconds))


def test_events_expire(own_server):
    back = -26 * 60 * 60
    ahead(own_server, back)
    with signing_ahead(back):
        logs = own_server.root().client("logs")
        where = stream(logs)
        logs.put_retention_policy(logGroupName=where["logGroupName"], retentionInDays=1)
        put(logs, where, "old", at=now() + back * 1000)
        assert messages(logs.get_log_events(**where)) == ["old"]
    ahead(own_server, 0)
    logs = own_server.root().client("logs")
    assert messages(logs.get_log_events(**where)) == []
    assert logs.filter_log_events(logGroupName=where["logGroupName"])["events"] == []
    put(logs, where, "new")
    assert messages(logs.get_log_events(**where)) == ["new"]
    deadline = time.monotonic() + 90
    first = None
    while first is None or first < now() - DAY:
        assert time.monotonic() < deadline, "the old event is still there"
        [found] = logs.describe_log_streams(logGroupName=where["logGroupName"])["logStreams"]
        first = found["firstEventTimestamp"]


def test_policies_name_groups_and_streams(root, logs, account):
    where = stream(logs)
    other = {**where, "logStreamName": "other"}
    logs.create_log_stream(**other)
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{where['logGroupName']}"
    writer = root.user(policy=[statement("Allow", "logs:PutLogEvents", f"{arn}:log-stream:{where['logStreamName']}")])
    put(writer.client("logs"), where, "mine")
    refused(lambda: put(writer.client("logs"), other, "no"), "AccessDeniedException", 400)
    reader = root.user(policy=[statement("Allow", ["logs:FilterLogEvents", "logs:GetLogEvents"], f"{arn}:*")])
    assert messages(reader.client("logs").filter_log_events(logGroupName=where["logGroupName"])) == ["mine"]
    assert messages(reader.client("logs").get_log_events(**where)) == ["mine"]
    refused(lambda: reader.client("logs").describe_log_streams(logGroupName=where["logGroupName"]), "AccessDeniedException")
    tagged = root.user(policy=[
        statement("Allow", "logs:DescribeLogStreams", "*", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}})
    ])
    refused(lambda: tagged.client("logs").describe_log_streams(logGroupName=where["logGroupName"]), "AccessDeniedException")
    logs.tag_log_group(logGroupName=where["logGroupName"], tags={"team": "a"})
    assert len(tagged.client("logs").describe_log_streams(logGroupName=where["logGroupName"])["logStreams"]) == 2


def test_resource_policies_let_other_accounts_in(root, logs, account, other):
    where = stream(logs)
    put(logs, where, "shared")
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{where['logGroupName']}"
    look = lambda: other.client("logs").filter_log_events(logGroupIdentifier=arn)
    refused(look, "AccessDeniedException", 400)
    allow = {**statement("Allow", "logs:FilterLogEvents", f"{arn}:*"), "Principal": {"AWS": other.account}}
    put_policy = lambda **more: logs.put_resource_policy(policyDocument=document(allow), **more)
    name = fresh("policy")
    made = put_policy(policyName=name)["resourcePolicy"]
    assert (made["policyName"], made["policyScope"]) == (name, "ACCOUNT")
    assert messages(look()) == ["shared"]
    assert name in [found["policyName"] for found in logs.describe_resource_policies()["resourcePolicies"]]
    logs.delete_resource_policy(policyName=name)
    refused(look, "AccessDeniedException", 400)
    revision = put_policy(resourceArn=arn)["revisionId"]
    assert messages(look()) == ["shared"]
    refused(lambda: put_policy(resourceArn=arn, expectedRevisionId="0" * 16), "OperationAbortedException")
    [found] = logs.describe_resource_policies(resourceArn=arn, policyScope="RESOURCE")["resourcePolicies"]
    assert found["revisionId"] == revision and json.loads(found["policyDocument"])["Statement"][0] == allow
    logs.delete_resource_policy(resourceArn=arn)
    refused(look, "AccessDeniedException", 400)
    refused(lambda: logs.put_resource_policy(policyName=name, policyDocument="{}"), INVALID)


def test_policies_are_the_business_of_the_groups_account(root, logs, account, other):
    group = stream(logs)["logGroupName"]
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{group}"
    put = lambda client, *statements: client.put_resource_policy(resourceArn=arn, policyDocument=document(*statements))  # noqa: E731
    everything = {**statement("Allow", "logs:*", f"{arn}*"), "Principal": {"AWS": other.account}}
    put(logs, everything)
    theirs = other.client("logs")
    theirs.filter_log_events(logGroupIdentifier=arn)
    refused(lambda: put(theirs, everything), "AccessDeniedException", 400)
    refused(lambda: theirs.delete_resource_policy(resourceArn=arn), "AccessDeniedException", 400)
    # And no policy shuts the root user out of it.
    put(logs, {**statement("Deny", "logs:*", "*"), "Principal": "*"})
    refused(lambda: logs.filter_log_events(logGroupIdentifier=arn), "AccessDeniedException", 400)
    admin = root.user(policy=[statement("Allow", "logs:*")]).client("logs")
    refused(lambda: admin.delete_resource_policy(resourceArn=arn), "AccessDeniedException", 400)
    logs.delete_resource_policy(resourceArn=arn)
    logs.delete_log_group(logGroupName=group)


def test_a_policy_names_users_and_not_whoever_is_called_so_later(root, logs, account):
    for where in ({"policyName": fresh("policy")}, {"resourceArn": None}):
        group = stream(logs)["logGroupName"]
        arn = f"arn:aws:logs:us-east-1:{account}:log-group:{group}"
        where = {name: value or arn for name, value in where.items()}
        user = root.user()
        theirs = {"Principal": {"AWS": f"arn:aws:iam::{account}:user/{user.name}"}}
        allow = document(statement("Allow", "logs:DescribeLogStreams", f"{arn}:*", **theirs))
        logs.put_resource_policy(policyDocument=allow, **where)
        look = lambda who: lambda: who.client("logs").describe_log_streams(logGroupName=group)  # noqa: E731
        look(user)()
        refused(look(root.reborn(user)), "AccessDeniedException", 400)
        nobody = allow.replace(user.name, "nobody")
        refused(lambda: logs.put_resource_policy(policyDocument=nobody, **where), INVALID)  # noqa: B023
        logs.delete_resource_policy(**where)


def ask(logs, query, *groups, start=None, end=None, **more):
    """The rows of a query's result, and the whole answer."""
    times = {"startTime": start or int(time.time()) - 3600, "endTime": end or int(time.time())}
    started = logs.start_query(logGroupNames=list(groups), queryString=query, **times, **more)
    deadline = time.monotonic() + 60
    while (answer := logs.get_query_results(queryId=started["queryId"]))["status"] in ["Scheduled", "Running"]:
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)
    assert answer["status"] == "Complete", answer
    return [{field["field"]: field["value"] for field in row} for row in answer["results"]], answer


@pytest.fixture(scope="module")
def requests(logs):
    """A group with JSON and with lines, in two streams; the events are a minute apart."""
    name = group(logs)
    start = now() - 50 * 60_000
    json_events = [
        {"level": "ERROR" if at % 4 == 0 else "INFO", "ms": at, "user": {"name": f"u{at % 3}"}} for at in range(20)
    ]
    batch = [event(json.dumps(one), start + at * 60_000) for at, one in enumerate(json_events)]
    logs.put_log_events(**stream(logs, "json", name), logEvents=batch)
    lines = [event(f"user=u{at % 2}, took {at} ms", start + at * 60_000 + 1) for at in range(10)]
    logs.put_log_events(**stream(logs, "lines", name), logEvents=lines)
    return name


def test_queries_filter_parse_sort_and_count(logs, requests):
    rows, answer = ask(logs, "fields @timestamp, level, user.name | filter level = 'ERROR' | sort ms asc | limit 3", requests)
    assert [(row["level"], row["user.name"]) for row in rows] == [("ERROR", "u0"), ("ERROR", "u1"), ("ERROR", "u2")]
    assert all(row["@ptr"] and row["@timestamp"].startswith("20") for row in rows)
    known = answer["statistics"]
    assert (known["recordsMatched"], known["recordsScanned"], known["logGroupsScanned"]) == (5, 30, 1)
    stored = logs.describe_log_groups(logGroupNamePrefix=requests)["logGroups"][0]["storedBytes"]
    assert known["bytesScanned"] == stored > 0

    record = logs.get_log_record(logRecordPointer=rows[1]["@ptr"])["logRecord"]
    assert json.loads(record["@message"])["ms"] == 4 and record["user.name"] == "u1" and record["@logStream"] == "json"
    refused(lambda: logs.get_log_record(logRecordPointer="x"), INVALID)

    rows, _ = ask(logs, "parse 'user=*, took * ms' as who, took | stats sum(took) as all, max(took) by who | sort who", requests)
    assert [row for row in rows if "who" in row] == [
        {"who": "u0", "all": "20", "max(took)": "8"}, {"who": "u1", "all": "25", "max(took)": "9"}
    ]
    rows, _ = ask(logs, "filter @logStream = 'json' | stats count(*) as n, pct(ms, 50) as p, avg(ms) by level | sort n desc", requests)
    assert rows == [
        {"level": "INFO", "n": "15", "p": "10", "avg(ms)": "10"}, {"level": "ERROR", "n": "5", "p": "8", "avg(ms)": "8"}
    ]
    rows, _ = ask(logs, "fields @message | dedup level | filter ispresent(level)", requests)
    assert [json.loads(row["@message"])["ms"] for row in rows] == [19, 16]
    rows, answer = ask(logs, "stats count(*) by bin(5m)", requests)
    assert sum(int(row["count(*)"]) for row in rows) == 30 and set(rows[0]) == {"bin(5m)", "count(*)"}
    assert answer["statistics"]["recordsMatched"] == 30
    rows, _ = ask(logs, "display @message", requests, limit=4)
    assert len(rows) == 4 and json.loads(rows[0]["@message"])["ms"] == 19, "the latest come first"
    fields = {one["name"]: one["percent"] for one in logs.get_log_group_fields(
        logGroupName=requests, time=int(time.time()) - 45 * 60)["logGroupFields"]}
    assert fields["@message"] == 100 and 0 < fields["user.name"] < 100


def test_queries_are_told_of_and_stopped(logs, requests, account):
    wrong = refused(
        lambda: logs.start_query(logGroupName=requests, queryString="fields @message | nonsense", startTime=0, endTime=1),
        "MalformedQueryException", 400,
    )
    assert wrong["queryCompileError"]["location"]["startCharOffset"] == 18
    refused(lambda: logs.start_query(logGroupName="none", queryString="limit 1", startTime=0, endTime=1), MISSING)
    refused(lambda: logs.start_query(logGroupName=requests, queryString="limit 1", startTime=2, endTime=1), INVALID)
    refused(lambda: logs.start_query(queryString="limit 1", startTime=0, endTime=1), INVALID)
    refused(lambda: logs.get_query_results(queryId="none"), MISSING)
    _, answer = ask(logs, "stats count(*)", requests)
    [latest] = logs.describe_queries(logGroupName=requests, maxResults=1)["queries"]
    assert (latest["status"], latest["queryString"]) == ("Complete", "stats count(*)")
    assert latest["userIdentity"] == f"arn:aws:iam::{account}:root"
    assert logs.stop_query(queryId=latest["queryId"])["success"] is False
    assert logs.list_log_groups_for_query(queryId=latest["queryId"])["logGroupIdentifiers"][0].endswith(requests)
    made = logs.put_query_definition(name="n/a", queryString="limit 1", logGroupNames=[requests])["queryDefinitionId"]
    again = logs.put_query_definition(name="n/b", queryString="limit 2", queryDefinitionId=made)["queryDefinitionId"]
    [kept] = logs.describe_query_definitions(queryDefinitionNamePrefix="n/")["queryDefinitions"]
    assert made == again and (kept["name"], kept["queryString"]) == ("n/b", "limit 2")
    assert logs.delete_query_definition(queryDefinitionId=made)["success"] is True
    refused(lambda: logs.delete_query_definition(queryDefinitionId=made), MISSING)
    refused(lambda: logs.put_query_definition(name="x", queryString="nonsense"), INVALID)


def test_results_are_for_the_account_that_asked(logs, requests, other):
    started = logs.start_query(logGroupName=requests, queryString="limit 1", startTime=0, endTime=int(time.time()))
    foreign = other.client("logs")
    refused(lambda: foreign.get_query_results(queryId=started["queryId"]), MISSING)
    refused(lambda: foreign.stop_query(queryId=started["queryId"]), MISSING)
    assert started["queryId"] not in [one["queryId"] for one in foreign.describe_queries()["queries"]]


def test_what_is_not_honoured_is_refused_by_name(logs):
    refused(lambda: logs.create_log_group(logGroupName=fresh(), logGroupClass="DELIVERY"), "NotImplemented", 501)


def test_the_cloudwatch_agent_s_calls(root, logs):
    """The agent puts first, makes what is missing, sets retention and tags nothing, and sends where events are from."""
    agent = root.user(policy=[
        statement(
            "Allow",
            ["logs:PutLogEvents", "logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutRetentionPolicy",
             "logs:DescribeLogStreams", "logs:DescribeLogGroups"],
        )
    ]).client("logs")
    where = {"logGroupName": fresh("agent"), "logStreamName": "i-0123456789abcdef0"}
    entity = {
        "keyAttributes": {"Type": "Service", "Name": "shop", "Environment": "ec2:default"},
        "attributes": {"PlatformType": "AWS::EC2", "EC2.InstanceId": where["logStreamName"]},
    }
    send = lambda *lines: agent.put_log_events(**where, entity=entity, logEvents=[event(line) for line in lines])
    refused(lambda: send("lost"), MISSING, 400, "The specified log group does not exist.")
    refused(lambda: agent.create_log_stream(**where), MISSING)
    agent.create_log_group(logGroupName=where["logGroupName"])
    agent.create_log_stream(**where)
    agent.put_retention_policy(logGroupName=where["logGroupName"], retentionInDays=14)
    for at in range(3):
        assert "rejectedEntityInfo" not in send(f"line {at}", f"line {at} again")
    assert len(messages(logs.get_log_events(**where, startFromHead=True))) == 6
    rows, _ = ask(logs, "fields @entity.KeyAttributes.Name as service | limit 1", where["logGroupName"])
    assert rows[0]["service"] == "shop", "queries tell where events come from"


def test_acknowledged_events_survive_kill_9(own_server):
    logs = own_server.root().client("logs")
    where = stream(logs)
    known = 0
    for round in range(3):
        sender = own_server.root().client("logs")
        stop = time.monotonic() + 1
        while time.monotonic() < stop:
            put(sender, where, *[f"{known}:{at}" for at in range(50)])
            known += 1
        own_server.kill()
        own_server.start()
        found, token = [], {"startFromHead": True}
        logs = own_server.root().client("logs")
        while page := logs.get_log_events(**where, **token):
            if not page["events"]:
                break
            found += messages(page)
            token = {"nextToken": page["nextForwardToken"]}
        wanted = [f"{batch}:{at}" for batch in range(known) for at in range(50)]
        assert found == wanted, "each acknowledged event once, in order"
