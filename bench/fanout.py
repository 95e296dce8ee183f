"""How soon registered consumers of a stream are pushed what is put.

    target/python/bin/python bench/fanout.py [records a second ...]

Starts the release binary on a folder of its own. A stream of four shards has five registered consumers, each a process of
its own that subscribes to every shard with boto3. Records of 256 bytes are put one by one, from four connections, at each
rate for ten seconds. A record says when its PutRecord was begun; each consumer tells how much later it had it. Every
consumer must have every record once. `KURODO_BIN` names another binary.
"""

import base64
import json
import multiprocessing
import queue
import sys
import tempfile
import threading
import time

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config

import growth

RATES = [100, 500, 1000]
CONSUMERS = 5
SHARDS = 4
SECONDS = 10
STREAM = "fanout"


class Client(growth.Client):
    """One connection to Kinesis."""

    def prepare(self, operation, parameters):
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"Kinesis_20131202.{operation}",
            "Host": self.host,
        }
        request = AWSRequest("POST", f"https://{self.host}/", headers, json.dumps(parameters).encode())
        SigV4Auth(self.credentials, "kinesis", self.region).add_auth(request)
        return request.data, dict(request.headers.items())


def kinesis(env):
    return boto3.client(
        "kinesis",
        endpoint_url=env["AWS_ENDPOINT_URL"],
        verify=env["AWS_CA_BUNDLE"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=Config(read_timeout=330, max_pool_connections=SHARDS),
    )


def listen(env, consumer, shards, told):
    """Tells of every record that the consumer is pushed: when it was begun to be put, and how many seconds ago."""
    client = kinesis(env)

    def follow(shard):
        start = {"Type": "LATEST"}
        for event in client.subscribe_to_shard(ConsumerARN=consumer, ShardId=shard, StartingPosition=start)["EventStream"]:
            now = time.monotonic()
            records = [record["Data"] for record in event["SubscribeToShardEvent"]["Records"]]
            begun = [float(data[:32]) for data in records]
            told.put([(at, now - at) for at in begun])

    for shard in shards:
        threading.Thread(target=follow, args=(shard,), daemon=True).start()
    time.sleep(300)


def put(env, rate, thread, until):
    """Puts records at its part of the rate; gives how many."""
    client, count, step = Client(env), 0, growth.THREADS / rate
    begin = time.monotonic() + thread * step / growth.THREADS
    while (due := begin + count * step) < until:
        time.sleep(max(0.0, due - time.monotonic()))
        data = f"{time.monotonic():<32.9f}".ljust(256)
        encoded = base64.b64encode(data.encode()).decode()
        client.call("PutRecord", StreamName=STREAM, PartitionKey=f"{thread}-{count}", Data=encoded)
        count += 1
    return count


def measure(server, rate, told):
    counts, until, cpu = [], time.monotonic() + SECONDS, server.cpu()
    work = lambda thread: counts.append(put(server.env, rate, thread, until))  # noqa: E731
    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(growth.THREADS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    expected, found = sum(counts) * CONSUMERS, []
    while len(found) < expected:
        found += told.get(timeout=5)
    cpu = server.cpu() - cpu
    if len(found) != expected or len({at for at, _ in found}) != sum(counts):
        raise RuntimeError(f"{len(found)} of {expected} records came")
    delays = sorted(delay * 1000 for _, delay in found)
    at = lambda share: delays[min(len(delays) - 1, int(len(delays) * share))]  # noqa: E731
    rate = sum(counts) / SECONDS
    print(
        f"| {rate:6,.0f} | {at(0.5):6.1f} | {at(0.99):6.1f} | {delays[-1]:6.1f} | {cpu / sum(counts) * 1e6:5.0f} |",
        flush=True,
    )


def main(rates):
    print("| records/s | p50 ms | p99 ms | longest ms | CPU µs per record |")
    with tempfile.TemporaryDirectory() as folder:
        server, processes = growth.Server(folder), []
        try:
            client = kinesis(server.env)
            client.create_stream(StreamName=STREAM, ShardCount=SHARDS)
            client.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})
            stream = client.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
            shards = [shard["ShardId"] for shard in client.list_shards(StreamName=STREAM)["Shards"]]
            told = multiprocessing.Queue()
            for number in range(CONSUMERS):
                made = client.register_stream_consumer(StreamARN=stream, ConsumerName=f"consumer-{number}")
                arguments = (server.env, made["Consumer"]["ConsumerARN"], shards, told)
                processes.append(multiprocessing.Process(target=listen, args=arguments, daemon=True))
            time.sleep(1)
            [process.start() for process in processes]
            time.sleep(4)
            for rate in rates:
                measure(server, rate, told)
        except queue.Empty:
            raise RuntimeError("some records did not come") from None
        finally:
            [process.kill() for process in processes if process.pid]
            server.stop()


if __name__ == "__main__":
    main([int(rate) for rate in sys.argv[1:]] or RATES)
