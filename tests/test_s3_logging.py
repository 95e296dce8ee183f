"""Server access logs with boto3: who may be asked to take them, what a line says, and who decides on delivery."""

import re

import pytest

from conftest import document, new_account, refused

LINE = re.compile(r'(?:"[^"]*"|\[[^\]]*\]|\S+)')
FIELDS = ("owner bucket time source requester id operation key uri status error sent size total turnaround referer agent "
          "version host_id signature cipher authentication host tls access_point acl_required region").split()


@pytest.fixture
def s3(own_server):
    return own_server.root().client("s3")


def delivers(bucket, source="*", account=None):
    """The statement that AWS's guide gives."""
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{source}"}}
    if account:
        condition["StringEquals"] = {"aws:SourceAccount": account}
    return {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket}/*", "Condition": condition}


def enable(s3, bucket, target, prefix="log/", **more):
    enabled = {"TargetBucket": target, "TargetPrefix": prefix, **more}
    return s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": enabled})


def restarted(server):
    """What waits is delivered when the server stops."""
    assert server.stop() == 0
    return server.start().root().client("s3")


def logs(s3, bucket):
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {item["Key"]: s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read().decode() for item in found}


def lines(text):
    parsed = [[field.strip('"[]') for field in LINE.findall(line)] for line in text.splitlines()]
    assert all(len(fields) == len(FIELDS) for fields in parsed), text
    return [dict(zip(FIELDS, fields)) for fields in parsed]


def test_the_status_is_put_shown_and_removed(s3):
    for name in ("from", "logs"):
        s3.create_bucket(Bucket=f"{name}-status")
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="from-status")
    for keys in ({}, {"TargetObjectKeyFormat": {"SimplePrefix": {}}},
                 {"TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}}):
        enable(s3, "from-status", "logs-status", **keys)
        found = s3.get_bucket_logging(Bucket="from-status")["LoggingEnabled"]
        assert found == {"TargetBucket": "logs-status", "TargetPrefix": "log/", **keys}
    s3.put_bucket_logging(Bucket="from-status", BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="from-status")


def test_logs_go_only_where_they_may(own_server, s3):
    elsewhere = own_server.root().client("s3", region="eu-west-1")
    elsewhere.create_bucket(Bucket="away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    new_account(own_server, "stranger").client("s3").create_bucket(Bucket="strangers")
    s3.create_bucket(Bucket="source")
    s3.create_bucket(Bucket="enforced")
    s3.create_bucket(Bucket="listed", ObjectOwnership="ObjectWriter")
    wrong = lambda target, code, status, message=None, **more: refused(
        lambda: enable(s3, "source", target, **more), code, status, message)
    wrong("nowhere", "InvalidTargetBucketForLogging", 400, "The target bucket for logging does not exist")
    wrong("strangers", "InvalidTargetBucketForLogging", 400,
          "The owner for the bucket to be logged and the target bucket must be the same.")
    wrong("away", "CrossLocationLoggingProhibited", 403)
    wrong("listed", "InvalidTargetBucketForLogging", 400,
          "You must give the log-delivery group WRITE and READ_ACP permissions to the target bucket")
    grants = [{"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"},
               "Permission": "READ"}]
    wrong("enforced", "AccessControlListNotSupported", 400, TargetGrants=grants)
    wrong("enforced", "MalformedXML", 400, TargetObjectKeyFormat={"PartitionedPrefix": {"PartitionDateSource": "x"}})
    wrong("enforced", "MalformedXML", 400, TargetObjectKeyFormat={})
    delivery = 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"'
    s3.put_bucket_acl(Bucket="listed", GrantWrite=delivery, GrantReadACP=delivery)
    enable(s3, "source", "listed", TargetGrants=grants)
    s3.put_bucket_acl(Bucket="listed", ACL="private")
    s3.put_bucket_acl(Bucket="listed", ACL="log-delivery-write")
    enable(s3, "source", "listed", TargetGrants=grants)
    assert s3.get_bucket_logging(Bucket="source")["LoggingEnabled"]["TargetGrants"] == grants


def test_every_request_has_its_line(own_server, s3):
    account = own_server.root().account
    s3.create_bucket(Bucket="source")
    s3.create_bucket(Bucket="logs")
    s3.put_bucket_policy(Bucket="logs", Policy=document(delivers("logs", "source", account)))
    enable(s3, "source", "logs")
    s3.put_object(Bucket="source", Key="a b", Body=b"content")
    s3.get_object(Bucket="source", Key="a b", Range="bytes=1-3")
    refused(lambda: s3.get_object(Bucket="source", Key="none"), "NoSuchKey")
    nobody = own_server.root().user("nobody")
    refused(lambda: nobody.client("s3").get_object(Bucket="source", Key="a b"), "AccessDenied")
    s3.copy_object(Bucket="logs", Key="copy", CopySource={"Bucket": "source", "Key": "a b"})
    s3.delete_object(Bucket="logs", Key="copy")
    signer = own_server.root().client("s3", signature_version="s3v4")
    url = signer.generate_presigned_url("get_object", Params={"Bucket": "source", "Key": "a b"})
    fetch(own_server, url, agent='x" 200 "y')
    fetch(own_server, url.split("?")[0], expect=403)
    wrong = own_server.root()
    wrong.secret = "x" * 40
    refused(lambda: wrong.client("s3").list_objects_v2(Bucket="source"), "SignatureDoesNotMatch")

    found = logs(restarted(own_server), "logs")
    (key, text), = found.items()
    assert re.fullmatch(r"log/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}", key)
    parsed = lines(text)
    assert [line["operation"] for line in parsed] == [
        "REST.PUT.LOGGING_STATUS", "REST.PUT.OBJECT", "REST.GET.OBJECT", "REST.GET.OBJECT", "REST.GET.OBJECT",
        "REST.COPY.OBJECT_GET", "REST.GET.OBJECT", "REST.GET.OBJECT", "REST.GET.BUCKET"]
    _, put, part, missing, denied, copied, presigned, anonymous, forged = parsed
    assert all(line["bucket"] == "source" and line["owner"] == put["owner"] for line in parsed)
    assert (put["key"], put["status"], put["error"], put["sent"], put["size"]) == ("a%20b", "200", "-", "-", "7")
    assert put["requester"] == put["owner"] and put["uri"] == "PUT /source/a%20b HTTP/1.1"
    assert (put["signature"], put["authentication"], put["source"]) == ("SigV4", "AuthHeader", "127.0.0.1")
    assert put["tls"] in ("TLSv1.2", "TLSv1.3") and "GCM" in put["cipher"] and put["host"].startswith("localhost:")
    assert (part["status"], part["sent"], part["size"]) == ("206", "3", "7")
    assert (missing["status"], missing["error"], missing["size"]) == ("404", "NoSuchKey", "-")
    assert (denied["status"], denied["error"]) == ("403", "AccessDenied")
    assert denied["requester"] == f"arn:aws:iam::{account}:user/nobody"
    assert (copied["key"], copied["status"]) == ("a%20b", "200")
    assert (presigned["status"], presigned["authentication"]) == ("200", "QueryString")
    assert presigned["agent"] == "x%22 200 %22y"
    assert "X-Amz-Credential" in presigned["uri"] and "X-Amz-Signature" not in presigned["uri"]
    assert (anonymous["requester"], anonymous["status"], anonymous["signature"]) == ("-", "403", "-")
    assert (forged["requester"], forged["error"]) == ("-", "SignatureDoesNotMatch")


def fetch(server, url, agent="test", expect=200):
    import urllib.error
    import urllib.request
    import ssl

    request = urllib.request.Request(url, headers={"User-Agent": agent})
    try:
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=server.ca)) as answer:
            assert answer.status == expect
    except urllib.error.HTTPError as error:
        assert error.code == expect


def test_keys_are_partitioned_and_settings_of_the_target_hold(own_server, s3):
    account = own_server.root().account
    s3.create_bucket(Bucket="source")
    s3.create_bucket(Bucket="logs")
    s3.put_bucket_versioning(Bucket="logs", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket="logs", Policy=document(delivers("logs", "source", account)))
    enable(s3, "source", "logs", "p/", TargetObjectKeyFormat={"PartitionedPrefix": {"PartitionDateSource": "EventTime"}})
    s3.head_bucket(Bucket="source")
    s3 = restarted(own_server)
    key, = logs(s3, "logs")
    assert re.fullmatch(rf"p/{account}/us-east-1/source/\d{{4}}/\d\d/\d\d/\d{{4}}-\d\d-\d\d-00-00-00-[0-9A-F]{{16}}", key)
    head = s3.head_object(Bucket="logs", Key=key)
    assert head["ContentType"] == "text/plain" and head["ServerSideEncryption"] == "AES256"
    assert head["VersionId"] != "null"


@pytest.mark.parametrize("statements", [
    [],
    [("delivers", "other", None)],
    [("delivers", "source", "111122223333")],
    [("delivers", "source", None), ("denies",)],
])
def test_the_policy_of_the_target_decides(own_server, s3, statements):
    s3.create_bucket(Bucket="source")
    s3.create_bucket(Bucket="logs")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*",
            "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}
    policy = [deny if kind == "denies" else delivers("logs", *rest) for kind, *rest in statements]
    if policy:
        s3.put_bucket_policy(Bucket="logs", Policy=document(*policy))
    enable(s3, "source", "logs")
    s3.head_bucket(Bucket="source")
    assert logs(restarted(own_server), "logs") == {}


def test_the_list_of_the_target_decides_where_lists_count(own_server, s3):
    s3.create_bucket(Bucket="source", ObjectOwnership="ObjectWriter")
    s3.put_public_access_block(Bucket="source", PublicAccessBlockConfiguration={"BlockPublicAcls": False})
    s3.create_bucket(Bucket="logs", ObjectOwnership="ObjectWriter")
    delivery = 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"'
    s3.put_bucket_acl(Bucket="logs", GrantWrite=delivery, GrantReadACP=delivery)
    other = new_account(own_server, "reader").client("s3")
    other.create_bucket(Bucket="readers")
    reader = other.list_buckets()["Owner"]["ID"]
    enable(s3, "source", "logs", TargetGrants=[{"Grantee": {"Type": "CanonicalUser", "ID": reader}, "Permission": "READ"}])
    s3.put_object(Bucket="source", Key="public", Body=b"x", GrantRead=f"id={reader}")
    assert other.get_object(Bucket="source", Key="public")["Body"].read() == b"x"
    s3 = restarted(own_server)
    (key, text), = logs(s3, "logs").items()
    assert [line["acl_required"] for line in lines(text)] == ["-", "-", "Yes"]
    assert other_client(own_server, other).get_object(Bucket="logs", Key=key)["Body"].read().decode() == text


def other_client(server, client):
    """The same, at the port that the server has now."""
    import boto3

    credentials = client._request_signer._credentials
    return boto3.client("s3", endpoint_url=server.endpoint, verify=server.ca, region_name="us-east-1",
                        aws_access_key_id=credentials.access_key, aws_secret_access_key=credentials.secret_key)
