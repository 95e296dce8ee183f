"""What CloudWatch Logs takes in and looks through.

    target/python/bin/python bench/logs.py [events ...]

Starts the release binary on a folder of its own and puts log events of some 100 bytes by PutLogEvents, 1,000 in each,
into a stream per connection: every answer says that they are on the disk. The events are a millisecond apart in each
stream, and end now. At each size it measures: events a second and processor time for each of them, how long
`stats count(*) by bin(5m)` takes (from StartQuery to the answer that is complete), the
same for a query that reads every message, and the memory. Sizes add to one another: each is filled up from the one
before. What is counted must be what was put. `KURODO_BIN` names another binary.
"""

import json
import sys
import tempfile
import threading
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

import growth

SIZES = [1_000_000, 10_000_000]
TOGETHER = 1000
THREADS = 4
GROUP = "figures"
COUNTED = "stats count(*) as n by bin(5m)"
READ = "filter @message like /status=500/ | stats count(*) as n"


class Client(growth.Client):
    """One connection to CloudWatch Logs."""

    def prepare(self, operation, parameters):
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"Logs_20140328.{operation}",
            "Host": self.host,
        }
        request = AWSRequest("POST", f"https://{self.host}/", headers, json.dumps(parameters).encode())
        SigV4Auth(self.credentials, "logs", self.region).add_auth(request)
        return request.data, dict(request.headers.items())

    def call(self, operation, **parameters):
        """What is answered; many operations answer nothing."""
        return json.loads(self.send(self.prepare(operation, parameters)) or b"{}")


def batch(first, start):
    """The events from this one on. Every tenth tells a failure."""
    events = []
    for at in range(first, first + TOGETHER):
        status = 500 if at % 10 == 0 else 200
        text = f"GET /orders/{at:09} status={status} bytes={at % 4096} took={at % 997} agent=client/{at % 31} region=eu"
        events.append({"timestamp": start + at, "message": text})
    return events


def fill(env, done, size, start):
    """Fills every stream up to its part of so many events; gives the seconds that it took."""
    failures = []

    def work(thread):
        try:
            client = Client(env)
            for first in range(done // THREADS, size // THREADS, TOGETHER):
                events = batch(first, start)
                answer = client.call(
                    "PutLogEvents", logGroupName=GROUP, logStreamName=f"stream-{thread}", logEvents=events
                )
                if "rejectedLogEventsInfo" in answer:
                    raise RuntimeError(answer)
        except BaseException as error:
            failures.append(error)

    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(THREADS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    if failures:
        raise failures[0]
    return time.monotonic() - began


def ask(client, text, start, size):
    """Runs a query; gives what it counted, and the milliseconds until its answer was there."""
    began = time.monotonic()
    first, last = start // 1000, (start + size) // 1000 + 1
    query = client.call("StartQuery", logGroupName=GROUP, startTime=first, endTime=last, queryString=text, limit=10_000)
    while True:
        found = client.call("GetQueryResults", queryId=query["queryId"])
        if found["status"] not in ("Scheduled", "Running"):
            break
        time.sleep(0.005)
    took = (time.monotonic() - began) * 1000
    if found["status"] != "Complete":
        raise RuntimeError(found)
    rows = [{field["field"]: field["value"] for field in row} for row in found["results"]]
    return sum(int(row["n"]) for row in rows), took


def measure(server, size, start, fresh, took, cpu):
    client = Client(server.env)
    counted, fast = ask(client, COUNTED, start, size)
    failed, slow = ask(client, READ, start, size)
    if (counted, failed) != (size, size // 10):
        raise RuntimeError(f"of {size} events {counted} were counted, and {failed} of {size // 10} failures")
    memory, peak = server.memory("VmRSS") / growth.MIB, server.memory("VmHWM") / growth.MIB
    print(
        f"| {size:10,} | {fresh / took:8,.0f} | {cpu / fresh * 1e6:5.1f} | {fast:6,.0f} | {slow:7,.0f} | {memory:4.0f} "
        f"| {peak:4.0f} |",
        flush=True,
    )


def main(sizes):
    unit = TOGETHER * THREADS
    sizes = sorted(max(unit, size - size % unit) for size in sizes)
    # No event may be older than a fortnight, or lie in the time to come.
    start = int(time.time() * 1000) - sizes[-1] // THREADS - 60_000
    print("| events | events/s | CPU µs | count by bin ms | read all ms | memory MiB | peak |")
    with tempfile.TemporaryDirectory() as folder:
        server = growth.Server(folder)
        try:
            client, done = Client(server.env), 0
            client.call("CreateLogGroup", logGroupName=GROUP)
            for thread in range(THREADS):
                client.call("CreateLogStream", logGroupName=GROUP, logStreamName=f"stream-{thread}")
            for size in sizes:
                cpu = server.cpu()
                took = fill(server.env, done, size, start)
                measure(server, size, start, size - done, took, server.cpu() - cpu)
                done = size
        finally:
            server.stop()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
