"""Buckets whose requests are paid for by who asks, and the classes that objects are stored in."""

import ssl
import urllib.error
import urllib.request

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conftest import document, refused, statement


@pytest.fixture
def s3(root):
    return root.client("s3")


@pytest.fixture
def paid(s3, bucket, other):
    """A bucket that the other account may use, if it pays."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    policy = document(statement("Allow", "s3:*", resources, Principal={"AWS": other.account}))
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    s3.put_object(Bucket=bucket, Key="key", Body=b"content")
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    return bucket


def test_who_pays_comes_back(s3, bucket):
    payer = lambda: s3.get_bucket_request_payment(Bucket=bucket)["Payer"]
    assert payer() == "BucketOwner"
    for asked in ("Requester", "BucketOwner"):
        s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": asked})
        assert payer() == asked


def test_who_asks_must_say_that_he_pays(s3, paid, other, anonymous):
    where = {"Bucket": paid, "Key": "key"}
    client = other.client("s3")
    calls = [
        lambda **more: client.get_object(**where, **more),
        lambda **more: client.head_object(**where, **more),
        lambda **more: client.get_object_attributes(**where, ObjectAttributes=["ETag"], **more),
        lambda **more: client.put_object(**where, Body=b"other", **more),
        lambda **more: client.copy_object(**where, CopySource=f"{paid}/key", MetadataDirective="REPLACE", **more),
        lambda **more: client.list_objects_v2(Bucket=paid, **more),
        lambda **more: client.list_objects(Bucket=paid, **more),
        lambda **more: client.list_object_versions(Bucket=paid, **more),
        lambda **more: client.list_multipart_uploads(Bucket=paid, **more),
        lambda **more: client.delete_objects(Bucket=paid, Delete={"Objects": [{"Key": "none"}]}, **more),
        lambda **more: client.create_multipart_upload(Bucket=paid, Key="large", **more),
        lambda **more: client.delete_object(**where, **more),
    ]
    for call in calls:
        with pytest.raises(Exception) as error:
            call()
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert call(RequestPayer="requester")["RequestCharged"] == "requester"
    refused(lambda: anonymous("s3").get_object(**where, RequestPayer="requester"), "AccessDenied", 403)


def test_the_owner_does_not_pay_twice(s3, paid, root):
    assert "RequestCharged" not in s3.get_object(Bucket=paid, Key="key")
    user = root.user(policy=[statement("Allow", "s3:GetObject")])
    assert "RequestCharged" not in user.client("s3").get_object(Bucket=paid, Key="key")


def test_paying_is_no_permission(root, paid, other):
    stranger = other.user()
    where = {"Bucket": paid, "Key": "key", "RequestPayer": "requester"}
    refused(lambda: stranger.client("s3").get_object(**where), "AccessDenied", 403)


def test_an_address_signed_beforehand_says_who_pays(server, paid, other):
    def fetch(**parameters):
        request = AWSRequest("GET", f"{server.endpoint}/{paid}/key", params=parameters)
        keys = Credentials(other.access_key_id, other.secret)
        S3SigV4QueryAuth(keys, "s3", "us-east-1", expires=60).add_auth(request)
        context = ssl.create_default_context(cafile=server.ca)
        return urllib.request.urlopen(request.prepare().url, context=context, timeout=60)

    with pytest.raises(urllib.error.HTTPError) as error:
        fetch()
    assert error.value.code == 403
    assert fetch(**{"x-amz-request-payer": "requester"}).headers["x-amz-request-charged"] == "requester"


CLASSES = ["REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_kept_and_shown(s3, bucket, name):
    where = {"Bucket": bucket, "Key": name}
    s3.put_object(**where, Body=b"content", StorageClass=name)
    assert s3.head_object(**where)["StorageClass"] == name
    assert s3.get_object_attributes(**where, ObjectAttributes=["StorageClass"])["StorageClass"] == name
    for listed in (s3.list_objects_v2(Bucket=bucket), s3.list_objects(Bucket=bucket)):
        assert [item["StorageClass"] for item in listed["Contents"]] == [name]
    upload = s3.create_multipart_upload(Bucket=bucket, Key="large", StorageClass=name)["UploadId"]
    assert [item["StorageClass"] for item in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [name]
    where = {"Bucket": bucket, "Key": "large", "UploadId": upload}
    part = s3.upload_part(**where, PartNumber=1, Body=b"content")
    assert s3.list_parts(**where)["StorageClass"] == name
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    assert s3.head_object(Bucket=bucket, Key="large")["StorageClass"] == name


def test_the_usual_class_is_not_shown(s3, bucket):
    where = {"Bucket": bucket, "Key": "key"}
    s3.put_object(**where, Body=b"content", StorageClass="STANDARD")
    assert "StorageClass" not in s3.head_object(**where)
    assert s3.get_object_attributes(**where, ObjectAttributes=["StorageClass"])["StorageClass"] == "STANDARD"
    for name in ("OUTPOSTS", "SNOW", "EXPRESS_ONEZONE"):
        refused(lambda: s3.put_object(**where, Body=b"", StorageClass=name), "InvalidStorageClass", 400)


@pytest.mark.parametrize("name", ["GLACIER", "DEEP_ARCHIVE"])
def test_an_archived_object_is_not_read(s3, bucket, name):
    where = {"Bucket": bucket, "Key": "key"}
    s3.put_object(**where, Body=b"content", StorageClass=name)
    answer = refused(lambda: s3.get_object(**where), "InvalidObjectState", 403)
    assert answer["StorageClass"] == name
    copy = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/key"}
    refused(lambda: s3.copy_object(**copy), "ObjectNotInActiveTierError", 403)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="copy")["UploadId"]
    part = {**copy, "UploadId": upload, "PartNumber": 1}
    refused(lambda: s3.upload_part_copy(**part), "ObjectNotInActiveTierError", 403)
    # A copy has the class that is asked for, not the source's.
    s3.put_object(Bucket=bucket, Key="cool", Body=b"content", StorageClass="STANDARD_IA")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/cool")
    assert "StorageClass" not in s3.head_object(Bucket=bucket, Key="copy")
