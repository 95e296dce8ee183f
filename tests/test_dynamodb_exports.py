"""Exports of tables to S3, with the stock client, and who may make them."""

import base64
import gzip
import hashlib
import json
import time
from datetime import datetime, timedelta, timezone

import dynamodb
import pytest
from boto3.dynamodb.types import TypeDeserializer
from conftest import document, fresh, refused, statement
from dynamodb import n, s


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


@pytest.fixture(scope="module")
def bucket(root):
    name = fresh("exports")
    root.client("s3").create_bucket(Bucket=name)
    return name


def recoverable(client, items=3):
    """A table that can be recovered, with some items, once there is a time to recover it to."""
    table = dynamodb.create(client)
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    for number in range(items):
        client.put_item(TableName=table, Item=item(number))
    return client.describe_table(TableName=table)["Table"]["TableArn"]


def item(number, value="v"):
    return {"h": s(f"key-{number}"), "r": n(1), "v": s(value), "b": {"B": b"\x00\xff"}, "l": {"L": [{"NULL": True}]}}


def name_of(arn):
    return arn.rsplit("/", 1)[1]


def second_after():
    """A second that is over, with nothing written in it or shortly after."""
    time.sleep(1.1)
    at = datetime.now(timezone.utc).replace(microsecond=0)
    time.sleep(3)
    return at


def export(client, arn, bucket, **more):
    return client.export_table_to_point_in_time(TableArn=arn, S3Bucket=bucket, **more)["ExportDescription"]


def ended(client, description):
    """The description once the export has ended."""
    for _ in range(300):
        now = client.describe_export(ExportArn=description["ExportArn"])["ExportDescription"]
        if now["ExportStatus"] != "IN_PROGRESS":
            return now
        time.sleep(0.1)
    raise AssertionError("the export goes on and on")


def stored(s3, bucket, key):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def lines(s3, description):
    """What an export holds, found by its manifests, whose checksums hold."""
    bucket, summary_key = description["S3Bucket"], description["ExportManifest"]
    summary = checked(s3, bucket, summary_key)
    files = checked(s3, bucket, json.loads(summary)["manifestFilesS3Key"]).splitlines()
    found = []
    for file in map(json.loads, files):
        content = stored(s3, bucket, file["dataFileS3Key"])
        assert file["md5Checksum"] == base64.b64encode(hashlib.md5(content).digest()).decode()
        assert file["etag"] == s3.head_object(Bucket=bucket, Key=file["dataFileS3Key"])["ETag"].strip('"')
        here = [json.loads(line) for line in gzip.decompress(content).splitlines()]
        assert len(here) == file["itemCount"]
        found += here
    return json.loads(summary), found


def checked(s3, bucket, key):
    content = stored(s3, bucket, key)
    told = stored(s3, bucket, key.replace(".json", ".md5"))
    assert told == base64.b64encode(hashlib.md5(content).digest())
    return content


def read(image):
    return {name: TypeDeserializer().deserialize(value) for name, value in image.items()}


def test_an_export_is_what_the_table_was(root, client, bucket):
    s3, arn = root.client("s3"), recoverable(client)
    time.sleep(2)
    at = second_after()
    client.put_item(TableName=name_of(arn), Item=item(0, "later"))
    begun = export(client, arn, bucket, ExportTime=at, S3Prefix="some/where", ClientToken="a-token")
    assert (begun["ExportStatus"], begun["ExportFormat"]) == ("IN_PROGRESS", "DYNAMODB_JSON")
    assert (begun["ExportType"], begun["S3SseAlgorithm"], begun["ClientToken"]) == ("FULL_EXPORT", "AES256", "a-token")
    assert begun["ExportTime"] == at and begun["TableArn"] == arn and "EndTime" not in begun
    done = ended(client, begun)
    assert done["ExportStatus"] == "COMPLETED", (done.get("FailureCode"), done.get("FailureMessage"))
    assert done["ItemCount"] == 3 and done["BilledSizeBytes"] > 0 and done["EndTime"] >= done["StartTime"]
    identity = begun["ExportArn"].rsplit("/", 1)[1]
    assert done["ExportManifest"] == f"some/where/AWSDynamoDB/{identity}/manifest-summary.json"
    summary, found = lines(s3, done)
    assert sorted(line["Item"]["v"]["S"] for line in found) == ["v"] * 3
    assert {line["Item"]["h"]["S"] for line in found} == {"key-0", "key-1", "key-2"}
    assert found[0]["Item"]["b"] == {"B": "AP8="} and found[0]["Item"]["l"] == {"L": [{"NULL": True}]}
    assert summary["version"] == "2020-06-30" and summary["itemCount"] == 3
    assert summary["exportTime"] == at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    keys = {one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix="some/where/")["Contents"]}
    assert {key.rsplit("/", 1)[1] for key in keys} >= {
        "_started",
        "manifest-files.json",
        "manifest-files.md5",
        "manifest-summary.json",
        "manifest-summary.md5",
    }
    assert all(key.endswith(".json.gz") for key in keys if "/data/" in key)
    head = s3.head_object(Bucket=bucket, Key=done["ExportManifest"])
    assert head["ServerSideEncryption"] == "AES256"


def test_an_incremental_export_is_what_changed(root, client, bucket):
    s3, arn = root.client("s3"), recoverable(client)
    table = name_of(arn)
    time.sleep(2)
    start = second_after()
    client.put_item(TableName=table, Item=item(0, "first"))
    client.put_item(TableName=table, Item=item(0, "second"))
    client.delete_item(TableName=table, Key={"h": s("key-1"), "r": n(1)})
    client.put_item(TableName=table, Item=item(7, "new"))
    client.put_item(TableName=table, Item=item(8, "passing"))
    client.delete_item(TableName=table, Key={"h": s("key-8"), "r": n(1)})
    stop = second_after()
    client.put_item(TableName=table, Item=item(0, "too late"))
    client.put_item(TableName=table, Item=item(1, "too late"))
    which = {"ExportFromTime": start, "ExportToTime": stop}

    def changes(**view):
        begun = export(
            client,
            arn,
            bucket,
            ExportType="INCREMENTAL_EXPORT",
            IncrementalExportSpecification={**which, **view},
        )
        done = ended(client, begun)
        assert done["ExportStatus"] == "COMPLETED", (done.get("FailureCode"), done.get("FailureMessage"))
        assert done["IncrementalExportSpecification"] == {"ExportViewType": "NEW_AND_OLD_IMAGES", **which, **view}
        summary, found = lines(s3, done)
        assert summary["outputView"] == done["IncrementalExportSpecification"]["ExportViewType"]
        assert summary["exportType"] == "INCREMENTAL_EXPORT" and summary["version"] == "2023-08-01"
        return {line["Keys"]["h"]["S"]: line for line in found}

    both = changes()
    assert set(both) == {"key-0", "key-1", "key-7"}
    assert (both["key-0"]["OldImage"]["v"]["S"], both["key-0"]["NewImage"]["v"]["S"]) == ("v", "second")
    assert both["key-1"]["OldImage"]["v"]["S"] == "v" and "NewImage" not in both["key-1"]
    assert both["key-7"]["NewImage"]["v"]["S"] == "new" and "OldImage" not in both["key-7"]
    for line in both.values():
        written = int(line["Metadata"]["WriteTimestampMicros"]["N"]) / 1e6
        assert start.timestamp() <= written <= stop.timestamp()
        assert set(line["Keys"]) == {"h", "r"}
    new = changes(ExportViewType="NEW_IMAGE")
    assert set(new) == set(both) and not any("OldImage" in line for line in new.values())
    assert set(new["key-1"]) == {"Metadata", "Keys"}


def test_an_empty_table_has_an_empty_file(root, client, bucket):
    done = ended(client, export(client, recoverable(client, items=0), bucket))
    assert (done["ExportStatus"], done["ItemCount"]) == ("COMPLETED", 0)
    assert lines(root.client("s3"), done)[1] == []


def test_a_token_asks_once(client, bucket):
    arn = recoverable(client)
    first = export(client, arn, bucket, ClientToken="once")
    again = export(client, arn, bucket, ClientToken="once")
    assert first["ExportArn"] == again["ExportArn"]
    refused(
        lambda: export(client, arn, bucket, ClientToken="once", S3Prefix="other"),
        "ExportConflictException",
        400,
    )
    assert export(client, arn, bucket, ClientToken="twice")["ExportArn"] != first["ExportArn"]


def listed(client, **asked):
    """All pages; boto3 has no paginator for them."""
    pages, more = [], {}
    while not pages or more:
        page = client.list_exports(**asked, **more)
        pages.append(page["ExportSummaries"])
        more = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
    return pages


def test_exports_are_listed(client, bucket):
    arn = recoverable(client)
    begun = [export(client, arn, bucket)["ExportArn"] for _ in range(3)]
    pages = listed(client, TableArn=arn, MaxResults=2)
    assert [len(page) for page in pages] == [2, 1]
    found = [one["ExportArn"] for page in pages for one in page]
    assert sorted(found) == sorted(begun)
    assert pages[0][0]["ExportType"] == "FULL_EXPORT"
    assert set(begun) <= {one["ExportArn"] for page in listed(client) for one in page}
    refused(lambda: client.list_exports(NextToken="what"), "ValidationException", 400)


def test_what_cannot_be_exported_is_told_so(client, bucket):
    plain = client.describe_table(TableName=dynamodb.create(client))["Table"]["TableArn"]
    refused(lambda: export(client, plain, bucket), "PointInTimeRecoveryUnavailableException", 400)
    arn = recoverable(client)
    refused(lambda: export(client, f"{arn}-gone", bucket), "TableNotFoundException", 400)
    refused(lambda: client.describe_export(ExportArn=f"{arn}/export/01-ab"), "ExportNotFoundException", 400)
    day = timedelta(days=1)
    now = datetime.now(timezone.utc)
    for at in (now - day, now + day):
        refused(lambda: export(client, arn, bucket, ExportTime=at), "InvalidExportTimeException", 400)
    specification = {"ExportFromTime": now - day}
    refused(lambda: export(client, arn, bucket, ExportType="INCREMENTAL_EXPORT"), "ValidationException", 400)
    refused(
        lambda: export(client, arn, bucket, IncrementalExportSpecification=specification), "ValidationException", 400
    )
    refused(lambda: export(client, arn, bucket, ExportFormat="ION"), "NotImplemented", 501)


def test_an_export_to_no_bucket_fails(client):
    done = ended(client, export(client, recoverable(client), fresh("none")))
    assert (done["ExportStatus"], done["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert "EndTime" in done and "ExportManifest" not in done and "ItemCount" not in done


def test_a_table_can_be_deleted_while_it_is_exported(root, client, bucket):
    arn = recoverable(client)
    begun = export(client, arn, bucket)
    client.delete_table(TableName=name_of(arn))
    done = ended(client, begun)
    assert (done["ExportStatus"], done["ItemCount"]) == ("COMPLETED", 3)
    for _ in range(100):
        if name_of(arn) not in client.list_tables()["TableNames"]:
            return
        time.sleep(0.1)
    raise AssertionError("the table stays")


EXPORT = statement("Allow", "dynamodb:ExportTableToPointInTime")
DESCRIBE = statement("Allow", "dynamodb:DescribeExport")


def write(bucket, **more):
    return statement("Allow", "s3:PutObject", f"arn:aws:s3:::{bucket}/*", **more)


@pytest.mark.parametrize(
    "given, outcome",
    [
        (lambda bucket: [], "S3AccessDenied"),
        (lambda bucket: [write(bucket)], None),
        (
            lambda bucket: [
                write(bucket, Condition={"StringEquals": {"aws:CalledViaFirst": "dynamodb.amazonaws.com"}})
            ],
            None,
        ),
        (
            lambda bucket: [write(bucket), {**write(bucket), "Effect": "Deny", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}],
            "S3AccessDenied",
        ),
    ],
    ids=["nothing", "to put objects", "to put them by way of DynamoDB", "not by way of a service"],
)
def test_an_export_puts_nothing_where_its_caller_could_not(root, client, bucket, given, outcome):
    user = root.user(policy=[EXPORT, DESCRIBE, *given(bucket)]).client("dynamodb")
    done = ended(user, export(user, recoverable(client), bucket, S3Prefix=fresh("of")))
    assert done.get("FailureCode") == outcome, done


def test_the_buckets_policy_has_a_say(root, client, bucket):
    deny = {**write(bucket), "Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}
    s3 = root.client("s3")
    s3.put_bucket_policy(Bucket=bucket, Policy=document(deny))
    try:
        assert ended(client, export(client, recoverable(client), bucket))["FailureCode"] == "S3AccessDenied"
    finally:
        s3.delete_bucket_policy(Bucket=bucket)


def test_another_owner_is_not_written_to(client, bucket):
    done = ended(client, export(client, recoverable(client), bucket, S3BucketOwner="999999999999"))
    assert done["FailureCode"] == "S3AccessDenied"


def test_each_operation_is_an_action_of_its_own(root, client, bucket):
    arn = recoverable(client)
    begun = export(client, arn, bucket)
    reader = root.user(policy=[statement("Allow", ["dynamodb:Scan", "dynamodb:GetItem"])]).client("dynamodb")
    for call in (
        lambda: export(reader, arn, bucket),
        lambda: reader.describe_export(ExportArn=begun["ExportArn"]),
        lambda: reader.list_exports(),
    ):
        refused(call, "AccessDeniedException", 400)
    one = statement("Allow", "dynamodb:DescribeExport", f"{arn}/export/*")
    describer = root.user(policy=[one]).client("dynamodb")
    assert describer.describe_export(ExportArn=begun["ExportArn"])["ExportDescription"]["TableArn"] == arn
    ended(client, begun)


def test_an_export_that_a_restart_interrupts_has_failed(own_server):
    root = own_server.root()
    client, s3 = root.client("dynamodb"), root.client("s3")
    s3.create_bucket(Bucket="exports")
    arn = recoverable(client)
    begun = export(client, arn, "exports")
    own_server.kill()
    own_server.start()
    client = own_server.root().client("dynamodb")
    done = ended(client, begun)
    if done["ExportStatus"] == "FAILED":  # It may have been done before.
        assert done["FailureCode"] == "ExportInterrupted"


def test_exports_are_protected_by_keys_of_kms(root, client, bucket):
    """By the key that is named, if the caller may use it by DynamoDB and S3."""
    arn = recoverable(client, 1)
    second_after()
    kms, s3 = root.client("kms"), root.client("s3")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    done = ended(client, export(client, arn, bucket, S3Prefix="kms", S3SseAlgorithm="KMS", S3SseKmsKeyId=key))
    assert (done["ExportStatus"], done["S3SseAlgorithm"], done["S3SseKmsKeyId"]) == ("COMPLETED", "KMS", key)
    objects = s3.list_objects_v2(Bucket=bucket, Prefix="kms/")["Contents"]
    heads = [s3.head_object(Bucket=bucket, Key=one["Key"]) for one in objects]
    assert {(head["ServerSideEncryption"], head["SSEKMSKeyId"]) for head in heads} == {("aws:kms", key)}
    mine = statement("Allow", ["dynamodb:*", "s3:*"])
    stranger = root.user(policy=[mine]).client("dynamodb")
    failed = ended(client, export(stranger, arn, bucket, S3SseAlgorithm="KMS", S3SseKmsKeyId=key))
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3AccessDenied")
    refused(lambda: export(client, arn, bucket, S3SseKmsKeyId=key), "ValidationException", 400)
