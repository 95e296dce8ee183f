"""Versions of objects with boto3: kept, listed, read, brought back and removed; who may do what with which; MFA delete."""

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from conftest import allow, fresh, refused, statement
from test_iam_mfa import code, enable

SMALL, LARGE = b"content", os.urandom(300_000)
PART = os.urandom(5 * 2**20)


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


def remove_all(s3, bucket):
    """Empties a bucket of all versions."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for item in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])


@pytest.fixture
def plain(s3):
    """A new bucket, removed with all versions of what is in it."""
    name = f"v-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=name)
    yield name
    remove_all(s3, name)
    s3.delete_bucket(Bucket=name)


def version(s3, bucket, status="Enabled"):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


@pytest.fixture
def kept(s3, plain):
    """The same, which keeps versions."""
    version(s3, plain)
    return plain


@pytest.fixture
def put(s3, kept):
    def put(key="key", body=SMALL, **parameters):
        return s3.put_object(Bucket=kept, Key=key, Body=body, **parameters).get("VersionId")

    return put


def read(s3, bucket, key="key", **parameters):
    return s3.get_object(Bucket=bucket, Key=key, **parameters)["Body"].read()


def listed(s3, bucket, **parameters):
    """What is listed, as key, version, whether it is the latest, and whether it is a delete marker."""
    answer = s3.list_object_versions(Bucket=bucket, **parameters)
    found = [(item, False) for item in answer.get("Versions", [])]
    found += [(item, True) for item in answer.get("DeleteMarkers", [])]
    return [(item["Key"], item["VersionId"], item["IsLatest"], marker) for item, marker in found]


# The setting


def test_versioning_is_switched_on_and_suspended(s3, plain):
    assert "Status" not in s3.get_bucket_versioning(Bucket=plain)
    for status in ("Enabled", "Suspended", "Enabled"):
        version(s3, plain, status)
        assert s3.get_bucket_versioning(Bucket=plain)["Status"] == status
    empty = lambda: s3.put_bucket_versioning(Bucket=plain, VersioningConfiguration={})
    refused(empty, "IllegalVersioningConfigurationException", 400)


def test_objects_of_before_are_null_versions(s3, plain):
    s3.put_object(Bucket=plain, Key="key", Body=b"before")
    assert "VersionId" not in s3.get_object(Bucket=plain, Key="key")
    assert listed(s3, plain) == [("key", "null", True, False)]
    version(s3, plain)
    assert s3.head_object(Bucket=plain, Key="key")["VersionId"] == "null"
    later = s3.put_object(Bucket=plain, Key="key", Body=b"later")["VersionId"]
    assert listed(s3, plain) == [("key", later, True, False), ("key", "null", False, False)]
    assert (read(s3, plain), read(s3, plain, VersionId="null")) == (b"later", b"before")


# Versions


@pytest.mark.parametrize("body", [b"", b"x" * 16384, LARGE])
def test_every_version_is_read_by_its_id(s3, kept, put, body):
    ids = [put(body=body + bytes([number])) for number in range(5)]
    assert len(set(ids)) == 5 and all(len(text) == 32 for text in ids)
    for number, text in enumerate(ids):
        assert read(s3, kept, VersionId=text) == body + bytes([number])
        assert s3.head_object(Bucket=kept, Key="key", VersionId=text)["VersionId"] == text
    assert s3.get_object(Bucket=kept, Key="key")["VersionId"] == ids[-1]
    assert [row[1] for row in listed(s3, kept)] == ids[::-1]
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=kept)["Contents"]] == ["key"]


def test_a_delete_marker_hides_the_object(s3, kept, put):
    first = put()
    answer = s3.delete_object(Bucket=kept, Key="key")
    marker = answer["VersionId"]
    assert answer["DeleteMarker"] is True and marker not in (None, first)
    assert listed(s3, kept) == [("key", first, False, False), ("key", marker, True, True)]
    assert "Contents" not in s3.list_objects_v2(Bucket=kept)

    gone = refused(lambda: read(s3, kept), "NoSuchKey", 404)["ResponseMetadata"]["HTTPHeaders"]
    assert gone["x-amz-delete-marker"] == "true" and gone["x-amz-version-id"] == marker
    hidden = refused(lambda: s3.head_object(Bucket=kept, Key="key"), "404", 404)["ResponseMetadata"]["HTTPHeaders"]
    assert hidden["x-amz-delete-marker"] == "true"
    for call in (s3.get_object, s3.get_object_tagging, s3.get_object_acl):
        named = refused(lambda: call(Bucket=kept, Key="key", VersionId=marker), "MethodNotAllowed", 405)
        head = named["ResponseMetadata"]["HTTPHeaders"]
        assert head["x-amz-delete-marker"] == "true" and head["allow"] == "DELETE" and "last-modified" in head
    assert read(s3, kept, VersionId=first) == SMALL

    # Deleting what is deleted puts another marker. Removing the markers brings the object back.
    again = s3.delete_object(Bucket=kept, Key="key")["VersionId"]
    assert again != marker
    removed = s3.delete_object(Bucket=kept, Key="key", VersionId=again)
    assert removed["DeleteMarker"] is True and removed["VersionId"] == again
    assert ("key", marker, True, True) in listed(s3, kept)
    s3.delete_object(Bucket=kept, Key="key", VersionId=marker)
    assert read(s3, kept) == SMALL
    assert listed(s3, kept) == [("key", first, True, False)]


def test_a_marker_can_be_on_a_key_that_never_was(s3, kept):
    marker = s3.delete_object(Bucket=kept, Key="never")["VersionId"]
    assert listed(s3, kept) == [("never", marker, True, True)]


def test_removing_versions_brings_back_the_latest_that_is_left(s3, kept, put):
    parts = multipart(s3, kept, "key", PART, b"end")
    small, large = put(body=b"small"), put(body=LARGE)
    assert "DeleteMarker" not in s3.delete_object(Bucket=kept, Key="key", VersionId=large)
    assert read(s3, kept) == b"small"
    s3.delete_object(Bucket=kept, Key="key", VersionId=small)
    assert read(s3, kept) == PART + b"end"
    assert s3.head_object(Bucket=kept, Key="key", PartNumber=2)["ContentLength"] == 3
    # What was removed is no version any more; removing it again succeeds.
    lost = lambda: s3.get_object(Bucket=kept, Key="key", VersionId=small)
    refused(lost, "NoSuchVersion", 404, "The specified version does not exist.")
    assert s3.delete_object(Bucket=kept, Key="key", VersionId=small)["VersionId"] == small
    s3.delete_object(Bucket=kept, Key="key", VersionId=parts)
    assert listed(s3, kept) == []


def test_an_older_version_is_removed_from_between(s3, kept, put):
    first, second, third = (put(body=body) for body in (b"1", LARGE, b"3"))
    s3.delete_object(Bucket=kept, Key="key", VersionId=second)
    assert [row[1:3] for row in listed(s3, kept)] == [(third, True), (first, False)]
    assert (read(s3, kept), read(s3, kept, VersionId=first)) == (b"3", b"1")


def multipart(s3, bucket, key, *bodies):
    place = {"Bucket": bucket, "Key": key}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    tags = [
        {"PartNumber": number, "ETag": s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate(bodies, 1)
    ]
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": tags}).get("VersionId")


def test_multipart_objects_become_versions(s3, kept, put):
    ids = [multipart(s3, kept, "key", PART, bytes([number])) for number in range(3)]
    put(body=b"whole")
    for number, text in enumerate(ids):
        assert read(s3, kept, VersionId=text)[-1] == number
        attributes = s3.get_object_attributes(
            Bucket=kept, Key="key", VersionId=text, ObjectAttributes=["ObjectParts", "ObjectSize"]
        )
        assert attributes["VersionId"] == text and attributes["ObjectParts"]["TotalPartsCount"] == 2


def test_texts_that_are_no_version_ids(s3, kept, put):
    put()
    for text in ("x", "A" * 32, "0" * 33, "Null"):
        answer = refused(lambda: read(s3, kept, VersionId=text), "InvalidArgument", 400, "Invalid version id specified")
        assert answer["Error"]["ArgumentName"] == "versionId" and answer["Error"]["ArgumentValue"] == text
        refused(lambda: s3.delete_object(Bucket=kept, Key="key", VersionId=text), "InvalidArgument", 400)
    refused(lambda: read(s3, kept, VersionId="null"), "NoSuchVersion", 404)


# Suspended


def test_a_suspended_bucket_has_one_null_version(s3, kept, put):
    first = put(body=b"first")
    version(s3, kept, "Suspended")
    for body in (b"a", LARGE, b"c"):
        assert put(body=body) is None
    assert listed(s3, kept) == [("key", "null", True, False), ("key", first, False, False)]
    assert s3.get_object(Bucket=kept, Key="key")["VersionId"] == "null"
    version(s3, kept)
    second = put(body=b"second")
    version(s3, kept, "Suspended")
    # The null version among the older ones gives way to the new one.
    put(body=b"d")
    rows = [("key", "null", True, False), ("key", second, False, False), ("key", first, False, False)]
    assert listed(s3, kept) == rows
    assert read(s3, kept, VersionId="null") == read(s3, kept) == b"d"


def test_deleting_in_a_suspended_bucket_removes_the_null_version(s3, kept, put):
    first = put()
    version(s3, kept, "Suspended")
    put(body=b"null")
    answer = s3.delete_object(Bucket=kept, Key="key")
    assert answer["DeleteMarker"] is True and answer["VersionId"] == "null"
    assert sorted(listed(s3, kept)) == sorted([("key", first, False, False), ("key", "null", True, True)])
    # A null delete marker gives way, too.
    s3.delete_object(Bucket=kept, Key="key")
    put(body=b"new")
    assert listed(s3, kept) == [("key", "null", True, False), ("key", first, False, False)]
    s3.delete_object(Bucket=kept, Key="key", VersionId="null")
    assert read(s3, kept) == SMALL


# Lists


def test_pages_of_versions_go_on_where_they_ended(s3, kept, put):
    for key in ("a/1", "a/2", "b", "c\u00e9"):
        for number in range(3):
            put(key=key, body=bytes([number]))
    s3.delete_object(Bucket=kept, Key="b")
    version(s3, kept, "Suspended")
    put(key="b", body=b"null")
    version(s3, kept)
    put(key="b", body=b"last")
    rows = lambda pages, kind: [(item["Key"], item["VersionId"]) for page in pages for item in page.get(kind, [])]
    whole = [s3.list_object_versions(Bucket=kept)]
    assert len(rows(whole, "Versions")) == 14 and len(rows(whole, "DeleteMarkers")) == 1
    for size in (1, 2, 4, 14, 15):
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=kept, PaginationConfig={"PageSize": size})
        pages = list(pages)
        assert len(pages) == -(-15 // size)
        for kind in ("Versions", "DeleteMarkers"):
            assert rows(pages, kind) == rows(whole, kind), size
    alone = lambda: s3.list_object_versions(Bucket=kept, VersionIdMarker="null")
    refused(alone, "InvalidArgument", 400, "A version-id marker cannot be specified without a key marker.")


def test_prefixes_and_delimiters_of_versions(s3, kept, put):
    for key in ("a/1", "a/1", "a/2", "b", "c/1"):
        put(key=key)
    s3.delete_object(Bucket=kept, Key="a/3")
    answer = s3.list_object_versions(Bucket=kept, Delimiter="/")
    assert [item["Prefix"] for item in answer["CommonPrefixes"]] == ["a/", "c/"]
    assert [item["Key"] for item in answer["Versions"]] == ["b"]
    page = s3.list_object_versions(Bucket=kept, Delimiter="/", MaxKeys=1)
    assert page["NextKeyMarker"] == "a/" and page["IsTruncated"]
    page = s3.list_object_versions(Bucket=kept, Delimiter="/", MaxKeys=1, KeyMarker="a/")
    assert [item["Key"] for item in page["Versions"]] == ["b"]
    within = s3.list_object_versions(Bucket=kept, Prefix="a/")
    assert [item["Key"] for item in within["Versions"]] == ["a/1", "a/1", "a/2"]
    assert [item["Key"] for item in within["DeleteMarkers"]] == ["a/3"]
    put(key="d é")
    encoded = s3.list_object_versions(Bucket=kept, Prefix="d", EncodingType="url")
    assert [item["Key"] for item in encoded["Versions"]] == ["d%20%C3%A9"]


def test_many_versions_and_markers_do_not_disturb_the_list_of_objects(s3, kept, put):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: put(key=f"{number % 10}"), range(60)))
        list(pool.map(lambda number: s3.delete_object(Bucket=kept, Key=f"{number}"), range(0, 10, 2)))
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=kept, MaxKeys=3)["Contents"]]
    assert keys == ["1", "3", "5"]
    latest = [row for row in listed(s3, kept) if row[2]]
    assert sorted(row[0] for row in latest) == [str(number) for number in range(10)]


# Other operations on versions


def test_tags_lists_and_copies_of_versions(s3, kept, put):
    first, second = put(body=b"1", Tagging="a=1"), put(body=b"2")
    tags = lambda **more: s3.get_object_tagging(Bucket=kept, Key="key", **more)
    assert tags(VersionId=first)["TagSet"] == [{"Key": "a", "Value": "1"}] and tags()["TagSet"] == []
    answer = s3.put_object_tagging(
        Bucket=kept, Key="key", VersionId=first, Tagging={"TagSet": [{"Key": "b", "Value": "2"}]}
    )
    assert answer["VersionId"] == first and tags(VersionId=first)["TagSet"][0]["Key"] == "b"
    assert s3.get_object(Bucket=kept, Key="key", VersionId=first)["TagCount"] == 1
    assert s3.delete_object_tagging(Bucket=kept, Key="key", VersionId=first)["VersionId"] == first
    assert tags(VersionId=first)["TagSet"] == [] and tags()["VersionId"] == second
    assert s3.get_object_acl(Bucket=kept, Key="key", VersionId=first)["Grants"]

    source = {"Bucket": kept, "Key": "key", "VersionId": first}
    copied = s3.copy_object(Bucket=kept, Key="copy", CopySource=source)
    assert copied["CopySourceVersionId"] == first and read(s3, kept, "copy") == b"1"
    restored = s3.copy_object(Bucket=kept, Key="key", CopySource=source)
    assert read(s3, kept) == b"1" and restored["VersionId"] not in (first, second)
    upload = {"Bucket": kept, "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part_copy(**upload, PartNumber=1, CopySource=source)
    assert part["CopySourceVersionId"] == first
    s3.abort_multipart_upload(**upload)
    refused(lambda: s3.copy_object(Bucket=kept, Key="copy", CopySource=f"{kept}/key?versionId=x"), "InvalidArgument", 400)


def test_deleting_many_versions_at_once(s3, kept, put):
    first, second, other = put(), put(), put(key="other")
    asked = [{"Key": "key", "VersionId": first}, {"Key": "other"}, {"Key": "key", "VersionId": "null"}]
    answer = s3.delete_objects(Bucket=kept, Delete={"Objects": asked})
    by_version = {item.get("VersionId"): item for item in answer["Deleted"]}
    assert by_version[first]["Key"] == "key" and "DeleteMarker" not in by_version[first]
    marked = by_version[None]
    assert marked["DeleteMarker"] is True
    answer = s3.delete_objects(
        Bucket=kept, Delete={"Objects": [{"Key": "other", "VersionId": marked["DeleteMarkerVersionId"]}]}
    )
    assert answer["Deleted"][0]["DeleteMarker"] is True
    assert listed(s3, kept) == [("key", second, True, False), ("other", other, True, False)]


def test_conditions_are_on_the_current_version(s3, kept, put):
    put(body=b"1")
    taken = lambda: s3.put_object(Bucket=kept, Key="key", Body=b"2", IfNoneMatch="*")
    refused(taken, "PreconditionFailed", 412)
    s3.delete_object(Bucket=kept, Key="key")
    # Nothing is there but a delete marker.
    refused(lambda: s3.put_object(Bucket=kept, Key="key", Body=b"2", IfMatch="*"), "NoSuchKey", 404)
    taken()
    assert read(s3, kept) == b"2"


def test_concurrent_writes_all_become_versions(s3, kept, put):
    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(lambda number: put(body=f"{number}".encode()), range(48)))
    assert len(set(ids)) == 48
    rows = listed(s3, kept)
    assert {row[1] for row in rows} == set(ids) and [row[2] for row in rows] == [True] + [False] * 47
    assert read(s3, kept) == read(s3, kept, VersionId=rows[0][1])


def test_no_version_is_lost_while_versioning_is_switched(s3, plain):
    def write(number):
        """The id of what was put; a client that is told to slow down would put it again."""
        try:
            return s3.put_object(Bucket=plain, Key="key", Body=f"{number}".encode()).get("VersionId")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "SlowDown", error.response

    with ThreadPoolExecutor(16) as pool:
        writes = [pool.submit(write, number) for number in range(160)]
        for status in ("Enabled", "Suspended", "Enabled", "Suspended", "Enabled"):
            version(s3, plain, status)
            time.sleep(0.05)
        ids = [one.result() for one in writes]
    rows = listed(s3, plain)
    assert {text for text in ids if text} <= {row[1] for row in rows}
    assert len([row for row in rows if row[2]]) == 1 and len([row for row in rows if row[1] == "null"]) <= 1


def test_a_customers_key_opens_its_versions_only(s3, kept, put):
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"k" * 32}
    locked, plain = put(body=b"locked", **key), put(body=b"plain")
    assert read(s3, kept, VersionId=locked, **key) == b"locked" and read(s3, kept, VersionId=plain) == b"plain"
    refused(lambda: read(s3, kept, VersionId=locked), "InvalidRequest", 400)


def test_a_bucket_with_versions_stays(s3, kept, put):
    put()
    s3.delete_object(Bucket=kept, Key="key")
    message = "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    refused(lambda: s3.delete_bucket(Bucket=kept), "BucketNotEmpty", 409, message)


# Who may do what


@pytest.fixture
def guest(root, iam):
    user = root.user()

    def let(*statements):
        allow(iam, user.name, list(statements))
        return user.client("s3")

    return let


def test_versions_have_actions_of_their_own(s3, kept, put, guest):
    first = put()
    put()
    where, named = {"Bucket": kept, "Key": "key"}, {"Bucket": kept, "Key": "key", "VersionId": first}
    one = f"arn:aws:s3:::{kept}/key"
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    for plainly, of_version, call in [
        ("GetObject", "GetObjectVersion", lambda s3, where: s3.get_object(**where)),
        ("GetObject", "GetObjectVersion", lambda s3, where: s3.head_object(**where)),
        ("GetObjectAcl", "GetObjectVersionAcl", lambda s3, where: s3.get_object_acl(**where)),
        ("GetObjectTagging", "GetObjectVersionTagging", lambda s3, where: s3.get_object_tagging(**where)),
        ("PutObjectTagging", "PutObjectVersionTagging", lambda s3, where: s3.put_object_tagging(**where, Tagging=tags)),
        ("DeleteObjectTagging", "DeleteObjectVersionTagging", lambda s3, where: s3.delete_object_tagging(**where)),
        ("DeleteObject", "DeleteObjectVersion", lambda s3, where: s3.delete_object(**where)),
    ]:
        denied = lambda call: pytest.raises(ClientError, match="403|AccessDenied")
        client = guest(statement("Allow", f"s3:{plainly}", one))
        with denied(call):
            call(client, named)
        client = guest(statement("Allow", f"s3:{of_version}", one))
        with denied(call):
            call(client, where)
        call(client, named)


def test_a_policy_can_name_one_version(s3, kept, put, guest):
    first, second = put(body=b"1"), put(body=b"2")
    condition = {"StringEquals": {"s3:VersionId": first}}
    client = guest(statement("Allow", "s3:GetObjectVersion", f"arn:aws:s3:::{kept}/*", Condition=condition))
    assert read(client, kept, VersionId=first) == b"1"
    refused(lambda: read(client, kept, VersionId=second), "AccessDenied", 403)


def test_who_may_not_list_is_not_told_of_delete_markers(s3, kept, put, guest):
    put()
    s3.delete_object(Bucket=kept, Key="key")
    client = guest(statement("Allow", "s3:GetObject", f"arn:aws:s3:::{kept}/*"))
    answer = refused(lambda: read(client, kept), "AccessDenied", 403)
    assert "x-amz-delete-marker" not in answer["ResponseMetadata"]["HTTPHeaders"]
    client = guest(statement("Allow", "s3:ListBucket", f"arn:aws:s3:::{kept}"))
    refused(lambda: client.list_object_versions(Bucket=kept), "AccessDenied", 403)
    client = guest(statement("Allow", "s3:ListBucketVersions", f"arn:aws:s3:::{kept}"))
    assert len(listed(client, kept)) == 2


# MFA delete


@pytest.fixture
def device(root, iam):
    """An MFA device of the root user; gives its codes as `x-amz-mfa` has them, one for each use."""
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=fresh("root"))["VirtualMFADevice"]
    enable(iam, root.account, made)
    serial, used = made["SerialNumber"], []

    def code_now():
        while code(made["Base32StringSeed"]) in used:
            time.sleep(1)
        used.append(code(made["Base32StringSeed"]))
        return f"{serial} {used[-1]}"

    yield code_now
    iam.deactivate_mfa_device(SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)


def test_versions_are_deleted_with_a_code_only(s3, plain, device, guest):
    setting = {"Status": "Enabled", "MFADelete": "Enabled"}
    everything = guest(statement("Allow", "s3:*"))
    message = "This operation may only be performed by the bucket owner"
    theirs = lambda: everything.put_bucket_versioning(Bucket=plain, VersioningConfiguration=setting, MFA=device())
    refused(theirs, "AccessDenied", 403, message)
    message = "Mfa Authentication must be used for this request"
    codeless = lambda: s3.put_bucket_versioning(Bucket=plain, VersioningConfiguration=setting)
    refused(codeless, "AccessDenied", 403, message)
    s3.put_bucket_versioning(Bucket=plain, VersioningConfiguration=setting, MFA=device())
    assert s3.get_bucket_versioning(Bucket=plain)["MFADelete"] == "Enabled"

    where = {"Bucket": plain, "Key": "key"}
    named = {**where, "VersionId": s3.put_object(**where, Body=SMALL)["VersionId"]}
    refused(lambda: s3.delete_object(**named), "AccessDenied", 403, message)
    wrong = device().split(" ")[0] + " 000000"
    refused(lambda: s3.delete_object(**named, MFA=wrong), "AccessDenied", 403, message)
    many = {"Objects": [{"Key": "key", "VersionId": named["VersionId"]}]}
    refused(lambda: s3.delete_objects(Bucket=plain, Delete=many), "AccessDenied", 403, message)
    marker = s3.delete_object(**where)["VersionId"]  # A delete marker needs no code.
    shown = device()
    refused(lambda: everything.delete_object(**named, MFA=shown), "AccessDenied", 403, message)
    s3.delete_object(**named, MFA=shown)
    refused(lambda: s3.delete_object(**where, VersionId=marker, MFA=shown), "AccessDenied", 403, message)
    refused(lambda: version(s3, plain), "AccessDenied", 403, message)
    off = {"Status": "Enabled", "MFADelete": "Disabled"}
    s3.put_bucket_versioning(Bucket=plain, VersioningConfiguration=off, MFA=device())
    s3.delete_object(**where, VersionId=marker)
    assert listed(s3, plain) == []
