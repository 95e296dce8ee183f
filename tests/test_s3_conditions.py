"""The condition keys of every request to S3, and those on what it makes: each denies what it is about, and nothing else."""

import ssl
import urllib.request
from urllib.error import HTTPError

import pytest

from conftest import document, fresh, refused, statement


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


@pytest.fixture
def denying(s3, bucket):
    """Denies an action on the bucket's objects under a condition."""
    s3.put_object(Bucket=bucket, Key="key", Body=b"content")

    def deny(action, condition):
        denial = statement("Deny", action, f"arn:aws:s3:::{bucket}/*", Principal="*", Condition=condition)
        s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
        return {"Bucket": bucket, "Key": "key"}

    return deny


@pytest.mark.parametrize("operator, key, denied, allowed", [
    ("NumericLessThan", "s3:signatureAge", "900000", "-900000"),
    ("NumericLessThan", "s3:TlsVersion", "1.4", "1.2"),
    ("StringEquals", "s3:authType", "REST-HEADER", "REST-QUERY-STRING"),
    ("StringEquals", "s3:signatureversion", "AWS4-HMAC-SHA256", "AWS"),
    ("Bool", "aws:ViaAWSService", "false", "true"),
    ("ForAnyValue:StringLike", "aws:ResourceOrgPaths", "o-*/r-*/", "o-*/r-*/ou-*"),
    ("StringNotEquals", "s3:ResourceAccount", "000000000001", None),
    ("StringNotLike", "s3:x-amz-content-sha256", "STREAMING-*", "*"),
    ("Null", "s3:x-amz-content-sha256", "false", "true"),
])
def test_what_every_request_has(root, s3, denying, operator, key, denied, allowed):
    where = denying("s3:GetObject", {operator: {key: denied}})
    refused(lambda: s3.get_object(**where), "AccessDenied", 403)
    denying("s3:GetObject", {operator: {key: allowed or root.account}})
    assert s3.get_object(**where)["Body"].read() == b"content"


def test_a_url_signed_beforehand_says_nothing_of_its_content(server, root, denying):
    s3 = root.client("s3", signature_version="s3v4")
    trusted = ssl.create_default_context(cafile=server.ca)
    where = denying("s3:GetObject", {"StringEquals": {"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}})
    assert s3.get_object(**where)["Body"].read() == b"content"
    with pytest.raises(HTTPError) as error:
        urllib.request.urlopen(s3.generate_presigned_url("get_object", where), context=trusted)
    assert error.value.code == 403
    denying("s3:GetObject", {"StringEquals": {"s3:authType": "REST-HEADER"}})
    with urllib.request.urlopen(s3.generate_presigned_url("get_object", where), context=trusted) as answer:
        assert answer.read() == b"content"


def test_writes_without_a_condition_are_denied_and_parts_are_not(s3, denying):
    unconditional = {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}
    where = {**denying("s3:PutObject", unconditional), "Key": "new"}
    source = {"CopySource": f"{where['Bucket']}/key"}
    refused(lambda: s3.put_object(**where, Body=b""), "AccessDenied", 403)
    refused(lambda: s3.copy_object(**where, **source), "AccessDenied", 403)
    s3.put_object(**{**where, "Key": "once"}, Body=b"", IfNoneMatch="*")
    s3.copy_object(**{**where, "Key": "copied"}, **source, IfNoneMatch="*")
    upload = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"part")
    s3.upload_part_copy(**upload, PartNumber=2, **source)
    parts = {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}}
    refused(lambda: s3.complete_multipart_upload(**upload, **parts), "AccessDenied", 403)
    s3.complete_multipart_upload(**upload, **parts, IfNoneMatch="*")


def test_writes_where_nothing_else_is_are_allowed_by_the_tag_that_is_replaced(s3, denying):
    where = denying("s3:PutObject", {"StringNotEqualsIfExists": {"s3:if-match": '"other"'}})
    etag = s3.head_object(**where)["ETag"]
    refused(lambda: s3.put_object(**where, Body=b"", IfMatch=etag), "AccessDenied", 403)
    denying("s3:PutObject", {"StringNotEqualsIfExists": {"s3:if-match": etag}})
    s3.put_object(**where, Body=b"", IfMatch=etag)


@pytest.mark.parametrize("key, value, said", [
    ("s3:x-amz-storage-class", "GLACIER", {"StorageClass": "GLACIER"}),
    ("s3:x-amz-website-redirect-location", "/a", {"WebsiteRedirectLocation": "/a"}),
    ("s3:x-amz-server-side-encryption", "AES256", {"ServerSideEncryption": "AES256"}),
    ("s3:x-amz-server-side-encryption-customer-algorithm", "AES256",
     {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}),
    ("s3:RequestObjectTag/team", "a", {"Tagging": "team=a"}),
])
def test_what_a_write_says(s3, denying, key, value, said):
    where = denying("s3:PutObject", {"StringEquals": {key: value}})
    refused(lambda: s3.put_object(**where, **said), "AccessDenied", 403)
    refused(lambda: s3.create_multipart_upload(**where, **said), "AccessDenied", 403)
    s3.put_object(**where, Body=b"content")
    denying("s3:PutObject", {"StringEquals": {key: f"{value}b"}})
    s3.put_object(**where, **said)


def test_what_a_copy_says(s3, denying):
    where = {**denying("s3:PutObject", {"StringLike": {"s3:x-amz-copy-source": "*/key"}}), "Key": "copy"}
    copy = {**where, "CopySource": f"{where['Bucket']}/key"}
    refused(lambda: s3.copy_object(**copy), "AccessDenied", 403)
    s3.put_object(**{**where, "Key": "other"}, Body=b"content")
    s3.copy_object(**{**copy, "CopySource": f"{where['Bucket']}/other"})
    denying("s3:PutObject", {"StringEquals": {"s3:x-amz-metadata-directive": "REPLACE"}})
    refused(lambda: s3.copy_object(**copy, MetadataDirective="REPLACE"), "AccessDenied", 403)
    s3.copy_object(**copy, MetadataDirective="COPY")


@pytest.mark.parametrize("key, value, said", [
    ("s3:delimiter", "/", {"Delimiter": "/"}),
    ("s3:prefix", "a", {"Prefix": "a"}),
    ("s3:max-keys", "7", {"MaxKeys": 7}),
])
def test_what_a_list_asks_for(s3, bucket, key, value, said):
    denial = statement("Deny", ["s3:ListBucket", "s3:ListBucketVersions"], f"arn:aws:s3:::{bucket}", Principal="*",
                       Condition={"StringEquals": {key: value}})
    s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
    for list_ in (s3.list_objects, s3.list_objects_v2, s3.list_object_versions):
        refused(lambda: list_(Bucket=bucket, **said), "AccessDenied", 403)
        list_(Bucket=bucket)


@pytest.mark.parametrize("key, value, said", [
    ("s3:x-amz-object-ownership", "ObjectWriter", {"ObjectOwnership": "ObjectWriter"}),
    ("s3:LocationConstraint", "eu-west-1", {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}),
    ("s3:x-amz-acl", "private", {"ACL": "private"}),
])
def test_what_a_new_bucket_is_to_be(root, key, value, said):
    everything = statement("Allow", "s3:*")
    user = root.user(policy=[everything, statement("Deny", "s3:CreateBucket", Condition={"StringEquals": {key: value}})])
    region = said.get("CreateBucketConfiguration", {}).get("LocationConstraint", "us-east-1")
    refused(lambda: user.client("s3", region=region).create_bucket(Bucket=fresh("c"), **said), "AccessDenied", 403)
    user.client("s3").create_bucket(Bucket=fresh("c"))
