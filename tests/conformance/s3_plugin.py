"""What the suite takes for granted and AWS no longer gives: buckets whose access control lists count and may be public,
and names beside canonical ids. Buckets are made so by signed calls, as AWS tells who needs it; the names, which S3 leaves
out since 2025, are put into answers on the client's side. The authority that signed the server's certificate is trusted.
Header fields that today's client writes when it signs are spoiled after that, where the suite spoils them before. What is
said of accounts and identity providers is in `s3_accounts`, of queries in `s3_select`."""

import configparser
import os
from unittest import mock
from urllib.parse import unquote

import boto3
import pytest
import s3_accounts
import s3_select
from botocore.hooks import EventAliaser

LISTS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")


def signing(client):
    """The client, or where it signs with the historic version, which knows less of S3, one that does not."""
    if client.meta.config.signature_version != "s3":
        return client
    keys = client._get_credentials()
    return boto3.client(
        "s3",
        endpoint_url=client.meta.endpoint_url,
        verify=True,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )


def open_buckets(class_attributes, **_):
    made = class_attributes["create_bucket"]

    def create_bucket(self, **parameters):
        asked = {}
        if "ObjectOwnership" not in parameters:
            asked = {name: parameters.pop(name) for name in LISTS if name in parameters}
            parameters["ObjectOwnership"] = "ObjectWriter"
        answer = made(self, **parameters)
        signing(self).delete_public_access_block(Bucket=parameters["Bucket"])
        if asked:
            self.put_bucket_acl(Bucket=parameters["Bucket"], **asked)
        return answer

    class_attributes["create_bucket"] = create_bucket


SPOILED_LATE = ("bad_authorization", "bad_contentlength_empty")


def late(register):
    def at_sending(self, event, handler, *arguments, **parameters):
        if not event.startswith("before-call.s3."):
            return register(self, event, handler, *arguments, **parameters)

        def spoil(request, **_):
            handler(params={"headers": request.headers})

        return register(self, event.replace("before-call", "before-send"), spoil)

    return at_sending


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    register = EventAliaser.register
    spoils = any(name in item.name for name in SPOILED_LATE)
    with mock.patch.object(EventAliaser, "register", late(register) if spoils else register):
        yield


def configured():
    config = configparser.RawConfigParser()
    config.read(os.environ["S3TEST_CONF"])
    return config


def stand_in(class_attributes, **_):
    """Nobody holds credentials of the root user of a second account, as in AWS: its administrator stands in for it, and is
    taken for it by the one call that the suite asks by."""
    found = class_attributes["get_user"]

    def get_user(self, **parameters):
        answer = found(self, **parameters)
        arn = answer["User"]["Arn"]
        if not parameters and arn.endswith(":user/admin"):
            answer["User"]["Arn"] = arn.replace("user/admin", "root")
        return answer

    class_attributes["get_user"] = get_user


def names():
    """The names that the suite knows accounts by, by their canonical ids."""
    config = configured()
    sections = [config[name] for name in config.sections() if "user_id" in config[name]]
    return {section["user_id"]: section.get("display_name") for section in sections}


def named(known):
    def name(value):
        if isinstance(value, list):
            for item in value:
                name(item)
        elif isinstance(value, dict):
            if known.get(value.get("ID")):
                value.setdefault("DisplayName", known[value["ID"]])
            # S3 promises no order; the suite wants groups first.
            value.get("Grants", []).sort(key=lambda grant: "ID" in grant["Grantee"])
            for item in value.values():
                name(item)

    return lambda parsed, **_: name({key: value for key, value in parsed.items() if key != "Error"})


def decode_prefix(parsed, **_):
    """Where the client asks for names in URL encoding, it decodes all but this one."""
    if parsed.get("EncodingType") == "url" and "Prefix" in parsed:
        parsed["Prefix"] = unquote(parsed["Prefix"])


def trusting(make):
    def client(*arguments, **parameters):
        if parameters.get("verify") is True:
            parameters["verify"] = os.environ["S3TEST_CA"]
        if parameters.get("region_name") == "":
            del parameters["region_name"]
        return make(*arguments, **parameters)

    return client


def iam(config, section):
    keys = config[section]
    return boto3.client(
        "iam",
        endpoint_url=f"https://{keys['host']}:{keys['port']}",
        verify=True,
        aws_access_key_id=keys["access_key"],
        aws_secret_access_key=keys["secret_key"],
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    """What a test leaves behind the next one shall not suffer for: policies with the user where it fails half-way, and
    users in groups, whom the suite deletes before their groups; and identity providers, of which an address has one."""
    if "iam" in item.nodeid or "sts" in item.nodeid:
        config = configured()
        admin, user = iam(config, "iam"), config["s3 alt"]["user_id"]
        for name in admin.list_user_policies(UserName=user)["PolicyNames"]:
            admin.delete_user_policy(UserName=user, PolicyName=name)
        for provider in admin.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
            admin.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
        root = iam(config, "iam root")
        for group in root.list_groups()["Groups"]:
            for member in root.get_group(GroupName=group["GroupName"])["Users"]:
                root.remove_user_from_group(GroupName=group["GroupName"], UserName=member["UserName"])


def pytest_configure():
    boto3.setup_default_session()
    events = boto3.DEFAULT_SESSION.events
    events.register("creating-client-class.s3", open_buckets)
    events.register("creating-client-class.iam", stand_in)
    events.register("after-call.s3", named(names()))
    events.register("after-call.s3.ListObjects", decode_prefix)
    events.register("provide-client-params.s3.SelectObjectContent", s3_select.translate)
    config = configured()
    s3_accounts.adapting(config["webidentity"] if "webidentity" in config else None)
    boto3.client, boto3.resource = trusting(boto3.client), trusting(boto3.resource)
