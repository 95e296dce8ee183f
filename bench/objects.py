"""What a bucket's growth costs: latency, pages of its list, memory and restart at several sizes.

    target/python/bin/python bench/objects.py [objects ...]

Starts the release binary on a folder of its own and fills one bucket by PutObject, with objects of 1 KiB. At each size it
measures, on one connection and with keys picked at random: the median and the 99th percentile of GetObject, PutObject and
of a page of a thousand keys of ListObjectsV2; the processor time of a PutObject; the resident memory; how soon the server
is ready when it is started again, and how long the first GetObject takes then. The bucket is the same all along: each size
is filled up from the one before. `KURODO_BIN` names another binary.
"""

import datetime
import hashlib
import hmac
import multiprocessing
import pathlib
import random
import socket
import ssl
import statistics
import sys
import tempfile
import threading
import time

import growth

SIZES = [1_000, 100_000, 2_000_000]
ROUNDS = 2000
PROCESSES, THREADS = 2, 16
CONTENT = bytes(range(256)) * 4
UNSIGNED = "UNSIGNED-PAYLOAD"


class Client:
    """One connection. Filling a bucket wants a client that does no more than it must: it signs by itself."""

    def __init__(self, env):
        self.env = env
        self.host = env["AWS_ENDPOINT_URL"].removeprefix("https://")
        name, port = self.host.rsplit(":", 1)
        context = ssl.create_default_context(cafile=env["AWS_CA_BUNDLE"])
        plain = socket.create_connection((name, int(port)), timeout=120)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname=name)
        self.answers = self.socket.makefile("rb")

    def prepare(self, method, path, query="", content=b""):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = [now[:8], self.env["AWS_REGION"], "s3", "aws4_request"]
        signed = "host;x-amz-content-sha256;x-amz-date"
        fields = f"host:{self.host}\nx-amz-content-sha256:{UNSIGNED}\nx-amz-date:{now}\n"
        asked = "\n".join([method, path, query, fields, signed, UNSIGNED])
        text = "\n".join(["AWS4-HMAC-SHA256", now, "/".join(scope), hashlib.sha256(asked.encode()).hexdigest()])
        key = b"AWS4" + self.env["AWS_SECRET_ACCESS_KEY"].encode()
        for part in [*scope, text]:
            key = hmac.digest(key, part.encode(), "sha256")
        credential = "/".join([self.env["AWS_ACCESS_KEY_ID"], *scope])
        authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={key.hex()}"
        target = f"{path}?{query}" if query else path
        head = (
            f"{method} {target} HTTP/1.1\r\nhost: {self.host}\r\nx-amz-content-sha256: {UNSIGNED}\r\nx-amz-date: {now}\r\n"
            f"authorization: {authorization}\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    def send(self, prepared):
        self.socket.sendall(prepared)
        status, length = self.answers.readline(), 0
        while (line := self.answers.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        content = self.answers.read(length)
        if status.split(b" ")[1] not in (b"200", b"204"):
            raise RuntimeError(f"{status} {content[:300]}")
        return content

    def call(self, *request):
        return self.send(self.prepare(*request))


def path(number):
    """Keys are spread over folders, and do not come in their order."""
    name = hashlib.sha256(number.to_bytes(8, "big")).hexdigest()
    return f"/growth/{name[:2]}/{name[2:18]}"


def write(env, first, end, step, failed):
    numbers = iter(range(first, end, step))
    lock = threading.Lock()

    def work():
        client = Client(env)
        while not failed.is_set():
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                client.call("PUT", path(number), "", CONTENT)
            except Exception as error:
                print(error, file=sys.stderr)
                failed.set()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def fill(env, first, end):
    failed = multiprocessing.Event()
    shares = [(env, first + place, end, PROCESSES, failed) for place in range(PROCESSES)]
    workers = [multiprocessing.Process(target=write, args=share) for share in shares]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    if failed.is_set():
        raise SystemExit("a PutObject failed")


def timed(client, make, rounds=ROUNDS):
    """Median and 99th percentile in microseconds, without what the client itself does before it sends."""
    times = []
    for _ in range(rounds):
        prepared = client.prepare(*make())
        began = time.perf_counter()
        client.send(prepared)
        times.append((time.perf_counter() - began) * 1e6)
    times.sort()
    return f"{statistics.median(times):6.0f} {times[len(times) * 99 // 100]:6.0f}"


def page():
    return "GET", "/growth", f"list-type=2&start-after={random.randrange(256):02x}%2F{random.randrange(16):x}"


def measure(server, size):
    client, pick = Client(server.env), lambda: path(random.randrange(size))
    get = timed(client, lambda: ("GET", pick()))
    cpu = server.cpu()
    put = timed(client, lambda: ("PUT", pick(), "", CONTENT))
    cpu = (server.cpu() - cpu) / ROUNDS
    pages = timed(client, page, ROUNDS // 10)
    memory = server.memory("VmRSS") / growth.MIB
    server.stop()
    files = [file for file in pathlib.Path(server.folder).rglob("*") if file.is_file()]
    disk = sum(file.stat().st_blocks * 512 for file in files)
    server.start()
    client = Client(server.env)
    began = time.perf_counter()
    client.call("GET", pick())
    first = (time.perf_counter() - began) * 1e3
    print(
        f"| {size:9,} | {get} | {put} | {cpu * 1e6:4.0f} | {pages} | {memory:4.0f} | {server.ready:5} | {first:5.1f} | {disk / growth.MIB:6.0f} |",
        flush=True,
    )


def main(sizes):
    print("| objects | GetObject p50 p99 µs | PutObject | CPU µs | page of a list | memory MiB | ready ms | first GetObject ms | disk MiB |")
    with tempfile.TemporaryDirectory() as folder:
        server = growth.Server(folder)
        try:
            Client(server.env).call("PUT", "/growth")
            done = 0
            for size in sizes:
                began = time.monotonic()
                fill(server.env, done, size)
                rate = (size - done) / (time.monotonic() - began)
                print(f"filled to {size:,}: {rate:,.0f} objects/s", file=sys.stderr, flush=True)
                measure(server, size)
                done = size
        finally:
            server.stop()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
