"""Multipart uploads with boto3."""

import base64
import hashlib
import os
import zlib

import pytest

from conftest import refused

PART = os.urandom(5 << 20)
LAST = b"the last part"
TOO_SMALL = b"too small"


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


@pytest.fixture
def upload(s3, bucket):
    return Upload(s3, bucket, "a")


class Upload:
    def __init__(self, s3, bucket, key, **parameters):
        self.s3, self.name = s3, dict(Bucket=bucket, Key=key)
        self.begun = s3.create_multipart_upload(**self.name, **parameters)
        self.name["UploadId"] = self.begun["UploadId"]
        self.parts = []

    def part(self, number, body, **parameters):
        answer = self.s3.upload_part(**self.name, PartNumber=number, Body=body, **parameters)
        sums = {name: value for name, value in answer.items() if name.startswith("Checksum")}
        self.parts.append({"PartNumber": number, "ETag": answer["ETag"], **sums})
        return answer

    def complete(self, parts=None, **parameters):
        listed = {"Parts": self.parts if parts is None else parts}
        return self.s3.complete_multipart_upload(**self.name, MultipartUpload=listed, **parameters)

    def refused(self, code, status=400, parts=None, message=None, **parameters):
        return refused(lambda: self.complete(parts, **parameters), code, status, message)


def etag(*parts):
    digests = b"".join(hashlib.md5(part).digest() for part in parts)
    return f'"{hashlib.md5(digests).hexdigest()}-{len(parts)}"'


def test_an_object_of_parts(s3, bucket, upload):
    upload.part(2, LAST)
    upload.parts.insert(0, upload.parts.pop())
    upload.part(1, PART)
    upload.parts.sort(key=lambda part: part["PartNumber"])
    refused(lambda: s3.head_object(Bucket=bucket, Key="a"), "404", 404)
    answer = upload.complete()
    assert answer["ETag"] == etag(PART, LAST)
    assert answer["Location"].endswith(f"/{bucket}/a") or bucket in answer["Location"]
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == PART + LAST
    across = s3.get_object(Bucket=bucket, Key="a", Range=f"bytes={len(PART) - 3}-{len(PART) + 2}")
    assert across["Body"].read() == PART[-3:] + LAST[:3]


def test_a_part_is_read_by_its_number(s3, bucket, upload):
    upload.part(1, PART)
    upload.part(2, LAST)
    upload.complete()
    answer = s3.get_object(Bucket=bucket, Key="a", PartNumber=2)
    assert answer["Body"].read() == LAST
    assert (answer["PartsCount"], answer["ContentRange"]) == (2, f"bytes {len(PART)}-{len(PART + LAST) - 1}/{len(PART + LAST)}")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert s3.head_object(Bucket=bucket, Key="a", PartNumber=1)["ContentLength"] == len(PART)
    refused(lambda: s3.get_object(Bucket=bucket, Key="a", PartNumber=3), "InvalidPartNumber", 416)
    refused(lambda: s3.get_object(Bucket=bucket, Key="a", PartNumber=1, Range="bytes=0-1"), "InvalidRequest", 400)


def test_a_part_is_replaced(s3, bucket, upload):
    upload.part(1, b"first")
    first = upload.parts.pop()
    upload.part(1, LAST)
    upload.refused("InvalidPart", parts=[first])
    assert upload.complete()["ETag"] == etag(LAST)


def test_lists_of_parts_that_are_none(upload):
    upload.part(1, TOO_SMALL)
    upload.part(3, LAST)
    answer = upload.refused("EntityTooSmall")
    assert (answer["Error"]["PartNumber"], answer["Error"]["MinSizeAllowed"]) == ("1", "5242880")
    upload.refused("InvalidPartOrder", parts=upload.parts[::-1])
    upload.refused("InvalidPartOrder", parts=[upload.parts[0]] * 2)
    upload.refused("MalformedXML", parts=[])
    upload.refused("InvalidPart", parts=[{**upload.parts[0], "PartNumber": 2}])
    upload.refused("InvalidPart", parts=[{**upload.parts[0], "ETag": "x"}])
    upload.complete(parts=[upload.parts[1]])


def test_part_numbers_are_limited(upload):
    for number in [0, 10_001]:
        refused(lambda: upload.part(number, LAST), "InvalidArgument", 400)
    upload.part(10_000, LAST)


def test_uploads_that_are_not(s3, bucket):
    for identity in ["none", "AAAAAAAAAAAAAAAAAAAAAA"]:
        name = dict(Bucket=bucket, Key="a", UploadId=identity)
        refused(lambda: s3.upload_part(**name, PartNumber=1, Body=b""), "NoSuchUpload", 404)
        refused(lambda: s3.list_parts(**name), "NoSuchUpload", 404)
        refused(lambda: s3.abort_multipart_upload(**name), "NoSuchUpload", 404)


def test_an_upload_belongs_to_its_key(s3, bucket, upload):
    refused(lambda: s3.list_parts(**{**upload.name, "Key": "b"}), "NoSuchUpload", 404)


def test_an_aborted_upload_is_over(s3, bucket, upload):
    upload.part(1, PART)
    s3.abort_multipart_upload(**upload.name)
    refused(lambda: upload.part(2, LAST), "NoSuchUpload", 404)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_parts_are_listed(s3, upload):
    for number in [1, 2, 5]:
        upload.part(number, bytes([number]))
    listed = s3.list_parts(**upload.name)
    assert [(part["PartNumber"], part["Size"]) for part in listed["Parts"]] == [(1, 1), (2, 1), (5, 1)]
    assert not listed["IsTruncated"] and listed["StorageClass"] == "STANDARD"
    pages = s3.get_paginator("list_parts").paginate(**upload.name, PaginationConfig={"PageSize": 2})
    assert [[part["PartNumber"] for part in page["Parts"]] for page in pages] == [[1, 2], [5]]


def test_uploads_are_listed(s3, bucket):
    begun = [Upload(s3, bucket, key).name for key in ["a", "a", "b/1", "b/2", "c"]]
    ids = [(name["Key"], name["UploadId"]) for name in begun]
    for size in [1, 2, 1000]:
        pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, PaginationConfig={"PageSize": size})
        assert [(one["Key"], one["UploadId"]) for page in pages for one in page["Uploads"]] == ids
    folded = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [one["Key"] for one in folded["Uploads"]] == ["a", "a", "c"]
    assert folded["CommonPrefixes"] == [{"Prefix": "b/"}]
    below = s3.list_multipart_uploads(Bucket=bucket, Prefix="b/")
    assert [one["Key"] for one in below["Uploads"]] == ["b/1", "b/2"]
    assert below["Uploads"][0]["Initiator"]["ID"] == below["Uploads"][0]["Owner"]["ID"]
    for name in begun:
        s3.abort_multipart_upload(**name)


def test_the_object_is_what_the_upload_began_as(s3, bucket):
    upload = Upload(s3, bucket, "a", Metadata={"m": "1"}, ContentType="text/plain", Tagging="t=1")
    upload.part(1, LAST)
    upload.complete()
    head = s3.head_object(Bucket=bucket, Key="a")
    assert (head["Metadata"], head["ContentType"]) == ({"m": "1"}, "text/plain")
    assert s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"] == [{"Key": "t", "Value": "1"}]


def test_completing_on_conditions(s3, bucket, upload):
    upload.part(1, LAST)
    s3.put_object(Bucket=bucket, Key="a", Body=b"there")
    upload.refused("PreconditionFailed", 412, IfNoneMatch="*")
    upload.refused("InvalidRequest", MpuObjectSize=1)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"there"
    upload.complete(IfMatch=s3.head_object(Bucket=bucket, Key="a")["ETag"], MpuObjectSize=len(LAST))


# Checksums


def crc32(content):
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


def composite(*sums):
    whole = b"".join(base64.b64decode(one) for one in sums)
    return crc32(whole)


def test_a_composite_checksum(s3, bucket):
    upload = Upload(s3, bucket, "a", ChecksumAlgorithm="CRC32")
    assert upload.begun["ChecksumType"] == "COMPOSITE"
    assert upload.part(1, PART)["ChecksumCRC32"] == crc32(PART)
    upload.part(2, LAST)
    whole = composite(crc32(PART), crc32(LAST))
    bare = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in upload.parts]
    upload.refused("InvalidRequest", parts=bare, message=(
        "The upload was created using a crc32 checksum. The complete request must include the checksum for each part. "
        "It was missing for part 1 in the request."
    ))
    upload.refused("InvalidPart", parts=[upload.parts[0], {**upload.parts[1], "ChecksumCRC32": crc32(b"")}])
    upload.refused("InvalidArgument", parts=[upload.parts[0], {**upload.parts[1], "ChecksumCRC32": "!"}])
    upload.refused("BadDigest", ChecksumCRC32=crc32(b""))
    upload.refused("InvalidRequest", ChecksumCRC32=f"{whole}-a")
    upload.refused("InvalidRequest", ChecksumType="FULL_OBJECT")
    assert upload.complete(ChecksumCRC32=whole)["ChecksumCRC32"] == f"{whole}-2"
    head = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert (head["ChecksumCRC32"], head["ChecksumType"]) == (f"{whole}-2", "COMPOSITE")


def test_a_checksum_of_the_whole(s3, bucket):
    upload = Upload(s3, bucket, "a", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    upload.part(1, PART)
    upload.part(2, LAST)
    upload.refused("BadDigest", ChecksumCRC32=crc32(b""))
    assert upload.complete(ChecksumCRC32=crc32(PART + LAST))["ChecksumType"] == "FULL_OBJECT"
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == PART + LAST


def test_an_upload_has_a_checksum_in_any_case(root, bucket):
    s3 = root.client("s3", request_checksum_calculation="when_required")
    upload = Upload(s3, bucket, "a")
    upload.part(1, b"12345")
    assert upload.complete()["ChecksumCRC64NVME"]


def test_a_part_has_the_checksum_of_its_upload(s3, bucket):
    upload = Upload(s3, bucket, "a", ChecksumAlgorithm="SHA256")
    answer = refused(lambda: upload.part(1, LAST, ChecksumAlgorithm="SHA1"), "InvalidRequest", 400)
    assert answer["Error"]["Message"] == (
        "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: sha1"
    )


@pytest.mark.parametrize("algorithm, kind", [("SHA256", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE")])
def test_checksums_that_cannot_be(s3, bucket, algorithm, kind):
    refused(lambda: Upload(s3, bucket, "a", ChecksumAlgorithm=algorithm, ChecksumType=kind), "InvalidRequest", 400)


# Copies and customers' keys


def test_parts_are_copied(s3, bucket):
    s3.put_object(Bucket=bucket, Key="from", Body=PART + LAST)
    upload = Upload(s3, bucket, "a")
    whole = dict(**upload.name, CopySource=f"{bucket}/from")
    for number, asked in [(1, f"bytes=0-{len(PART) - 1}"), (2, f"bytes={len(PART)}-{len(PART + LAST) - 1}")]:
        copied = s3.upload_part_copy(**whole, PartNumber=number, CopySourceRange=asked)["CopyPartResult"]
        upload.parts.append({"PartNumber": number, "ETag": copied["ETag"]})
    refused(lambda: s3.upload_part_copy(**whole, PartNumber=3, CopySourceRange=f"bytes=0-{len(PART + LAST)}"), "InvalidArgument", 400)
    upload.complete()
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == PART + LAST
    s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a")
    assert s3.head_object(Bucket=bucket, Key="b")["ETag"] == f'"{hashlib.md5(PART + LAST).hexdigest()}"'


def test_a_customers_key_protects_all_parts(s3, bucket):
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"k" * 32}
    other = {**key, "SSECustomerKey": b"o" * 32}
    upload = Upload(s3, bucket, "a", **key)
    for wrong in [{}, other]:
        refused(lambda: upload.part(1, LAST, **wrong), "InvalidRequest", 400)
    upload.part(1, LAST, **key)
    upload.complete(**key)
    assert s3.get_object(Bucket=bucket, Key="a", **key)["Body"].read() == LAST
    refused(lambda: s3.get_object(Bucket=bucket, Key="a"), "InvalidRequest", 400)
    plain = Upload(s3, bucket, "b")
    refused(lambda: plain.part(1, LAST, **key), "InvalidRequest", 400)


def test_what_is_known_of_an_object(s3, bucket):
    upload = Upload(s3, bucket, "a", ChecksumAlgorithm="CRC32")
    upload.part(1, PART)
    upload.part(2, LAST)
    upload.complete()
    asked = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
    known = s3.get_object_attributes(Bucket=bucket, Key="a", ObjectAttributes=asked)
    assert f'"{known["ETag"]}"' == etag(PART, LAST)
    assert (known["ObjectSize"], known["StorageClass"]) == (len(PART + LAST), "STANDARD")
    assert known["Checksum"]["ChecksumType"] == "COMPOSITE"
    assert known["ObjectParts"]["TotalPartsCount"] == 2
    assert [part["ChecksumCRC32"] for part in known["ObjectParts"]["Parts"]] == [crc32(PART), crc32(LAST)]
    second = s3.get_object_attributes(Bucket=bucket, Key="a", ObjectAttributes=["ObjectParts"], PartNumberMarker=1)
    assert [part["PartNumber"] for part in second["ObjectParts"]["Parts"]] == [2]
    assert "ObjectSize" not in second


def test_an_upload_is_completed_once_more(s3, bucket, upload):
    """A client that did not get the answer asks again, and gets the same."""
    upload.part(1, LAST)
    first = upload.complete()
    again = upload.complete()
    for name in ("ETag", "Key", "Bucket", "Location", "ChecksumCRC64NVME"):
        assert again[name] == first[name]
    # Not once the object is another one.
    s3.put_object(**{key: upload.name[key] for key in ("Bucket", "Key")}, Body=b"other")
    upload.refused("NoSuchUpload", 404)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/a")
    elsewhere = {**upload.name, "Key": "copy", "MultipartUpload": {"Parts": upload.parts}}
    refused(lambda: s3.complete_multipart_upload(**elsewhere), "NoSuchUpload", 404)


def test_an_upload_is_completed_once_more_while_its_version_is_current(s3, bucket, upload):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    upload.part(1, LAST)
    first = upload.complete()
    assert upload.complete()["VersionId"] == first["VersionId"]
    assert len(s3.list_object_versions(Bucket=bucket)["Versions"]) == 1
    marker = s3.delete_object(Bucket=bucket, Key="a")
    upload.refused("NoSuchUpload", 404)
    for version in (marker, first):
        s3.delete_object(Bucket=bucket, Key="a", VersionId=version["VersionId"])


def test_a_part_is_shown_with_the_kind_of_the_whole(s3, bucket):
    upload = Upload(s3, bucket, "a", ChecksumAlgorithm="SHA256")
    upload.part(1, LAST, ChecksumAlgorithm="SHA256")
    upload.complete()
    part = s3.get_object(Bucket=bucket, Key="a", PartNumber=1, ChecksumMode="ENABLED")
    assert part["ChecksumType"] == "COMPOSITE" and part["ChecksumSHA256"] == upload.parts[0]["ChecksumSHA256"]
