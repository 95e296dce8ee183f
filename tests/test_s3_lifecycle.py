"""Lifecycle rules with boto3: what is accepted, what is said of it, and what the server does when its clock goes on."""

import os
import time
import uuid
from datetime import datetime, timedelta, timezone

import boto3
import pytest

import clock
from conftest import refused

DAY = 24 * 60 * 60
MIDNIGHT = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


def rule(name="rule", **what):
    return {"ID": name, "Status": "Enabled", "Filter": {"Prefix": ""}, **what}


def put_rules(s3, bucket, *rules, **more):
    return s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": list(rules)}, **more)


# The configuration


def test_rules_are_put_shown_and_removed(s3, bucket):
    refused(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket), "NoSuchLifecycleConfiguration", 404)
    rules = [
        rule("a", Filter={"Prefix": "logs/"}, Expiration={"Days": 31},
             Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}]),
        rule("b", Filter={"And": {"Prefix": "x", "Tags": [{"Key": "k", "Value": "v"}], "ObjectSizeGreaterThan": 5}},
             NoncurrentVersionExpiration={"NoncurrentDays": 3, "NewerNoncurrentVersions": 2}),
        rule("c", AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7}, Status="Disabled"),
        rule("d", Expiration={"ExpiredObjectDeleteMarker": True}),
        rule("e", Expiration={"Date": MIDNIGHT + timedelta(days=400)}),
    ]
    answer = put_rules(s3, bucket, *rules)
    assert answer["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert found["Rules"] == rules
    put_rules(s3, bucket, rule(Expiration={"Days": 1}), TransitionDefaultMinimumObjectSize="varies_by_storage_class")
    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert found["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    s3.delete_bucket_lifecycle(Bucket=bucket)
    refused(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket), "NoSuchLifecycleConfiguration", 404)


@pytest.mark.parametrize("wrong, code", [
    (rule(), "InvalidRequest"),
    (rule(Expiration={"Days": 0}), "InvalidArgument"),
    (rule(Expiration={"Date": MIDNIGHT + timedelta(hours=1)}), "InvalidArgument"),
    (rule(Expiration={"Days": 1}, Filter={"Prefix": "a", "ObjectSizeLessThan": 1}), "MalformedXML"),
    (rule(Transitions=[{"Days": 1, "StorageClass": "STANDARD_IA"}]), "InvalidArgument"),
    (rule(Status="On", Expiration={"Days": 1}), "MalformedXML"),
    (rule(Transitions=[{"Days": 90, "StorageClass": "TAPE"}]), "MalformedXML"),
])
def test_rules_that_make_no_sense_are_refused(s3, bucket, wrong, code):
    refused(lambda: put_rules(s3, bucket, wrong), code)


def test_replies_say_when_an_object_expires(s3, bucket):
    put_rules(s3, bucket, rule("old logs", Filter={"Prefix": "logs/"}, Expiration={"Days": 2}),
              rule("abort", AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}))
    due = (MIDNIGHT + timedelta(days=3)).strftime("%a, %d %b %Y 00:00:00 GMT")
    expected = f'expiry-date="{due}", rule-id="old%20logs"'
    assert s3.put_object(Bucket=bucket, Key="logs/a", Body=b"x")["Expiration"] == expected
    assert s3.head_object(Bucket=bucket, Key="logs/a")["Expiration"] == expected
    assert s3.get_object(Bucket=bucket, Key="logs/a")["Expiration"] == expected
    assert "Expiration" not in s3.put_object(Bucket=bucket, Key="other", Body=b"x")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="u")
    assert upload["AbortRuleId"] == "abort" and upload["AbortDate"] == MIDNIGHT + timedelta(days=2)
    parts = s3.list_parts(Bucket=bucket, Key="u", UploadId=upload["UploadId"])
    assert parts["AbortDate"] == upload["AbortDate"]
    s3.abort_multipart_upload(Bucket=bucket, Key="u", UploadId=upload["UploadId"])


def test_storage_classes_that_are_read_at_once(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", StorageClass="STANDARD_IA")
    assert s3.head_object(Bucket=bucket, Key="a")["StorageClass"] == "STANDARD_IA"
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["StorageClass"] == "STANDARD_IA"
    s3.copy_object(Bucket=bucket, Key="a", CopySource=f"{bucket}/a", StorageClass="GLACIER_IR")
    assert s3.head_object(Bucket=bucket, Key="a")["StorageClass"] == "GLACIER_IR"
    s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a")
    assert "StorageClass" not in s3.head_object(Bucket=bucket, Key="b")


# What is done


def until(condition):
    """Waits until something is so. The server looks for what is due every minute, the first time when it starts."""
    end = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < end, "it was not done"
        time.sleep(0.2)


def versions(s3, bucket, key):
    answer = s3.list_object_versions(Bucket=bucket, Prefix=key)
    return [item["VersionId"] for kind in ("Versions", "DeleteMarkers") for item in answer.get(kind, [])]


def keys(s3, bucket):
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def restarted(server, folder, days):
    """A client of the server with its clock ahead, so that its certificate is from the future."""
    server.stop()
    server.start(clock.environment(folder, days * DAY))
    root = server.root()
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        verify=False,
        region_name="us-east-1",
        aws_access_key_id=root.access_key_id,
        aws_secret_access_key=root.secret,
    )


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_what_is_due_is_done_and_nothing_else(own_server, tmp_path):
    s3 = own_server.root().client("s3")
    plain, kept = f"p-{uuid.uuid4().hex[:12]}", f"k-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=plain)
    s3.create_bucket(Bucket=kept, ObjectLockEnabledForBucket=True)
    put_rules(
        s3, plain,
        rule("a", Filter={"Prefix": "old/"}, Expiration={"Days": 3}),
        rule("t", Filter={"And": {"Prefix": "tag/", "Tags": [{"Key": "go", "Value": "yes"}]}}, Expiration={"Days": 3}),
        rule("s", Filter={"Prefix": "big"}, Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}]),
        rule("g", Filter={"Prefix": "big-cold"}, Transitions=[{"Days": 30, "StorageClass": "GLACIER"}]),
        rule("u", Filter={"Prefix": "up/"}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 3}),
    )
    for key, tag in (("old/1", ""), ("old/2", ""), ("new", ""), ("tag/1", "go=yes"), ("tag/2", "go=no")):
        s3.put_object(Bucket=plain, Key=key, Body=b"x", Tagging=tag)
    for key in ("big", "big-cold"):
        s3.put_object(Bucket=plain, Key=key, Body=os.urandom(130 * 1024))
    s3.put_object(Bucket=plain, Key="big-not", Body=b"x")
    for key in ("up/a", "down/a"):
        upload = s3.create_multipart_upload(Bucket=plain, Key=key)["UploadId"]
        s3.upload_part(Bucket=plain, Key=key, UploadId=upload, PartNumber=1, Body=b"part")

    put_rules(
        s3, kept,
        rule("e", Filter={"Prefix": "e/"}, Expiration={"Days": 3}),
        rule("n", Filter={"Prefix": "n/"}, NoncurrentVersionExpiration={"NoncurrentDays": 3, "NewerNoncurrentVersions": 1}),
        rule("m", Filter={"Prefix": "m/"}, Expiration={"ExpiredObjectDeleteMarker": True}),
    )
    put = lambda key, **more: s3.put_object(Bucket=kept, Key=key, Body=key.encode(), **more)["VersionId"]
    expired = put("e/1")
    held = put("n/1", ObjectLockLegalHoldStatus="ON")
    gone, spared, latest = put("n/1"), put("n/1"), put("n/1")
    s3.delete_object(Bucket=kept, Key="m/alone")
    below = put("m/above")
    marker = s3.delete_object(Bucket=kept, Key="m/above")["VersionId"]

    s3 = restarted(own_server, tmp_path, 2)
    with clock.signing_ahead(2 * DAY):
        # A delete marker without any version goes whatever its age; nothing else is due.
        until(lambda: versions(s3, kept, "m/alone") == [])
        assert len(keys(s3, plain)) == 8
        assert versions(s3, kept, "n/1") == [latest, spared, gone, held]
    s3 = restarted(own_server, tmp_path, 4)
    with clock.signing_ahead(4 * DAY):
        until(lambda: keys(s3, plain) == ["big", "big-cold", "big-not", "new", "tag/2"])
        until(lambda: [upload["Key"] for upload in s3.list_multipart_uploads(Bucket=plain)["Uploads"]] == ["down/a"])
        until(lambda: len(versions(s3, kept, "e/1")) == 2 and versions(s3, kept, "e/1")[0] == expired)
        until(lambda: versions(s3, kept, "n/1") == [latest, spared, held])
        assert versions(s3, kept, "m/above") == [below, marker]
        assert "StorageClass" not in s3.head_object(Bucket=plain, Key="big")
    s3 = restarted(own_server, tmp_path, 32)
    with clock.signing_ahead(32 * DAY):
        until(lambda: s3.head_object(Bucket=plain, Key="big").get("StorageClass") == "STANDARD_IA")
        assert "StorageClass" not in s3.head_object(Bucket=plain, Key="big-not")
        assert len(s3.get_object(Bucket=plain, Key="big")["Body"].read()) == 130 * 1024
        # Of two classes that are due the colder one counts.
        until(lambda: s3.head_object(Bucket=plain, Key="big-cold").get("StorageClass") == "GLACIER")
        refused(lambda: s3.get_object(Bucket=plain, Key="big-cold"), "InvalidObjectState", 403)
        refused(lambda: s3.delete_object(Bucket=kept, Key="n/1", VersionId=held), "AccessDenied", 403)
