"""What a table's growth costs: latency, memory and restart at several sizes.

    target/python/bin/python bench/growth.py [items ...]

Starts the release binary on a folder of its own and fills one table by BatchWriteItem, in items of some 300 bytes whose
partition keys are spread. At each size it measures, on one connection and with keys picked at random: the median and the
99th percentile of GetItem, PutItem and Query (ten items of one partition), the processor time and what is written to the
disk for a PutItem, the resident memory, and how soon the server is ready when it is started again. The table is the same all along: each size is filled up from the one before.
`KURODO_BIN` names another binary.
"""

import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

HOUSE = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("KURODO_BIN", HOUSE / "target/release/kurodo")
SIZES = [10_000, 1_000_000, 5_000_000]
MIB = 2**20
ROUNDS = 2000
"""Items that share a partition key."""
TOGETHER = 10
THREADS = 4


class Server:
    """The server on one folder; it can be started again."""

    def __init__(self, folder):
        self.folder = folder
        self.start()

    def start(self):
        command = [BINARY, "serve", "--data-dir", self.folder, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.search(r"ready in (\d+) ms", line):
                self.ready = int(found[1])
            if line.startswith("paste"):
                break
        told = subprocess.run([BINARY, "env", "--data-dir", self.folder], capture_output=True, text=True, check=True)
        self.env = dict(re.findall(r"export (\w+)='?([^'\n]*)'?", told.stdout))

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def memory(self, name):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024


    def written(self):
        """Bytes that were handed to the disk."""
        return int(re.search(r"write_bytes: (\d+)", pathlib.Path(f"/proc/{self.process.pid}/io").read_text())[1])

    def cpu(self):
        """Processor time in seconds."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Client:
    """One connection, with every request signed."""

    def __init__(self, env):
        host = env["AWS_ENDPOINT_URL"].removeprefix("https://")
        self.host, self.region = host, env["AWS_REGION"]
        self.credentials = Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
        context = ssl.create_default_context(cafile=env["AWS_CA_BUNDLE"])
        self.connection = http.client.HTTPSConnection(host, context=context, timeout=120)

    def prepare(self, operation, parameters):
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Host": self.host,
        }
        request = AWSRequest("POST", f"https://{self.host}/", headers, json.dumps(parameters).encode())
        SigV4Auth(self.credentials, "dynamodb", self.region).add_auth(request)
        return request.data, dict(request.headers.items())

    def send(self, prepared):
        self.connection.request("POST", "/", *prepared)
        response = self.connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {content[:300]}")
        return content

    def call(self, operation, **parameters):
        return json.loads(self.send(self.prepare(operation, parameters)))


def key(number):
    partition, place = divmod(number, TOGETHER)
    return {"h": {"S": hashlib.sha256(partition.to_bytes(8, "big")).hexdigest()[:16]}, "r": {"N": str(place)}}


def item(number):
    return key(number) | {"v": {"S": hashlib.sha512(number.to_bytes(8, "big")).hexdigest() * 2}}


def fill(env, first, end):
    """Writes the items from `first` to `end`, in batches of 25 from several connections."""
    batches = iter(range(first, end, 25))
    lock, failures = threading.Lock(), []

    def work():
        client = Client(env)
        while not failures:
            with lock:
                at = next(batches, None)
            if at is None:
                return
            puts = [{"PutRequest": {"Item": item(number)}} for number in range(at, min(at + 25, end))]
            try:
                client.call("BatchWriteItem", RequestItems={"growth": puts})
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    if failures:
        raise failures[0]


def timed(client, operation, make):
    """Median and 99th percentile in microseconds, without what the client itself does before it sends."""
    times = []
    for _ in range(ROUNDS):
        prepared = client.prepare(operation, make())
        began = time.perf_counter()
        client.send(prepared)
        times.append((time.perf_counter() - began) * 1e6)
    times.sort()
    return f"{statistics.median(times):6.0f} {times[len(times) * 99 // 100]:6.0f}"


def measure(server, size):
    client, pick = Client(server.env), lambda: random.randrange(size)
    partition = lambda: {
        "TableName": "growth",
        "KeyConditionExpression": "h = :h",
        "ExpressionAttributeValues": {":h": key(pick())["h"]},
    }
    get = timed(client, "GetItem", lambda: {"TableName": "growth", "Key": key(pick())})
    written, cpu = server.written(), server.cpu()
    put = timed(client, "PutItem", lambda: {"TableName": "growth", "Item": item(pick())})
    written, cpu = (server.written() - written) / ROUNDS, (server.cpu() - cpu) / ROUNDS
    query = timed(client, "Query", partition)
    memory, peak = server.memory("VmRSS") / MIB, server.memory("VmHWM") / MIB
    server.stop()
    disk = sum(path.stat().st_blocks * 512 for path in pathlib.Path(server.folder).rglob("*") if path.is_file())
    server.start()
    rest = server.memory("VmRSS") / MIB
    print(
        f"| {size:9,} | {get} | {put} | {cpu * 1e6:4.0f} | {written / 1024:5.0f} | {query} | {memory:4.0f} | {peak:4.0f} | {server.ready:5} | {rest:4.0f} "
        f"| {disk / MIB:6.0f} |",
        flush=True,
    )


def main(sizes):
    print("| items | GetItem p50 p99 µs | PutItem | CPU µs | KiB | Query | memory MiB | peak | ready ms | memory then | disk MiB |")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            Client(server.env).call(
                "CreateTable",
                TableName="growth",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "h", "AttributeType": "S"}, {"AttributeName": "r", "AttributeType": "N"}],
                KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
            )
            done = 0
            for size in sizes:
                began = time.monotonic()
                fill(server.env, done, size)
                rate = (size - done) / (time.monotonic() - began)
                print(f"filled to {size:,}: {rate:,.0f} items/s", file=sys.stderr, flush=True)
                measure(server, size)
                done = size
        finally:
            server.stop()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
