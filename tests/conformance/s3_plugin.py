"""What the suite takes for granted and AWS no longer gives: buckets whose access control lists count and may be public,
and names beside canonical ids. Buckets are made so by signed calls, as AWS tells who needs it; the names, which S3 leaves
out since 2025, are put into answers on the client's side. The authority that signed the server's certificate is trusted."""

import configparser
import os

import boto3

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


def names():
    """The names that the suite knows accounts by, by their canonical ids."""
    config = configparser.RawConfigParser()
    config.read(os.environ["S3TEST_CONF"])
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


def pytest_configure():
    boto3.setup_default_session()
    events = boto3.DEFAULT_SESSION.events
    events.register("creating-client-class.s3", open_buckets)
    events.register("after-call.s3", named(names()))
    boto3.client, boto3.resource = trusting(boto3.client), trusting(boto3.resource)
