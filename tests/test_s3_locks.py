"""Object Lock with boto3: nothing deletes a version that is retained or held, whoever asks and however."""

import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from conftest import allow, refused, statement

PROTECTED = "Access Denied because object protected by object lock."
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


def now():
    return datetime.now(timezone.utc).replace(microsecond=0)


def soon():
    return now() + timedelta(seconds=4)


@pytest.fixture
def locking(s3):
    """A bucket whose versions can be locked. What a test leaves locked stays behind."""
    name = f"l-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def put(s3, locking):
    def put(key="key", **parameters):
        return {"Key": key, "VersionId": s3.put_object(Bucket=locking, Key=key, Body=b"content", **parameters)["VersionId"]}

    return put


def retention(mode, until):
    return {"Mode": mode, "RetainUntilDate": until}


@pytest.fixture
def guest(root, iam):
    user = root.user()

    def let(*actions):
        allow(iam, user.name, [statement("Allow", [f"s3:{action}" for action in actions])])
        return user.client("s3")

    return let


# The bucket's setting


def test_a_bucket_that_locks_keeps_versions_for_good(s3, locking):
    found = s3.get_object_lock_configuration(Bucket=locking)["ObjectLockConfiguration"]
    assert found == {"ObjectLockEnabled": "Enabled"}
    assert s3.get_bucket_versioning(Bucket=locking)["Status"] == "Enabled"
    suspend = lambda: s3.put_bucket_versioning(Bucket=locking, VersioningConfiguration={"Status": "Suspended"})
    refused(suspend, "InvalidBucketState", 409)
    s3.delete_bucket(Bucket=locking)


def test_the_default_retention_is_put_on_new_versions(s3, locking, put):
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 2}}}
    s3.put_object_lock_configuration(Bucket=locking, ObjectLockConfiguration=rule)
    assert s3.get_object_lock_configuration(Bucket=locking)["ObjectLockConfiguration"] == rule
    where = put()
    found = s3.get_object_retention(Bucket=locking, **where)["Retention"]
    assert found["Mode"] == "GOVERNANCE" and abs(found["RetainUntilDate"] - now() - 2 * DAY) < timedelta(minutes=1)
    asked = put(ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=soon())
    assert s3.get_object_retention(Bucket=locking, **asked)["Retention"]["Mode"] == "COMPLIANCE"
    both = {"Mode": "GOVERNANCE", "Days": 1, "Years": 1}
    for wrong, code in [(both, "MalformedXML"), ({"Mode": "GOVERNANCE"}, "MalformedXML"),
                        ({"Mode": "GOVERNANCE", "Days": 0}, "InvalidArgument"),
                        ({"Mode": "GOVERNANCE", "Years": 101}, "InvalidArgument")]:
        asked = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": wrong}}
        refused(lambda: s3.put_object_lock_configuration(Bucket=locking, ObjectLockConfiguration=asked), code, 400)


def test_a_bucket_of_before_can_begin_to_lock(s3, bucket):
    enabled = {"ObjectLockEnabled": "Enabled"}
    refused(lambda: s3.get_object_lock_configuration(Bucket=bucket), "ObjectLockConfigurationNotFoundError", 404)
    begin = lambda: s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=enabled)
    refused(begin, "InvalidBucketState", 409)
    where = {"Bucket": bucket, "Key": "key"}
    s3.put_object(**where, Body=b"before")
    hold = {"Status": "ON"}
    refused(lambda: s3.put_object_legal_hold(**where, LegalHold=hold), "InvalidRequest", 400)
    locked = lambda: s3.put_object(**where, Body=b"x", ObjectLockLegalHoldStatus="ON")
    refused(locked, "InvalidRequest", 400, "Bucket is missing ObjectLockConfiguration")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    begin()
    # The null version of before can be held as well.
    s3.put_object_legal_hold(**where, LegalHold=hold)
    refused(lambda: s3.delete_object(**where, VersionId="null"), "AccessDenied", 403, PROTECTED)
    s3.put_object(**where, Body=b"later")
    refused(lambda: s3.delete_object(**where, VersionId="null"), "AccessDenied", 403, PROTECTED)
    s3.put_object_legal_hold(**where, VersionId="null", LegalHold={"Status": "OFF"})
    for item in s3.list_object_versions(Bucket=bucket)["Versions"]:
        s3.delete_object(**where, VersionId=item["VersionId"])


# Retention


def test_nobody_deletes_what_compliance_retains(s3, locking, put):
    until = soon()
    where = put(ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)
    head = s3.head_object(Bucket=locking, **where)
    assert head["ObjectLockMode"] == "COMPLIANCE" and head["ObjectLockRetainUntilDate"] == until
    for bypass in (False, True):
        gone = lambda: s3.delete_object(Bucket=locking, **where, BypassGovernanceRetention=bypass)
        refused(gone, "AccessDenied", 403, PROTECTED)
    for asked in (retention("COMPLIANCE", until - timedelta(seconds=1)), retention("GOVERNANCE", until + DAY), {}):
        change = lambda: s3.put_object_retention(
            Bucket=locking, **where, Retention=asked, BypassGovernanceRetention=True
        )
        refused(change, "AccessDenied", 403, PROTECTED)
    longer = until + timedelta(seconds=1)
    s3.put_object_retention(Bucket=locking, **where, Retention=retention("COMPLIANCE", longer))
    # A delete marker goes on top of it, and another version: neither deletes it.
    s3.delete_object(Bucket=locking, Key="key")
    put()
    several = s3.delete_objects(Bucket=locking, Delete={"Objects": [where]}, BypassGovernanceRetention=True)
    assert several["Errors"][0]["Code"] == "AccessDenied" and several["Errors"][0]["Message"] == PROTECTED
    refused(lambda: s3.delete_bucket(Bucket=locking), "BucketNotEmpty", 409)
    time.sleep(max(0, (longer - datetime.now(timezone.utc)).total_seconds()) + 0.1)
    s3.delete_object(Bucket=locking, **where)
    refused(lambda: s3.head_object(Bucket=locking, **where), "404", 404)


def test_governance_gives_way_to_those_who_may_bypass_it_and_say_so(s3, locking, put, guest):
    where = put(ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=now() + DAY)
    refused(lambda: s3.delete_object(Bucket=locking, **where), "AccessDenied", 403, PROTECTED)
    shorter = retention("GOVERNANCE", now() + DAY / 2)
    change = lambda client, **more: client.put_object_retention(Bucket=locking, **where, Retention=shorter, **more)
    refused(lambda: change(s3), "AccessDenied", 403, PROTECTED)
    for_good = retention("COMPLIANCE", now() + 2 * DAY)
    refused(lambda: s3.put_object_retention(Bucket=locking, **where, Retention=for_good), "AccessDenied", 403, PROTECTED)
    client = guest("DeleteObjectVersion", "PutObjectRetention")
    bypass = {"BypassGovernanceRetention": True}
    answer = refused(lambda: client.delete_object(Bucket=locking, **where, **bypass), "AccessDenied", 403)
    assert "s3:BypassGovernanceRetention" in answer["Error"]["Message"]
    refused(lambda: change(client, **bypass), "AccessDenied", 403)
    several = client.delete_objects(Bucket=locking, Delete={"Objects": [where]}, **bypass)
    assert several["Errors"][0]["Code"] == "AccessDenied"
    client = guest("DeleteObjectVersion", "PutObjectRetention", "BypassGovernanceRetention")
    change(client, **bypass)
    client.delete_object(Bucket=locking, **where, **bypass)


def test_what_is_asked_for_must_make_sense(s3, locking, put):
    past = now() - DAY
    for asked in (
        {"ObjectLockMode": "GOVERNANCE"},
        {"ObjectLockRetainUntilDate": now() + DAY},
        {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": past},
    ):
        refused(lambda: put(**asked), "InvalidArgument", 400)
    where = put()
    change = lambda asked: s3.put_object_retention(Bucket=locking, **where, Retention=asked)
    refused(lambda: change(retention("GOVERNANCE", past)), "InvalidArgument", 400, "The retain until date must be in the future!")
    refused(lambda: change({"Mode": "GOVERNANCE"}), "MalformedXML", 400)
    refused(lambda: s3.get_object_retention(Bucket=locking, **where), "NoSuchObjectLockConfiguration", 404)
    refused(lambda: s3.get_object_legal_hold(Bucket=locking, **where), "NoSuchObjectLockConfiguration", 404)


# Legal holds


def test_a_legal_hold_stays_until_it_is_lifted(s3, locking, put):
    where = put(ObjectLockLegalHoldStatus="ON")
    assert s3.get_object_legal_hold(Bucket=locking, **where)["LegalHold"] == {"Status": "ON"}
    gone = lambda: s3.delete_object(Bucket=locking, **where, BypassGovernanceRetention=True)
    refused(gone, "AccessDenied", 403, PROTECTED)
    s3.put_object_legal_hold(Bucket=locking, **where, LegalHold={"Status": "OFF"})
    assert s3.head_object(Bucket=locking, **where)["ObjectLockLegalHoldStatus"] == "OFF"
    gone()


# Other ways to put


def test_copies_and_uploads_are_locked_as_they_ask(s3, locking, put):
    source = {"Bucket": locking, **put()}
    copied = s3.copy_object(
        Bucket=locking, Key="copy", CopySource=source, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=soon()
    )["VersionId"]
    refused(lambda: s3.delete_object(Bucket=locking, Key="copy", VersionId=copied), "AccessDenied", 403, PROTECTED)
    # A copy of a locked version is not locked by itself.
    plain = s3.copy_object(Bucket=locking, Key="c2", CopySource={**source, "Key": "copy", "VersionId": copied})
    s3.delete_object(Bucket=locking, Key="c2", VersionId=plain["VersionId"])
    upload = {"Bucket": locking, "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload, ObjectLockLegalHoldStatus="ON")["UploadId"]
    tag = s3.upload_part(**upload, PartNumber=1, Body=b"part")["ETag"]
    made = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    refused(lambda: s3.delete_object(Bucket=locking, Key="parts", VersionId=made["VersionId"]), "AccessDenied", 403)


# Who may do and see what


def test_locking_needs_actions_of_its_own(s3, locking, put, guest):
    where = put(ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=now() + DAY, ObjectLockLegalHoldStatus="ON")
    shown = lambda client: {
        name for name in client.head_object(Bucket=locking, Key="key") if name.startswith("ObjectLock")
    }
    both = {"ObjectLockMode", "ObjectLockRetainUntilDate"}
    assert shown(guest("GetObject")) == set()
    assert shown(guest("GetObject", "GetObjectRetention")) == both
    assert shown(guest("GetObject", "GetObjectLegalHold")) == {"ObjectLockLegalHoldStatus"}

    target = {"Bucket": locking, "Key": "other", "Body": b"x"}
    retained = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": now() + DAY}
    client = guest("PutObject")
    refused(lambda: client.put_object(**target, **retained), "AccessDenied", 403)
    refused(lambda: client.put_object(**target, ObjectLockLegalHoldStatus="ON"), "AccessDenied", 403)
    guest("PutObject", "PutObjectRetention", "PutObjectLegalHold").put_object(
        **target, **retained, ObjectLockLegalHoldStatus="ON"
    )
    refused(lambda: client.get_object_retention(Bucket=locking, **where), "AccessDenied", 403)


def test_a_policy_can_bound_a_retention(root, iam, s3, locking, put):
    user, where = root.user(), put()
    days = {"NumericLessThanEquals": {"s3:object-lock-remaining-retention-days": "10"}}
    mode = {"StringEquals": {"s3:object-lock-mode": "GOVERNANCE"}}
    allow(iam, user.name, [statement("Allow", "s3:PutObjectRetention", Condition={**days, **mode})])
    client = user.client("s3")
    change = lambda asked: client.put_object_retention(Bucket=locking, **where, Retention=asked)
    refused(lambda: change(retention("GOVERNANCE", now() + 11 * DAY)), "AccessDenied", 403)
    refused(lambda: change(retention("COMPLIANCE", now() + DAY)), "AccessDenied", 403)
    change(retention("GOVERNANCE", now() + 10 * DAY))
    hold = {"StringEquals": {"s3:object-lock-legal-hold": "ON"}}
    allow(iam, user.name, [statement("Allow", "s3:PutObjectLegalHold", Condition=hold)])
    client.put_object_legal_hold(Bucket=locking, **where, LegalHold={"Status": "ON"})
    off = lambda: client.put_object_legal_hold(Bucket=locking, **where, LegalHold={"Status": "OFF"})
    refused(off, "AccessDenied", 403)
