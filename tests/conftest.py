"""A running server for the tests, and principals that get their access the way users do."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path
from unittest import mock

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

BINARY = os.environ["KURODO_BIN"]


def pytest_addoption(parser):
    parser.addoption("--update-snapshots", action="store_true", help="write what tests compare with anew")


class Server:
    """One process of the built binary, on a data directory of its own."""

    def __init__(self, data_dir, *flags):
        self.data_dir = Path(data_dir)
        self.flags = flags
        self.process = None
        self.banner = ""

    def start(self, environment=None):
        command = [BINARY, "serve", "--data-dir", self.data_dir, "--listen", "127.0.0.1:0", *self.flags]
        environment = {**os.environ, **(environment or {})}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if 'eval "$(' in line:
                break
        self.banner = "".join(lines)
        if "kurodo env" not in self.banner:
            self.process.wait(timeout=60)
        assert self.process.poll() is None, f"the server ended: {self.banner}"
        self.env = self.environment()
        return self

    def environment(self, *flags):
        lines = kurodo("env", "--data-dir", self.data_dir, *flags).stdout.splitlines()
        pairs = [line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export ")]
        return {name: shlex.split(value)[0] for name, value in pairs}

    @property
    def endpoint(self):
        return self.env["AWS_ENDPOINT_URL"]

    @property
    def port(self):
        return int(self.endpoint.rsplit(":", 1)[1])

    @property
    def ca(self):
        return self.env["AWS_CA_BUNDLE"]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def root(self):
        return Principal(self, self.env["AWS_ACCESS_KEY_ID"], self.env["AWS_SECRET_ACCESS_KEY"])


class Principal:
    """Credentials, and clients that sign with them."""

    def __init__(self, server, access_key_id, secret, token=None, name=None):
        self.server, self.access_key_id, self.secret, self.token = server, access_key_id, secret, token
        self.name = name

    def client(self, service, region="us-east-1", **config):
        return boto3.client(
            service,
            endpoint_url=self.server.endpoint,
            verify=self.server.ca,
            region_name=region,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret,
            aws_session_token=self.token,
            config=Config(retries={"total_max_attempts": 1}, **config),
        )

    @property
    def account(self):
        return self.client("sts").get_caller_identity()["Account"]

    def user(self, name=None, policy=None):
        """A new user of this account with one inline policy: a list of statements, or none."""
        iam = self.client("iam")
        name = name or f"user-{uuid.uuid4().hex[:12]}"
        iam.create_user(UserName=name)
        if policy:
            allow(iam, name, policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Principal(self.server, key["AccessKeyId"], key["SecretAccessKey"], name=name)

    def reborn(self, user):
        """Another user of the same name, in place of one that has nothing but a key."""
        iam = self.client("iam")
        iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key_id)
        iam.delete_user(UserName=user.name)
        return self.user(user.name)

    def assume(self, role_arn, session="test", **parameters):
        """A session of the role."""
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session, **parameters)
        found = answer["Credentials"]
        return Principal(self.server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def env(self):
        """The environment of a command that signs as this principal."""
        return {
            **os.environ,
            **self.server.env,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            **({"AWS_SESSION_TOKEN": self.token} if self.token else {}),
        }


def statement(effect, actions, resources="*", **more):
    return {"Effect": effect, "Action": actions, "Resource": resources, **more}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(iam, user, statements, name="given"):
    iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=document(*statements))


def fresh(kind="x"):
    """A name that nobody has."""
    return f"{kind}-{uuid.uuid4().hex[:12]}"


def new_account(server, name):
    """The administrator of a new account, which is made and entered by the commands that a user types."""
    kurodo("account", "create", name, "--data-dir", server.data_dir)
    env = server.environment("--account", name)
    return Principal(server, env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], name="admin")


def kurodo(*arguments, check=True):
    command = [BINARY, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check, timeout=120)


def refused(call, code, status=None, message=None):
    """The call fails with this code, status and message; gives the error's answer."""
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as error:
        call()
    answer = error.value.response
    assert answer["Error"]["Code"] == code, answer
    if status is not None:
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status, answer
    if message is not None:
        assert answer["Error"]["Message"] == message, answer
    return answer


@pytest.fixture(scope="session", autouse=True)
def names_below_localhost():
    """Some services put a bucket or an account in front of the host. RFC 6761 has names below localhost mean this
    machine, and not every machine knows it."""
    found = socket.getaddrinfo

    def here(host, *rest, **more):
        return found("localhost" if str(host).endswith(".localhost") else host, *rest, **more)

    with mock.patch.object(socket, "getaddrinfo", here):
        yield


@pytest.fixture(scope="session")
def server():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data").start()
        yield server
        assert server.stop() == 0


@pytest.fixture
def own_server(tmp_path):
    """A server of the test's own, to stop, kill and restart."""
    server = Server(tmp_path / "data").start()
    yield server
    if server.process.poll() is None:
        server.kill()


@pytest.fixture(scope="session")
def root(server):
    return server.root()


@pytest.fixture(scope="session")
def iam(root):
    return root.client("iam")


@pytest.fixture(scope="session")
def account(root):
    return root.account


@pytest.fixture(scope="session")
def other(server):
    """The administrator of a second account."""
    return new_account(server, "other")


@pytest.fixture
def anonymous(server):
    def client(service):
        return boto3.client(
            service,
            endpoint_url=server.endpoint,
            verify=server.ca,
            region_name="us-east-1",
            config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
        )

    return client


@pytest.fixture
def bucket(root):
    """A new bucket, removed with what is in it."""
    s3 = root.client("s3")
    name = f"b-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=name)
    yield name
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for item in page.get("Contents", []):
            s3.delete_object(Bucket=name, Key=item["Key"])
    s3.delete_bucket(Bucket=name)
