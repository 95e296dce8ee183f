"""S3 Inventory with boto3: what is accepted, who decides on delivery, and what the lists say."""

import csv
import gzip
import hashlib
import io
import json
import re
import time
import uuid
from datetime import datetime, timezone
from urllib.parse import unquote

import pytest

import clock
from conftest import document, refused, statement

DAY = 24 * 60 * 60
FIELDS = ["Size", "LastModifiedDate", "ETag", "StorageClass", "IsMultipartUploaded", "ReplicationStatus",
          "EncryptionStatus", "ObjectLockRetainUntilDate", "ObjectLockMode", "ObjectLockLegalHoldStatus",
          "BucketKeyStatus", "ChecksumAlgorithm", "ObjectOwner"]


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


def new(s3, **more):
    name = f"b-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=name, **more)
    return name


def inventory(target, name="i", frequency="Daily", versions="All", **more):
    destination = more.pop("destination", {})
    return {"Id": name, "IsEnabled": True, "IncludedObjectVersions": versions, "Schedule": {"Frequency": frequency},
            "Destination": {"S3BucketDestination": {"Bucket": f"arn:aws:s3:::{target}", "Format": "CSV", **destination}},
            **more}


def put(s3, bucket, one):
    s3.put_bucket_inventory_configuration(Bucket=bucket, Id=one["Id"], InventoryConfiguration=one)


def delivers(target, source, account):
    """The statement that AWS's guide gives."""
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{source}"},
                 "StringEquals": {"aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control"}}
    return {**statement("Allow", "s3:PutObject", f"arn:aws:s3:::{target}/*"),
            "Principal": {"Service": "s3.amazonaws.com"}, "Condition": condition}


def keys(s3, bucket):
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def until(check):
    for _ in range(450):
        if check():
            return
        time.sleep(0.2)
    raise AssertionError("it did not happen")


def test_configurations_are_put_shown_listed_and_removed(s3, root):
    bucket, target = new(s3), new(s3)
    get = lambda name: s3.get_bucket_inventory_configuration(Bucket=bucket, Id=name)["InventoryConfiguration"]
    refused(lambda: get("a"), "NoSuchConfiguration", 404, "The specified configuration does not exist.")
    ones = [
        inventory(target, "a", IsEnabled=False),
        inventory(target, "b", "Weekly", "Current", Filter={"Prefix": "p/"}, OptionalFields=FIELDS, IsEnabled=False,
                  destination={"Prefix": "lists", "AccountId": root.account, "Encryption": {"SSES3": {}}}),
        inventory(target, "c", IsEnabled=False, destination={"Encryption": {"SSEKMS": {"KeyId": "alias/lists"}}}),
        inventory(target, "d", IsEnabled=False, destination={"Format": "Parquet"}),
    ]
    for one in reversed(ones):
        put(s3, bucket, one)
    assert [get(one["Id"]) for one in ones] == ones
    listed = s3.list_bucket_inventory_configurations(Bucket=bucket)
    assert listed["InventoryConfigurationList"] == ones and listed["IsTruncated"] is False
    s3.delete_bucket_inventory_configuration(Bucket=bucket, Id="a")
    refused(lambda: s3.delete_bucket_inventory_configuration(Bucket=bucket, Id="a"), "NoSuchConfiguration", 404)
    assert s3.list_bucket_inventory_configurations(Bucket=bucket)["InventoryConfigurationList"] == ones[1:]


def test_what_cannot_be_told_is_refused_by_name(s3):
    bucket, target = new(s3), new(s3)
    wrong = lambda code, status, **more: refused(lambda: put(s3, bucket, inventory(target, **more)), code, status)
    wrong("NotImplemented", 501, destination={"Format": "ORC"})
    for field in ("IntelligentTieringAccessTier", "ObjectAccessControlList", "LifecycleExpirationDate"):
        wrong("NotImplemented", 501, OptionalFields=[field])
    wrong("InvalidS3DestinationBucket", 400, destination={"Bucket": "arn:aws:s3:::nowhere-at-all"})
    wrong("InvalidS3DestinationBucket", 400, destination={"Bucket": target})
    wrong("InvalidArgument", 400, name="a b")
    wrong("MalformedXML", 400, frequency="Hourly")
    other = inventory(target, "x")
    refused(lambda: s3.put_bucket_inventory_configuration(Bucket=bucket, Id="y", InventoryConfiguration=other),
            "InvalidArgument", 400)


def test_lists_are_delivered_in_parquet(s3, root):
    """What is in the file PyArrow and DuckDB read (tests/conformance/s3_clients.py)."""
    bucket, target = new(s3), new(s3)
    for number in range(3):
        s3.put_object(Bucket=bucket, Key=str(number), Body=b"x")
    s3.put_bucket_policy(Bucket=target, Policy=document(delivers(target, bucket, root.account)))
    put(s3, bucket, inventory(target, OptionalFields=["Size", "LastModifiedDate"], destination={"Format": "Parquet"}))
    until(lambda: any(key.endswith("manifest.checksum") for key in keys(s3, target)))
    read = lambda key: s3.get_object(Bucket=target, Key=key)["Body"].read()
    told = json.loads(read(next(key for key in keys(s3, target) if key.endswith("manifest.json"))))
    assert told["fileFormat"] == "Parquet"
    assert told["fileSchema"] == (
        "message s3.inventory { required binary bucket (UTF8); required binary key (UTF8); optional binary version_id (UTF8); "
        "optional boolean is_latest; optional boolean is_delete_marker; optional int64 size; "
        "optional int64 last_modified_date (TIMESTAMP_MILLIS); }"
    )
    file, = told["files"]
    data = read(file["key"])
    assert file["key"].endswith(".parquet") and len(data) == file["size"]
    assert data[:4] == data[-4:] == b"PAR1" and b"last_modified_date" in data[-int.from_bytes(data[-8:-4], "little") :]


def test_lists_are_delivered_once_a_day(own_server, tmp_path):
    root = own_server.root()
    s3, account = root.client("s3"), root.account
    bucket, target, closed = new(s3, ObjectLockEnabledForBucket=True), new(s3), new(s3)
    old = s3.put_object(Bucket=bucket, Key="a b,\"c\"", Body=b"old")["VersionId"]
    now = s3.put_object(Bucket=bucket, Key="a b,\"c\"", Body=b"newer", ObjectLockLegalHoldStatus="ON",
                        StorageClass="STANDARD_IA")
    s3.put_object(Bucket=bucket, Key="gone", Body=b"x")
    marker = s3.delete_object(Bucket=bucket, Key="gone")["VersionId"]
    s3.put_bucket_policy(Bucket=target, Policy=document(delivers(target, bucket, account)))
    put(s3, bucket, inventory(target, "all", OptionalFields=FIELDS, destination={"Prefix": "lists/"}))
    put(s3, bucket, inventory(target, "current", "Weekly", "Current", Filter={"Prefix": "a"}))
    put(s3, bucket, inventory(closed, "denied"))
    until(lambda: len([key for key in keys(s3, target) if key.endswith("manifest.checksum")]) == 2)

    found = keys(s3, target)
    manifest, = (key for key in found if key.startswith("lists/") and key.endswith("manifest.json"))
    assert re.fullmatch(rf"lists/{bucket}/all/\d{{4}}-\d\d-\d\dT\d\d-\d\dZ/manifest.json", manifest)
    assert any(re.fullmatch(rf"{bucket}/current/hive/dt=\d{{4}}-\d\d-\d\d-\d\d-\d\d/symlink.txt", key) for key in found)
    read = lambda key: s3.get_object(Bucket=target, Key=key)["Body"].read()
    text = read(manifest)
    assert read(manifest.replace(".json", ".checksum")).decode() == hashlib.md5(text).hexdigest()
    told = json.loads(text)
    file, = told["files"]
    data = read(file["key"])
    assert (len(data), hashlib.md5(data).hexdigest()) == (file["size"], file["MD5checksum"])
    assert (told["sourceBucket"], told["destinationBucket"]) == (bucket, f"arn:aws:s3:::{target}")
    assert (told["version"], told["fileFormat"]) == ("2016-11-30", "CSV")
    symlink, = (key for key in found if key.startswith("lists/") and key.endswith("symlink.txt"))
    assert read(symlink).decode().strip() == f"s3://{target}/{file['key']}"
    assert s3.head_object(Bucket=target, Key=manifest)["ServerSideEncryption"] == "AES256"

    schema = told["fileSchema"].split(", ")
    assert schema == ["Bucket", "Key", "VersionId", "IsLatest", "IsDeleteMarker", *FIELDS]
    rows = [dict(zip(schema, row)) for row in csv.reader(io.StringIO(gzip.decompress(data).decode()))]
    assert [(row["VersionId"], row["IsLatest"], row["IsDeleteMarker"]) for row in rows] == [
        (now["VersionId"], "true", "false"), (old, "false", "false"), (marker, "true", "true"),
        (rows[3]["VersionId"], "false", "false")]
    first = rows[0]
    assert unquote(first["Key"]) == "a b,\"c\"" and first["Size"] == "5" and first["ETag"] == now["ETag"].strip('"')
    assert (first["StorageClass"], first["EncryptionStatus"]) == ("STANDARD_IA", "SSE-S3")
    assert (first["ObjectLockLegalHoldStatus"], first["IsMultipartUploaded"]) == ("On", "false")
    assert datetime.fromisoformat(first["LastModifiedDate"].replace("Z", "+00:00")) <= datetime.now(timezone.utc)
    assert first["ObjectOwner"] == s3.list_buckets()["Owner"]["ID"]
    assert rows[2]["Size"] == "" and rows[2]["LastModifiedDate"]

    other, = (json.loads(read(key)) for key in found if key.startswith(bucket) and key.endswith("manifest.json"))
    assert other["fileSchema"] == "Bucket, Key"
    assert gzip.decompress(read(other["files"][0]["key"])).decode() == f'"{bucket}","a%20b%2C%22c%22"\n'
    assert keys(s3, closed) == []

    # The next day the daily list comes again, and the weekly one does not.
    assert own_server.stop() == 0
    own_server.start(clock.environment(tmp_path, DAY))
    s3 = own_server.root().client("s3")
    with clock.signing_ahead(DAY):
        until(lambda: len([key for key in keys(s3, target) if key.endswith("manifest.checksum")]) == 3)
        assert len([key for key in keys(s3, target) if "/current/2" in key]) == 2
