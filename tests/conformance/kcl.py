"""The Kinesis Client Library for Java consumes a stream that is resharded under it.

    KURODO_BIN=target/debug/kurodo target/python/bin/python tests/conformance/kcl.py VENV

VENV is a Python environment with `kclpy-ext` (3.1.3 brings the library's jars); `java` and `keytool` must be on the path. For
polling and for fan-out: 4,000 records of 20 partition keys are put while the stream goes from two shards to four and back.
The library signs as a user who may do what AWS's guide says that it needs, and no more. Tells how many records came, how
many twice, and whether each key's came in order.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conftest import Server, statement  # noqa: E402

CONSUMER = '''#!{python}
import json, os, sys
from amazon_kclpy import kcl
from amazon_kclpy.v3 import processor

out = open(f"{folder}/out.{{os.getpid()}}", "a", buffering=1)


class Processor(processor.RecordProcessorBase):
    def initialize(self, given):
        print(json.dumps({{"shard": given.shard_id}}), file=out)

    def process_records(self, given):
        for record in given.records:
            print(json.dumps({{"key": record.partition_key, "n": int(record.binary_data)}}), file=out)
        if given.records:
            given.checkpointer.checkpoint()

    def lease_lost(self, given):
        pass

    def shard_ended(self, given):
        given.checkpointer.checkpoint()

    def shutdown_requested(self, given):
        given.checkpointer.checkpoint()


kcl.KCLProcess(Processor()).run()
'''
NEEDED = [
    statement(
        "Allow",
        [
            f"kinesis:{action}"
            for action in (
                "DescribeStream", "DescribeStreamSummary", "ListShards", "GetShardIterator", "GetRecords",
                "RegisterStreamConsumer", "DescribeStreamConsumer", "SubscribeToShard",
            )
        ],
        "arn:aws:kinesis:*:*:stream/orders*",
    ),
    statement(
        "Allow",
        [
            f"dynamodb:{action}"
            for action in (
                "CreateTable", "DescribeTable", "UpdateTable", "Scan", "Query", "GetItem", "PutItem", "UpdateItem",
                "DeleteItem",
            )
        ],
        "arn:aws:dynamodb:*:*:table/trial*",
    ),
    statement("Allow", "cloudwatch:PutMetricData"),
]


def main(venv, mode):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(folder / "data").start()
        daemon = None
        try:
            kinesis = server.root().client("kinesis")
            kinesis.create_stream(StreamName="orders", ShardCount=2)
            kinesis.get_waiter("stream_exists").wait(StreamName="orders", WaiterConfig={"Delay": 1})
            daemon = consume(folder, venv, server, mode)
            tell(mode, folder, *put(kinesis))
        finally:
            if daemon:
                daemon.terminate()
                daemon.wait()
            server.kill()


def consume(folder, venv, server, mode):
    python = Path(venv) / "bin/python3"
    consumer = folder / "consumer.py"
    consumer.write_text(CONSUMER.format(python=python, folder=folder))
    consumer.chmod(0o755)
    settings = {
        "executableName": consumer,
        "streamName": "orders",
        "applicationName": "trial",
        "AwsCredentialsProvider": "DefaultCredentialsProvider",
        "processingLanguage": "python/3",
        "initialPositionInStream": "TRIM_HORIZON",
        "regionName": "us-east-1",
        **{f"{service}Endpoint": server.endpoint for service in ("kinesis", "dynamoDB", "cloudWatch")},
        "metricsLevel": "DETAILED",
        "shardSyncIntervalMillis": 3000,
        "failoverTimeMillis": 4000,
        "RetrievalMode": mode,
    }
    properties = folder / "kcl.properties"
    properties.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    trust = folder / "trust.jks"
    keytool = ["keytool", "-importcert", "-noprompt", "-alias", "kurodo", "-file", server.ca]
    subprocess.run([*keytool, "-keystore", trust, "-storepass", "changeit"], check=True, capture_output=True)
    helper = [python, Path(venv) / "bin/amazon_kclpy_helper.py", "--print_classpath", "--properties", properties]
    path = subprocess.run(helper, check=True, capture_output=True, text=True).stdout.strip()
    command = ["java", f"-Djavax.net.ssl.trustStore={trust}", "-Djavax.net.ssl.trustStorePassword=changeit"]
    command += ["-cp", path, "software.amazon.kinesis.multilang.MultiLangDaemon", "--properties-file", str(properties)]
    user = server.root().user(policy=NEEDED)
    return subprocess.Popen(command, env=user.env(), stdout=open(folder / "log", "w"), stderr=subprocess.STDOUT)


def put(kinesis):
    """Puts the records; gives how many."""
    count = 0

    def some(times, pause):
        nonlocal count
        for _ in range(times):
            records = [{"PartitionKey": f"key-{(count + at) % 20}", "Data": str(count + at)} for at in range(50)]
            assert kinesis.put_records(StreamName="orders", Records=records)["FailedRecordCount"] == 0
            count += 50
            time.sleep(pause)

    some(40, 0.05)
    for shards in (4, 2):
        kinesis.get_waiter("stream_exists").wait(StreamName="orders", WaiterConfig={"Delay": 1})
        kinesis.update_shard_count(StreamName="orders", TargetShardCount=shards, ScalingType="UNIFORM_SCALING")
        some(20, 0.3)
    return (count,)


def tell(mode, folder, count):
    began = time.time()
    while (found := seen(folder))[0] < count and time.time() - began < 300:
        time.sleep(1)
    distinct, repeated, disordered = found
    print(f"{mode}: of {count} records {distinct} came, {repeated} more than once; keys out of order: {disordered}")


def seen(folder):
    keys = {}
    for path in sorted(folder.glob("out.*")):
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            if "n" in entry:
                keys.setdefault(entry["key"], []).append(entry["n"])
    firsts = {key: list(dict.fromkeys(numbers)) for key, numbers in keys.items()}
    distinct = sum(map(len, firsts.values()))
    return distinct, sum(map(len, keys.values())) - distinct, [k for k, v in firsts.items() if v != sorted(v)]


if __name__ == "__main__":
    for mode in ("POLLING", "FANOUT"):
        main(sys.argv[1], mode)
