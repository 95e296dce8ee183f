"""`kill -9` in the middle of mixed writes from 16 clients: every acknowledged write is there.

`KURODO_CRASH_ROUNDS` says how often (5 by itself; 50 by hand).
"""

import os
import random
import threading
import time
import uuid

from botocore.exceptions import BotoCoreError, ClientError

import kinesis
from conftest import document, kurodo, statement

ROUNDS = int(os.environ.get("KURODO_CRASH_ROUNDS", "5"))
CLIENTS = 16
# A file system without room for a doubt: longer than any restart here takes.
RESTART_SECONDS = float(os.environ.get("KURODO_RESTART_SECONDS", "10"))
GONE = object()
UNKNOWN = object()


class Client(threading.Thread):
    """Writes until the server is gone, and remembers what was acknowledged."""

    def __init__(self, state, seed):
        super().__init__(daemon=True)
        self.state, self.chance = state, random.Random(seed)
        self.acknowledged, self.failure = 0, None

    def run(self):
        try:
            while True:
                self.state.step(self.chance)
                self.acknowledged += 1
        except (BotoCoreError, OSError):
            pass  # The server was killed.
        except BaseException as error:
            self.failure = error


class Users:
    """Users of one client, each with a policy or none."""

    def __init__(self, principal, prefix):
        self.prefix, self.made = prefix, 0
        self.known = {}
        self.connect(principal)

    def connect(self, principal):
        self.iam = principal.client("iam", read_timeout=30)

    def step(self, chance):
        there = [name for name, policy in self.known.items() if policy is not GONE]
        if not there or (len(there) < 12 and chance.random() < 0.3):
            self.made += 1
            name = f"{self.prefix}-{self.made}"
            return self.act(name, None, lambda: self.iam.create_user(UserName=name))
        name = chance.choice(there)
        if self.known[name] is None:
            if chance.random() < 0.2:
                return self.act(name, GONE, lambda: self.iam.delete_user(UserName=name))
            return self.put(name)
        if chance.random() < 0.3:
            return self.act(name, None, lambda: self.iam.delete_user_policy(UserName=name, PolicyName="p"))
        return self.put(name)

    def put(self, name):
        text = document(statement("Allow", "s3:GetObject", f"arn:aws:s3:::{uuid.uuid4().hex}/*"))
        self.act(name, text, lambda: self.iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=text))

    def act(self, name, after, call):
        before = self.known.get(name, GONE)
        self.known[name] = (UNKNOWN, before, after)
        call()
        self.known[name] = after

    def settle(self):
        """Everything acknowledged is there; what was under way happened as a whole or not at all."""
        for name, wanted in list(self.known.items()):
            allowed = wanted[1:] if isinstance(wanted, tuple) else (wanted,)
            found = self.look(name)
            assert found in [self.parsed(one) for one in allowed], (name, found, wanted)
            self.known[name] = next(one for one in allowed if self.parsed(one) == found)

    def look(self, name):
        try:
            self.iam.get_user(UserName=name)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchEntity"
            return GONE
        try:
            return self.iam.get_user_policy(UserName=name, PolicyName="p")["PolicyDocument"]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchEntity"
            return None

    @staticmethod
    def parsed(value):
        import json

        return json.loads(value) if isinstance(value, str) else value


class Objects:
    """Objects of one client: small ones, large ones and such of several parts; put and deleted."""

    def __init__(self, principal, bucket, prefix):
        self.bucket, self.prefix = bucket, prefix
        self.known = {}
        self.connect(principal)

    def connect(self, principal):
        self.s3 = principal.client("s3", read_timeout=30)

    def step(self, chance):
        key = f"{self.prefix}/{chance.randrange(12)}"
        before = self.known.get(key, GONE)
        if before is not GONE and chance.random() < 0.3:
            return self.act(key, GONE, lambda: self.s3.delete_object(Bucket=self.bucket, Key=key))
        content = uuid.uuid4().hex.encode() * chance.choice([1, 10, 3000, 40_000])
        if chance.random() < 0.1:
            content = (content * (5 * 2**20 // len(content) + 1))[: 5 * 2**20] + b"the last part"
            return self.act(key, content, lambda: self.parts(key, content))
        self.act(key, content, lambda: self.s3.put_object(Bucket=self.bucket, Key=key, Body=content))

    def parts(self, key, content):
        place = {"Bucket": self.bucket, "Key": key}
        upload = {**place, "UploadId": self.s3.create_multipart_upload(**place)["UploadId"]}
        told = []
        for number, body in enumerate((content[: 5 * 2**20], content[5 * 2**20 :]), 1):
            tag = self.s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
            told.append({"PartNumber": number, "ETag": tag})
        self.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": told})

    act = Users.act

    def settle(self):
        listed = set()
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{self.prefix}/"):
            listed |= {item["Key"] for item in page.get("Contents", [])}
        for key, wanted in list(self.known.items()):
            allowed = wanted[1:] if isinstance(wanted, tuple) else (wanted,)
            found = self.look(key)
            assert any(found is one or found == one for one in allowed), (key, len(allowed))
            assert (key in listed) == (found is not GONE), key
            self.known[key] = found

    def look(self, key):
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchKey", error.response
            return GONE


class Versions(Objects):
    """The same in a bucket that keeps versions: every version that was acknowledged stays as it was."""

    def __init__(self, principal, bucket, prefix):
        self.put = {}
        super().__init__(principal, bucket, prefix)

    def step(self, chance):
        key = f"{self.prefix}/{chance.randrange(4)}"
        ids = [name for name in self.put if name[0] == key]
        if ids and chance.random() < 0.3:
            gone = chance.choice(ids)
            content = self.put.pop(gone)  # Whether it goes is not known before the answer.
            self.known.pop(key, None)
            self.s3.delete_object(Bucket=self.bucket, Key=key, VersionId=gone[1])
            return content
        self.known.pop(key, None)
        if chance.random() < 0.2:
            return self.s3.delete_object(Bucket=self.bucket, Key=key)
        content = uuid.uuid4().hex.encode() * chance.choice([1, 10, 3000])
        made = self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        self.put[key, made["VersionId"]] = content

    def settle(self):
        there, latest = set(), {}
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=f"{self.prefix}/"):
            for kind in ("Versions", "DeleteMarkers"):
                for item in page.get(kind, []):
                    there.add((item["Key"], item["VersionId"]))
                    if item["IsLatest"]:
                        assert item["Key"] not in latest, item
                        latest[item["Key"]] = item["VersionId"] if kind == "Versions" else None
        assert {key for key, _ in there} == set(latest), "every key has one current version"
        for (key, version), content in self.put.items():
            assert (key, version) in there, (key, version)
            found = self.s3.get_object(Bucket=self.bucket, Key=key, VersionId=version)["Body"].read()
            assert found == content, (key, version)
        for key, version in latest.items():
            assert (self.look(key) is GONE) == (version is None), key


class Puts:
    """Records of one client, under a partition key of its own and on a shard of its own, so that the shard's limit does
    not bind: numbered, one after the other, alone or some together. What was acknowledged is there once, in order; what
    was refused is not; what was under way is there as a whole or not at all."""

    def __init__(self, principal, stream, key, shard):
        self.stream, self.key, self.shard = stream, key, shard
        self.acknowledged, self.pending = [], []
        self.made = 0
        self.connect(principal)

    def connect(self, principal):
        self.kinesis = principal.client("kinesis", read_timeout=30)

    def step(self, chance):
        many = chance.choice([1, 1, 1, 20])
        self.pending = list(range(self.made, self.made + many))
        self.made += many
        where = {"PartitionKey": self.key, "ExplicitHashKey": self.shard["HashKeyRange"]["StartingHashKey"]}
        records = [{"Data": str(number).encode(), **where} for number in self.pending]
        if many == 1:
            told = [kinesis.patiently(self.kinesis.put_record, StreamName=self.stream, **records[0])["SequenceNumber"]]
        else:
            answer = self.kinesis.put_records(StreamName=self.stream, Records=records)["Records"]
            assert {record.get("ErrorCode") for record in answer} <= {None, kinesis.THROTTLED}, answer
            told = [record.get("SequenceNumber") for record in answer]
        self.acknowledged += [(number, sequence) for number, sequence in zip(self.pending, told) if sequence]
        self.pending = []

    def settle(self):
        there = kinesis.records(self.kinesis, self.stream, self.shard["ShardId"])
        assert {record["PartitionKey"] for record in there} <= {self.key}
        found = [(int(record["Data"]), record["SequenceNumber"]) for record in there]
        beyond = [number for number, _ in found if number in self.pending]
        assert beyond in ([], self.pending), (self.key, beyond, self.pending)
        assert [one for one in found if one[0] not in self.pending] == self.acknowledged, self.key
        numbers = [int(sequence) for _, sequence in found]
        assert numbers == sorted(set(numbers)), self.key
        self.acknowledged, self.pending = found, []


def states(root):
    """Half of the clients write users, the others objects and versions of such; all of them users where objects are not
    served."""
    bucket = f"crash-{uuid.uuid4().hex[:12]}"
    try:
        root.client("s3").create_bucket(Bucket=bucket)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "UnknownService", error.response
        return [Users(root, f"c{number}") for number in range(CLIENTS)]
    kept = f"{bucket}-kept"
    root.client("s3").create_bucket(Bucket=kept)
    root.client("s3").put_bucket_versioning(Bucket=kept, VersioningConfiguration={"Status": "Enabled"})
    half, quarter = CLIENTS // 2, CLIENTS // 4
    return (
        [Users(root, f"c{number}") for number in range(half)]
        + [Objects(root, bucket, f"c{number}") for number in range(half, half + quarter)]
        + [Versions(root, kept, f"c{number}") for number in range(half + quarter, CLIENTS)]
    )


def test_acknowledged_writes_survive_kill_9(own_server):
    survive(own_server, states(own_server.root()))


def test_records_of_streams_are_neither_lost_nor_doubled_nor_out_of_order(own_server):
    root = own_server.root()
    stream, _ = kinesis.create(root.client("kinesis"), CLIENTS)
    shards = kinesis.shards(root.client("kinesis"), stream)
    survive(own_server, [Puts(root, stream, f"key-{number}", shard) for number, shard in enumerate(shards)])


def survive(own_server, everything):
    """Kills the server in the middle of what these write, again and again."""
    chance = random.Random(os.environ.get("KURODO_CRASH_SEED", "kurodo"))
    acknowledged, slowest = 0, 0.0
    for number in range(ROUNDS):
        clients = [Client(state, chance.random()) for state in everything]
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0.3, 2.5))
        own_server.kill()
        for client in clients:
            client.join(timeout=60)
            assert client.failure is None and not client.is_alive(), client.failure
        acknowledged += sum(client.acknowledged for client in clients)

        check = kurodo("check", "--data-dir", own_server.data_dir, check=False)
        assert check.returncode == 0 and "DAMAGED" not in check.stdout, check
        before = time.monotonic()
        own_server.start()
        restart = time.monotonic() - before
        slowest = max(slowest, restart)
        print(f"round {number + 1}: {acknowledged} acknowledged so far, restart in {restart * 1000:.0f} ms")
        assert restart < RESTART_SECONDS
        for state in everything:
            state.connect(own_server.root())
            state.settle()
    assert acknowledged > ROUNDS * CLIENTS
    print(f"{ROUNDS} rounds, {acknowledged} acknowledged writes, slowest restart {slowest * 1000:.0f} ms")
