"""What the tests of CloudWatch have in common: clients of each protocol, data, and times."""

import datetime
from unittest import mock

import pytest

from conftest import fresh

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
