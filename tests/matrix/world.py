"""Whoever the matrix needs: an owner, one who is given exactly what is tried, a stranger, nobody."""

import json
import re
from dataclasses import dataclass

import boto3
from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.eventstream import EventStream
from botocore.exceptions import ClientError

from conftest import document, fresh, new_account, statement

ALLOWED = "allowed"
# Services of which clients would put a word before the host, such as `stream-`, that is no name of this machine.
PREFIXED = {"logs"}


@dataclass(frozen=True)
class Need:
    """An action on a resource, as the server says that it misses it."""

    action: str
    resource: str

    @property
    def statement(self):
        """What a policy says to give it: what is no ARN cannot be named, so that everything must be."""
        resource = self.resource if self.resource.startswith("arn:") else "*"
        return statement("Allow", self.action, resource)

    def elsewhere(self, account):
        """The same action on something else of the same kind."""
        named = self.resource.startswith("arn:")
        other = f"{self.resource}-other" if named else f"arn:aws:iam::{account}:user/matrix-other"
        return statement("Allow", self.action, other)


@dataclass
class Answer:
    """What came of a call."""

    outcome: str  # ALLOWED, or the error's code
    status: int
    message: str
    request_id: str
    sealed: str | None  # The encoded authorization message
    body: dict


class World:
    def __init__(self, server, root):
        self.server, self.root = server, root
        self.account = root.account
        self.prober = root.user(name=fresh("prober"))
        self.clients = {}
        self.arns = {}  # Of what samples made, by name
        self.records = {}  # What the trail must say, by request id
        self.stranger = new_account(server, "matrix stranger")
        self.foreign = self.stranger.account

    def client(self, who, service):
        """A client that is made once: making one takes longer than a call."""
        key = (who if who is None else who.access_key_id, service)
        if key not in self.clients:
            more = {"inject_host_prefix": False} if service in PREFIXED else {}
            self.clients[key] = self.unsigned(service, **more) if who is None else who.client(service, **more)
        return self.clients[key]

    def unsigned(self, service, **more):
        """A client without credentials."""
        config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, **more)
        return boto3.client(
            service, endpoint_url=self.server.endpoint, verify=self.server.ca, region_name="us-east-1", config=config
        )

    def __getattr__(self, service):
        """The owner's client, for samples to set things up with: `world.iam`."""
        if service.startswith("_"):
            raise AttributeError(service)
        return self.client(self.root, service)

    def give(self, *statements):
        """Gives the prober these statements and nothing else."""
        name, policy = self.prober.name, "given"
        if statements:
            text = document(*statements)
            self.iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=text)
            return
        if self.iam.list_user_policies(UserName=name)["PolicyNames"]:
            self.iam.delete_user_policy(UserName=name, PolicyName=policy)

    def call(self, who, service, operation, parameters):
        """Calls an operation as somebody, and notes what the trail must say of it."""
        method = getattr(self.client(who, service), xform_name(operation))
        try:
            body = method(**parameters)
            if "Body" in body:
                body["Body"].read()
            for stream in [part for part in body.values() if isinstance(part, EventStream)]:
                stream.close()
            answer = answered(body["ResponseMetadata"], ALLOWED, "", body)
        except ClientError as error:
            told = error.response["Error"]
            answer = answered(error.response["ResponseMetadata"], told["Code"], told["Message"], error.response)
        account = self.foreign if who is self.stranger else self.account
        self.records[answer.request_id] = (service, operation, answer.outcome, account)
        return answer

    def need(self, answer):
        """What a denied call missed."""
        decoded = self.sts.decode_authorization_message(EncodedMessage=answer.sealed)
        told = json.loads(decoded["DecodedMessage"])["context"]
        return Need(told["action"], told["resource"])


def answered(metadata, outcome, message, body):
    head = metadata["HTTPHeaders"]
    sealed = head.get("x-amzn-encoded-authorization-message")
    return Answer(outcome, metadata["HTTPStatusCode"], message, metadata["RequestId"], sealed, body)


def fits(resource, template):
    """Whether a resource is of the form that the table says."""
    parts = re.split(r"\{\w+\}", template)
    return re.fullmatch(".*".join(map(re.escape, parts)), resource) is not None
