"""CloudWatch: metrics, metric math, alarms, dashboards; over each of its protocols."""

import datetime
import gzip
import json
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
from unittest import mock

import boto3
import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conftest import Server, fresh, refused, statement

MINUTE = datetime.timedelta(minutes=1)


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


BEGAN = {}


@pytest.fixture(autouse=True)
def began():
    """When the test began, so that all of it is about the same minutes."""
    BEGAN["at"] = now().replace(second=0)


def at(minutes_ago):
    """The start of a minute that was so many minutes ago when the test began."""
    return BEGAN["at"] - minutes_ago * MINUTE


@pytest.fixture
def cloudwatch(root):
    return root.client("cloudwatch")


def speaking(root, protocol):
    """A client that speaks this protocol, whichever the SDK prefers."""
    with mock.patch("botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", (protocol,)):
        client = root.client("cloudwatch")
        assert client.meta.service_model.resolved_protocol == protocol
        return client


@pytest.fixture(params=["smithy-rpc-v2-cbor", "json", "query"])
def each(root, request):
    """A client of each protocol."""
    return speaking(root, request.param)


@pytest.fixture
def namespace():
    return fresh("ns")


def put(client, namespace, *data):
    client.put_metric_data(Namespace=namespace, MetricData=list(data))


def value(name, number, minutes_ago=2, **more):
    return {"MetricName": name, "Value": number, "Timestamp": at(minutes_ago), **more}


def statistics(client, namespace, name, *wanted, period=60, **more):
    times = {"StartTime": at(60), "EndTime": at(-1)}
    asked = {**times, "Namespace": namespace, "MetricName": name, "Period": period, "Statistics": wanted, **more}
    found = client.get_metric_statistics(**{name: value for name, value in asked.items() if value})["Datapoints"]
    return sorted(found, key=lambda point: point["Timestamp"])


def stat(id, namespace, name, statistic="Sum", period=60, **more):
    dimensions = more.pop("dimensions", [])
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
    return {"Id": id, "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}, **more}


def data(client, *queries, **more):
    times = {"StartTime": at(60), "EndTime": at(-1), "ScanBy": "TimestampAscending"}
    found = client.get_metric_data(MetricDataQueries=list(queries), **{**times, **more})
    return {result["Id"]: result["Values"] for result in found["MetricDataResults"]}


def test_what_is_put_is_there_at_once_and_adds_up(each, namespace):
    put(each, namespace, value("m", 1), value("m", 3), value("m", 5, minutes_ago=5))
    found = statistics(each, namespace, "m", "SampleCount", "Average", "Sum", "Minimum", "Maximum")
    numbers = [[point[name] for name in ("SampleCount", "Average", "Sum", "Minimum", "Maximum")] for point in found]
    assert numbers == [[1, 5, 5, 5, 5], [2, 2, 4, 1, 3]]
    assert [point["Timestamp"] for point in found] == [at(5), at(2)]
    assert {point["Unit"] for point in found} == {"None"}


def test_values_counts_and_sets(each, namespace):
    values = {"Values": [1, 2, 10], "Counts": [5, 4, 1]}
    stats = {"SampleCount": 10, "Sum": 50, "Minimum": 1, "Maximum": 9}
    put(
        each,
        namespace,
        {"MetricName": "v", "Timestamp": at(2), **values},
        {"MetricName": "s", "Timestamp": at(2), "StatisticValues": stats, "Unit": "Bytes"},
    )
    extended = {"ExtendedStatistics": ["p50", "p95", "tm90", "PR(:1)"], "Statistics": None}
    [point] = statistics(each, namespace, "v", **extended)
    found = point["ExtendedStatistics"]
    assert (found["p50"], found["p95"], found["PR(:1)"]) == (1, 10, 50)
    assert found["tm90"] == pytest.approx(13 / 9)
    assert statistics(each, namespace, "s", **extended) == []
    [point] = statistics(each, namespace, "s", "Sum")
    assert (point["Sum"], point["Unit"]) == (50, "Bytes")
    assert statistics(each, namespace, "s", "Sum", Unit="Count") == []


def test_high_resolution(cloudwatch, namespace):
    start = now() - datetime.timedelta(seconds=100)
    start = start.replace(second=start.second // 10 * 10)
    points = [
        {
            "MetricName": "h",
            "Value": second,
            "Timestamp": start + datetime.timedelta(seconds=second),
            "StorageResolution": 1,
        }
        for second in range(20)
    ]
    put(cloudwatch, namespace, *points)
    window = {"StartTime": start, "EndTime": start + datetime.timedelta(seconds=20)}
    assert [p["Sum"] for p in statistics(cloudwatch, namespace, "h", "Sum", period=10, **window)] == [45, 145]
    assert len(statistics(cloudwatch, namespace, "h", "Sum", period=1, **window)) == 20
    put(cloudwatch, namespace, value("low", 1))
    assert statistics(cloudwatch, namespace, "low", "Sum", period=10, StartTime=at(5)) == []


def test_data_are_the_same_after_they_were_merged_and_after_a_restart(own_server):
    client = own_server.root().client("cloudwatch")
    put(client, "N", *[value("m", number) for number in range(300)])
    put(client, "N", value("m", 1000), value("m", 1, minutes_ago=3))
    wanted = {"ExtendedStatistics": ["p50"], "Statistics": None}

    def seen(client):
        sums = [(p["Sum"], p["SampleCount"]) for p in statistics(client, "N", "m", "Sum", "SampleCount")]
        [_, point] = statistics(client, "N", "m", **wanted)
        return sums, round(point["ExtendedStatistics"]["p50"], -1)

    before = seen(client)
    assert before == ([(1, 1), (45850, 301)], 150)
    time.sleep(6)
    assert seen(client) == before
    put(client, "N", value("m", 1, minutes_ago=3))
    own_server.kill()
    own_server.start()
    found = statistics(own_server.root().client("cloudwatch"), "N", "m", "Sum")
    assert [point["Sum"] for point in found] == [2, 45850]


def test_many_writers_lose_nothing(cloudwatch, namespace):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: put(cloudwatch, namespace, value("m", 1), value("m", n)), range(100)))
    [point] = statistics(cloudwatch, namespace, "m", "SampleCount", "Sum")
    assert (point["SampleCount"], point["Sum"]) == (200, 100 + sum(range(100)))


def test_what_cannot_be_put(each, namespace):
    def wrong(code, message, *points):
        refused(lambda: put(each, namespace, *points), code, 400, message)

    datum = "MetricData.member.1"
    wrong("MissingParameter", "The parameter MetricData is required.")
    wrong(
        "InvalidParameterValue",
        f"The parameter {datum}.Timestamp must specify a time within the past two weeks.",
        value("m", 1, minutes_ago=15 * 24 * 60),
    )
    wrong(
        "InvalidParameterCombination",
        f"The parameters {datum}.Value and {datum}.StatisticValues are mutually exclusive and you have specified both.",
        value("m", 1, StatisticValues={"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1}),
    )
    wrong(
        "InvalidParameterCombination",
        f"At least one of the parameters {datum}.Value, {datum}.Values and {datum}.StatisticValues must be specified.",
        {"MetricName": "m"},
    )
    wrong(
        "InvalidParameterValue",
        "The collection MetricData must not have a size greater than 1000.",
        *[value("m", 1)] * 1001,
    )
    wrong("InvalidParameterValue", None, value("m", float("nan")))
    wrong("InvalidParameterValue", None, value("m", 1, minutes_ago=-150))
    wrong("InvalidParameterValue", None, value("m", 1, StorageResolution=7))
    wrong("InvalidParameterValue", None, value("m", 1, Dimensions=[{"Name": "a", "Value": "1"}] * 2))
    wrong("InvalidParameterValue", None, value("m", 1, Dimensions=[{"Name": str(n), "Value": "1"} for n in range(31)]))
    wrong("InvalidParameterValue", None, value("m", 1, Unit="Parsecs"))
    bad = {"MetricName": "m", "Values": [1.0, 2.0], "Counts": [1.0]}
    wrong("InvalidParameterValue", None, bad)
    entity = {"Entity": {"KeyAttributes": {"a": "b", "c": "d"}}, "MetricData": [value("m", 1)]}
    refused(
        lambda: each.put_metric_data(Namespace=namespace, EntityMetricData=[entity]), "NotImplemented", 501
    )
    assert each.list_metrics(Namespace=namespace)["Metrics"] == []


def test_what_cannot_be_asked(each, namespace):
    def ask(**more):
        times = {"StartTime": at(60), "EndTime": at(0)}
        asked = {**times, "Namespace": namespace, "MetricName": "m", "Period": 60, "Statistics": ["Sum"], **more}
        return lambda: each.get_metric_statistics(**{key: value for key, value in asked.items() if value})

    refused(
        ask(StartTime=at(1441)),
        "InvalidParameterCombination",
        400,
        "You have requested up to 1441 datapoints, which exceeds the limit of 1440. You may reduce the datapoints "
        "requested by increasing Period, or decreasing the time range.",
    )
    same = "The parameter StartTime must not equal parameter EndTime."
    refused(ask(StartTime=at(5), EndTime=at(5)), "InvalidParameterValue", 400, same)
    refused(ask(EndTime=at(120)), "InvalidParameterValue", 400)
    refused(ask(Period=90), "InvalidParameterValue", 400)
    refused(ask(Statistics=None), "MissingParameter", 400)
    refused(ask(ExtendedStatistics=["p50"]), "InvalidParameterCombination", 400)
    refused(ask(ExtendedStatistics=["x50"], Statistics=None), "InvalidParameterValue", 400)
    for query in [
        {"Id": "A", "Expression": "1"},
        {"Id": "a"},
        {"Id": "a", "Expression": "b"},
        {"Id": "a", "Expression": "a+1"},
        {"Id": "a", "Expression": "(1"},
        stat("a", namespace, "m", "Nothing"),
        stat("a", namespace, "m", period=7),
    ]:
        refused(lambda query=query: data(each, query), "ValidationError", 400)
    unknown = {"Id": "a", "Expression": "ANOMALY_DETECTION_BAND(m)"}
    told = refused(lambda: data(each, unknown, stat("m", namespace, "m")), "ValidationError", 400)
    assert "ANOMALY_DETECTION_BAND" in told["Error"]["Message"]


def test_listing(each, namespace):
    dimension = lambda name, value: {"Name": name, "Value": value}  # noqa: E731
    many = [value("many", 1, Dimensions=[dimension("n", str(n))]) for n in range(510)]
    put(each, namespace, *many)
    put(each, namespace, value("one", 1, Dimensions=[dimension("b", "2"), dimension("a", "1")], Unit="Count"))
    put(each, namespace, value("one", 1, Dimensions=[dimension("a", "1"), dimension("b", "2")], Unit="Bytes"))
    first = each.list_metrics(Namespace=namespace)
    assert len(first["Metrics"]) == 500
    rest = each.list_metrics(Namespace=namespace, NextToken=first["NextToken"])
    assert len(rest["Metrics"]) == 11 and "NextToken" not in rest
    [one] = each.list_metrics(Namespace=namespace, MetricName="one")["Metrics"]
    assert one["Dimensions"] == [dimension("a", "1"), dimension("b", "2")]

    def listed(**more):
        return len(each.list_metrics(Namespace=namespace, **more)["Metrics"])

    assert listed(Dimensions=[{"Name": "a"}]) == 1
    assert listed(Dimensions=[{"Name": "n", "Value": "7"}], RecentlyActive="PT3H") == 1
    assert listed(Dimensions=[{"Name": "a", "Value": "2"}]) == 0
    assert namespace in {metric["Namespace"] for metric in each.list_metrics(MetricName="one")["Metrics"]}
    refused(lambda: each.list_metrics(NextToken="x"), "InvalidNextToken", 400)


def test_metric_math(each, namespace):
    put(each, namespace, value("e", 2, 4), value("e", 4, 3), value("r", 10, 4), value("r", 10, 3), value("r", 10, 2))
    hidden = [stat("e", namespace, "e", ReturnData=False), stat("r", namespace, "r", ReturnData=False)]
    expressions = {
        "rate": "100*e/r",
        "filled": "FILL(e, 0)",
        "total": "SUM(METRICS())",
        "diff": "DIFF(e)",
        "twice": "rate*2",
        "either": "IF(e > 2, e, r)",
    }
    queries = [{"Id": id, "Expression": text} for id, text in expressions.items()]
    found = data(each, *hidden, *queries, StartTime=at(4), EndTime=at(1))
    assert found == {
        "rate": [20, 40],
        "filled": [2, 4, 0],
        "total": [12, 14, 10],
        "diff": [2],
        "twice": [40, 80],
        "either": [10, 4],
    }


def test_searches_and_labels(each, namespace):
    hosts = [[{"Name": "Host", "Value": host}] for host in ("a", "b")]
    put(each, namespace, *[value("CpuLoad", n + 1, Dimensions=host) for n, host in enumerate(hosts)])
    put(each, namespace, value("Other", 9, Dimensions=hosts[0]))
    text = f"SEARCH('{{{namespace},Host}} cpu', 'Sum', 60)"
    times = {"StartTime": at(10), "EndTime": at(0)}
    label = "${PROP('Dim.Host')}: ${MAX}"
    queries = [{"Id": "s", "Expression": text, "Label": label}, {"Id": "t", "Expression": f"SUM({text})"}]
    results = each.get_metric_data(MetricDataQueries=queries, **times)["MetricDataResults"]
    assert [(one["Id"], one["Label"], one["Values"]) for one in results] == [
        ("s", "a: 1", [1]),
        ("s", "b: 2", [2]),
        ("t", "t", [3]),
    ]
    plain = each.get_metric_data(MetricDataQueries=[{"Id": "s", "Expression": text}], **times)
    assert [one["Label"] for one in plain["MetricDataResults"]] == ["a", "b"]


def test_data_in_pages(each, namespace):
    put(each, namespace, *[value("m", n, minutes_ago=n + 1) for n in range(5)])
    queries = [stat("a", namespace, "m"), stat("b", namespace, "m")]
    asked = {"MetricDataQueries": queries, "StartTime": at(60), "EndTime": at(0), "MaxDatapoints": 3}
    pages = list(each.get_paginator("get_metric_data").paginate(**asked))
    found = [(one["Id"], value) for page in pages for one in page["MetricDataResults"] for value in one["Values"]]
    assert found == [(id, n) for id in "ab" for n in range(5)]
    assert pages[0]["MetricDataResults"][0]["StatusCode"] == "PartialData"


# Protocols


def send(server, method, url, body, headers):
    pool = urllib3.PoolManager(ca_certs=server.ca, retries=False)
    return pool.request(method, url, body=body, headers=headers)


def signed(principal, method, path, body, headers):
    url = principal.server.endpoint + path
    request = AWSRequest(method=method, url=url, data=body, headers=headers)
    credentials = Credentials(principal.access_key_id, principal.secret)
    SigV4Auth(credentials, "monitoring", "us-east-1").add_auth(request)
    return send(principal.server, method, url, body, dict(request.headers))


FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
XML = {"m": "http://monitoring.amazonaws.com/doc/2010-08-01/"}


def query(principal, action, compress=False, **parameters):
    form = urllib.parse.urlencode({"Action": action, "Version": "2010-08-01", **parameters}).encode()
    if not compress:
        return signed(principal, "POST", "/", form, FORM)
    return signed(principal, "POST", "/", gzip.compress(form), {**FORM, "Content-Encoding": "gzip"})


def json_call(principal, action, body, **headers):
    kind = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"GraniteServiceVersion20100801.{action}"}
    content = json.dumps(body).encode()
    if headers:
        content = gzip.compress(content)
    return signed(principal, "POST", "/", content, {**kind, **headers})


def test_the_query_protocol(root, cloudwatch, namespace):
    datum = {
        "MetricData.member.1.MetricName": "m",
        "MetricData.member.1.Value": "2.5",
        "MetricData.member.1.Unit": "Seconds",
        "MetricData.member.1.Dimensions.member.1.Name": "d",
        "MetricData.member.1.Dimensions.member.1.Value": "1",
    }
    for compress in (False, True):
        answer = query(root, "PutMetricData", compress, Namespace=namespace, **datum)
        assert answer.status == 200, answer.data.decode()
        assert ElementTree.fromstring(answer.data.decode()).tag == f"{{{XML['m']}}}PutMetricDataResponse"
    answer = query(root, "ListMetrics", Namespace=namespace)
    found = ElementTree.fromstring(answer.data.decode()).find("m:ListMetricsResult/m:Metrics/m:member", XML)
    assert found.find("m:MetricName", XML).text == "m"
    assert found.find("m:Dimensions/m:member/m:Value", XML).text == "1"
    [point] = statistics(cloudwatch, namespace, "m", "Sum", Dimensions=[{"Name": "d", "Value": "1"}])
    assert (point["Sum"], point["Unit"]) == (5, "Seconds")

    answer = query(root, "PutMetricData", Namespace=namespace)
    error = ElementTree.fromstring(answer.data.decode()).find("m:Error", XML)
    assert [error.find(f"m:{name}", XML).text for name in ("Type", "Code", "Message")] == [
        "Sender",
        "MissingParameter",
        "The parameter MetricData is required.",
    ]


def test_the_json_protocol(root, cloudwatch, namespace):
    body = {"Namespace": namespace, "MetricData": [{"MetricName": "m", "Value": 1.5}]}
    for headers in ({}, {"Content-Encoding": "gzip"}):
        answer = json_call(root, "PutMetricData", body, **headers)
        assert answer.status == 200, answer.data.decode()
    answer = json_call(root, "ListMetrics", {"Namespace": namespace})
    assert answer.json()["Metrics"] == [{"Namespace": namespace, "MetricName": "m", "Dimensions": []}]
    [point] = statistics(cloudwatch, namespace, "m", "Sum")
    assert point["Sum"] == 3

    answer = json_call(root, "PutMetricData", {"Namespace": namespace})
    assert answer.status == 400
    assert answer.json()["__type"] == "MissingRequiredParameterException"
    assert answer.headers["x-amzn-query-error"] == "MissingParameter;Sender"
    broken = signed(root, "POST", "/", b"no gzip", {**FORM, "Content-Encoding": "gzip"})
    assert broken.status == 400


@pytest.mark.parametrize("protocol", ["smithy-rpc-v2-cbor", "json"])
def test_errors_and_compressed_bodies_of_the_newer_protocols(root, namespace, protocol):
    client, seen = speaking(root, protocol), []
    client.meta.events.register("before-send.cloudwatch", lambda request, **_: seen.append(request))
    put(client, namespace, *[value(f"metric-{n}", n) for n in range(900)])
    with pytest.raises(client.exceptions.MissingRequiredParameterException):
        client.put_metric_data(Namespace=namespace)
    refused(lambda: client.get_dashboard(DashboardName="nothing"), "ResourceNotFound", 404)
    paths = {"json": "/", "smithy-rpc-v2-cbor": "/service/GraniteServiceVersion20100801/operation/PutMetricData"}
    assert seen[0].url.endswith(paths[protocol])
    assert "gzip" in str(seen[0].headers.get("Content-Encoding"))
    assert len(list(client.get_paginator("list_metrics").paginate(Namespace=namespace))) == 2


def test_signatures(root, server, tmp_path):
    unsigned = {"Action": "ListMetrics", "Version": "2010-08-01"}
    answer = send(server, "POST", server.endpoint + "/", urllib.parse.urlencode(unsigned), FORM)
    assert (answer.status, "MissingAuthenticationToken" in answer.data.decode()) == (403, True)
    from clock import signing_ahead

    with signing_ahead(-6 * 60):
        refused(root.client("cloudwatch").list_metrics, "SignatureDoesNotMatch", 403)
    with signing_ahead(-4 * 60):
        root.client("cloudwatch").list_metrics()


def signed_v2(principal, action):
    """A request that is signed as it once was: by HMAC-SHA1 over sorted parameters."""
    import base64
    import hashlib
    import hmac

    parameters = {
        "AWSAccessKeyId": principal.access_key_id,
        "Action": action,
        "SignatureMethod": "HmacSHA1",
        "SignatureVersion": "2",
        "Timestamp": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Version": "2010-08-01",
    }
    text = "&".join(f"{name}={urllib.parse.quote(parameters[name], safe='-_.~')}" for name in sorted(parameters))
    host = principal.server.endpoint.removeprefix("https://")
    secret = principal.secret.encode()
    digest = hmac.new(secret, f"POST\n{host}\n/\n{text}".encode(), hashlib.sha1).digest()
    parameters["Signature"] = base64.b64encode(digest).decode()
    body = urllib.parse.urlencode(parameters)
    return send(principal.server, "POST", principal.server.endpoint + "/", body, FORM)


def test_signature_version_2_is_refused_unless_the_account_was_opted_in(root, tmp_path):
    answer = signed_v2(root, "ListMetrics")
    assert answer.status == 400 and "InvalidSignatureVersion" in answer.data.decode()
    account = "000011112222"
    server = Server(tmp_path / "data", "--account-id", account, "--signature-v2", account).start()
    try:
        user = server.root().user(policy=[statement("Allow", "cloudwatch:ListMetrics")])
        answer = signed_v2(user, "ListMetrics")
        assert answer.status == 200, answer.data.decode()
        assert "ListMetricsResult" in answer.data.decode()
        denied = signed_v2(user, "ListDashboards")
        assert denied.status == 403 and "AccessDenied" in denied.data.decode()
        user.secret = "another"
        forged = signed_v2(user, "ListMetrics")
        assert forged.status == 403 and "SignatureDoesNotMatch" in forged.data.decode()
    finally:
        server.stop()


def test_who_may_put_into_one_namespace_puts_into_no_other(root, namespace):
    condition = {"StringEquals": {"cloudwatch:namespace": namespace}}
    user = root.user(policy=[statement("Allow", "cloudwatch:PutMetricData", Condition=condition)])
    client = user.client("cloudwatch")
    put(client, namespace, value("m", 1))
    refused(lambda: put(client, f"{namespace}-other", value("m", 1)), "AccessDenied", 403)
    refused(lambda: client.list_metrics(), "AccessDenied", 403)


def test_accounts_and_regions_are_apart(root, other, namespace):
    put(root.client("cloudwatch"), namespace, value("m", 1))
    for client in (other.client("cloudwatch"), root.client("cloudwatch", region="eu-west-1")):
        assert client.list_metrics(Namespace=namespace)["Metrics"] == []
        assert statistics(client, namespace, "m", "Sum") == []


# Alarms


def watch(namespace, name="m", **more):
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
        **more,
    }


def alarm_of(client, name):
    found = client.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    [alarm] = found["MetricAlarms"] + found["CompositeAlarms"]
    return alarm


def wait_for(client, name, state, seconds=40):
    for _ in range(seconds * 2):
        alarm = alarm_of(client, name)
        if alarm["StateValue"] == state:
            return alarm
        time.sleep(0.5)
    raise AssertionError(alarm)


def test_an_alarm_follows_its_metric_and_others_follow_it(cloudwatch, namespace):
    name, low, both = fresh("high"), fresh("low"), fresh("both")
    cloudwatch.put_metric_alarm(AlarmName=name, AlarmDescription="d", **watch(namespace))
    expression = [
        {"Id": "half", "Expression": "m / 2", "Label": "Half"},
        stat("m", namespace, "m", "Maximum", ReturnData=False),
    ]
    bounds = {"EvaluationPeriods": 3, "DatapointsToAlarm": 1, "Threshold": 15, "TreatMissingData": "notBreaching"}
    comparison = {"ComparisonOperator": "LessThanThreshold"}
    cloudwatch.put_metric_alarm(AlarmName=low, Metrics=expression, **bounds, **comparison)
    cloudwatch.put_composite_alarm(AlarmName=both, AlarmRule=f"ALARM({name}) AND NOT OK({low})")
    assert alarm_of(cloudwatch, name)["StateReason"] == "Unchecked: Initial alarm creation"
    put(cloudwatch, namespace, *[value("m", 20, minutes_ago=n) for n in (1, 2)])
    alarm = wait_for(cloudwatch, name, "ALARM")
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoint [20.0 (")
    assert ") was greater than the threshold (10.0)" in alarm["StateReason"].replace("]", "")
    reason = json.loads(alarm["StateReasonData"])
    assert (reason["recentDatapoints"], reason["threshold"], reason["statistic"]) == ([20], 10, "Maximum")
    wait_for(cloudwatch, low, "ALARM")
    composite = wait_for(cloudwatch, both, "ALARM")
    triggers = json.loads(composite["StateReasonData"])["triggeringAlarms"]
    assert {trigger["arn"].rsplit(":", 1)[1] for trigger in triggers} == {name, low}
    items = cloudwatch.describe_alarm_history(AlarmName=name)["AlarmHistoryItems"]
    assert [item["HistoryItemType"] for item in items] == ["StateUpdate", "ConfigurationUpdate"]
    assert items[0]["HistorySummary"] == "Alarm updated from INSUFFICIENT_DATA to ALARM"
    told = json.loads(items[0]["HistoryData"])
    assert told["newState"]["stateReasonData"]["evaluatedDatapoints"][0]["value"] == 20
    asked = {"MetricName": "m", "Namespace": namespace}
    [alarm] = cloudwatch.describe_alarms_for_metric(**asked)["MetricAlarms"]
    assert alarm["AlarmName"] == name
    related = cloudwatch.describe_alarms(ChildrenOfAlarmName=both)["MetricAlarms"]
    assert {alarm["AlarmName"] for alarm in related} == {name, low}
    refused(lambda: cloudwatch.delete_alarms(AlarmNames=[name]), "ValidationError", 400)
    cloudwatch.delete_alarms(AlarmNames=[name, low, both])
    items = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="ConfigurationUpdate")
    assert json.loads(items["AlarmHistoryItems"][0]["HistoryData"])["type"] == "Delete"


def test_missing_data_and_states_that_are_set(cloudwatch, namespace):
    treatments = {"breaching": "ALARM", "notBreaching": "OK", "missing": "INSUFFICIENT_DATA"}
    names = {treatment: fresh(treatment) for treatment in treatments}
    for treatment, name in names.items():
        cloudwatch.put_metric_alarm(AlarmName=name, TreatMissingData=treatment, **watch(namespace))
    for treatment, name in names.items():
        alarm = wait_for(cloudwatch, name, treatments[treatment])
        assert alarm["TreatMissingData"] == treatment
    name = names["notBreaching"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="by hand", StateReasonData="{}")
    assert alarm_of(cloudwatch, name)["StateReason"] == "by hand"
    wait_for(cloudwatch, name, "OK")
    summaries = [
        item["HistorySummary"]
        for item in cloudwatch.describe_alarm_history(AlarmName=name, ScanBy="TimestampAscending")["AlarmHistoryItems"]
    ]
    assert summaries[1:] == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]
    refused(
        lambda: cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="x", StateReasonData="{"),
        "InvalidFormat",
        400,
    )
    gone = {"AlarmName": fresh(), "StateValue": "OK", "StateReason": "x"}
    refused(lambda: cloudwatch.set_alarm_state(**gone), "ResourceNotFound", 404)
    cloudwatch.delete_alarms(AlarmNames=list(names.values()))


def test_alarms_that_cannot_be(each, namespace):
    def wrong(code="ValidationError", status=400, **more):
        asked = {"AlarmName": fresh(), **watch(namespace), **more}
        asked = {name: value for name, value in asked.items() if value is not None}
        return refused(lambda: each.put_metric_alarm(**asked), code, status)["Error"]["Message"]

    assert wrong(Period=15) == "Period must be 10, 20, 30 or a multiple of 60"
    more = "DatapointsToAlarm must be less than or equal to EvaluationPeriods"
    assert wrong(EvaluationPeriods=1, DatapointsToAlarm=2) == more
    wrong(EvaluationPeriods=1441)
    wrong(Statistic=None)
    wrong(ExtendedStatistic="p90")
    wrong(TreatMissingData="x")
    wrong(MetricName=None)
    topic = "arn:aws:sns:us-east-1:111122223333:topic"
    assert "sns" in wrong("NotImplemented", 501, AlarmActions=[topic])
    assert wrong(OKActions=["x"]) == "Invalid arn syntax: x"
    wrong("NotImplemented", 501, ComparisonOperator="GreaterThanUpperThreshold", ThresholdMetricId="x")

    def composite(rule):
        return lambda: each.put_composite_alarm(AlarmName=fresh(), AlarmRule=rule)

    refused(composite("ALARM("), "ValidationError", 400)
    told = refused(composite("ALARM(nothing)"), "ValidationError", 400)
    assert "[nothing]" in told["Error"]["Message"]


def test_actions_tags_and_pages_of_alarms(root, each, account, namespace):
    names = sorted(fresh("page") for _ in range(3))
    for name in names:
        each.put_metric_alarm(AlarmName=name, Tags=[{"Key": "team", "Value": name}], **watch(namespace))
    each.disable_alarm_actions(AlarmNames=names[:1])
    assert [alarm_of(each, name)["ActionsEnabled"] for name in names] == [False, True, True]
    pages = each.get_paginator("describe_alarms").paginate(AlarmNamePrefix="page", MaxRecords=1)
    assert [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]] == names
    arn = alarm_of(each, names[0])["AlarmArn"]
    assert arn == f"arn:aws:cloudwatch:us-east-1:{account}:alarm:{names[0]}"
    each.tag_resource(ResourceARN=arn, Tags=[{"Key": "more", "Value": "1"}])
    each.untag_resource(ResourceARN=arn, TagKeys=["nothing"])
    tags = each.list_tags_for_resource(ResourceARN=arn)["Tags"]
    assert tags == [{"Key": "team", "Value": names[0]}, {"Key": "more", "Value": "1"}]
    condition = {"StringEquals": {"aws:ResourceTag/team": names[0]}}
    user = root.user(policy=[statement("Allow", "cloudwatch:DeleteAlarms", Condition=condition)])
    client = user.client("cloudwatch")
    refused(lambda: client.delete_alarms(AlarmNames=names), "AccessDenied", 403)
    assert len(each.describe_alarms(AlarmNames=names)["MetricAlarms"]) == 3
    client.delete_alarms(AlarmNames=names[:1])
    each.delete_alarms(AlarmNames=names)
    refused(lambda: each.list_tags_for_resource(ResourceARN=arn), "ResourceNotFoundException", 404)


# Dashboards


def test_dashboards(each, account):
    name = fresh("board")
    widget = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 2, "properties": {"markdown": "hello"}}
    body = json.dumps({"widgets": [widget]})
    answer = each.put_dashboard(DashboardName=name, DashboardBody=body, Tags=[{"Key": "a", "Value": "1"}])
    assert answer["DashboardValidationMessages"] == []
    found = each.get_dashboard(DashboardName=name)
    arn = f"arn:aws:cloudwatch::{account}:dashboard/{name}"
    assert (found["DashboardBody"], found["DashboardArn"]) == (body, arn)
    [entry] = each.list_dashboards(DashboardNamePrefix=name)["DashboardEntries"]
    assert (entry["DashboardName"], entry["Size"]) == (name, len(body))
    assert each.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    with pytest.raises(each.exceptions.DashboardInvalidInputError) as error:
        each.put_dashboard(DashboardName=name, DashboardBody="{}")
    answer = error.value.response
    assert answer["Error"]["Code"] == "InvalidParameterInput"
    assert answer["dashboardValidationMessages"] == [
        {"DataPath": "/", "Message": "Should have required property 'widgets'"}
    ]
    refused(
        lambda: each.put_dashboard(DashboardName="a b", DashboardBody=body), "InvalidParameterValue", 400
    )
    refused(lambda: each.delete_dashboards(DashboardNames=[name, "nothing"]), "ResourceNotFound", 404)
    each.delete_dashboards(DashboardNames=[name])
    refused(lambda: each.get_dashboard(DashboardName=name), "ResourceNotFound", 404)


def test_what_is_not_served_is_refused_by_name(cloudwatch):
    told = refused(lambda: cloudwatch.describe_insight_rules(), "NotImplemented", 501)
    assert "DescribeInsightRules" in told["Error"]["Message"]


# What time brings, and what the server tells of itself


def unverified(server):
    """A client of a server that may have its clock ahead, so that its certificate is from the future."""
    root = server.root()
    return boto3.client(
        "cloudwatch",
        endpoint_url=server.endpoint,
        verify=False,
        region_name="us-east-1",
        aws_access_key_id=root.access_key_id,
        aws_secret_access_key=root.secret,
    )


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_data_grow_coarser_as_they_grow_older(tmp_path):
    from clock import environment, signing_ahead

    folder = tmp_path / "clock"
    folder.mkdir()
    server = Server(tmp_path / "data").start()
    start = at(10).replace(minute=0) - datetime.timedelta(hours=1)
    dates = [{**value("m", n + 1), "Timestamp": start + n * MINUTE} for n in range(10)]
    put(server.root().client("cloudwatch"), "N", *dates)
    time.sleep(6)

    def sums(period):
        window = {"StartTime": start, "EndTime": start + 60 * MINUTE}
        found = statistics(unverified(server), "N", "m", "Sum", "SampleCount", period=period, **window)
        return [(point["Sum"], point["SampleCount"]) for point in found]

    def later(days):
        """The sums by the minute, five minutes and hour on a server whose clock is ahead, once its chores are done."""
        server.stop()
        server.start(environment(folder, days * 86_400))
        with signing_ahead(days * 86_400):
            time.sleep(8)
            return sums(60), sums(300), sums(3600)

    try:
        whole = [(55, 10)]
        by_minute = [(n + 1, 1) for n in range(10)]
        assert (sums(60), sums(300), sums(3600)) == (by_minute, [(15, 5), (40, 5)], whole)
        assert later(16) == ([], [(15, 5), (40, 5)], whole)
        # They are what they became, and not only hidden.
        assert later(0) == ([], [(15, 5), (40, 5)], whole)
        assert later(64) == ([], [], whole)
        assert later(0) == ([], [], whole)
        assert later(456) == ([], [], [])
        assert later(0) == ([], [], [])
    finally:
        server.stop()


def test_the_server_reports_its_own_figures(tmp_path):
    server = Server(tmp_path / "data").start()
    try:
        root = server.root()
        s3, dynamodb, client = root.client("s3"), root.client("dynamodb"), root.client("cloudwatch")
        s3.create_bucket(Bucket="watched")
        s3.put_object(Bucket="watched", Key="k", Body=b"x" * 1000)
        for _ in range(3):
            s3.get_object(Bucket="watched", Key="k")["Body"].read()
        refused(lambda: s3.get_object(Bucket="watched", Key="none"), "NoSuchKey", 404)
        refused(lambda: s3.get_object(Bucket="made-up", Key="none"), "NoSuchBucket", 404)
        key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
        names = [{"AttributeName": "id", "AttributeType": "S"}]
        dynamodb.create_table(TableName="watched", AttributeDefinitions=names, **key)
        item = {"TableName": "watched", "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_not_exists(id)"}
        dynamodb.put_item(**item)
        refused(lambda: dynamodb.put_item(**item), "ConditionalCheckFailedException", 400)
        stranger = root.user()
        refused(stranger.client("s3").list_buckets, "AccessDenied", 403)
        stranger.secret = "another"
        refused(stranger.client("cloudwatch").list_metrics, "SignatureDoesNotMatch", 403)

        def total(namespace, name, statistic="Sum", **dimensions):
            given = [{"Name": name, "Value": value} for name, value in dimensions.items()]
            points = statistics(client, namespace, name, statistic, period=3600, Dimensions=given, StartTime=at(59))
            return sum(point[statistic] for point in points)

        bucket = {"BucketName": "watched", "FilterId": "EntireBucket"}
        for _ in range(160):
            if total("AWS/S3", "AllRequests", **bucket) >= 6:
                break
            time.sleep(0.5)
        assert total("AWS/S3", "AllRequests", **bucket) == 6
        assert total("AWS/S3", "GetRequests", **bucket) == 4
        assert total("AWS/S3", "4xxErrors", **bucket) == 1
        assert total("AWS/S3", "BytesDownloaded", "Maximum", **bucket) == 1000
        assert total("AWS/S3", "FirstByteLatency", "SampleCount", **bucket) == 6
        assert total("AWS/DynamoDB", "SuccessfulRequestLatency", "SampleCount", TableName="watched", Operation="PutItem") == 1
        assert total("AWS/DynamoDB", "ConditionalCheckFailedRequests", TableName="watched") == 1
        assert total("Kurodo", "Denials", Reason="ImplicitDeny", PolicyType="identity-based policy") >= 1
        assert total("Kurodo", "SignatureFailures", Code="SignatureDoesNotMatch") == 1
        assert total("Kurodo", "Decisions", Service="s3") >= 6
        listed = client.list_metrics(Namespace="AWS/S3", MetricName="AllRequests")["Metrics"]
        values = {one["Value"] for metric in listed for one in metric["Dimensions"]}
        assert "made-up" not in values and "watched" in values
    finally:
        server.stop()
