"""Archived objects with boto3: restored for some days, by who may, as fast as is asked for and as the clock goes on."""

from datetime import datetime, timedelta, timezone

import boto3
import pytest

import clock
from conftest import Server, allow, refused, statement

HOUR, DAY = 60 * 60, 24 * 60 * 60
ONGOING = 'ongoing-request="true"'


def days(count, tier=None):
    return {"Days": count, **({"GlacierJobParameters": {"Tier": tier}} if tier else {})}


def archived(s3, bucket, name="GLACIER", key="key"):
    where = {"Bucket": bucket, "Key": key}
    s3.put_object(**where, Body=b"content", StorageClass=name)
    return where


def status(s3, where, request):
    return s3.restore_object(**where, RestoreRequest=request)["ResponseMetadata"]["HTTPStatusCode"]


def listed(s3, bucket, call="list_objects_v2", many="Contents"):
    answer = getattr(s3, call)(Bucket=bucket, OptionalObjectAttributes=["RestoreStatus"])
    return [item.get("RestoreStatus") for item in answer[many]]


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A server that restores at once."""
    server = Server(tmp_path_factory.mktemp("quick") / "data", "--s3-restore-seconds", "0").start()
    yield server.root().client("s3")
    server.stop()


def test_a_restoration_takes_its_time_and_is_shown(s3, bucket):
    where = archived(s3, bucket)
    assert "Restore" not in s3.head_object(**where) and listed(s3, bucket) == [None]
    assert status(s3, where, days(2)) == 202
    found = s3.head_object(**where)
    assert (found["Restore"], found["StorageClass"]) == (ONGOING, "GLACIER")
    refused(lambda: s3.get_object(**where), "InvalidObjectState", 403)
    for call, many in (("list_objects_v2", "Contents"), ("list_objects", "Contents"), ("list_object_versions", "Versions")):
        assert listed(s3, bucket, call, many) == [{"IsRestoreInProgress": True}]
    assert "RestoreStatus" not in s3.list_objects_v2(Bucket=bucket)["Contents"][0]


def test_one_under_way_is_only_made_faster(s3, bucket):
    where = archived(s3, bucket)
    assert status(s3, where, days(1, "Bulk")) == 202
    refused(lambda: status(s3, where, days(1, "Bulk")), "RestoreAlreadyInProgress", 409)
    assert status(s3, where, days(1)) == 202
    refused(lambda: status(s3, where, days(1, "Standard")), "RestoreAlreadyInProgress", 409)
    assert status(s3, where, days(1, "Expedited")) == 202


@pytest.mark.parametrize("name, request_, code, status_", [
    ("STANDARD", days(1), "InvalidObjectState", 403),
    ("GLACIER_IR", days(1), "InvalidObjectState", 403),
    ("INTELLIGENT_TIERING", days(1), "InvalidArgument", 400),
    ("INTELLIGENT_TIERING", {}, "ObjectAlreadyInActiveTierError", 403),
    ("GLACIER", {}, "MalformedXML", 400),
    ("GLACIER", days(0), "InvalidArgument", 400),
    ("GLACIER", days(1, "Slow"), "MalformedXML", 400),
    ("DEEP_ARCHIVE", days(1, "Expedited"), "InvalidArgument", 400),
    ("GLACIER", {"Type": "SELECT", "Tier": "Bulk"}, "NotImplemented", 501),
])
def test_what_is_not_restored(s3, bucket, name, request_, code, status_):
    where = archived(s3, bucket, name)
    refused(lambda: status(s3, where, request_), code, status_)


def test_a_copy_is_read_until_a_midnight_and_kept_longer_when_asked(quick):
    quick.create_bucket(Bucket="quick")
    where = archived(quick, "quick", "DEEP_ARCHIVE")
    assert status(quick, where, days(1, "Bulk")) == 200
    midnight = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    until = lambda count: (midnight + timedelta(days=count + 1)).strftime("%a, %d %b %Y 00:00:00 GMT")
    found = quick.get_object(**where)
    assert found["Body"].read() == b"content"
    assert found["Restore"] == f'ongoing-request="false", expiry-date="{until(1)}"'
    assert listed(quick, "quick") == [{"IsRestoreInProgress": False, "RestoreExpiryDate": midnight + timedelta(days=2)}]
    assert status(quick, where, days(5)) == 200
    assert until(5) in quick.head_object(**where)["Restore"]
    # It is copied like any other; what was put anew is not restored.
    quick.copy_object(Bucket="quick", Key="copy", CopySource="quick/key")
    assert "StorageClass" not in quick.head_object(Bucket="quick", Key="copy")
    quick.put_object_tagging(**where, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert quick.get_object(**where)["TagCount"] == 1
    refused(lambda: quick.get_object(**archived(quick, "quick")), "InvalidObjectState", 403)


def test_a_version_is_restored_by_its_id(quick):
    quick.create_bucket(Bucket="versions")
    quick.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    where = {"Bucket": "versions", "Key": "key"}
    first, second = (
        quick.put_object(**where, Body=body, StorageClass="GLACIER")["VersionId"] for body in (b"first", b"second")
    )
    quick.restore_object(**where, VersionId=first, RestoreRequest=days(1))
    assert quick.get_object(**where, VersionId=first)["Body"].read() == b"first"
    refused(lambda: quick.get_object(**where), "InvalidObjectState", 403)
    marker = quick.delete_object(**where)["VersionId"]
    refused(lambda: quick.restore_object(**where, RestoreRequest=days(1)), "NoSuchKey", 404)
    refused(lambda: quick.restore_object(**where, VersionId=marker, RestoreRequest=days(1)), "MethodNotAllowed", 405)
    quick.restore_object(**where, VersionId=second, RestoreRequest=days(1))


def test_who_may_read_may_not_restore(root, iam, s3, bucket):
    where = archived(s3, bucket)
    reader, restorer = root.user(), root.user()
    allow(iam, reader.name, [statement("Allow", ["s3:GetObject", "s3:PutObject"])])
    allow(iam, restorer.name, [statement("Allow", "s3:RestoreObject")])
    refused(lambda: status(reader.client("s3"), where, days(1)), "AccessDenied", 403)
    assert status(restorer.client("s3"), where, days(1)) == 202
    # Who may not list is not told that there is no such object.
    refused(lambda: status(restorer.client("s3"), {**where, "Key": "none"}, days(1)), "AccessDenied", 403)


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_the_tiers_take_as_long_as_awss_and_copies_end(own_server, tmp_path):
    s3 = own_server.root().client("s3")
    s3.create_bucket(Bucket="tiers")
    asked = {"Expedited": "GLACIER", "Standard": "GLACIER", "Bulk": "GLACIER", "deep": "DEEP_ARCHIVE"}
    for tier, name in asked.items():
        where = archived(s3, "tiers", name, tier)
        assert status(s3, where, days(1, None if tier == "deep" else tier)) == 202

    def ready(ahead):
        own_server.stop()
        own_server.start(clock.environment(tmp_path, ahead))
        root = own_server.root()
        keys = {"aws_access_key_id": root.access_key_id, "aws_secret_access_key": root.secret}
        late = boto3.client("s3", endpoint_url=own_server.endpoint, verify=False, region_name="us-east-1", **keys)
        with clock.signing_ahead(ahead):
            restored = {key: late.head_object(Bucket="tiers", Key=key).get("Restore") for key in asked}
        return {key for key, shown in restored.items() if shown and shown != ONGOING}, set(restored.values())

    assert ready(10 * 60)[0] == {"Expedited"}
    assert ready(6 * HOUR)[0] == {"Expedited", "Standard"}
    assert ready(13 * HOUR)[0] == set(asked)
    assert ready(4 * DAY) == (set(), {None})
