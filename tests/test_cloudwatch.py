"""CloudWatch: metrics, metric math, searches; over each of its protocols, and by whom."""

import datetime
import gzip
import json
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cloudwatch import at, began, cloudwatch, data, each, namespace, now, put, speaking, stat, statistics, value  # noqa: F401
from conftest import Server, refused, statement


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
