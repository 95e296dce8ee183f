"""A large object up and down: what the server's memory comes to.

    target/python/bin/python bench/large.py [GiB]

Starts the release binary on a folder of its own, uploads an object in parts from several threads (SDK defaults: checksums
on), downloads it once whole and once in ranges, compares every byte by SHA-256, and prints the peak of the resident
memory (VmHWM) and the throughput. It exits with 1 where the content differs or the memory is over 150 MiB.
"""

import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

HOUSE = pathlib.Path(__file__).resolve().parent.parent
BINARY = HOUSE / "target/release/kurodo"
MIB = 2**20
LIMIT = 150 * MIB


class Pattern:
    """So many bytes that do not repeat, made as they are read."""

    def __init__(self, size):
        self.left, self.at, self.rest = size, 0, b""
        self.hash = hashlib.sha256()

    def read(self, amount=-1):
        amount = self.left if amount < 0 else min(amount, self.left)
        pieces, have = [self.rest], len(self.rest)
        while have < amount:
            piece = hashlib.shake_128(self.at.to_bytes(8, "big")).digest(MIB)
            self.at += 1
            pieces.append(piece)
            have += len(piece)
        everything = b"".join(pieces)
        out, self.rest = everything[:amount], everything[amount:]
        self.left -= amount
        self.hash.update(out)
        return out


class Digest:
    """A file that only hashes what is written to it, in order."""

    def __init__(self):
        self.hash = hashlib.sha256()

    def write(self, data):
        self.hash.update(data)
        return len(data)


def start(folder):
    command = [BINARY, "serve", "--data-dir", folder, "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in server.stdout:
        if line.strip().startswith("eval") or line.startswith("paste"):
            break
    lines = subprocess.run([BINARY, "env", "--data-dir", folder], capture_output=True, text=True, check=True).stdout
    return server, dict(re.findall(r"export (\w+)='?([^'\n]*)'?", lines))


def peak(server):
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def main(size):
    with tempfile.TemporaryDirectory() as folder:
        server, env = start(folder)
        try:
            return run(server, env, size)
        finally:
            server.terminate()
            server.wait()


def run(server, env, size):
    s3 = boto3.client(
        "s3",
        endpoint_url=env["AWS_ENDPOINT_URL"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        region_name=env["AWS_REGION"],
        verify=env["AWS_CA_BUNDLE"],
        config=Config(s3={"addressing_style": "path"}, read_timeout=300),
    )
    s3.create_bucket(Bucket="large")
    print(f"at rest      {peak(server) / MIB:8.1f} MiB")
    pattern = Pattern(size)
    began = time.monotonic()
    s3.upload_fileobj(pattern, "large", "object", Config=TransferConfig(multipart_chunksize=16 * MIB, max_concurrency=8))
    report("upload", server, size, began)
    wanted, whole, ranged = pattern.hash.hexdigest(), Digest(), hashlib.sha256()
    began = time.monotonic()
    for chunk in s3.get_object(Bucket="large", Key="object")["Body"].iter_chunks(MIB):
        whole.write(chunk)
    report("download", server, size, began)
    began = time.monotonic()
    for at in range(0, size, 256 * MIB):
        last = min(at + 256 * MIB, size) - 1
        ranged.update(s3.get_object(Bucket="large", Key="object", Range=f"bytes={at}-{last}")["Body"].read())
    report("in ranges", server, size, began)
    same = {wanted} == {whole.hash.hexdigest(), ranged.hexdigest()}
    print(f"content      {'the same' if same else 'DIFFERS'}")
    return 0 if same and peak(server) <= LIMIT else 1


def report(name, server, size, began):
    seconds = time.monotonic() - began
    print(f"{name:<12} {peak(server) / MIB:8.1f} MiB at most, {size / MIB / seconds:8.0f} MiB/s", flush=True)


if __name__ == "__main__":
    sys.exit(main(int(float(sys.argv[1]) * 2**30) if len(sys.argv) > 1 else 5 * 2**30))
