"""What becomes of log events beside being kept: metrics in CloudWatch."""

import datetime
import json
import time

import pytest

from conftest import fresh, refused, statement
from test_logs import INVALID, MISSING, event, group, logs, now, stream  # noqa: F401

MINUTE = 60_000


@pytest.fixture(scope="module")
def cloudwatch(root):
    return root.client("cloudwatch")


def transformation(namespace, name="m", metric_value="1", **more):
    return [{"metricNamespace": namespace, "metricName": name, "metricValue": metric_value, **more}]


def metric_filter(logs, where, pattern, called="f", **more):
    asked = {"logGroupName": where["logGroupName"], "filterName": called, "filterPattern": pattern}
    logs.put_metric_filter(**asked, metricTransformations=transformation(**more))


def put(logs, where, *messages, at=None):
    logs.put_log_events(**where, logEvents=[event(message, at) for message in messages])


def points(cloudwatch, namespace, name="m", dimensions=None, window=datetime.timedelta(hours=23), **more):
    """Count and sum of a metric by the minute, in milliseconds since 1970."""
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=2)
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in (dimensions or {}).items()],
        StartTime=end - window,
        EndTime=end,
        **{"Period": 60, "Statistics": ["Sum", "SampleCount"], **more},
    )["Datapoints"]
    return {int(point["Timestamp"].timestamp() * 1000): (point["SampleCount"], point["Sum"]) for point in found}


def eventually(look, wanted, seconds=60):
    """What is made of events is made in the background."""
    end = time.time() + seconds
    while (found := look()) != wanted and time.time() < end:
        time.sleep(0.2)
    assert found == wanted


def minute(at):
    return at // MINUTE * MINUTE


def test_a_metric_filter_counts_events_when_they_happened(logs, cloudwatch):
    namespace, where = fresh("ns"), stream(logs)
    put(logs, where, "ERROR before there was a filter")
    metric_filter(logs, where, "ERROR", namespace=namespace, unit="Count")
    before = minute(now()) - 10 * MINUTE
    put(logs, where, "an ERROR", "all is well", "another ERROR", at=before + 7)
    put(logs, where, "ERROR", at=before + 3 * MINUTE)
    eventually(lambda: points(cloudwatch, namespace), {before: (2, 2), before + 3 * MINUTE: (1, 1)})
    assert points(cloudwatch, namespace, Unit="Count") and not points(cloudwatch, namespace, Unit="Bytes")
    [found] = logs.describe_log_groups(logGroupNamePrefix=where["logGroupName"])["logGroups"]
    assert found["metricFilterCount"] == 1


def test_a_filter_is_for_events_that_are_put_after_it_was_made(logs, cloudwatch):
    namespace, where, at = fresh("ns"), stream(logs), minute(now()) - 5 * MINUTE
    metric_filter(logs, where, "ERROR", "first", namespace=namespace, name="first")
    for number in range(20):
        put(logs, where, "ERROR", at=at)
        time.sleep(0.01)
        metric_filter(logs, where, "ERROR", f"f{number}", namespace=namespace, name=f"after{number}")
    put(logs, where, "ERROR", at=at)
    # The last event is measured last.
    for number in range(20):
        eventually(lambda: points(cloudwatch, namespace, f"after{number}"), {at: (20 - number, 20 - number)})  # noqa: B023
    eventually(lambda: points(cloudwatch, namespace, "first"), {at: (21, 21)})


def test_values_and_dimensions_come_from_the_events(logs, cloudwatch):
    namespace, where = fresh("ns"), stream(logs)
    by = {"Path": "$.path", "Code": "$.code"}
    metric_filter(logs, where, "{ $.ms > 1 }", "json", namespace=namespace, name="ms", metric_value="$.ms", dimensions=by)
    metric_filter(logs, where, "[ip, path, bytes]", "blanks", namespace=namespace, name="bytes", metric_value="$bytes")
    at = minute(now()) - 5 * MINUTE
    events = [{"ms": 2.5, "path": "/a", "code": 200}, {"ms": 3, "path": "/a", "code": 200}, {"ms": 4, "path": "/b", "code": 500}]
    nothing = [{"ms": 1, "path": "/a", "code": 200}, {"ms": 5, "path": "/a"}, {"ms": "x", "path": "/a", "code": 200}]
    put(logs, where, *map(json.dumps, events + nothing), "1.2.3.4 / 17", "1.2.3.4 / -", at=at)
    read = lambda **by: points(cloudwatch, namespace, "ms", by)  # noqa: E731
    eventually(lambda: read(Path="/a", Code="200"), {at: (2, 5.5)})
    eventually(lambda: read(Path="/b", Code="500"), {at: (1, 4)})
    eventually(lambda: points(cloudwatch, namespace, "bytes"), {at: (1, 17)})
    listed = cloudwatch.list_metrics(Namespace=namespace)["Metrics"]
    assert len(listed) == 3


def test_minutes_without_a_match_have_the_default_value(logs, cloudwatch):
    namespace, where = fresh("ns"), stream(logs)
    metric_filter(logs, where, "ERROR", namespace=namespace, metric_value="5", defaultValue=0)
    at = minute(now()) - 5 * MINUTE
    put(logs, where, "fine", "fine", at=at)
    eventually(lambda: points(cloudwatch, namespace), {at: (1, 0)})
    put(logs, where, "fine", at=at + 1)
    put(logs, where, "fine", "ERROR", at=at + MINUTE)
    eventually(lambda: points(cloudwatch, namespace), {at: (1, 0), at + MINUTE: (1, 5)})


def test_metric_filters_are_described_changed_and_deleted(logs):
    namespace, where = fresh("ns"), stream(logs)
    name = where["logGroupName"]
    metric_filter(logs, where, "a", "two", namespace=namespace, defaultValue=1.5, unit="Bytes")
    metric_filter(logs, where, "{ $.a = 1 }", "one", namespace=namespace, name="n", dimensions={"D": "$.d"})
    one, two = logs.describe_metric_filters(logGroupName=name)["metricFilters"]
    assert (one["filterName"], one["filterPattern"], one["logGroupName"]) == ("one", "{ $.a = 1 }", name)
    assert one["metricTransformations"] == transformation(namespace, "n", dimensions={"D": "$.d"})
    assert two["metricTransformations"] == transformation(namespace, defaultValue=1.5, unit="Bytes")
    assert abs(two["creationTime"] - now()) < 60_000
    described = lambda **asked: [found["filterName"] for found in logs.describe_metric_filters(**asked)["metricFilters"]]  # noqa: E731
    assert described(metricNamespace=namespace, metricName="n") == ["one"]
    assert described(logGroupName=name, filterNamePrefix="t") == ["two"]
    page = logs.describe_metric_filters(logGroupName=name, limit=1)
    assert described(logGroupName=name, nextToken=page["nextToken"]) == ["two"]
    refused(lambda: described(metricName="n"), INVALID, 400)
    metric_filter(logs, where, "b", "two", namespace=namespace)
    changed = logs.describe_metric_filters(logGroupName=name, filterNamePrefix="two")["metricFilters"]
    assert changed == [{**two, "filterPattern": "b", "metricTransformations": transformation(namespace)}]
    logs.delete_metric_filter(logGroupName=name, filterName="two")
    missing = "The specified metric filter does not exist."
    refused(lambda: logs.delete_metric_filter(logGroupName=name, filterName="two"), MISSING, 400, missing)
    assert described(logGroupName=name) == ["one"]
    gone = "The specified log group does not exist."
    refused(lambda: described(logGroupName="/none"), MISSING, 400, gone)
    refused(lambda: metric_filter(logs, {"logGroupName": "/none"}, "a", namespace=namespace), MISSING, 400, gone)


def test_what_makes_no_metric_is_refused_as_in_aws(logs):
    where = stream(logs)

    def wrong(pattern, message=None, **more):
        refused(lambda: metric_filter(logs, where, pattern, namespace="n", **more), INVALID, 400, message)

    by = {"D": "$.d"}
    exclusive = "Invalid metric transformation: dimensions and default value are mutually exclusive properties"
    wrong("{ $.a = 1 }", exclusive, dimensions=by, defaultValue=0)
    wrong("ERROR", "The specified filter pattern does not support dimensions", dimensions=by)
    wrong("{ $.a = 1 }", dimensions={name: "$.d" for name in "abcd"})
    wrong("ERROR", metric_value="$.a")
    wrong("[a, b]", metric_value="$c")
    wrong("[a, b", metric_value="$a")
    wrong("ERROR", metric_value="many")
    wrong("ERROR", called="a*b")
    asked = {**where, "filterName": "f", "filterPattern": "a", "metricTransformations": transformation("n")}
    del asked["logStreamName"]
    for member in ({"applyOnTransformedLogs": True}, {"fieldSelectionCriteria": '@aws.region = "a"'}, {"emitSystemFieldDimensions": ["@aws.region"]}):
        refused(lambda: logs.put_metric_filter(**asked, **member), "NotImplemented", 501)


def test_a_group_has_a_hundred_metric_filters(logs):
    where = stream(logs)
    for number in range(100):
        metric_filter(logs, where, "a", f"f{number}", namespace="n")
    refused(lambda: metric_filter(logs, where, "a", "more", namespace="n"), "LimitExceededException", 400, "Resource limit exceeded.")
    metric_filter(logs, where, "b", "f7", namespace="n")


def test_figures_need_no_right_of_who_puts_events_and_are_audited(root, server, logs, cloudwatch):
    namespace, where = fresh("ns"), stream(logs)
    metric_filter(logs, where, "ERROR", namespace=namespace)
    writer = root.user(policy=[statement("Allow", "logs:PutLogEvents")])
    at = minute(now())
    put(writer.client("logs"), where, "ERROR", at=at)
    eventually(lambda: points(cloudwatch, namespace), {at: (1, 1)})
    refused(lambda: writer.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "m", "Value": 1}]), "AccessDenied", 403)
    refused(lambda: metric_filter(writer.client("logs"), where, "a", namespace=namespace), "AccessDeniedException", 400)


def embedded(namespace, at=None, dimensions=None, metrics=None, **members):
    directive = {
        "Namespace": namespace,
        "Dimensions": [["service"], []] if dimensions is None else dimensions,
        "Metrics": metrics or [{"Name": "ms", "Unit": "Milliseconds"}],
    }
    metadata = {"Timestamp": at or now(), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": metadata, "service": "shop", "ms": 7.5, **members})


def test_events_in_the_embedded_format_become_metrics(logs, cloudwatch):
    namespace, where = fresh("ns"), stream(logs)
    at = minute(now()) - 5 * MINUTE
    put(logs, where, "before", embedded(namespace, at), embedded(namespace, at + 1, ms=[1, 2]), "behind")
    shop = {"service": "shop"}
    eventually(lambda: points(cloudwatch, namespace, "ms", shop, Unit="Milliseconds"), {at: (3, 10.5)})
    eventually(lambda: points(cloudwatch, namespace, "ms"), {at: (3, 10.5)})
    fine = [{"Name": "ms", "StorageResolution": 1}]
    put(logs, where, *[embedded(namespace, at + second * 1000, [[]], fine) for second in (20, 21)])
    by_second = lambda: points(cloudwatch, namespace, "ms", Unit="None", Period=1, window=datetime.timedelta(minutes=15))  # noqa: E731
    eventually(by_second, {at + 20_000: (1, 7.5), at + 21_000: (1, 7.5)})
    kept = logs.filter_log_events(logGroupName=where["logGroupName"], filterPattern="{ $.service = shop }")["events"]
    assert len(kept) == 4, "they are events as all others are"


def test_what_is_wrong_in_the_embedded_format_is_counted(logs, cloudwatch):
    namespace, where = fresh("ns"), stream(logs)
    wrong = [
        embedded(namespace, dimensions=[["gone"]]),
        embedded(namespace, dimensions=[[f"d{number}" for number in range(31)]], **{f"d{number}": "x" for number in range(31)}),
        embedded(namespace, metrics=[{"Name": "ms"}] * 101),
        embedded(namespace, ms=[1] * 101),
        embedded(namespace, ms="fast"),
        embedded(namespace, metrics=[{"Name": "ms", "Unit": "Miles"}]),
        embedded(namespace, metrics=[{"Name": "ms", "StorageResolution": 2}]),
        embedded(namespace, at=now() - 20 * 24 * 60 * MINUTE),
        embedded(namespace, service="é"),
        embedded("x" * 256),
    ]
    put(logs, where, "plain text", "{}", *wrong, embedded(namespace)[:-1], embedded(namespace))
    of = {"LogGroupName": where["logGroupName"]}
    total = lambda name: sum(value for _, value in points(cloudwatch, "AWS/Logs", name, of).values())  # noqa: E731
    eventually(lambda: total("EMFValidationErrors"), len(wrong))
    eventually(lambda: total("EMFParsingErrors"), 1)
    assert sum(count for count, _ in points(cloudwatch, namespace, "ms").values()) == 1


def test_a_request_can_say_that_its_events_are_in_the_embedded_format(root, cloudwatch):
    logs, namespace = root.client("logs"), fresh("ns")
    where = stream(logs)
    sign = lambda request, **_: request.headers.add_header("x-amzn-logs-format", "json/emf")  # noqa: E731
    logs.meta.events.register("before-sign.cloudwatch-logs.PutLogEvents", sign)
    put(logs, where, embedded(namespace), "plain text", "{}")
    of = {"LogGroupName": where["logGroupName"]}
    total = lambda name: sum(value for _, value in points(cloudwatch, "AWS/Logs", name, of).values())  # noqa: E731
    eventually(lambda: (total("EMFParsingErrors"), total("EMFValidationErrors")), (1, 1))
    assert sum(count for count, _ in points(cloudwatch, namespace, "ms").values()) == 1


def test_figures_survive_kill_9(own_server):
    logs, namespace = own_server.root().client("logs"), fresh("ns")
    where, at = stream(logs), minute(now()) - 5 * MINUTE
    metric_filter(logs, where, "ERROR", namespace=namespace)
    for round in range(3):
        logs = own_server.root().client("logs")
        for _ in range(5):
            put(logs, where, "ERROR", "fine", "ERROR", at=at)
        own_server.kill()
        own_server.start()
    cloudwatch = own_server.root().client("cloudwatch")
    end = time.time() + 60
    while sum(count for count, _ in points(cloudwatch, namespace).values()) < 30 and time.time() < end:
        time.sleep(0.2)
    # At least once: what was told just before the kill may be told again.
    assert points(cloudwatch, namespace)[at][0] >= 30
    assert own_server.stop() == 0
