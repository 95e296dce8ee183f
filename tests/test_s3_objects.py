"""Buckets and objects with boto3: put, read, list, copy, delete; conditions, ranges, checksums and customers' keys."""

import base64
import hashlib
import io
import os
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from conftest import refused

SMALL, LARGE = b"content", os.urandom(300_000)


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


@pytest.fixture
def put(s3, bucket):
    def put(key, body=SMALL, **parameters):
        return s3.put_object(Bucket=bucket, Key=key, Body=body, **parameters)

    return put


@pytest.fixture
def read(s3, bucket):
    def read(key, **parameters):
        return s3.get_object(Bucket=bucket, Key=key, **parameters)["Body"].read()

    return read


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def customers_key(byte):
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": bytes([byte]) * 32}


def source_key(byte):
    return {f"CopySource{name}": value for name, value in customers_key(byte).items()}


# Buckets


def test_buckets_are_made_listed_and_removed(s3):
    name = f"b-{uuid.uuid4().hex[:16]}"
    assert s3.create_bucket(Bucket=name)["Location"] == f"/{name}"
    s3.create_bucket(Bucket=name)  # In the oldest region the owner may say so again.
    assert name in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert status(s3.head_bucket(Bucket=name)) == 200
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    s3.delete_bucket(Bucket=name)
    assert refused(lambda: s3.head_bucket(Bucket=name), "404", 404)
    refused(lambda: s3.delete_bucket(Bucket=name), "NoSuchBucket", 404)


@pytest.mark.parametrize("name", ["ab", "Upper", "a..b", "192.168.1.1", "xn--a", "under_score", "ends-"])
def test_bucket_names_that_are_none(root, name):
    s3 = root.client("s3", s3={"addressing_style": "path"})
    refused(lambda: s3.create_bucket(Bucket=name), "InvalidBucketName", 400)


def test_names_are_unique_among_all_accounts(s3, bucket, other):
    refused(lambda: other.client("s3").create_bucket(Bucket=bucket), "BucketAlreadyExists", 409)
    assert bucket not in [b["Name"] for b in other.client("s3").list_buckets()["Buckets"]]


def test_a_bucket_is_in_one_region(root):
    here, there = root.client("s3", "eu-central-1"), root.client("s3", "us-west-2")
    name = f"b-{uuid.uuid4().hex[:16]}"
    refused(lambda: here.create_bucket(Bucket=name), "IllegalLocationConstraintException", 400)
    for none in ("us-east-1", "mars"):
        nowhere = {"LocationConstraint": none}
        refused(lambda: here.create_bucket(Bucket=name, CreateBucketConfiguration=nowhere), "InvalidLocationConstraint", 400)
    here.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    again = lambda: here.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    refused(again, "BucketAlreadyOwnedByYou", 409)
    assert here.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"
    # boto3 follows the redirect by itself.
    there.put_object(Bucket=name, Key="a", Body=b"x")
    assert here.get_object(Bucket=name, Key="a")["Body"].read() == b"x"
    here.delete_object(Bucket=name, Key="a")
    here.delete_bucket(Bucket=name)


def test_a_bucket_with_objects_stays(s3, bucket, put):
    put("a")
    refused(lambda: s3.delete_bucket(Bucket=bucket), "BucketNotEmpty", 409)


def test_a_bucket_goes_with_its_unfinished_uploads(s3):
    name = f"b-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=name)
    upload = s3.create_multipart_upload(Bucket=name, Key="a")["UploadId"]
    s3.upload_part(Bucket=name, Key="a", UploadId=upload, PartNumber=1, Body=SMALL)
    s3.delete_bucket(Bucket=name)
    s3.create_bucket(Bucket=name)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=name)
    s3.delete_bucket(Bucket=name)


# Putting and reading


@pytest.mark.parametrize("body", [b"", b"x", os.urandom(4096), os.urandom(16384), os.urandom(16385), LARGE])
def test_what_is_put_is_read(s3, bucket, put, read, body):
    answer = put("key", body)
    assert answer["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    assert answer["ServerSideEncryption"] == "AES256"
    assert read("key") == body
    head = s3.head_object(Bucket=bucket, Key="key")
    assert (head["ContentLength"], head["ETag"]) == (len(body), answer["ETag"])
    assert head["ContentType"] == "binary/octet-stream"
    assert abs(head["LastModified"] - datetime.now(timezone.utc)) < timedelta(minutes=1)


@pytest.mark.parametrize("key", [
    "a b", "ä/ö/ü", "a+b&c=d?e#f%20", "../../etc/passwd", "a//b", "/leading", "trailing/", "quo\"te'", "k" * 1024,
    "\u2028", "😀", "a\nb", "%", ".", "..", "a/./b/../c",
])
def test_keys_are_any_text(s3, bucket, put, read, key):
    put(key, key.encode())
    assert read(key) == key.encode()
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    assert [item["Key"] for item in s3.list_objects(Bucket=bucket)["Contents"]] == [key]


def test_a_key_is_limited(put):
    refused(lambda: put("k" * 1025), "KeyTooLongError", 400)


def test_both_styles_of_addresses(root, bucket):
    for style in ["path", "virtual"]:
        s3 = root.client("s3", s3={"addressing_style": style})
        s3.put_object(Bucket=bucket, Key=f"a/{style}", Body=SMALL)
        assert s3.get_object(Bucket=bucket, Key=f"a/{style}")["Body"].read() == SMALL


def test_what_is_said_of_an_object_is_said_again(s3, bucket, put):
    said = {
        "ContentType": "text/plain; charset=utf-8",
        "CacheControl": "max-age=60",
        "ContentDisposition": 'attachment; filename="a.txt"',
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "WebsiteRedirectLocation": "/elsewhere",
        "Metadata": {"colour": "green", "size": "1"},
    }
    put("a", Expires=datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc), **said)
    head = s3.head_object(Bucket=bucket, Key="a")
    assert {name: head[name] for name in said} == said
    assert head["ExpiresString"] == "Wed, 02 Jan 2030 03:04:05 GMT"
    over = s3.get_object(
        Bucket=bucket, Key="a", ResponseContentType="x/y", ResponseCacheControl="no-store",
        ResponseContentDisposition="inline", ResponseContentEncoding="br", ResponseContentLanguage="en",
    )
    assert over["ContentType"] == "x/y" and over["CacheControl"] == "no-store"
    assert over["ContentDisposition"] == "inline" and over["ContentLanguage"] == "en"
    for name in ("Type", "Disposition", "Encoding", "Language"):
        split = {f"ResponseContent{name}": "a\r\nX-Evil: 1"}
        answer = refused(lambda: s3.get_object(Bucket=bucket, Key="a", **split), "InvalidArgument", 400)  # noqa: B023
        assert answer["Error"]["ArgumentName"] == f"response-content-{name.lower()}"


def test_metadata_is_limited(put):
    put("a", Metadata={"n": "v" * 2047})
    refused(lambda: put("a", Metadata={"n": "v" * 2048}), "MetadataTooLarge", 400)


def test_what_is_not_honoured_is_refused_by_name(put):
    refused(lambda: put("a", ObjectLockEventHold="ON"), "NotImplemented", 501)


def test_a_missing_object_is_not_found(s3, bucket):
    answer = refused(lambda: s3.get_object(Bucket=bucket, Key="none"), "NoSuchKey", 404, "The specified key does not exist.")
    assert answer["Error"]["Key"] == "none"
    refused(lambda: s3.head_object(Bucket=bucket, Key="none"), "404", 404)
    answer = refused(lambda: s3.get_object(Bucket=f"{bucket}-none", Key="none"), "NoSuchBucket", 404)
    assert answer["Error"]["BucketName"] == f"{bucket}-none"


@pytest.mark.parametrize("body", [bytes(range(100)), LARGE])
@pytest.mark.parametrize("asked, first, last", [
    ("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=90-", 90, None), ("bytes=-10", -10, None), ("bytes=5-999999999", 5, None),
])
def test_ranges(s3, bucket, put, body, asked, first, last):
    put("a", body)
    answer = s3.get_object(Bucket=bucket, Key="a", Range=asked)
    start = first if first >= 0 else len(body) + first
    end = len(body) - 1 if last is None else last
    assert status(answer) == 206
    assert answer["ContentRange"] == f"bytes {start}-{end}/{len(body)}"
    assert answer["Body"].read() == body[start:end + 1]
    assert s3.head_object(Bucket=bucket, Key="a", Range=asked)["ContentLength"] == end + 1 - start


def test_ranges_that_are_none(s3, bucket, put):
    put("a", SMALL)
    put("empty", b"")
    answer = refused(lambda: s3.get_object(Bucket=bucket, Key="a", Range="bytes=7-"), "InvalidRange", 416)
    assert (answer["Error"]["ActualObjectSize"], answer["Error"]["RangeRequested"]) == ("7", "bytes=7-")
    refused(lambda: s3.get_object(Bucket=bucket, Key="empty", Range="bytes=0-0"), "InvalidRange", 416)
    assert s3.get_object(Bucket=bucket, Key="a", Range="bytes=3-2")["Body"].read() == SMALL


def test_reading_on_conditions(s3, bucket, put):
    tag = put("a")["ETag"]
    now = datetime.now(timezone.utc)
    past, future = now - timedelta(days=1), now + timedelta(days=1)

    def get(**conditions):
        return lambda: s3.get_object(Bucket=bucket, Key="a", **conditions)

    for allowed in [dict(IfMatch=tag), dict(IfMatch="*"), dict(IfNoneMatch='"x"'), dict(IfModifiedSince=past),
                    dict(IfUnmodifiedSince=future), dict(IfMatch=tag, IfUnmodifiedSince=past)]:
        assert get(**allowed)()["Body"].read() == SMALL, allowed
    for failing in [dict(IfMatch='"x"'), dict(IfUnmodifiedSince=past)]:
        answer = refused(get(**failing), "PreconditionFailed", 412)
        assert answer["Error"]["Condition"] in ("If-Match", "If-Unmodified-Since")
    for known in [dict(IfNoneMatch=tag), dict(IfModifiedSince=now), dict(IfNoneMatch=tag, IfModifiedSince=past)]:
        refused(get(**known), "304", 304)


def test_writing_on_conditions(s3, bucket, put, read):
    refused(lambda: put("a", IfMatch='"x"'), "NoSuchKey", 404)
    tag = put("a", IfNoneMatch="*")["ETag"]
    answer = refused(lambda: put("a", b"other", IfNoneMatch="*"), "PreconditionFailed", 412)
    assert answer["Error"]["Condition"] == "If-None-Match"
    refused(lambda: put("a", b"other", IfMatch='"x"'), "PreconditionFailed", 412)
    assert read("a") == SMALL
    put("a", b"other", IfMatch=tag)
    assert read("a") == b"other"
    refused(lambda: s3.delete_object(Bucket=bucket, Key="a", IfMatch=tag), "PreconditionFailed", 412)
    s3.delete_object(Bucket=bucket, Key="a", IfMatch="*")


def test_of_many_who_create_one_does(root, bucket):
    def create(number):
        client = root.client("s3")
        try:
            client.put_object(Bucket=bucket, Key="a", Body=str(number).encode(), IfNoneMatch="*")
            return number
        except ClientError as error:
            assert error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict")
            return None

    with ThreadPoolExecutor(8) as pool:
        winners = [number for number in pool.map(create, range(24)) if number is not None]
    assert len(winners) == 1
    content = root.client("s3").get_object(Bucket=bucket, Key="a")["Body"].read()
    assert content == str(winners[0]).encode()


# Checksums

ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]
KNOWN = {
    "CRC32": "y/Q5Jg==",
    "CRC32C": "4waSgw==",
    "CRC64NVME": "rosUhgp5mIg=",
    "SHA1": base64.b64encode(hashlib.sha1(b"123456789").digest()).decode(),
    "SHA256": base64.b64encode(hashlib.sha256(b"123456789").digest()).decode(),
}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_checksums_in_the_head(s3, bucket, put, algorithm):
    member = f"Checksum{algorithm}"
    assert put("a", b"123456789", **{member: KNOWN[algorithm]})[member] == KNOWN[algorithm]
    head = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert (head[member], head["ChecksumType"]) == (KNOWN[algorithm], "FULL_OBJECT")
    wrong = {member: base64.b64encode(b"\0" * len(base64.b64decode(KNOWN[algorithm]))).decode()}
    refused(lambda: put("a", b"other", **wrong), "BadDigest", 400)
    answer = refused(lambda: put("a", b"other", **{member: "!"}), "InvalidRequest", 400)
    assert answer["Error"]["Message"] == f"Value for x-amz-checksum-{algorithm.lower()} header is invalid."
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"123456789"


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_behind_the_content(s3, bucket, put, read, algorithm):
    """A stream of unknown content is sent in signed chunks, with its checksum at the end."""
    answer = put("a", io.BytesIO(LARGE), ChecksumAlgorithm=algorithm)
    assert f"Checksum{algorithm}" in answer
    assert read("a") == LARGE


def test_an_object_has_a_checksum_in_any_case(root, bucket):
    s3 = root.client("s3", request_checksum_calculation="when_required")
    s3.put_object(Bucket=bucket, Key="a", Body=b"123456789")
    head = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert head["ChecksumCRC64NVME"] == KNOWN["CRC64NVME"]


def test_content_md5(put):
    digest = base64.b64encode(hashlib.md5(SMALL).digest()).decode()
    put("a", ContentMD5=digest)
    refused(lambda: put("a", b"other", ContentMD5=digest), "BadDigest", 400)
    refused(lambda: put("a", ContentMD5="x"), "InvalidDigest", 400)


# Customers' keys


@pytest.mark.parametrize("body", [SMALL, LARGE])
def test_a_customers_key_is_needed_to_read(s3, bucket, put, read, body):
    answer = put("a", body, **customers_key(1))
    assert answer["SSECustomerAlgorithm"] == "AES256" and "ServerSideEncryption" not in answer
    assert answer["ETag"] != f'"{hashlib.md5(body).hexdigest()}"'
    assert read("a", **customers_key(1)) == body
    refused(lambda: read("a"), "InvalidRequest", 400)
    refused(lambda: read("a", **customers_key(2)), "AccessDenied", 403)
    refused(lambda: s3.head_object(Bucket=bucket, Key="a"), "400", 400)
    put("plain")
    refused(lambda: read("plain", **customers_key(1)), "InvalidRequest", 400)


def test_a_customers_key_must_be_one(put):
    refused(lambda: put("a", SSECustomerAlgorithm="AES256", SSECustomerKey=b"short"), "InvalidArgument", 400)
    refused(lambda: put("a", **{**customers_key(1), "SSECustomerAlgorithm": "DES"}), "InvalidEncryptionAlgorithmError", 400)
    mismatched = {"SSECustomerKey": base64.b64encode(b"k" * 32).decode(), "SSECustomerKeyMD5": "A" * 22 + "=="}
    refused(lambda: put("a", SSECustomerAlgorithm="AES256", **mismatched), "InvalidArgument", 400)


# Copies


@pytest.mark.parametrize("body", [b"", SMALL, LARGE])
def test_a_copy_is_the_same(s3, bucket, put, read, body):
    put("from/a b", body, Metadata={"a": "1"}, ContentType="text/plain", Tagging="t=1")
    answer = s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from/a b"})
    assert answer["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    head = s3.head_object(Bucket=bucket, Key="to")
    assert (head["Metadata"], head["ContentType"]) == ({"a": "1"}, "text/plain")
    assert s3.get_object_tagging(Bucket=bucket, Key="to")["TagSet"] == [{"Key": "t", "Value": "1"}]
    assert read("to") == body


def test_a_copy_may_be_described_anew(s3, bucket, put):
    put("a", Metadata={"a": "1"}, Tagging="t=1")
    itself = dict(Bucket=bucket, Key="a", CopySource=f"{bucket}/a")
    refused(lambda: s3.copy_object(**itself), "InvalidRequest", 400)
    s3.copy_object(**itself, MetadataDirective="REPLACE", Metadata={"b": "2"}, TaggingDirective="REPLACE", Tagging="u=2")
    assert s3.head_object(Bucket=bucket, Key="a")["Metadata"] == {"b": "2"}
    assert s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"] == [{"Key": "u", "Value": "2"}]


def test_copies_on_conditions(s3, bucket, put):
    tag = put("a")["ETag"]
    copy = lambda **more: lambda: s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a", **more)
    copy(CopySourceIfMatch=tag)()
    answer = refused(copy(CopySourceIfNoneMatch=tag), "PreconditionFailed", 412)
    assert answer["Error"]["Condition"] == "x-amz-copy-source-If-None-Match"
    refused(copy(CopySourceIfMatch='"x"'), "PreconditionFailed", 412)
    refused(copy(IfNoneMatch="*"), "PreconditionFailed", 412)
    refused(lambda: s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/none"), "NoSuchKey", 404)
    refused(lambda: s3.copy_object(Bucket=bucket, Key="b", CopySource=bucket), "InvalidArgument", 400)


def test_copies_between_keys(s3, bucket, put, read):
    put("a", LARGE, **customers_key(1))
    copy = lambda **more: lambda: s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a", **more)
    refused(copy(), "InvalidRequest", 400)
    copy(**source_key(1), **customers_key(2))()
    assert read("b", **customers_key(2)) == LARGE
    copy(**source_key(1))()
    assert read("b") == LARGE


# Lists


@pytest.fixture
def tree(put):
    keys = sorted(["a", "b/1", "b/2", "b/c/1", "b/c/2", "c", "d/1", "e-1", "e/1", "é"], key=str.encode)
    for key in keys:
        put(key, b"")
    return keys


def test_lists_come_in_order_and_in_pages(s3, bucket, tree):
    for size in [1, 2, 3, 10, 1000]:
        for operation in ["list_objects", "list_objects_v2"]:
            pages = s3.get_paginator(operation).paginate(Bucket=bucket, PaginationConfig={"PageSize": size})
            pages = list(pages)
            assert [item["Key"] for page in pages for item in page["Contents"]] == tree
            assert len(pages) == -(-len(tree) // size)


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize("prefix, keys, prefixes", [
    ("", ["a", "c", "e-1", "é"], ["b/", "d/", "e/"]),
    ("b/", ["b/1", "b/2"], ["b/c/"]),
    ("b", [], ["b/"]),
    ("e", ["e-1"], ["e/"]),
    ("b/c/", ["b/c/1", "b/c/2"], []),
    ("none", [], []),
])
def test_common_prefixes_stand_for_what_is_below(s3, bucket, tree, prefix, keys, prefixes, size):
    for operation in ["list_objects", "list_objects_v2"]:
        pages = s3.get_paginator(operation).paginate(
            Bucket=bucket, Prefix=prefix, Delimiter="/", PaginationConfig={"PageSize": size}
        )
        pages = list(pages)
        assert [item["Key"] for page in pages for item in page.get("Contents", [])] == keys
        assert [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])] == prefixes


def test_lists_begin_where_they_are_told(s3, bucket, tree):
    listed = s3.list_objects_v2(Bucket=bucket, StartAfter="b/2", FetchOwner=True)
    assert [item["Key"] for item in listed["Contents"]] == tree[tree.index("b/2") + 1:]
    assert listed["Contents"][0]["Owner"]["ID"] == s3.list_buckets()["Owner"]["ID"]
    assert listed["KeyCount"] == len(listed["Contents"])
    assert [item["Key"] for item in s3.list_objects(Bucket=bucket, Marker="b/2")["Contents"]][0] == "b/c/1"
    refused(lambda: s3.list_objects_v2(Bucket=bucket, ContinuationToken="!"), "InvalidArgument", 400)
    refused(lambda: s3.list_objects_v2(Bucket=bucket, MaxKeys=-1), "InvalidArgument", 400)
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=0)["KeyCount"] == 0


# Deleting


def test_deleting_what_is_not_there_succeeds(s3, bucket, put):
    put("a", LARGE)
    for _ in range(2):
        assert status(s3.delete_object(Bucket=bucket, Key="a")) == 204
    refused(lambda: s3.get_object(Bucket=bucket, Key="a"), "NoSuchKey", 404)


def test_many_are_deleted_at_once(s3, bucket, put):
    keys = [f"k{number}" for number in range(50)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, keys))
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in [*keys, "none"]]})
    assert [item["Key"] for item in answer["Deleted"]] == [*keys, "none"]
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    put("a")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": [{"Key": "a", "ETag": '"x"'}, {"Key": "b"}]})
    assert "Deleted" not in answer
    assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [("a", "PreconditionFailed")]


def test_each_of_many_is_decided_for_itself(root, s3, bucket, put):
    from conftest import statement

    put("mine/a"), put("other/a")
    user = root.user(policy=[statement("Allow", "s3:DeleteObject", f"arn:aws:s3:::{bucket}/mine/*")]).client("s3")
    answer = user.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "mine/a"}, {"Key": "other/a"}]})
    assert [item["Key"] for item in answer["Deleted"]] == ["mine/a"]
    assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [("other/a", "AccessDenied")]
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["other/a"]


def test_a_batch_needs_its_digest(root, bucket):
    s3 = root.client("s3")
    s3.meta.events.register("before-sign.s3.DeleteObjects", without_digest)
    refused(lambda: s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}]}), "InvalidRequest", 400)


def without_digest(request, **_):
    for name in list(request.headers):
        if name.lower().startswith(("x-amz-checksum", "content-md5", "x-amz-sdk-checksum")):
            del request.headers[name]


# Presigned


def test_presigned_urls(server, root, bucket, read):
    import ssl

    s3 = root.client("s3", signature_version="s3v4")
    trusted = ssl.create_default_context(cafile=server.ca)

    def send(method, url, body=None):
        request = urllib.request.Request(url, data=body, method=method)
        return urllib.request.urlopen(request, context=trusted)

    send("PUT", s3.generate_presigned_url("put_object", dict(Bucket=bucket, Key="a b")), SMALL)
    url = s3.generate_presigned_url("get_object", dict(Bucket=bucket, Key="a b"), ExpiresIn=60)
    assert send("GET", url).read() == SMALL
    with pytest.raises(urllib.error.HTTPError) as error:
        send("GET", url.replace("a%20b", "c"))
    assert error.value.code == 403 and b"SignatureDoesNotMatch" in error.value.read()
    form = s3.generate_presigned_post(bucket, "posted")
    mark = uuid.uuid4().hex
    fields = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form["fields"].items()
    )
    body = f'{fields}--{mark}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode()
    request = urllib.request.Request(form["url"], data=body + SMALL + f"\r\n--{mark}--\r\n".encode())
    request.add_header("Content-Type", f"multipart/form-data; boundary={mark}")
    assert urllib.request.urlopen(request, context=trusted).status == 204
    assert read("posted") == SMALL


# On disk


def test_nothing_of_buckets_and_objects_is_readable_on_disk(own_server):
    s3 = own_server.root().client("s3")
    words = [uuid.uuid4().hex for _ in range(6)]
    name, key, small, tag, meta, large = words
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key=key, Body=small.encode(), Tagging=f"{tag}=1", Metadata={"m": meta})
    s3.put_object(Bucket=name, Key="large", Body=large.encode() * 10_000)
    own_server.stop()
    for file in own_server.data_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for word in words:
                assert word.encode() not in content, f"{word} in {file}"


def test_what_was_acknowledged_survives_a_kill_and_the_rest_is_swept(own_server):
    s3 = own_server.root().client("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="small", Body=SMALL)
    s3.put_object(Bucket="kept", Key="large", Body=LARGE)
    upload = s3.create_multipart_upload(Bucket="kept", Key="parts")["UploadId"]
    part = s3.upload_part(Bucket="kept", Key="parts", UploadId=upload, PartNumber=1, Body=LARGE)
    orphan = own_server.data_dir / "blobs" / "00" / ("0" * 30)
    own_server.kill()
    orphan.write_bytes(b"x" * 100)
    s3 = own_server.start().root().client("s3")
    assert s3.get_object(Bucket="kept", Key="small")["Body"].read() == SMALL
    assert s3.get_object(Bucket="kept", Key="large")["Body"].read() == LARGE
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    s3.complete_multipart_upload(Bucket="kept", Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket="kept", Key="parts")["Body"].read() == LARGE
    wait_for(lambda: not orphan.exists())
    assert len([blob for blob in (own_server.data_dir / "blobs").rglob("*") if blob.is_file()]) == 2


def test_what_is_replaced_leaves_no_content_behind(own_server):
    s3 = own_server.root().client("s3")
    blobs = lambda: len([blob for blob in (own_server.data_dir / "blobs").rglob("*") if blob.is_file()])
    s3.create_bucket(Bucket="bucket")
    for _ in range(3):
        s3.put_object(Bucket="bucket", Key="a", Body=LARGE)
    wait_for(lambda: blobs() == 1)
    refused(lambda: s3.put_object(Bucket="bucket", Key="a", Body=LARGE, IfNoneMatch="*"), "PreconditionFailed", 412)
    refused(lambda: s3.put_object(Bucket="bucket", Key="a", Body=LARGE, ContentMD5="AAAAAAAAAAAAAAAAAAAAAA=="), "BadDigest", 400)
    wait_for(lambda: blobs() == 1)
    s3.delete_object(Bucket="bucket", Key="a")
    wait_for(lambda: blobs() == 0)


def wait_for(condition, seconds=10):
    import time

    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_reader_keeps_what_it_reads(s3, bucket, put, read):
    """Replacing an object does not cut off whoever reads it."""
    whole = os.urandom(20_000_000)
    put("a", whole)
    stream = s3.get_object(Bucket=bucket, Key="a")["Body"]
    begun = stream.read(1000)
    put("a", SMALL)
    s3.delete_object(Bucket=bucket, Key="a")
    assert begun + stream.read() == whole


def test_a_checksum_is_asked_for_in_either_case(root, bucket):
    s3 = root.client("s3")
    s3.put_object(Bucket=bucket, Key="key", Body=b"content", ChecksumAlgorithm="SHA256")
    # The SDK for C++ writes it so, and Apache Arrow with it.
    asking = lambda request, **_: request.headers.replace_header("x-amz-checksum-mode", "enabled")
    s3.meta.events.register("before-sign.s3.GetObject", asking)
    assert s3.get_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")["ChecksumSHA256"]
