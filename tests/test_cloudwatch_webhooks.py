"""Alarms tell webhooks: those that the operator names, over TLS, with AWS's message, again where it is not taken."""

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conftest import Server, refused
from identity_provider import certificates


class Hook:
    """A webhook that takes what it is sent once it has refused so many messages."""

    def __init__(self, folder, refuses=0):
        self.messages, self.refuses = [], refuses
        authority, certificate, private = certificates()
        self.trusted = folder / "authority.pem"
        self.trusted.write_bytes(authority)
        pair = folder / "hook.pem"
        pair.write_bytes(private + certificate + authority)
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                content = self.rfile.read(int(self.headers["content-length"]))
                hook.messages.append((self.path, self.headers["content-type"], json.loads(content)))
                taken = len(hook.messages) > hook.refuses
                self.send_response(200 if taken else 503)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"https://localhost:{self.server.server_port}/alarms/"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hook(tmp_path):
    hook = Hook(tmp_path, refuses=1)
    yield hook
    hook.stop()


@pytest.fixture
def watched(hook, tmp_path):
    """A server whose alarms may tell the webhook."""
    server = Server(tmp_path / "data")
    server.start({"KURODO_ALARM_WEBHOOKS": hook.url, "SSL_CERT_FILE": str(hook.trusted)})
    yield server
    if server.process.poll() is None:
        server.kill()


def alarm(client, name="hot", **actions):
    client.put_metric_alarm(
        AlarmName=name, AlarmDescription="too hot", Namespace="Lab", MetricName="Heat", Statistic="Average", Period=60,
        Dimensions=[{"Name": "Room", "Value": "1"}], EvaluationPeriods=1, Threshold=30,
        ComparisonOperator="GreaterThanThreshold", **actions,
    )


def until(check):
    for _ in range(300):
        if found := check():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def test_a_change_of_state_is_told_until_it_is_taken(watched, hook):
    client = watched.root().client("cloudwatch")
    to = f"{hook.url}room?a=b"
    alarm(client, AlarmActions=[to])
    shown = client.describe_alarms(AlarmNames=["hot"])["MetricAlarms"][0]
    assert (shown["AlarmActions"], shown["OKActions"]) == ([to], [])
    client.set_alarm_state(AlarmName="hot", StateValue="OK", StateReason="as planned")
    client.set_alarm_state(AlarmName="hot", StateValue="ALARM", StateReason="measured")
    until(lambda: len(hook.messages) == 2)
    (path, kind, message), again = hook.messages
    assert (path, kind) == ("/alarms/room?a=b", "application/json") and again[2] == message
    assert (message["AlarmName"], message["AWSAccountId"]) == ("hot", watched.root().account)
    assert (message["OldStateValue"], message["NewStateValue"], message["NewStateReason"]) == ("OK", "ALARM", "measured")
    assert (message["Region"], message["AlarmArn"]) == ("us-east-1", shown["AlarmArn"])
    trigger = message["Trigger"]
    assert (trigger["MetricName"], trigger["Statistic"], trigger["Threshold"]) == ("Heat", "AVERAGE", 30)
    assert trigger["Dimensions"] == [{"name": "Room", "value": "1"}]
    done = until(lambda: client.describe_alarm_history(AlarmName="hot", HistoryItemType="Action")["AlarmHistoryItems"])
    assert [item["HistorySummary"] for item in done] == [f"Successfully executed action {to}"]
    assert json.loads(done[0]["HistoryData"])["actionState"] == "Succeeded"


def test_what_was_not_told_when_the_server_was_killed_is_told_afterwards(watched, hook):
    client = watched.root().client("cloudwatch")
    alarm(client, AlarmActions=[hook.url])
    hook.refuses = 10**6
    client.set_alarm_state(AlarmName="hot", StateValue="ALARM", StateReason="measured")
    until(lambda: hook.messages)
    watched.kill()
    hook.refuses = 0
    watched.start({"KURODO_ALARM_WEBHOOKS": hook.url, "SSL_CERT_FILE": str(hook.trusted)})
    client = watched.root().client("cloudwatch")
    until(lambda: client.describe_alarm_history(AlarmName="hot", HistoryItemType="Action")["AlarmHistoryItems"])


def test_alarms_whose_actions_are_off_tell_nothing(watched, hook):
    hook.refuses = 0
    client = watched.root().client("cloudwatch")
    alarm(client, AlarmActions=[hook.url + "off"], ActionsEnabled=False)
    alarm(client, "on", AlarmActions=[hook.url + "on"])
    for name in ("hot", "on"):
        client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="measured")
    until(lambda: hook.messages)
    assert [path for path, *_ in hook.messages] == ["/alarms/on"]


def test_only_what_the_operator_names_is_told(watched, root, hook):
    client = watched.root().client("cloudwatch")
    for bad in ("https://localhost/alarms/", hook.url.replace("alarms", "others"), hook.url.replace("localhost", "127.0.0.1")):
        answer = refused(lambda: alarm(client, AlarmActions=[bad]), "NotImplemented")
        assert "--alarm-webhooks" in answer["Error"]["Message"]
    refused(lambda: alarm(client, AlarmActions=[hook.url.replace("https", "http")]), "ValidationError", 400)
    # Without an operator's word there is none.
    refused(lambda: alarm(root.client("cloudwatch"), OKActions=[hook.url]), "NotImplemented")
