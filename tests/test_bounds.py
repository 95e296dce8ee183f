"""What nobody may take of the server: memory and processors are for all."""

import http.client
import ssl
import threading
import time
from datetime import datetime, timezone

import pytest
from botocore.exceptions import ClientError
from conftest import document, fresh, refused, statement

MIB = 1 << 20


def resident(server):
    """MiB of memory that the server has."""
    with open(f"/proc/{server.process.pid}/status") as status:
        [line] = [line for line in status if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


class Unfinished:
    """A form that nobody signed, whose file does not end."""

    def __init__(self, server):
        context = ssl.create_default_context(cafile=server.ca)
        self.connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=60)
        self.connection.putrequest("POST", "/nobody")
        self.connection.putheader("Content-Type", "multipart/form-data; boundary=b")
        self.connection.putheader("Content-Length", str(8 * MIB))
        self.connection.endheaders()
        field = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
        self.connection.send(field % b"key" + b"k\r\n" + field % b"file")

    def fill(self, mebibytes):
        """Whether all was taken, so far as it was sent."""
        try:
            for _ in range(mebibytes):
                self.connection.send(b"x" * MIB)
        except OSError:
            return False
        return True

    def answer(self):
        response = self.connection.getresponse()
        return response.status, response.read()


def test_strangers_share_little_memory(own_server):
    root = own_server.root()
    before = resident(own_server)
    forms = [Unfinished(own_server) for _ in range(16)]
    taken = [form.fill(7) for form in forms]
    time.sleep(1)
    assert resident(own_server) - before < 110, taken
    # For whose file there is no room, it is decided before the file is there.
    status, text = forms[-1].answer()
    assert status == 404 and b"NoSuchBucket" in text, text
    # Who has a credential has room, and so have small requests of strangers.
    bucket = fresh("bucket")
    s3 = root.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * MIB)
    root.client("dynamodb").list_tables()
    for form in forms:
        form.connection.close()


def test_a_query_of_metrics_is_about_so_many_datapoints(own_server):
    client = own_server.root().client("cloudwatch")
    client.put_metric_data(Namespace="N", MetricData=[{"MetricName": "m", "Value": 1.0}])
    stat = {"Metric": {"Namespace": "N", "MetricName": "m"}, "Period": 1, "Stat": "Sum"}
    first = {"Id": "m1", "MetricStat": stat, "ReturnData": False}
    long = {"StartTime": datetime(1970, 1, 2, tzinfo=timezone.utc), "EndTime": datetime(9999, 1, 1, tzinfo=timezone.utc)}
    for text in ["TIME_SERIES(1)", "FILL(m1, 0)", "1"]:
        queries = [first, {"Id": "e1", "Expression": text}]
        answer = refused(lambda: client.get_metric_data(MetricDataQueries=queries, **long), "ValidationError")  # noqa: B023
        assert "5000000 datapoints" in answer["Error"]["Message"], answer
    many = [{"Id": f"e{at}", "Expression": f"[{', '.join(['m1'] * 500)}]"} for at in range(499)]
    started = time.monotonic()
    hour = {"StartTime": time.time() - 3600, "EndTime": time.time()}
    refused(lambda: client.get_metric_data(MetricDataQueries=[first, *many], **hour), "ValidationError")
    assert time.monotonic() - started < 60
    assert resident(own_server) < 1500


def test_a_query_of_logs_takes_so_much_memory(own_server):
    logs = own_server.root().client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    events = [{"timestamp": int(time.time() * 1000), "message": "x" * 2000} for _ in range(100)]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    doubled = " | ".join(f"fields concat(a{at}, a{at}) as a{at + 1}" for at in range(39))
    repeated = ",".join(f"@message as f{at}" for at in range(400))
    times = {"startTime": int(time.time()) - 600, "endTime": int(time.time()) + 600}
    for query, status in [
        (f"fields @message as a0 | {doubled}", "Failed"),
        (f"fields {repeated} | limit 10", "Complete"),
        (f"fields {repeated} | limit 100", "Failed"),
    ]:
        started = logs.start_query(logGroupName="g", queryString=query, **times)["queryId"]
        deadline = time.monotonic() + 60
        while (answer := logs.get_query_results(queryId=started))["status"] in ("Scheduled", "Running"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert answer["status"] == status, query[:80]
    assert resident(own_server) < 1500


def test_simulations_keep_nobody_waiting(own_server):
    root = own_server.root()
    iam = root.client("iam", read_timeout=300)
    wild = ["arn:aws:s3:::" + "*a?" * 600 + "b"] * 20
    policy = document(statement("Allow", "s3:*", wild))
    asked = {
        "PolicyInputList": [policy] * 3,
        "ActionNames": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"],
        "ResourceArns": [f"arn:aws:s3:::{'a' * 1500}" for _ in range(30)],
    }
    ended = []

    def simulate():
        iam.simulate_custom_policy(**asked)
        ended.append(time.monotonic())

    threads = [threading.Thread(target=simulate) for _ in range(4)]
    for thread in threads:
        thread.start()
    slowest, client = 0, root.client("sts")
    while any(thread.is_alive() for thread in threads):
        started = time.monotonic()
        client.get_caller_identity()
        slowest = max(slowest, time.monotonic() - started)
    assert len(ended) == 4
    # Others are answered while they go on.
    assert slowest < 1.5, slowest


def test_composite_alarms_tell_of_other_alarms_only_who_may_see_any(root):
    client, own = root.client("cloudwatch"), fresh("own")
    arn = f"arn:aws:cloudwatch:us-east-1:{root.account}:alarm:{own}"
    narrow = root.user(policy=[statement("Allow", "cloudwatch:*", arn)]).client("cloudwatch")
    asked = {"AlarmName": own, "AlarmRule": "FALSE"}
    refused(lambda: narrow.put_composite_alarm(**asked), "AccessDenied", 403)
    wide = root.user(policy=[statement("Allow", "cloudwatch:PutCompositeAlarm")]).client("cloudwatch")
    wide.put_composite_alarm(**asked)
    with pytest.raises(ClientError):
        narrow.put_composite_alarm(**asked)
    client.delete_alarms(AlarmNames=[own])
